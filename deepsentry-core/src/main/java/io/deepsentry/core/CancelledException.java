package io.deepsentry.core;

/**
 * The end of a task that was cancelled through its {@link Cancellation}. What it had begun to write is gone. Exit code
 * 130.
 */
public class CancelledException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message what was cancelled
     */
    public CancelledException(String message) {
        super(message);
    }

    @Override
    public int exitCode() {
        return 130;
    }
}
