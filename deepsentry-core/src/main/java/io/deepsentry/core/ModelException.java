package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A model that is corrupt, incompatible, altered since it was written, or cannot run on this machine. Exit code 1. */
public class ModelException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
