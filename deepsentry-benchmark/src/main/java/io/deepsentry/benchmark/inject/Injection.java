package io.deepsentry.benchmark.inject;

import io.deepsentry.parse.LogEvent;
import java.util.List;

/**
 * A fault that can be put into a part of a log.
 *
 * @param kind its kind
 * @param part the number of the stream or session that it changes
 * @param subject what it concerns: those of a subject are chosen after one of every other subject
 * @param edits what it changes, in the order of the lines
 */
record Injection(InjectionKind kind, int part, String subject, List<Edit> edits) {
    Injection {
        edits = List.copyOf(edits);
    }

    /** The first line of the part that it changes, from 0. */
    int at() {
        return edits.get(0).at();
    }

    /**
     * A change of lines.
     *
     * @param at the line of the part before which lines are put in, from 0
     * @param removed how many lines from there on are taken out
     * @param inserted the lines put in
     */
    record Edit(int at, int removed, List<Placed> inserted) {
        Edit {
            inserted = List.copyOf(inserted);
        }
    }

    /**
     * A line of a copy.
     *
     * @param event the line
     * @param original which line of the part it is or was made of, from 0; {@link #NEW} for one that the part does not
     *     have
     */
    record Placed(LogEvent event, int original) {
        static final int NEW = -1;
    }
}
