package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that DeepSentry reports on purpose. Its message is one a user can act on: what is wrong,
 * the value found, where, and what to do. A line of a log that cannot be read is data and never one of these.
 */
public class DeepSentryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public DeepSentryException(String message) {
        super(message);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public DeepSentryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** {@return the code a process that ends with this failure exits with} */
    public int exitCode() {
        return 1;
    }
}
