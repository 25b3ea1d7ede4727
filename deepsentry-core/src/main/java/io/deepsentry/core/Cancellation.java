package io.deepsentry.core;

/**
 * A switch by which one thread asks another to stop a long task cleanly. A task looks at it between steps; once thrown,
 * the switch stays.
 *
 * <pre>{@code
 * Cancellation cancellation = new Cancellation();
 * Runtime.getRuntime().addShutdownHook(new Thread(cancellation::cancel));
 * Pipeline.run(settings, new RunContext(Progress.none(), cancellation));
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class Cancellation {
    private volatile boolean cancelled;

    /** {@return a new switch that nobody else holds, so the task is never cancelled} */
    public static Cancellation none() {
        return new Cancellation();
    }

    /** Asks the task to stop at its next step. Calling it again changes nothing. */
    public void cancel() {
        cancelled = true;
    }

    /** {@return whether the task is to stop} */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Ends the task here if it was asked to stop.
     *
     * @throws CancelledException if {@link #cancel()} was called
     */
    public void check() {
        if (cancelled) {
            throw new CancelledException("cancelled before the task was complete");
        }
    }
}
