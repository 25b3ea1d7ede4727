package io.deepsentry.anomaly.report;

import io.deepsentry.anomaly.internal.alert.SourceLines;
import io.deepsentry.parse.redact.Redaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a log as the detector sees them: how often in what was learned and in what was judged. For one
 * thread.
 */
final class Patterns {
    /** The most messages that are counted, and shown. */
    private static final int MOST = 20_000;

    private static final int SHOWN = 300;
    private static final int NEW_SHOWN = 150;
    private static final int MOST_TREND = 60;
    /** A message is gone if so many of it were to be expected. */
    private static final double EXPECTED = 5;

    private final Map<String, Pattern> patterns = new HashMap<>();
    private final Buckets trend;
    private final Set<String> learnedWords = new HashSet<>();
    private long learnedLines;
    private long judgedLines;
    private long rest;

    private static final class Pattern {
        private final String message;
        private final int[] trend;
        private long learned;
        private long judged;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private @Nullable String level;
        private String file = "";
        private long offset = -1;
        private boolean ofJudged;

        Pattern(String message, int buckets) {
            this.message = message;
            trend = new int[buckets];
        }

        long count() {
            return learned + judged;
        }
    }

    Patterns(long first, long last) {
        // Without the limits of hours and days, which nobody reads off a line of this size.
        trend = Buckets.of(first, last, Buckets.Scale.LINES, MOST_TREND);
    }

    void add(LogRows.Row row) {
        boolean learned = row.learned();
        learnedLines += learned ? 1 : 0;
        judgedLines += learned ? 0 : 1;
        Pattern pattern = patterns.get(row.message());
        if (pattern == null) {
            if (patterns.size() >= MOST) {
                rest++;
                return;
            }
            pattern = new Pattern(row.message(), trend.count());
            patterns.put(row.message(), pattern);
        }
        pattern.learned += learned ? 1 : 0;
        pattern.judged += learned ? 0 : 1;
        pattern.first = Math.min(pattern.first, row.at());
        pattern.last = Math.max(pattern.last, row.at());
        pattern.level = pattern.level == null ? row.origin().level() : pattern.level;
        if (pattern.offset < 0 || (!learned && !pattern.ofJudged)) {
            // Of what was judged, if it is there: that log is more likely to be there still.
            pattern.file = row.origin().file();
            pattern.offset = row.origin().offset();
            pattern.ofJudged = !learned;
        }
        int bucket = trend.of(row.at());
        if (bucket >= 0) {
            pattern.trend[bucket]++;
        }
    }

    /** Returns the words of a message that no learned message has. */
    List<String> newWords(String message) {
        if (learnedWords.isEmpty()) {
            patterns.values().stream()
                    .filter(pattern -> pattern.learned > 0)
                    .forEach(pattern -> learnedWords.addAll(List.of(pattern.message.split(" "))));
        }
        Set<String> words = new LinkedHashSet<>(List.of(message.split(" ")));
        words.removeIf(word -> word.startsWith("<") || learnedWords.contains(word));
        return List.copyOf(words);
    }

    private static boolean isNew(Pattern pattern) {
        return pattern.learned == 0;
    }

    private boolean isGone(Pattern pattern) {
        return pattern.judged == 0 && (double) pattern.learned / Math.max(1, learnedLines) * judgedLines >= EXPECTED;
    }

    /** Returns the messages as the page reads them, with one line of each as it was written. */
    Map<String, Object> toMap(UnaryOperator<String> locate, Redaction redaction) {
        List<Pattern> all = patterns.values().stream()
                .sorted(Comparator.comparingLong((Pattern pattern) -> -pattern.count())
                        .thenComparing(pattern -> pattern.message))
                .toList();
        Set<Pattern> shown = new LinkedHashSet<>();
        all.stream().filter(Patterns::isNew).limit(NEW_SHOWN).forEach(shown::add);
        all.stream().filter(this::isGone).limit(NEW_SHOWN).forEach(shown::add);
        all.stream().limit(SHOWN).forEach(shown::add);
        Map<Pattern, SourceLines.Place> places = new HashMap<>();
        shown.forEach(
                pattern -> places.put(pattern, new SourceLines.Place(locate.apply(pattern.file), pattern.offset)));
        Map<SourceLines.Place, String> lines = SourceLines.read(places.values(), redaction);
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        for (Pattern pattern : all) {
            if (shown.contains(pattern)) {
                items.add(item(pattern, lines.get(places.get(pattern))));
            }
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("messages", all.size());
        map.put("new", all.stream().filter(Patterns::isNew).count());
        map.put("gone", all.stream().filter(this::isGone).count());
        map.put("rest", rest);
        map.put("items", items);
        return map;
    }

    private Map<String, @Nullable Object> item(Pattern pattern, @Nullable String line) {
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("message", ReportData.shown(pattern.message));
        item.put("level", pattern.level);
        item.put("learned", pattern.learned);
        item.put("judged", pattern.judged);
        item.put("status", isNew(pattern) ? "new" : isGone(pattern) ? "gone" : null);
        item.put("first", pattern.first);
        item.put("last", pattern.last);
        item.put("trend", pattern.trend);
        item.put("example", line == null ? null : ReportData.shown(line));
        return item;
    }
}
