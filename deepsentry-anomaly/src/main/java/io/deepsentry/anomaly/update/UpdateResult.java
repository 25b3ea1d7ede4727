package io.deepsentry.anomaly.update;

import io.deepsentry.anomaly.pipeline.PipelineSummary;
import java.util.List;

/**
 * What training again would change. Immutable.
 *
 * @param summary the run that trained
 * @param unit what was judged: {@code session} or {@code line}
 * @param judged how many of the newest part were judged by both
 * @param alike found by both
 * @param gone found by the models in use only
 * @param fresh found by the new models only
 * @param leftOut how many sessions or lines like a confirmed fault were left out of training
 * @param missed how many of the gone ones are confirmed faults
 * @param replaced whether the new models are in use now
 */
public record UpdateResult(
        PipelineSummary summary,
        String unit,
        long judged,
        Found alike,
        Found gone,
        Found fresh,
        long leftOut,
        long missed,
        boolean replaced) {
    /** The most examples of each kind. */
    public static final int MOST_EXAMPLES = 3;

    /**
     * Sessions or lines that were found anomalous.
     *
     * @param count how many
     * @param examples the first ones for different reasons, at most {@value #MOST_EXAMPLES}
     */
    public record Found(long count, List<Example> examples) {
        public Found {
            examples = List.copyOf(examples);
        }
    }

    /**
     * One of them.
     *
     * @param name the session, or the line's place as {@code file:line}
     * @param message its odd message
     * @param reason why
     */
    public record Example(String name, String message, String reason) {}

    /** {@return whether the new models find no more than those in use, and miss no confirmed fault} */
    public boolean noWorse() {
        return fresh.count() <= gone.count() && missed == 0;
    }
}
