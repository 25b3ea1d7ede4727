package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.token.MaskType;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LogCountsTest {
    private static final MessageIdentity IDENTITY = MessageIdentity.of(NormalizerSettings.DEFAULTS);

    private static List<LogEvent> session(String... lines) {
        List<LogEvent> events = new ArrayList<>();
        try (LogReader reader = LogReader.builder()
                .input(
                        "app.log",
                        new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)))
                .format("<Content>")
                .open()) {
            reader.forEach(events::add);
        }
        return events;
    }

    /** Sessions of messages that repeat, and of some that are only there once. */
    private static List<List<LogEvent>> sessions(int count) {
        Random random = new Random(3);
        List<List<LogEvent>> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] lines = new String[1 + random.nextInt(12)];
            for (int j = 0; j < lines.length; j++) {
                lines[j] = switch (random.nextInt(4)) {
                    case 0 -> "opened part " + random.nextInt(1000) + " in " + random.nextInt(90) + " ms";
                    case 1 -> "read " + random.nextGaussian() * 1e6 + " bytes from 10.0.0." + random.nextInt(9);
                    case 2 -> "closed " + "abcdefghijkl".charAt(random.nextInt(12)) + "x";
                    default ->
                        "seldom "
                                + Integer.toString(random.nextInt(1 << 30), 36).replaceAll("[0-9]", "z");
                };
            }
            sessions.add(session(lines));
        }
        return sessions;
    }

    private static LogCounts merged(List<List<LogEvent>> sessions, Supplier<LogCounts> fresh, Random random) {
        List<LogCounts> shards = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            shards.add(fresh.get());
        }
        sessions.forEach(each -> shards.get(random.nextInt(8)).addSession(IDENTITY, each));
        while (shards.size() > 1) {
            Collections.shuffle(shards, random);
            LogCounts last = shards.remove(shards.size() - 1);
            shards.get(0).merge(last);
        }
        return shards.get(0);
    }

    @Test
    void eightShardsMergedInAnyOrderAreOnePassToTheBit() {
        List<List<LogEvent>> sessions = sessions(400);
        LogCounts whole = LogCounts.ofWindows(4);
        sessions.forEach(each -> whole.addSession(IDENTITY, each));
        assertThat(whole.sessions()).isEqualTo(400);
        assertThat(whole.messages()).hasSizeGreaterThan(100);
        for (int seed = 0; seed < 20; seed++) {
            LogCounts merged = merged(sessions, () -> LogCounts.ofWindows(4), new Random(seed));
            assertThat(merged.toBytes()).isEqualTo(whole.toBytes());
        }
    }

    @Test
    void whatDoesNotFitIsLeftOutTheSameInAnyOrder() {
        List<List<LogEvent>> sessions = sessions(400);
        Supplier<LogCounts> small = () -> new LogCounts(4, 50, 60);
        LogCounts whole = small.get();
        sessions.forEach(each -> whole.addSession(IDENTITY, each));
        assertThat(whole.messages()).hasSize(50);
        LogCounts all = LogCounts.ofWindows(4);
        sessions.forEach(each -> all.addSession(IDENTITY, each));
        assertThat(all.messages()).as("counts are exact").containsAll(whole.messages());
        assertThat(all.windows()).containsAll(whole.windows());
        for (int seed = 0; seed < 20; seed++) {
            assertThat(merged(sessions, small, new Random(seed)).toBytes()).isEqualTo(whole.toBytes());
        }
    }

    @Test
    void messagesWindowsAndValuesAreCounted() {
        LogCounts counts = LogCounts.ofWindows(2);
        counts.addSession(IDENTITY, session("opened part 7", "closed", "closed"));
        counts.addSession(IDENTITY, session("opened part 9", "closed"));
        assertThat(counts.lines()).isEqualTo(5);
        assertThat(counts.messages())
                .containsExactlyInAnyOrder(
                        new LogCounts.CountedMessage("opened part <num>", 2, 2),
                        new LogCounts.CountedMessage("closed", 3, 2));
        assertThat(counts.windows())
                .containsExactlyInAnyOrder(
                        new LogCounts.CountedWindow(List.of("opened part <num>"), 2, 0),
                        new LogCounts.CountedWindow(List.of("opened part <num>", "closed"), 2, 1),
                        new LogCounts.CountedWindow(List.of("closed", "closed"), 1, 1));
        ValueCounts.Summary part = counts.values("opened part <num>").get("0");
        assertThat(part).isNotNull();
        assertThat(part.types()).containsEntry(MaskType.NUM, 2L);
        assertThat(part.least()).isEqualTo(7);
        assertThat(part.largest()).isEqualTo(9);
        assertThat(part.texts()).containsEntry("7", 1L).containsEntry("9", 1L).hasSize(2);
        assertThat(counts.values("closed")).isEmpty();
    }

    @Test
    void bytesAreReadAsTheyWereWritten() {
        LogCounts counts = LogCounts.ofWindows(3);
        sessions(30).forEach(each -> counts.addSession(IDENTITY, each));
        byte[] bytes = counts.toBytes();
        LogCounts read = LogCounts.fromBytes(bytes);
        assertThat(read.toBytes()).isEqualTo(bytes);
        assertThat(read.messages()).isEqualTo(counts.messages());
        assertThat(read.windows()).isEqualTo(counts.windows());
        for (int length = 0; length < bytes.length; length += 97) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> LogCounts.fromBytes(cut)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void windowsOfDifferentLengthsAreNotMerged() {
        LogCounts counts = LogCounts.ofWindows(3);
        LogCounts other = LogCounts.ofWindows(4);
        assertThatThrownBy(() -> counts.merge(other))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("windows of 3")
                .hasMessageContaining("4");
    }
}
