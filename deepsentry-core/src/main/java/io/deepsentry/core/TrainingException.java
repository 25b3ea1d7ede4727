package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A training that failed, for example because its loss became NaN. Exit code 1. */
public class TrainingException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }

    public TrainingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
