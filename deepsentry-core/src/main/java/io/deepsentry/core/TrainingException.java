package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A training that failed, for example because its loss became NaN. Exit code 1. */
public class TrainingException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public TrainingException(String message) {
        super(message);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public TrainingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
