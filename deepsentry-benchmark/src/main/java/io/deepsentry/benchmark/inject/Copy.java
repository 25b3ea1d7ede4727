package io.deepsentry.benchmark.inject;

import io.deepsentry.parse.LogEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A part of a log with injections in it.
 *
 * @param injections what was injected, in the order of the lines
 * @param starts where each of them begins in {@code lines}, from 0
 * @param lines the lines
 */
record Copy(List<Injection> injections, List<Integer> starts, List<Injection.Placed> lines) {
    /** The fewest lines between injections of one copy, so that they do not meet. */
    static final int APART = 60;

    Copy {
        injections = List.copyOf(injections);
        starts = List.copyOf(starts);
        lines = List.copyOf(lines);
    }

    List<LogEvent> events() {
        return lines.stream().map(Injection.Placed::event).toList();
    }

    /** Puts injections into a part. */
    static Copy of(List<LaterLine> part, List<Injection> injections) {
        List<Injection> inOrder = injections.stream()
                .sorted(Comparator.comparingInt(Injection::at))
                .toList();
        List<Integer> starts = new ArrayList<>();
        List<Injection.Placed> lines = new ArrayList<>();
        int next = 0;
        for (Injection injection : inOrder) {
            boolean first = true;
            for (Injection.Edit edit : injection.edits()) {
                next = take(part, next, edit.at(), lines);
                if (first) {
                    starts.add(lines.size());
                    first = false;
                }
                lines.addAll(edit.inserted());
                next += edit.removed();
            }
        }
        int unused = take(part, next, part.size(), lines);
        return new Copy(inOrder, starts, lines);
    }

    private static int take(List<LaterLine> part, int from, int to, List<Injection.Placed> lines) {
        for (int i = from; i < to; i++) {
            lines.add(new Injection.Placed(part.get(i).event(), i));
        }
        return to;
    }

    /** Spreads injections over as few copies as keep them apart; a message that stops needs a copy of its own. */
    static List<List<Injection>> spread(List<Injection> injections) {
        List<List<Injection>> copies = new ArrayList<>();
        for (Injection injection : injections) {
            List<Injection> with = copies.stream()
                    .filter(copy -> copy.stream().allMatch(other -> areApart(injection, other)))
                    .findFirst()
                    .orElse(null);
            if (with == null) {
                with = new ArrayList<>();
                copies.add(with);
            }
            with.add(injection);
        }
        return copies;
    }

    private static boolean areApart(Injection one, Injection other) {
        return one.part() == other.part()
                && one.kind() != InjectionKind.STOP
                && Math.abs(one.at() - other.at()) >= APART;
    }
}
