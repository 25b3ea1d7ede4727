package io.deepsentry.core;

import java.util.Objects;

/**
 * What a long task is run with besides its settings: where it reports and how it is stopped. Neither changes its
 * result.
 *
 * @param progress where the task reports how far it is
 * @param cancellation the switch that stops it
 */
public record RunContext(Progress progress, Cancellation cancellation) {
    public RunContext {
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(cancellation, "cancellation");
    }

    /** {@return a run that reports nothing and that nobody cancels} */
    public static RunContext quiet() {
        return new RunContext(Progress.none(), Cancellation.none());
    }
}
