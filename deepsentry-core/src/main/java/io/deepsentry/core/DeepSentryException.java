package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that DeepSentry reports on purpose. Its message is one a user can act on: what is wrong, the value found, where, and what to do.
 * A line of a log that cannot be read is data and never one of these.
 */
public class DeepSentryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeepSentryException(String message) {
        super(message);
    }

    public DeepSentryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The code a process that ends with this failure exits with. */
    public int exitCode() {
        return 1;
    }
}
