package io.deepsentry.text.pattern;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.Comparator;

/**
 * Finds the messages of a log, with their counts, times, levels and values, in one pass and without training.
 *
 * <pre>{@code
 * LogPatterns patterns = LogPatterns.of(NormalizerSettings.DEFAULTS);
 * try (LogReader reader = LogReader.builder().input(Path.of("app.log")).open()) {
 *     reader.forEach(patterns::add);
 * }
 * patterns.summary().patterns().forEach(pattern -> System.out.println(pattern.count() + " " + pattern.message()));
 * }</pre>
 *
 * <p>Memory is bounded: it holds {@value #MOST_PATTERNS} messages and counts the events of the others. One thread at a
 * time.
 */
public final class LogPatterns {
    /** The most messages that are held. */
    public static final int MOST_PATTERNS = 10_000;

    private final PatternTable table;

    private LogPatterns(PatternTable table) {
        this.table = table;
    }

    /**
     * Creates patterns of no events, which are masked with these settings.
     *
     * @param masking what is masked
     * @return patterns of no events
     */
    public static LogPatterns of(NormalizerSettings masking) {
        return new LogPatterns(new PatternTable(masking, 1, MOST_PATTERNS));
    }

    /** Starts with no events and other limits. */
    static LogPatterns of(NormalizerSettings masking, int mostPatterns, int mostForms) {
        return new LogPatterns(new PatternTable(masking, 1, mostPatterns, mostForms));
    }

    /**
     * Adds an event.
     *
     * @param event the event
     */
    public void add(LogEvent event) {
        table.add(0, event);
    }

    /** {@return what was found} The last call: no event can be added after it. */
    public PatternSummary summary() {
        table.end();
        return new PatternSummary(
                table.totals(0),
                table.groups().entrySet().stream()
                        .map(entry -> entry.getValue().tally(0).pattern(entry.getKey()))
                        .sorted(Comparator.comparingLong((LogPattern pattern) -> -pattern.count())
                                .thenComparing(LogPattern::message))
                        .toList(),
                table.isSampled());
    }
}
