package io.deepsentry.text.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.token.MaskType;
import io.deepsentry.text.token.NormalizerSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogPatternsTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    static LogEvent event(int line, String level, String message) {
        return event(line, level, message, Map.of());
    }

    static LogEvent event(int line, String level, String message, Map<String, String> fields) {
        return new LogEvent(
                START.plusSeconds(line),
                message,
                level,
                null,
                new Origin("app.log", line + 1, line * 100L),
                List.of(),
                null,
                fields);
    }

    private static PatternSummary summary(Stream<LogEvent> events) {
        LogPatterns patterns = LogPatterns.of(NormalizerSettings.DEFAULTS);
        events.forEach(patterns::add);
        return patterns.summary();
    }

    private static LogPattern only(PatternSummary summary, String message) {
        return summary.patterns().stream()
                .filter(pattern -> pattern.message().equals(message))
                .findFirst()
                .orElseThrow(() -> new AssertionError(summary.patterns().stream()
                        .map(LogPattern::message)
                        .toList()
                        .toString()));
    }

    @Test
    void aMessageHasItsCountTimesLevelExampleAndValues() {
        PatternSummary summary = summary(IntStream.range(0, 1000)
                .mapToObj(i -> i % 4 == 0
                        ? event(i, "WARN", "query took " + (i + 1) + " ms on node db-" + i % 3)
                        : event(i, "INFO", "cache is warm")));

        assertThat(summary.totals().events()).isEqualTo(1000);
        assertThat(summary.totals().levels()).containsExactly(Map.entry("INFO", 750L), Map.entry("WARN", 250L));
        assertThat(summary.patterns().get(0).message()).isEqualTo("cache is warm");
        LogPattern slow = summary.patterns().get(1);
        assertThat(slow.message()).isEqualTo("query took <duration> on node <id>");
        assertThat(slow.count()).isEqualTo(250);
        assertThat(slow.level()).isEqualTo("WARN");
        assertThat(slow.first()).isEqualTo(START);
        assertThat(slow.last()).isEqualTo(START.plusSeconds(996));
        assertThat(slow.example()).isEqualTo("query took 1 ms on node db-0");
        assertThat(slow.firstOrigin()).hasToString("app.log:1");
        PatternVariable duration = slow.variables().get(0);
        assertThat(duration.type()).isEqualTo(MaskType.DURATION);
        NumberRange numbers = Objects.requireNonNull(duration.numbers());
        assertThat(numbers.min()).isCloseTo(0.001, within(1e-9));
        assertThat(numbers.max()).isCloseTo(0.997, within(1e-9));
        assertThat(numbers.median()).isCloseTo(0.5, within(0.02));
        PatternVariable node = slow.variables().get(1);
        assertThat(node.isComplete()).isTrue();
        assertThat(node.top()).extracting(ValueCount::value).containsExactlyInAnyOrder("db-0", "db-1", "db-2");
        assertThat(node.top()).extracting(ValueCount::count).containsExactlyInAnyOrder(84L, 83L, 83L);
    }

    @Test
    void wordsOfALearnedVariableAreItsValues() {
        PatternSummary summary = summary(IntStream.range(0, 200).mapToObj(i -> {
            String name = i % 10 == 0 ? "root" : "" + (char) ('a' + i / 26) + (char) ('a' + i % 26) + "ko";
            return event(i, "INFO", "mailbox of " + name + " holds 3 kB of mail");
        }));

        LogPattern mail = only(summary, "mailbox of <id> holds <size> of mail");
        assertThat(mail.count()).isEqualTo(200);
        assertThat(mail.variables().get(0).count()).isEqualTo(200);
        assertThat(mail.variables().get(0).top().get(0).value()).isEqualTo("root");
        assertThat(mail.variables().get(0).top().get(0).count()).isBetween(13L, 20L);
        assertThat(mail.variables().get(1).top()).containsExactly(new ValueCount("3 kB", 200));
    }

    @Test
    void fieldsAreVariablesByTheirName() {
        PatternSummary summary = summary(IntStream.range(0, 100)
                .mapToObj(i -> event(i, "INFO", "job done", Map.of("took", i + "ms", "job", String.valueOf(i)))));

        assertThat(summary.patterns()).hasSize(1);
        assertThat(summary.patterns().get(0).variables())
                .extracting(PatternVariable::place)
                .containsExactly("job", "took");
        assertThat(summary.patterns().get(0).variables())
                .allSatisfy(variable -> assertThat(variable.numbers()).isNotNull());
    }

    /** Repeated lines take a shorter way; it must count the same. */
    @Test
    void repeatedLinesCountAsLinesThatDiffer() {
        Random random = new Random(3);
        List<LogEvent> events = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            events.add(event(i, i % 9 == 0 ? "ERROR" : "INFO", "step " + random.nextInt(5) + " of plan took 7 ms"));
        }
        LogPattern repeated = summary(events.stream()).patterns().get(0);
        Collections.shuffle(events, random);
        LogPattern shuffled = summary(events.stream()).patterns().get(0);

        assertThat(repeated.count()).isEqualTo(shuffled.count());
        assertThat(repeated.levels()).isEqualTo(shuffled.levels());
        assertThat(repeated.first()).isEqualTo(shuffled.first());
        assertThat(repeated.last()).isEqualTo(shuffled.last());
        assertThat(repeated.variables()).isEqualTo(shuffled.variables());
        assertThat(repeated.variables().get(0).top().stream()
                        .mapToLong(ValueCount::count)
                        .sum())
                .isEqualTo(repeated.count());
    }

    @Test
    void moreMessagesThanAreHeldAreCountedAsFurtherOnes() {
        LogPatterns patterns = LogPatterns.of(NormalizerSettings.DEFAULTS, 20, 50);
        for (int i = 0; i < 3000; i++) {
            String rare = "message " + "abcdefghij".charAt(i % 10) + "abcdefghij".charAt(i / 10 % 10) + "x of its own";
            patterns.add(
                    event(i, "INFO", i % 2 == 0 ? "cache is warm" : rare + " kind " + "z".repeat(1 + i / 100 % 9)));
        }
        PatternSummary summary = patterns.summary();

        assertThat(summary.isSampled()).isTrue();
        assertThat(summary.patterns()).hasSizeLessThanOrEqualTo(20);
        assertThat(only(summary, "cache is warm").count()).isEqualTo(1500);
        long held = summary.patterns().stream().mapToLong(LogPattern::count).sum();
        assertThat(held + summary.totals().rest()).isEqualTo(3000);
        assertThat(summary.totals().levels()).containsExactly(Map.entry("INFO", 3000L));
    }

    @Test
    void frequentValuesAreFoundAmongManyRareOnes() {
        LogPattern pattern = summary(IntStream.range(0, 20_000)
                        .mapToObj(i ->
                                event(i, "INFO", "open " + (i % 5 == 0 ? "node-7" : "node-" + (1000 + i)) + " now")))
                .patterns()
                .get(0);

        PatternVariable variable = pattern.variables().get(0);
        assertThat(variable.isComplete()).isFalse();
        assertThat(variable.count()).isEqualTo(20_000);
        assertThat(variable.top()).hasSizeLessThanOrEqualTo(32);
        assertThat(variable.top().get(0).value()).isEqualTo("node-7");
        assertThat(variable.top().get(0).count()).isBetween(3000L, 4000L);
    }

    @Test
    void aLogWithoutTimesAndLevelsHasNone() {
        PatternSummary summary = summary(Stream.of("a b", "a b", "c d")
                .map(text -> new LogEvent(null, text, null, null, new Origin("x", 1, 0), List.of(), null)));

        assertThat(summary.totals().first()).isNull();
        assertThat(summary.totals().perMinute()).isNaN();
        assertThat(summary.patterns()).extracting(LogPattern::level).containsOnlyNulls();
        for (PatternOrder order : PatternOrder.values()) {
            assertThat(summary.patterns().stream().sorted(order).toList()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOrderPutsTheRightMessageFirst(PatternOrder order) {
        List<LogPattern> patterns = summary(Stream.of(
                        event(0, "INFO", "first of all"),
                        event(1, "INFO", "many of these"),
                        event(2, "FATAL", "sky falls"),
                        event(3, "INFO", "many of these"),
                        event(4, "WARN", "newest of all"),
                        event(5, "INFO", "many of these"),
                        event(6, "INFO", "first of all")))
                .patterns();
        String expected =
                switch (order) {
                    case COUNT -> "many of these";
                    case FIRST, LAST -> "first of all";
                    case LEVEL -> "FATAL sky falls";
                    case NEW -> "newest of all";
                };

        String first = patterns.stream().sorted(order).findFirst().orElseThrow().message();
        assertThat(expected).endsWith(first);
    }

    @Test
    void aFilterTakesLevelsTextAndCounts() {
        List<LogPattern> patterns = summary(Stream.of(
                        event(0, "INFO", "disk of node-1 is fine"),
                        event(1, "info", "disk of node-2 is fine"),
                        event(2, "Error", "disk broke"),
                        event(3, "AUDIT", "key was read")))
                .patterns();

        assertThat(patterns.stream().filter(new PatternFilter("warn", null, 0)::matches))
                .hasSize(1);
        assertThat(patterns.stream().filter(new PatternFilter("audit", null, 0)::matches))
                .hasSize(1);
        assertThat(patterns.stream().filter(new PatternFilter(null, "NODE-1", 0)::matches))
                .hasSize(1);
        assertThat(patterns.stream().filter(new PatternFilter(null, null, 2)::matches))
                .hasSize(1);
        assertThat(patterns.stream().filter(PatternFilter.ALL::matches)).hasSize(3);
    }

    @Test
    void anUncommonWordForAnErrorIsAnError() {
        List<LogPattern> patterns = summary(Stream.of(
                        event(0, "DISASTER", "ledger is gone"),
                        event(1, "SYSERROR", "disk broke"),
                        event(2, "STATS", "12 requests"),
                        event(3, "SUBDEBUG", "cart saved"),
                        event(4, "AUDIT", "key was read")))
                .patterns();

        assertThat(patterns.stream()
                        .filter(new PatternFilter("error", null, 0)::matches)
                        .sorted(PatternOrder.LEVEL))
                .extracting(LogPattern::level)
                .containsExactly("DISASTER", "SYSERROR");
        assertThat(patterns.stream().sorted(PatternOrder.LEVEL))
                .extracting(LogPattern::level)
                .containsExactly("DISASTER", "SYSERROR", "AUDIT", "STATS", "SUBDEBUG");
    }
}
