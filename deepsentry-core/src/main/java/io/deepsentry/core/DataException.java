package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A file of data that is corrupt, incompatible or cannot be written. Exit code 1. */
public class DataException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
