package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples of logs without sessions, and what {@link Prepare} makes of them. */
class StreamSampleTest {
    private static final int STRETCH = 20;
    private static final LogSample.Reading READING = reading("plain", STRETCH);
    /** 2020-09-13 12:00 UTC. */
    private static final long BEGIN = 1_599_998_400;

    @TempDir
    Path folder = Path.of("");

    private static LogSample.Reading reading(String format, int stretch) {
        return new LogSample.Reading(format, null, null, ZoneId.of("UTC"), OnMalformed.ATTACH, null, stretch);
    }

    private static LogEvent line(String source, int number, long second, String message, @Nullable Label label) {
        return new LogEvent(
                Instant.ofEpochSecond(second),
                message,
                number % 11 == 0 ? "WARN" : "INFO",
                null,
                null,
                new Origin(source, number, number * 40L),
                List.of(),
                label,
                Map.of());
    }

    /** Three sources with a line every 20 s, common messages and rare ones. */
    private static List<LogEvent> log(int lines) {
        List<LogEvent> log = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            String message = i % 250 == 249
                    ? "rare remark of kind " + (char) ('a' + i / 250 % 26) + "x"
                    : "step " + (char) ('a' + i % 7) + "y of " + i;
            log.add(line("s" + i % 3 + ".log", i / 3 + 1, BEGIN + 20L * i, message, null));
        }
        return log;
    }

    private static LogSample of(List<LogEvent> lines, long size) {
        LogSample sample = LogSample.of(READING, Redaction.SECRETS, size);
        lines.forEach(sample::add);
        return sample;
    }

    private static void assertMergedInAnyOrderToTheSame(List<LogEvent> log, long size) {
        LogSampleTest.assertMergedInAnyOrderToTheSame(log, () -> LogSample.of(READING, Redaction.SECRETS, size));
    }

    @Test
    void eight_shards_of_lines_in_any_order_are_one_pass_to_the_bit() {
        List<LogEvent> log = log(3_000);
        assertThat(of(log, 1 << 20).isWhole()).isTrue();
        assertMergedInAnyOrderToTheSame(log, 1 << 20);
    }

    @Test
    void what_does_not_fit_is_left_out_the_same_in_any_order() {
        List<LogEvent> log = log(3_000);
        LogSample some = of(log, 30_000);
        assertThat(some.isWhole()).isFalse();
        assertMergedInAnyOrderToTheSame(log, 30_000);
    }

    @Test
    void messages_and_hours_that_do_not_fit_are_left_out_the_same_in_any_order() {
        List<LogEvent> log = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            String words = "word" + (char) ('a' + i % 26) + " " + (char) ('a' + i / 26 % 26) + (char) ('a' + i / 676);
            log.add(line("a.log", i + 1, BEGIN + 1200L * i, words, null));
        }
        LogSample some = of(log, 30_000);
        assertThat(some.firsts().limit()).isNotNull();
        assertThat(some.hours().limit()).isNotNull();
        assertThat(some.firsts().kept()).hasSize(30_000 / 1024);
        assertMergedInAnyOrderToTheSame(log, 30_000);
    }

    @Test
    void the_smaller_size_applies() {
        List<LogEvent> log = log(3_000);
        LogSample large = of(log.subList(0, 1_700), 1 << 20);
        large.merge(of(log.subList(1_700, log.size()), 30_000));
        assertThat(large.toBytes()).isEqualTo(of(log, 30_000).toBytes());
    }

    @Test
    void samples_of_other_stretches_or_of_sessions_are_not_merged() {
        LogSample sample = of(log(100), 1 << 20);
        LogSample longer = LogSample.of(reading("plain", STRETCH + 1), Redaction.SECRETS, 1 << 20);
        assertThatThrownBy(() -> sample.merge(longer)).isInstanceOf(DataException.class);
        LogSample keyed = LogSample.of(
                new LogSample.Reading("plain", null, null, ZoneId.of("UTC"), OnMalformed.ATTACH, "(b)"),
                Redaction.SECRETS,
                1 << 20);
        assertThatThrownBy(() -> sample.merge(keyed)).isInstanceOf(DataException.class);
    }

    @Test
    void a_stretch_is_kept_with_all_its_lines_or_not_at_all() {
        List<LogEvent> log = log(3_000);
        Map<String, Integer> lengths = new HashMap<>();
        log.forEach(line -> lengths.merge(stretch(line), 1, Integer::sum));
        Map<String, Integer> kept = new HashMap<>();
        LogSample some = of(log, 30_000);
        some.events().forEach(line -> kept.merge(stretch(line), 1, Integer::sum));
        assertThat(kept).isNotEmpty().hasSizeLessThan(lengths.size());
        assertThat(lengths).containsAllEntriesOf(kept);
        assertThat((long) kept.size()).isEqualTo(some.keptStretches());
    }

    private static String stretch(LogEvent line) {
        return line.origin().file() + (line.origin().lineNumber() - 1) / STRETCH;
    }

    @Test
    void a_stretch_number_rises_where_lines_were_left_out_and_only_there() {
        LogSample some = of(log(3_000), 30_000);
        Set<String> kept = some.events().stream().map(StreamSampleTest::stretch).collect(Collectors.toSet());
        Map<String, Stretches.Placed> before = new HashMap<>();
        int cuts = 0;
        for (Stretches.Placed line : Stretches.of(some)) {
            if (line.stretch() == IndexRow.ALONE) {
                continue;
            }
            String source = line.event().origin().file();
            long number = line.event().origin().lineNumber();
            Stretches.Placed last = before.put(source, line);
            if (last == null) {
                assertThat(line.stretch()).isEqualTo(number == 1 ? 0 : 1);
            } else {
                boolean follows = number == last.event().origin().lineNumber() + 1;
                assertThat(line.stretch()).isEqualTo(last.stretch() + (follows ? 0 : 1));
                cuts += follows ? 0 : 1;
            }
        }
        assertThat(before).hasSize(3);
        assertThat(kept).hasSizeGreaterThan(cuts);
        assertThat(cuts).isPositive();
    }

    @Test
    void its_size_does_not_grow_with_the_log_and_its_share_is_that_of_the_stretches() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int times : new int[] {1, 2, 4}) {
            List<LogEvent> log = log(30_000 * times);
            LogSample sample = of(log, 300_000);
            long bytes = sample.toBytes().length;
            least = Math.min(least, bytes);
            most = Math.max(most, bytes);
            double kept = sample.keptStretches();
            double stretches = log.size() / (double) STRETCH;
            assertThat(sample.lines()).isEqualTo(log.size());
            assertThat(sample.share()).isCloseTo(kept / stretches, within(4 * Math.sqrt(kept) / stretches));
        }
        assertThat(most).isLessThan(least * 12 / 10);
    }

    @Test
    void sums_are_those_of_the_whole_log() {
        List<LogEvent> log = log(3_000);
        LogSample some = of(log, 100_000);
        assertThat(some.isWhole()).isFalse();
        assertThat(some.hours().limit()).isNull();
        Map<String, Long> expected = new TreeMap<>();
        Map<String, Long> counted = new TreeMap<>();
        log.forEach(line -> {
            long second = Objects.requireNonNull(line.time()).getEpochSecond();
            expected.merge(line.origin().file() + " " + second / 60, 1L, Long::sum);
        });
        long byMessage = 0;
        for (HourSum sum : some.hours().kept().values()) {
            for (int minute = 0; minute < 60; minute++) {
                if (sum.minutes()[minute] > 0) {
                    counted.put(sum.source() + " " + (sum.hour() * 60 + minute), sum.minutes()[minute]);
                }
            }
            byMessage +=
                    sum.messages().values().stream().mapToLong(count -> count).sum();
        }
        assertThat(counted).isEqualTo(expected);
        assertThat(byMessage).isEqualTo(log.size());
    }

    @Test
    void labelled_anomalies_are_not_counted_and_are_the_first_of_a_message_only_if_there_is_no_other() {
        LogSample sample = of(
                List.of(
                        line("a.log", 1, BEGIN, "disk full", Label.ANOMALY),
                        line("a.log", 2, BEGIN + 1, "disk full", Label.NORMAL),
                        line("a.log", 3, BEGIN + 2, "disk lost", Label.ANOMALY)),
                1 << 20);
        assertThat(sample.firsts().kept().values().stream()
                        .map(first -> first.line().event().origin().lineNumber()))
                .containsExactlyInAnyOrder(2L, 3L);
        assertThat(sample.hours().kept().values())
                .singleElement()
                .satisfies(sum -> assertThat(Arrays.stream(sum.minutes()).sum()).isEqualTo(1));
    }

    @Test
    void a_stretch_that_does_not_fit_is_said_to_be_too_long() {
        LogSample sample = of(log(3_000), 300);
        assertThatThrownBy(sample::events)
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no stretch of 20 lines of the log fits");
    }

    @Test
    void damaged_bytes_are_refused() {
        byte[] bytes = of(log(200), 1 << 20).toBytes();
        for (int length = 0; length < bytes.length; length += 7) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> LogSample.fromBytes(cut)).isInstanceOf(DataException.class);
        }
        for (int at = 0; at < bytes.length; at += 5) {
            byte[] wrong = bytes.clone();
            wrong[at] ^= 0x55;
            assertThatThrownBy(() -> LogSample.fromBytes(wrong)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void a_program_that_knows_only_sessions_refuses_a_sample_of_streams() {
        byte[] bytes = of(log(200), 1 << 20).toBytes();
        // Such a program reads version 1 and no other.
        assertThat(bytes[4]).isEqualTo((byte) 2);
        byte[] later = bytes.clone();
        later[4]++;
        assertThatThrownBy(() -> LogSample.fromBytes(later))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("version 3, but this program reads 1 and 2; sample the log again");
    }

    private Path sample(List<Path> logs, String format, int stretch, long size) {
        Path written = folder.resolve(size + ".sample");
        LogSample sample = LogSample.of(reading(format, stretch), Redaction.SECRETS, size);
        for (Path log : logs) {
            try (LogReader reader =
                    LogReader.builder().input(log).format(format).open()) {
                reader.forEach(sample::add);
            }
        }
        sample.write(written);
        return written;
    }

    private Path write(String name, int from, int to, boolean timed) throws IOException {
        return Files.write(
                folder.resolve(name),
                IntStream.range(from, to)
                        .mapToObj(i -> {
                            String message = i % 90 == 89
                                    ? "odd ".repeat(1 + i / 90 % 20) + "remark"
                                    : "step " + (char) ('a' + i % 7) + "y took " + i % 13 + " ms";
                            int second = 30 * i;
                            return timed
                                    ? String.format(
                                            "0811%02d %02d%02d%02d %s",
                                            9 + second / 86_400,
                                            second / 3600 % 24,
                                            second / 60 % 60,
                                            second % 60,
                                            message)
                                    : message;
                        })
                        .toList());
    }

    private PreparedData prepare(String data, String format, Path... inputs) {
        return PreparedData.open(Prepare.run(
                        PrepareSettings.builder()
                                .dataDir(folder.resolve(data))
                                .inputs(inputs)
                                .format(format)
                                .build(),
                        RunContext.quiet())
                .directory());
    }

    private static void assertSame(PreparedData sampled, PreparedData expected) throws IOException {
        for (Split split : Split.values()) {
            assertThat(sampled.text(split)).hasSameBinaryContentAs(expected.text(split));
            assertThat(sampled.valuesFile(split)).hasSameBinaryContentAs(expected.valuesFile(split));
            assertThat(SampledEventsTest.withoutOffsets(sampled.index(split)))
                    .isEqualTo(SampledEventsTest.withoutOffsets(expected.index(split)));
        }
        assertThat(sampled.identityFile()).hasSameBinaryContentAs(expected.identityFile());
        assertThat(sampled.vocabulary()).hasSameBinaryContentAs(expected.vocabulary());
        assertThat(sampled.meta().fingerprint()).isEqualTo(expected.meta().fingerprint());
        assertThat(sampled.meta().share()).isEqualTo(1);
    }

    @Test
    void a_sample_that_holds_all_is_prepared_as_the_log_is_to_the_bit() throws IOException {
        Path log = write("app.log", 0, 2_000, true);
        assertSame(prepare("sampled", "auto", sample(List.of(log), "utah", 100, 1 << 20)), prepare("log", "utah", log));
    }

    @Test
    void one_of_several_inputs_and_one_without_times_likewise() throws IOException {
        // The name of the first sorts last.
        Path monday = write("monday.log", 0, 1_000, true);
        Path after = write("after.log", 1_000, 2_000, true);
        assertSame(
                prepare("sampled", "auto", sample(List.of(after, monday), "utah", 100, 1 << 20)),
                prepare("log", "utah", monday, after));
        Path plain = write("plain.log", 0, 2_000, false);
        assertSame(
                prepare("bare", "auto", sample(List.of(plain), "plain", 100, 1 << 20)),
                prepare("plain", "plain", plain));
    }

    @Test
    void rows_of_some_stretches_say_where_lines_were_left_out() throws IOException {
        PreparedData some =
                prepare("some", "auto", sample(List.of(write("app.log", 0, 4_000, true)), "utah", 50, 80_000));
        assertThat(some.meta().share()).isBetween(.1, .7);
        Set<Integer> stretches = new HashSet<>();
        long before = 0;
        int stretch = 0;
        for (Split split : Split.values()) {
            try (PreparedData.Rows<IndexRow> rows = some.origins(split)) {
                for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                    if (row.stretch() != IndexRow.ALONE) {
                        boolean follows = row.line() == before + 1;
                        assertThat(follows).isEqualTo(row.stretch() == stretch);
                        before = row.line();
                        stretch = row.stretch();
                        stretches.add(stretch);
                    }
                }
            }
        }
        assertThat(stretches).hasSizeGreaterThan(5);
    }

    @Test
    void every_message_of_the_log_is_known_that_came_before_the_test() throws IOException {
        Path log = write("app.log", 0, 4_000, true);
        PreparedData all = prepare("all", "utah", log);
        PreparedData some = prepare("some", "auto", sample(List.of(log), "utah", 50, 80_000));
        Set<String> known = new HashSet<>(messages(some, Split.TRAIN));
        known.addAll(messages(some, Split.VAL));
        assertThat(known).containsAll(messages(all, Split.TRAIN));
        // No row of the test stands by itself.
        try (PreparedData.Rows<IndexRow> rows = some.origins(Split.TEST)) {
            for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                assertThat(row.stretch()).isNotEqualTo(IndexRow.ALONE);
            }
        }
    }

    private static Set<String> messages(PreparedData data, Split split) throws IOException {
        return new HashSet<>(Files.readAllLines(data.text(split)));
    }

    @Test
    void hours_before_the_test_are_counted_by_message() throws IOException {
        Path log = write("app.log", 0, 4_000, true);
        PreparedData some = prepare("some", "auto", sample(List.of(log), "utah", 50, 80_000));
        Map<Long, HourRow> hours = new TreeMap<>();
        try (PreparedData.Rows<HourRow> rows = some.hours()) {
            for (HourRow row = rows.next(); row != null; row = rows.next()) {
                assertThat(row.follows()).isTrue();
                hours.put(row.hour(), row);
            }
        }
        // 120 lines an hour, and about a fifth of 4,000 lines are the test.
        assertThat(hours.size()).isBetween(22, 30);
        assertThat(hours.values()).allSatisfy(row -> {
            assertThat(row.minutes()).containsOnly(2L);
            assertThat(row.messages().values().stream()
                            .mapToLong(count -> count)
                            .sum())
                    .isEqualTo(120);
            assertThat(row.messages()).hasEntrySatisfying("step ay took <duration>", count -> assertThat(count)
                    .isBetween(16L, 18L));
        });
        try (PreparedData.Rows<HourRow> none = prepare("all", "utah", log).hours()) {
            assertThat(none.next()).isNull();
        }
    }

    @Test
    void messages_that_are_masked_otherwise_are_not_counted() throws IOException {
        Path sample = sample(List.of(write("app.log", 0, 4_000, true)), "utah", 50, 80_000);
        PreparedData some = PreparedData.open(Prepare.run(
                        PrepareSettings.builder()
                                .dataDir(folder.resolve("lower"))
                                .inputs(sample)
                                .normalizer(
                                        new NormalizerSettings(NormalizerSettings.DEFAULTS.types(), List.of(), true))
                                .build(),
                        RunContext.quiet())
                .directory());
        try (PreparedData.Rows<HourRow> rows = some.hours()) {
            HourRow first = Objects.requireNonNull(rows.next());
            assertThat(first.messages()).isEmpty();
            assertThat(first.minutes()).contains(2L);
        }
    }

    @Test
    void a_session_key_for_a_sample_of_streams_is_refused() throws IOException {
        Path sample = sample(List.of(write("app.log", 0, 2_000, true)), "utah", 100, 1 << 20);
        PrepareSettings settings = PrepareSettings.builder()
                .dataDir(folder.resolve("keyed"))
                .inputs(sample)
                .sessionKey("(y)")
                .build();
        assertThatThrownBy(() -> Prepare.run(settings, RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("session_key must be that of the sample, none, but was (y)");
    }
}
