package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A model that is corrupt, incompatible, altered since it was written, or cannot run on this machine. Exit code 1. */
public class ModelException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public ModelException(String message) {
        super(message);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
