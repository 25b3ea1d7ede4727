package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.identify.PreparedEvents;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class DataStreamTest {
    private static final String LINE = "081109 203518 143 INFO dfs.DataNode: Receiving block blk_%d src\n";

    private static final PreparedEvents.Preparation NOTHING_KNOWN = events -> PreparedEvents.NONE;

    private final Path folder;
    private final Path log;
    private final SteppedClock pace = new SteppedClock();

    DataStreamTest(@TempDir Path folder) {
        this.folder = folder;
        this.log = folder.resolve("app.log");
    }

    @Test
    void givesTheEventsOfAnIntervalInOneBatch() throws Exception {
        append("1\n");
        pace.at(millis(300), () -> append("2\n"))
                .at(millis(700), () -> append("3\n"))
                .at(millis(1500), () -> append("4\n"));
        try (DataStream stream = plain().tailMode(TailMode.FROM_START).open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("1", "2", "3");
            assertThat(pace.passed()).isEqualTo(millis(1000));
            assertThat(messages(stream.nextBatch())).containsExactly("4");
            assertThat(messages(stream.nextBatch())).isEmpty();
            assertThat(stream.ended()).isFalse();
        }
    }

    @Test
    void speaksOfTheEventsGivenWhileOthersAreRead() throws Exception {
        for (int i = 0; i < 5 * DataStream.BATCH_SIZE / 1000; i++) {
            StringBuilder thousand = new StringBuilder();
            for (int line = 0; line < 1000; line++) {
                thousand.append(1000 * i + line).append('\n');
            }
            append(thousand.toString());
        }
        int ahead = 0;
        try (DataStream stream =
                        plain().tailMode(TailMode.UNTIL_END).resumable(true).open();
                DataStream slow =
                        plain().tailMode(TailMode.UNTIL_END).resumable(true).open()) {
            while (!stream.ended()) {
                List<LogEvent> batch = stream.nextBatch();
                assertThat(batch).isEqualTo(slow.nextBatch());
                stream.readAhead(NOTHING_KNOWN);
                ahead += stream.readsAhead() ? 1 : 0;
                assertThat(stream.stats()).isEqualTo(slow.stats());
                assertThat(lines(stream.places())).isEqualTo(lines(slow.places()));
                assertThat(stream.detection()).isEqualTo(slow.detection());
                assertThat(stream.ended()).isEqualTo(slow.ended());
            }
        }
        assertThat(ahead).isPositive();
    }

    private static List<Object> lines(Map<String, ReadPosition> places) {
        return places.values().stream()
                .<Object>map(place -> List.of(place.readTo(), place.next(), place.held()))
                .toList();
    }

    @Test
    void readsNothingAheadWhereAllWasGiven() throws Exception {
        append("1\n2\n");
        try (DataStream stream = plain().tailMode(TailMode.FROM_START).open()) {
            assertThat(stream.nextBatch()).hasSize(2);
            stream.readAhead(NOTHING_KNOWN);
            assertThat(stream.readsAhead()).isFalse();
        }
    }

    @Test
    void givesTheEventsBeforeAFailureThatWasMetAhead() throws Exception {
        append(LINE.formatted(1).repeat(2 * DataStream.BATCH_SIZE) + "no header\n" + LINE.formatted(2));
        try (DataStream stream = builder()
                .format("hdfs")
                .onMalformed(OnMalformed.FAIL)
                .tailMode(TailMode.UNTIL_END)
                .open()) {
            int given = 0;
            while (true) {
                try {
                    given += stream.nextBatch().size();
                } catch (LogParseException e) {
                    break;
                }
                stream.readAhead(NOTHING_KNOWN);
            }
            assertThat(given).isEqualTo(2 * DataStream.BATCH_SIZE);
        }
    }

    @Test
    void handsOutABacklogWithoutWaiting() throws Exception {
        append("x\n".repeat(3 * DataStream.BATCH_SIZE));
        try (DataStream stream = plain().tailMode(TailMode.FROM_START)
                .batchInterval(Duration.ofHours(1))
                .open()) {
            assertThat(stream.nextBatch()).hasSizeGreaterThanOrEqualTo(DataStream.BATCH_SIZE);
            assertThat(pace.passed()).isZero();
        }
    }

    @Test
    void handsOutEventsAtOnceWithoutABatchInterval() throws Exception {
        append("1\n");
        pace.at(millis(40), () -> append("2\n"));
        try (DataStream stream = plain().tailMode(TailMode.FROM_START)
                .batchInterval(Duration.ZERO)
                .open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("1");
            assertThat(messages(stream.nextBatch())).containsExactly("2");
            assertThat(pace.passed()).isLessThan(millis(200));
        }
    }

    @Test
    void holdsAHalfWrittenLineUntilItsEndOrTheTimeout() throws Exception {
        append("whole\nhal");
        pace.at(millis(900), () -> append("f\nanother ha"));
        try (DataStream stream =
                plain().tailMode(TailMode.FROM_START).holdTimeout(millis(3000)).open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("whole", "half");
            assertThat(stream.nextBatch()).isEmpty();
            assertThat(stream.nextBatch()).isEmpty();
            assertThat(messages(stream.nextBatch())).containsExactly("another ha");
            append("lf\nlast\n");
            List<LogEvent> rest = stream.nextBatch();
            assertThat(messages(rest)).containsExactly("lf", "last");
            assertThat(rest.get(0).origin()).isEqualTo(new Origin(log.toString(), 3, 21));
            assertThat(rest.get(1).origin()).isEqualTo(new Origin(log.toString(), 4, 24));
        }
    }

    @Test
    void waitsForTheLineBehindAHoleOfNulsHoweverLongThatTakes() throws Exception {
        append("one\n" + "\0".repeat(300_000));
        try (DataStream stream =
                plain().tailMode(TailMode.FROM_START).holdTimeout(millis(500)).open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("one");
            assertThat(stream.nextBatch()).isEmpty();
            append("two\n");
            List<LogEvent> rest = stream.nextBatch();
            assertThat(messages(rest)).containsExactly("two");
            assertThat(rest.get(0).origin()).isEqualTo(new Origin(log.toString(), 2, 4));
        }
    }

    @Test
    void refusesACompressedFileToWhichNothingWillBeAdded() throws Exception {
        Files.write(log, new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0, 0, 0});
        assertThatThrownBy(() -> plain().open())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("compressed")
                .hasMessageContaining("until_end");
    }

    @ParameterizedTest
    @EnumSource(TailMode.class)
    void refusesAnArchiveOfLogs(TailMode mode) throws Exception {
        Files.write(log, new byte[] {'P', 'K', 3, 4, 0, 0, '\n'});
        assertThatThrownBy(() -> {
                    try (DataStream stream = plain().tailMode(mode).open()) {
                        stream.nextBatch();
                    }
                })
                .hasMessageContaining(log.toString())
                .hasMessageContaining("zip file")
                .hasMessageContaining("unpack it");
    }

    @Test
    void attachesLinesThatComeLaterButHoldsTheirEventNoLongerThanTheTimeout() throws Exception {
        append(String.format(LINE, 1) + "  at a\n");
        pace.at(millis(800), () -> append("  at b\n"));
        try (DataStream stream = builder()
                .format("hdfs")
                .tailMode(TailMode.FROM_START)
                .onMalformed(OnMalformed.ATTACH)
                .holdTimeout(millis(2000))
                .open()) {
            assertThat(stream.nextBatch()).isEmpty();
            assertThat(stream.nextBatch()).isEmpty();
            assertThat(messages(stream.nextBatch())).containsExactly("Receiving block blk_1 src\n  at a\n  at b");
        }
    }

    @Test
    void readsEventsOfAFollowedFileAsTheBatchReaderDoes() throws Exception {
        StringBuilder text = new StringBuilder("\uFEFFbroken first line\n\n");
        for (int i = 0; i < 500; i++) {
            text.append(String.format(LINE, i)).append(i % 7 == 0 ? "  at frame blk_99\r\n" : "");
        }
        append(text.toString());
        for (OnMalformed rule : List.of(OnMalformed.SKIP, OnMalformed.ATTACH)) {
            List<LogEvent> expected = new ArrayList<>();
            LogReader.Builder reader =
                    LogReader.builder().input(log).sessionKey("(blk_\\d+)").onMalformed(rule);
            try (LogReader lines = reader.open()) {
                lines.forEach(expected::add);
                try (DataStream stream = builder()
                        .tailMode(TailMode.FROM_START)
                        .sessionKey(SessionKey.of("(blk_\\d+)"))
                        .onMalformed(rule)
                        .open()) {
                    List<LogEvent> events = new ArrayList<>(stream.nextBatch());
                    while (stream.stats().read().events() < expected.size()) {
                        events.addAll(stream.nextBatch());
                    }
                    events.addAll(stream.nextBatch());
                    assertThat(events).isEqualTo(expected);
                    assertThat(stream.stats().read()).isEqualTo(lines.stats());
                    assertThat(stream.detection()).contains(lines.detection().orElseThrow());
                }
            }
        }
    }

    @Test
    void readsAFileThatIsNotFollowedToItsEnd() throws Exception {
        append("1\n2\nhalf");
        try (DataStream stream = plain().tailMode(TailMode.UNTIL_END).open()) {
            assertThat(stream).extracting(LogEvent::message).containsExactly("1", "2", "half");
            assertThat(stream.ended()).isTrue();
        }
        try (DataStream stream =
                plain().resumable(true).tailMode(TailMode.UNTIL_END).open()) {
            assertThat(stream).extracting(LogEvent::message).containsExactly("1", "2", "half");
        }
    }

    @Test
    void readsAGzipFileThatIsNotFollowed() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("1\n2\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(log, packed.toByteArray());
        try (DataStream stream = plain().tailMode(TailMode.UNTIL_END).open()) {
            assertThat(stream).extracting(LogEvent::message).containsExactly("1", "2");
        }
    }

    @Test
    void tellsTheFormatOfWhatIsThereAlreadyWhenItBeginsAtTheEnd() throws Exception {
        append(String.format(LINE, 1));
        pace.at(millis(100), () -> append(String.format(LINE, 2)));
        try (DataStream stream = builder().onMalformed(OnMalformed.SKIP).open()) {
            assertThat(stream.detection().orElseThrow()).contains("hdfs");
            List<LogEvent> batch = stream.nextBatch();
            assertThat(messages(batch)).containsExactly("Receiving block blk_2 src");
            assertThat(batch.get(0).time()).isEqualTo(Instant.parse("2008-11-09T20:35:18Z"));
        }
    }

    @Test
    void tellsTheFormatOfTheFirstLinesWhereNoneIsThereYet() throws Exception {
        pace.at(millis(100), () -> append(String.format(LINE, 1)));
        try (DataStream stream = builder().holdTimeout(millis(1500)).open()) {
            assertThat(stream.detection()).isEmpty();
            assertThat(stream.nextBatch()).isEmpty();
            assertThat(messages(stream.nextBatch())).containsExactly("Receiving block blk_1 src");
            assertThat(stream.detection().orElseThrow()).contains("hdfs");
        }
    }

    @Test
    void understandsTimesWithoutAYearByTheTimeAtWhichTheFileWasWritten() throws Exception {
        append("Jan  1 00:00:00 host app: old\n");
        written("2024-06-01T00:00:00Z");
        pace.at(millis(100), () -> {
                    append("Dec 31 23:59:59 host app: before\n");
                    written("2026-12-31T23:59:59Z");
                })
                .at(Duration.ofMinutes(1), () -> {
                    append("Dec 31 23:59:59 host app: late\nJan  1 00:00:00 host app: after\n");
                    written("2027-01-01T00:00:02Z");
                });
        try (DataStream stream = builder()
                .format("syslog")
                .onMalformed(OnMalformed.SKIP)
                .tailMode(TailMode.FROM_START)
                .open()) {
            assertThat(times(stream)).containsExactly("2024-01-01T00:00:00Z", "2026-12-31T23:59:59Z");
            pace.pass(Duration.ofMinutes(1));
            assertThat(times(stream)).containsExactly("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
        }
    }

    @Test
    void understandsTimesOfAPipeWithoutAYearByTheClock() throws Exception {
        InputStream lines =
                new ByteArrayInputStream("Dec 31 23:59:59 host app: one\n".getBytes(StandardCharsets.UTF_8));
        try (DataStream stream = DataStream.builder()
                .input("wire", lines)
                .format("syslog")
                .pace(pace)
                .open()) {
            assertThat(stream.iterator().next().time()).isEqualTo(Instant.parse("2025-12-31T23:59:59Z"));
        }
    }

    @Test
    void putsTimesOfDayOnTheDaysThatAllLinesTellAndLaterOnesOnTheDayTheyAreWritten() throws Exception {
        StringBuilder days = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            days.append(String.format("%02d:30:00 INFO order %d%n", i * 5 % 24, i));
        }
        append(days.toString());
        written("2026-03-21T15:31:00Z");
        try (DataStream stream = builder()
                        .tailMode(TailMode.FROM_START)
                        .onMalformed(OnMalformed.SKIP)
                        .holdTimeout(millis(500))
                        .open();
                LogReader reader = LogReader.builder().input(log).open()) {
            List<LogEvent> events = stream.nextBatch();
            assertThat(events).isEqualTo(reader.stream().toList()).hasSize(100);
            assertThat(events.get(0).time()).isEqualTo(Instant.parse("2026-03-01T00:30:00Z"));
            append("09:00:00 INFO much later\n");
            written("2026-03-25T09:00:01Z");
            assertThat(times(stream)).containsExactly("2026-03-25T09:00:00Z");
        }
    }

    private static List<String> times(DataStream stream) throws InterruptedException {
        return stream.nextBatch().stream()
                .map(event -> String.valueOf(event.time()))
                .toList();
    }

    private void written(String time) {
        try {
            Files.setLastModifiedTime(log, FileTime.from(Instant.parse(time)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesAFormatThatFitsNoneOfTheFirstLines() throws Exception {
        append("not so\n".repeat(LogReader.FIRST_LINES - 1));
        try (DataStream stream =
                builder().format("hdfs").tailMode(TailMode.FROM_START).open()) {
            assertThat(stream.nextBatch()).isEmpty();
            append("not so\n");
            assertThatThrownBy(stream::nextBatch)
                    .isInstanceOfSatisfying(LogParseException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(2))
                    .hasMessageContaining("hdfs")
                    .hasMessageContaining("not so");
        }
    }

    @Test
    void givesEveryEventBeforeItRefusesAnInputThatIsMostlyUnread() throws Exception {
        append(String.format(LINE, 1) + "not so\n".repeat(20));
        try (DataStream stream = builder()
                .format("hdfs")
                .tailMode(TailMode.UNTIL_END)
                .resumable(true)
                .open()) {
            List<LogEvent> events = new ArrayList<>();
            assertThatThrownBy(() -> {
                        while (!stream.ended()) {
                            events.addAll(stream.nextBatch());
                        }
                    })
                    .isInstanceOfSatisfying(LogParseException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(2))
                    .hasMessageContaining("20 of 21 lines");
            assertThat(events).hasSize(1);
            assertThat(stream.stats().read().unread()).isEqualTo(20);
        }
    }

    @Test
    void countsTheNulsThatItLeavesOut() throws Exception {
        append("\0".repeat(9_000) + "1\n2" + "\0".repeat(20) + "3\n");
        try (DataStream stream = plain().tailMode(TailMode.FROM_START).open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("1", "2", "3");
            assertThat(stream.stats().read().ignoredBytes()).isEqualTo(9_020);
        }
    }

    @Test
    void keepsGoingOverMalformedLinesOnceOneHasFitted() throws Exception {
        append(String.format(LINE, 1) + "not so\n".repeat(2 * LogReader.FIRST_LINES));
        try (DataStream stream = builder()
                .format("hdfs")
                .onMalformed(OnMalformed.SKIP)
                .tailMode(TailMode.FROM_START)
                .open()) {
            assertThat(stream.nextBatch()).hasSize(1);
            assertThat(stream.stats().read().malformed()).isEqualTo(2 * LogReader.FIRST_LINES);
        }
    }

    @Test
    void endsWhenCancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        append("1\nhalf");
        pace.at(millis(500), cancellation::cancel);
        try (DataStream stream =
                plain().tailMode(TailMode.FROM_START).cancellation(cancellation).open()) {
            assertThat(messages(stream.nextBatch())).containsExactly("1");
            assertThat(pace.passed()).isLessThan(millis(1000));
            assertThat(stream.ended()).isTrue();
            assertThat(stream.nextBatch()).isEmpty();
        }
    }

    @Test
    void givesTheRecordThatWaitsForMoreLinesWhenItIsCancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        String record = "2026-03-01 10:00:00 ERROR shop: cannot charge the card";
        append("2026-03-01 10:00:00 INFO shop: started\n" + record + "\njava.io.IOException: refused\nhalf");
        pace.at(millis(500), cancellation::cancel);
        try (DataStream stream = builder()
                .format("header")
                .tailMode(TailMode.FROM_START)
                .cancellation(cancellation)
                .open()) {
            List<LogEvent> events = new ArrayList<>();
            while (!stream.ended()) {
                events.addAll(stream.nextBatch());
            }
            assertThat(events)
                    .extracting(LogEvent::message)
                    .containsExactly("started", "cannot charge the card\njava.io.IOException: refused");
            assertThat(stream.stats().read().unaccounted()).isZero();
        }
    }

    @Test
    void givesWhatItCollectedBeforeItSaysThatItWasInterrupted() throws Exception {
        append("1\n2\n");
        pace.at(millis(100), Thread.currentThread()::interrupt);
        try (DataStream stream =
                builder().format("plain").tailMode(TailMode.FROM_START).open()) {
            assertThat(stream.nextBatch()).extracting(LogEvent::message).containsExactly("1", "2");
            assertThatThrownBy(stream::nextBatch).isInstanceOf(InterruptedException.class);

            append("3\n");
            assertThat(stream.nextBatch()).extracting(LogEvent::message).containsExactly("3");
        }
    }

    @Test
    void endsTheIterationOfAnInterruptedThreadWithItsInterruptSet() throws Exception {
        append("1\n");
        try (DataStream stream = builder()
                .format("plain")
                .tailMode(TailMode.FROM_START)
                .pace(LiveClock.ofSystem())
                .open()) {
            CountDownLatch waiting = new CountDownLatch(1);
            List<String> seen = new ArrayList<>();
            boolean[] interrupted = new boolean[1];
            Thread reader = new Thread(() -> {
                for (LogEvent event : stream) {
                    seen.add(event.message());
                    waiting.countDown();
                }
                interrupted[0] = Thread.currentThread().isInterrupted();
            });
            reader.start();
            waiting.await();
            reader.interrupt();
            reader.join();
            assertThat(seen).containsExactly("1");
            assertThat(interrupted[0]).isTrue();
        }
    }

    @Test
    void endsWhenAnotherThreadClosesIt() throws Exception {
        append("1\n");
        DataStream stream = builder()
                .format("plain")
                .tailMode(TailMode.FROM_START)
                .pace(LiveClock.ofSystem())
                .open();
        Thread reader = new Thread(() -> stream.forEach(event -> {}));
        reader.start();
        stream.close();
        reader.join();
        assertThat(stream.nextBatch()).isEmpty();
    }

    @Test
    void readsAPipeAsItIsWritten() throws Exception {
        PipedOutputStream writer = new PipedOutputStream();
        try (DataStream stream = DataStream.builder()
                .input("pipe", new PipedInputStream(writer))
                .format("plain")
                .batchInterval(Duration.ZERO)
                .open()) {
            writer.write("1\n2".getBytes(StandardCharsets.UTF_8));
            writer.flush();
            List<String> seen = new ArrayList<>();
            Awaitility.await().until(() -> seen.addAll(messages(stream.nextBatch())));
            assertThat(seen).containsExactly("1");
            writer.write("\n3".getBytes(StandardCharsets.UTF_8));
            writer.close();
            while (!stream.ended()) {
                seen.addAll(messages(stream.nextBatch()));
            }
            assertThat(seen).containsExactly("1", "2", "3");
        }
    }

    @Test
    void tellsThatAStreamBrokeOffAfterHandingOutWhatCameBefore() {
        InputStream whole = new ByteArrayInputStream("1\n2\n".getBytes(StandardCharsets.UTF_8));
        InputStream broken = new FilterInputStream(whole) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                if (n < 0) {
                    throw new IOException("cable pulled");
                }
                return n;
            }
        };
        try (DataStream stream =
                DataStream.builder().input("wire", broken).format("plain").open()) {
            assertThatThrownBy(() -> {
                        while (!stream.ended()) {
                            stream.nextBatch();
                        }
                    })
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("wire")
                    .hasMessageContaining("cable pulled");
            assertThat(stream.stats().read().events()).isEqualTo(2);
        }
    }

    @Test
    void refusesContradictionsNamingBothOptions() {
        assertThatThrownBy(() -> DataStream.builder().open())
                .hasMessageContaining("logFile")
                .hasMessageContaining("input");
        assertThatThrownBy(() -> builder()
                        .format("hdfs")
                        .parser(line -> java.util.Optional.empty())
                        .open())
                .hasMessageContaining("hdfs")
                .hasMessageContaining("parser");
    }

    @Test
    void tellsWhatIsWrongWithAnInputThatCannotBeRead() {
        assertThatThrownBy(() -> DataStream.builder()
                        .logFile(folder)
                        .tailMode(TailMode.UNTIL_END)
                        .open())
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining("has no log");
        assertThatThrownBy(() -> builder().tailMode(TailMode.UNTIL_END).open())
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
                .hasMessageContaining("does not exist");
    }

    private DataStream.Builder builder() {
        return DataStream.builder().logFile(log).pace(pace);
    }

    private DataStream.Builder plain() {
        return builder().format("plain");
    }

    private static List<String> messages(List<LogEvent> events) {
        return events.stream().map(LogEvent::message).toList();
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private void append(String text) {
        try {
            Files.write(
                    log, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
