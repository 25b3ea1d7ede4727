package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A file of data that is corrupt, incompatible or cannot be written. Exit code 1. */
public class DataException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
