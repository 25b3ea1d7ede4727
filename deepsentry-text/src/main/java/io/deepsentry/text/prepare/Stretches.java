package io.deepsentry.text.prepare;

import io.deepsentry.parse.LogEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The lines of a sample of streams, source by source in the order of their lines. */
final class Stretches {
    private Stretches() {}

    /**
     * A line in its place.
     *
     * @param stretch as {@link IndexRow#stretch()} says
     */
    record Placed(LogEvent event, int stretch) {}

    /** One source. */
    private static final class Source {
        private final String name;
        private final List<LogSample.Line> lines = new ArrayList<>();
        private final Set<LogSample.Line> alone = new HashSet<>();
        private Instant begin = Instant.MAX;

        Source(String name) {
            this.name = name;
        }

        void add(LogSample.Line line) {
            lines.add(line);
            Instant time = line.event().time();
            begin = time != null && time.isBefore(begin) ? time : begin;
        }
    }

    /** The sources of a sample, the one that begins first before others. */
    static List<String> sources(LogSample sample) {
        return inOrder(sample).stream().map(source -> source.name).toList();
    }

    private static List<Source> inOrder(LogSample sample) {
        Map<String, Source> sources = new TreeMap<>();
        sample.kept()
                .kept()
                .values()
                .forEach(ranked -> ranked.lines.forEach(
                        line -> sources.computeIfAbsent(line.event().origin().file(), Source::new)
                                .add(line)));
        List<Source> all = new ArrayList<>(sources.values());
        all.sort(Comparator.comparing(source -> source.begin));
        return all;
    }

    /** The lines of stretches, and the first lines of messages. */
    static List<Placed> of(LogSample sample) {
        List<Source> sources = inOrder(sample);
        if (!sample.isWhole()) {
            addFirsts(sample, sources);
        }
        List<Placed> all = new ArrayList<>();
        for (Source source : sources) {
            source.lines.sort(LogSample.Line.IN_SOURCE);
            int stretch = 0;
            long before = -1;
            for (LogSample.Line line : source.lines) {
                if (source.alone.contains(line)) {
                    all.add(new Placed(line.event(), IndexRow.ALONE));
                    continue;
                }
                long now = sample.stretch(line.event());
                if (!sample.isWhole() && isCut(sample, source.name, before, now)) {
                    stretch++;
                }
                before = now;
                all.add(new Placed(line.event(), stretch));
            }
        }
        return all;
    }

    /** Whether a stretch between two others was left out. */
    private static boolean isCut(LogSample sample, String source, long before, long now) {
        for (long between = before + 1; between < now; between++) {
            if (!sample.kept().fits(LogSample.ofStretch(source, between))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Adds the first lines that no stretch has. In a source of which no stretch is kept, nobody could say before or
     * after what a line comes.
     */
    private static void addFirsts(LogSample sample, List<Source> sources) {
        Map<String, Source> byName = new TreeMap<>();
        sources.forEach(source -> byName.put(source.name, source));
        for (LogSample.First first : sample.firsts().kept().values()) {
            LogSample.Line line = first.line();
            String name = line.event().origin().file();
            Source source = byName.get(name);
            if (source != null && !sample.kept().fits(LogSample.ofStretch(name, sample.stretch(line.event())))) {
                source.lines.add(line);
                source.alone.add(line);
            }
        }
    }
}
