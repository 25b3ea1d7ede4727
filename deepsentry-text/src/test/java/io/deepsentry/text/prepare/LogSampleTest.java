package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.CodedOutputStream;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class LogSampleTest {
    private static final LogSample.Reading READING =
            new LogSample.Reading("plain", null, null, ZoneId.of("UTC"), OnMalformed.SKIP, "(s\\d+)");
    private static final int HEAD = 5;

    private static LogSample sample(long size) {
        return LogSample.of(READING, Redaction.SECRETS, size);
    }

    private static LogEvent line(int number, String message, String... keys) {
        return new LogEvent(
                Instant.ofEpochSecond(1_000_000 + number / 3, number % 7),
                message,
                number % 11 == 0 ? "WARN" : "INFO",
                null,
                "host/" + number % 5,
                new Origin("app.log", number, number * 40L),
                List.of(keys),
                null,
                number % 13 == 0 ? Map.of("code", String.valueOf(number)) : Map.of());
    }

    /** Sessions that overlap, some lines of two, some of none. */
    private static List<LogEvent> log(int sessions) {
        Random random = new Random(3);
        List<LogEvent> lines = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            int length = 1 + random.nextInt(9);
            for (int j = 0; j < length; j++) {
                int number = lines.size() + 1;
                String key = "s" + (i - random.nextInt(Math.min(i + 1, 3)));
                switch (random.nextInt(12)) {
                    case 0 -> lines.add(line(number, "no session here " + number));
                    case 1 -> lines.add(line(number, "moved", key, "s" + (i + 1)));
                    default -> lines.add(line(number, "step " + random.nextInt(20) + " of " + i % 10, key));
                }
            }
        }
        return lines;
    }

    private static LogSample of(List<LogEvent> lines, long size) {
        LogSample sample = sample(size);
        lines.forEach(sample::add);
        return sample;
    }

    private static void assertMergedInAnyOrderToTheSame(List<LogEvent> log, long size) {
        assertMergedInAnyOrderToTheSame(log, () -> sample(size));
    }

    /** Samples of eight parts of a log, in any order and by way of bytes or not, merge to that of one pass. */
    static void assertMergedInAnyOrderToTheSame(List<LogEvent> log, Supplier<LogSample> empty) {
        LogSample pass = empty.get();
        log.forEach(pass::add);
        byte[] whole = pass.toBytes();
        assertThat(LogSample.fromBytes(whole).toBytes()).isEqualTo(whole);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<LogEvent> shuffled = new ArrayList<>(log);
            Collections.shuffle(shuffled, random);
            List<LogSample> shards = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                shards.add(empty.get());
            }
            shuffled.forEach(line -> shards.get(random.nextInt(8)).add(line));
            while (shards.size() > 1) {
                Collections.shuffle(shards, random);
                LogSample last = shards.remove(shards.size() - 1);
                shards.get(0).merge(random.nextBoolean() ? last : LogSample.fromBytes(last.toBytes()));
            }
            assertThat(shards.get(0).toBytes()).as("seed " + seed).isEqualTo(whole);
        }
    }

    @Test
    void eight_shards_of_lines_in_any_order_are_one_pass_to_the_bit() {
        List<LogEvent> log = log(400);
        assertThat(of(log, 1 << 20).isWhole()).isTrue();
        assertMergedInAnyOrderToTheSame(log, 1 << 20);
    }

    @Test
    void what_does_not_fit_is_left_out_the_same_in_any_order() {
        List<LogEvent> log = log(400);
        LogSample some = of(log, 20_000);
        assertThat(some.isWhole()).isFalse();
        assertThat(some.keptSessions()).isBetween(50L, 200L);
        assertMergedInAnyOrderToTheSame(log, 20_000);
    }

    @Test
    void a_whole_sample_is_the_log() {
        List<LogEvent> log = log(300);
        List<LogEvent> kept = LogSample.fromBytes(of(log, 1 << 20).toBytes()).events();
        assertThat(kept).hasSameSizeAs(log);
        Map<Long, LogEvent> byLine = new HashMap<>();
        kept.forEach(event -> byLine.put(event.origin().lineNumber(), event));
        assertThat(log).allSatisfy(line -> {
            LogEvent same = Objects.requireNonNull(byLine.get(line.origin().lineNumber()));
            assertThat(same.withSessionKeys(List.of()))
                    .usingRecursiveComparison()
                    .ignoringFields("origin")
                    .isEqualTo(line.withSessionKeys(List.of()));
            assertThat(same.sessionKeys()).isEqualTo(line.sessionKeys());
            assertThat(same.origin().file()).isEqualTo("app.log");
        });
    }

    @Test
    void a_session_is_kept_with_all_its_lines_or_not_at_all() {
        List<LogEvent> log = log(400);
        Map<String, Integer> lengths = new HashMap<>();
        log.forEach(line -> line.sessionKeys().forEach(key -> lengths.merge(key, 1, Integer::sum)));
        Map<String, Integer> kept = new HashMap<>();
        of(log, 20_000).events().forEach(line -> line.sessionKeys().forEach(key -> kept.merge(key, 1, Integer::sum)));
        assertThat(kept).isNotEmpty().hasSizeLessThan(lengths.size());
        assertThat(lengths).containsAllEntriesOf(kept);
    }

    @Test
    void its_size_does_not_grow_with_the_log_and_its_share_is_that_of_the_sessions() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int times : new int[] {1, 2, 4}) {
            LogSample sample = sample(60_000);
            int sessions = 2_000 * times;
            for (int i = 0; i < sessions; i++) {
                String kind = i % 5 == 0 ? "seldom" : "often";
                for (int j = 0; j < 4; j++) {
                    sample.add(line(4 * i + j + 1, kind + " step " + j, "s" + i));
                }
            }
            long bytes = sample.toBytes().length;
            least = Math.min(least, bytes);
            most = Math.max(most, bytes);
            double kept = sample.keptSessions();
            assertThat(sample.lines()).isEqualTo(4L * sessions);
            assertThat(kept).isBetween(250.0, 350.0);
            // Four standard deviations.
            assertThat(sample.share()).isCloseTo(kept / sessions, within(4 * Math.sqrt(kept) / sessions));
            long seldom = sample.events().stream()
                    .filter(event -> event.message().equals("seldom step 0"))
                    .count();
            assertThat(seldom / kept).isCloseTo(0.2, within(4 * Math.sqrt(0.16 / kept)));
        }
        assertThat(most).isLessThan(least * 11 / 10);
    }

    @Test
    void secrets_are_not_kept() throws IOException {
        LogSample sample = sample(1 << 20);
        sample.add(line(1, "login password=hunter2 s1", "s1"));
        assertThat(sample.events()).singleElement().satisfies(event -> assertThat(event.message())
                .contains(Redaction.MARK));
        assertThat(new String(content(sample), StandardCharsets.ISO_8859_1))
                .contains("login")
                .doesNotContain("hunter2");
    }

    @Test
    void a_session_that_does_not_fit_is_said_to_be_too_long() {
        LogSample sample = sample(1_000);
        for (int i = 1; i < 100; i++) {
            sample.add(line(i, "step", "s1"));
        }
        assertThat(sample.lines()).isEqualTo(99);
        assertThatThrownBy(sample::events)
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no session of the log fits");
    }

    @Test
    void logs_that_were_read_differently_are_not_merged() {
        LogSample other = LogSample.of(
                new LogSample.Reading("plain", null, null, ZoneId.of("UTC"), OnMalformed.SKIP, "(t\\d+)"),
                Redaction.SECRETS,
                1 << 20);
        LogSample sample = sample(1 << 20);
        assertThatThrownBy(() -> sample.merge(other))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("(s\\d+)")
                .hasMessageContaining("(t\\d+)");
    }

    @Test
    void the_smaller_size_applies() {
        List<LogEvent> log = log(400);
        LogSample large = of(log.subList(0, 900), 1 << 20);
        large.merge(of(log.subList(900, log.size()), 20_000));
        assertThat(large.toBytes()).isEqualTo(of(log, 20_000).toBytes());
    }

    @Test
    void damaged_bytes_are_refused() {
        byte[] bytes = of(log(40), 1 << 20).toBytes();
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
    void later_fields_are_skipped_and_a_later_version_is_refused() throws IOException {
        LogSample sample = of(log(40), 1 << 20);
        byte[] bytes = sample.toBytes();
        ByteArrayOutputStream more = new ByteArrayOutputStream();
        more.write(bytes, 0, HEAD);
        try (DeflaterOutputStream packed = new DeflaterOutputStream(more)) {
            packed.write(content(sample));
            CodedOutputStream out = CodedOutputStream.newInstance(packed);
            out.writeString(90, "what a later version says");
            out.flush();
        }
        assertThat(LogSample.fromBytes(more.toByteArray()).toBytes()).isEqualTo(bytes);

        byte[] later = bytes.clone();
        later[HEAD - 1] = 3;
        assertThatThrownBy(() -> LogSample.fromBytes(later))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("version 3");
    }

    private static byte[] content(LogSample sample) throws IOException {
        byte[] bytes = sample.toBytes();
        return new InflaterInputStream(new ByteArrayInputStream(bytes, HEAD, bytes.length)).readAllBytes();
    }
}
