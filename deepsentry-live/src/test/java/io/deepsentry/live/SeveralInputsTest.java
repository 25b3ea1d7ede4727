package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several files, globs, and lines that a program hands over. */
@Timeout(60)
class SeveralInputsTest {
    private final Path folder;
    private final SteppedClock pace = new SteppedClock();

    SeveralInputsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void readsNamedFilesAndThoseThatComeToFitAGlobButNotWhatTheyWereRotatedInto() throws Exception {
        append("named.txt", "n1");
        append("a.log", "a1");
        append("a.log.1", "older");
        append("a-20260101.log", "older");
        try (DataStream stream = open(List.of(folder.resolve("named.txt"), folder.resolve("*.log")), null)) {
            assertThat(next(stream)).containsExactlyInAnyOrder("n1", "a1");
            append("b.log", "b1");
            append("a.log", "a2");
            Files.move(folder.resolve("a.log"), folder.resolve("a.log.2"));
            append("a.log", "a3");
            assertThat(next(stream)).containsExactlyInAnyOrder("a2", "a3", "b1");
            append("c.txt", "c1");
            assertThat(next(stream)).isEmpty();
        }
    }

    @Test
    void readsAFileOnceThatHasSeveralNames() throws Exception {
        append("a.log", "a1");
        Files.createSymbolicLink(folder.resolve("current"), Path.of("a.log"));
        Files.createSymbolicLink(folder.resolve("latest"), Path.of("a.log"));
        Files.createLink(folder.resolve("hard.log"), folder.resolve("a.log"));
        List<Path> names = List.of(folder.resolve("current"), folder.resolve("latest"), folder.resolve("*.log"));
        try (DataStream stream = open(names, null)) {
            assertThat(next(stream)).containsExactly("a1");
            append("a.log", "a2");
            assertThat(next(stream)).containsExactly("a2");
            append("b.log", "b1");
            Files.delete(folder.resolve("current"));
            Files.createSymbolicLink(folder.resolve("current"), Path.of("b.log"));
            assertThat(next(stream)).containsExactly("b1");
            append("a.log", "a3");
            append("b.log", "b2");
            assertThat(next(stream)).containsExactlyInAnyOrder("a3", "b2");
        }
    }

    @Test
    void looksForLogsOnWhereOneFolderCannotBeLookedInto() throws Exception {
        Files.createDirectories(folder.resolve("x/y"));
        Files.createSymbolicLink(folder.resolve("x/y/up"), Path.of("../.."));
        Files.createSymbolicLink(folder.resolve("x/self.log"), Path.of("self.log"));
        append("x/a.log", "a1");
        try (DataStream stream = open(List.of(folder.resolve("**.log")), null)) {
            assertThat(next(stream)).containsExactly("a1");
            append("x/y/b.log", "b1");
            Files.write(folder.resolve("x/packed.log"), new byte[] {(byte) 0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0});
            assertThat(next(stream)).containsExactly("b1");
            assertThat(stream.stats().readFailures()).isPositive();
            append("x/c.log", "c1");
            assertThat(next(stream)).containsExactly("c1");
        }
    }

    @Test
    void followsTheLogsBelowAFolderButNothingHiddenBinaryOrRotated() throws Exception {
        Files.createDirectories(folder.resolve("jobs/1/.cache"));
        append("jobs/1/out", "o1");
        append("jobs/1/out.1", "older");
        append("jobs/1/.cache/x.log", "hidden");
        append("jobs/.swp", "hidden");
        Files.write(folder.resolve("jobs/1/core"), new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0});
        Files.createFile(folder.resolve("jobs/1/err"));
        try (DataStream stream = open(List.of(folder.resolve("jobs")), null)) {
            assertThat(next(stream)).containsExactly("o1");
            append("jobs/1/err", "e1");
            Files.createDirectories(folder.resolve("jobs/2"));
            append("jobs/2/out", "o2");
            assertThat(next(stream)).containsExactlyInAnyOrder("e1", "o2");
        }
    }

    @Test
    void readsAFolderToItsEndAsTheStagesDo() throws Exception {
        Files.createDirectories(folder.resolve("jobs/1"));
        append("jobs/1/out", "o1");
        append("jobs/1/out.1", "older");
        append("jobs/.swp", "hidden");
        List<String> expected = new ArrayList<>();
        try (LogReader reader = LogReader.builder()
                .input(folder.resolve("jobs"))
                .format("plain")
                .open()) {
            for (LogEvent event : reader) {
                expected.add(event.message());
            }
        }
        List<String> read = new ArrayList<>();
        try (DataStream stream = builder()
                .logFiles(List.of(folder.resolve("jobs")))
                .tailMode(TailMode.UNTIL_END)
                .open()) {
            for (List<LogEvent> batch = stream.nextBatch(); !batch.isEmpty(); batch = stream.nextBatch()) {
                read.addAll(messages(batch));
            }
        }
        assertThat(read).isEqualTo(expected).containsExactly("o1", "older");
    }

    @Test
    void goesOnAtThePlacesOfAllFilesAndReadsNewOnesFromTheirBeginning() throws Exception {
        append("a.log", "a1");
        append("b.log", "b1");
        Map<String, ReadPosition> places;
        try (DataStream stream = open(List.of(folder.resolve("*.log")), null)) {
            assertThat(next(stream)).containsExactlyInAnyOrder("a1", "b1");
            places = stream.places();
        }
        append("a.log", "a2");
        Files.move(folder.resolve("a.log"), folder.resolve("a.log.1"));
        append("a.log", "a3");
        append("c.log", "c1");
        try (DataStream stream = open(List.of(folder.resolve("*.log")), places)) {
            assertThat(next(stream)).containsExactlyInAnyOrder("a2", "a3", "c1");
        }
    }

    @Test
    void letsNoInputWaitForABusyOne() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            many.append("busy\n");
        }
        Files.writeString(folder.resolve("a.log"), many);
        append("b.log", "quiet");
        try (DataStream stream = open(List.of(folder.resolve("a.log"), folder.resolve("b.log")), null)) {
            List<String> first = new ArrayList<>(messages(stream.nextBatch()));
            first.addAll(messages(stream.nextBatch()));
            assertThat(first).contains("quiet").hasSizeLessThan(50_000);
        }
    }

    @Test
    void refusesAGlobThatNothingFitsWhereNothingWillCome() {
        assertThatThrownBy(() -> builder()
                        .logFiles(List.of(folder.resolve("*.none")))
                        .tailMode(TailMode.UNTIL_END)
                        .open())
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("*.none");
    }

    @Test
    void takesLinesThatAProgramHandsOver() throws Exception {
        LogFeed feed = LogFeed.named("orders");
        try (DataStream stream = builder().feed(feed).open()) {
            feed.add("one");
            feed.add("\u00e9 two");
            feed.add("three");
            List<LogEvent> events = stream.nextBatch();
            assertThat(messages(events)).containsExactly("one", "\u00e9 two", "three");
            assertThat(events.get(2).origin().file()).isEqualTo("orders");
            assertThat(events.get(2).origin().lineNumber()).isEqualTo(3);
            assertThat(events.get(2).origin().byteOffset()).isEqualTo(4 + 7);
            feed.close();
            assertThat(messages(stream.nextBatch())).isEmpty();
            assertThat(stream.ended()).isTrue();
            assertThatThrownBy(() -> feed.add("late")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void leavesOutWhatIsTooLongOfALineThatAProgramHandsOver() throws Exception {
        LogFeed feed = LogFeed.named("orders");
        try (DataStream stream = builder().feed(feed).maxLineLength(5).open()) {
            feed.add("12345");
            feed.add("123456");
            assertThat(messages(stream.nextBatch())).containsExactly("12345", "12345");
            assertThat(stream.stats().read().cut()).isEqualTo(1);
        }
    }

    @Test
    void aFullFeedDropsAndCountsWhereItWasToldTo() throws Exception {
        LogFeed feed = LogFeed.named("orders", 3, Overload.DROP);
        try (DataStream stream = builder().feed(feed).open()) {
            for (int i = 1; i <= 5; i++) {
                assertThat(feed.add(Integer.toString(i))).isEqualTo(i <= 3);
            }
            assertThat(messages(stream.nextBatch())).containsExactly("1", "2", "3");
            assertThat(feed.add("6")).isTrue();
            List<LogEvent> later = stream.nextBatch();
            assertThat(messages(later)).containsExactly("6");
            assertThat(later.get(0).origin().lineNumber()).isEqualTo(6);
            assertThat(stream.stats().droppedLines()).isEqualTo(2);
        }
    }

    @Test
    void aFullFeedLetsItsCallerWaitOtherwise() throws Exception {
        LogFeed feed = LogFeed.named("orders", 10, Overload.WAIT);
        AtomicInteger added = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(10);
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    feed.add("line " + i);
                    added.incrementAndGet();
                    full.countDown();
                }
                feed.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        writer.start();
        full.await();
        assertThat(added.get()).isLessThanOrEqualTo(11);
        List<String> read = new ArrayList<>();
        try (DataStream stream = DataStream.builder()
                .format("<Content>")
                .batchInterval(Duration.ZERO)
                .feed(feed)
                .open()) {
            while (!stream.ended()) {
                read.addAll(messages(stream.nextBatch()));
            }
        }
        writer.join();
        assertThat(read).hasSize(1000).startsWith("line 0").endsWith("line 999").doesNotHaveDuplicates();
    }

    @Test
    void namesTheFormatOfEachInput() throws Exception {
        append("a.log", "2026-03-02 08:00:00,125 [main] INFO org.example.App - a1");
        append("b.log", "2026-03-02 08:00:00,125 [main] INFO org.example.App - b1");
        append("c.log", "2026-03-02T08:00:00.125000000Z stdout F c1");
        List<Path> files = List.of(folder.resolve("*.log"));
        try (DataStream stream = builder()
                .format("auto")
                .logFiles(files)
                .tailMode(TailMode.FROM_START)
                .open()) {
            assertThat(next(stream)).isNotEmpty();
            assertThat(stream.stats().read().formats()).containsOnlyKeys("logback", "cri/plain");
            append("d.log", "{\"log\":\"d1\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-02T08:00:00.125Z\"}");
            assertThat(next(stream)).contains("d1");
            assertThat(stream.stats().read().formats()).containsOnlyKeys("logback", "cri/plain", "docker/plain");
            assertThat(stream.detection().orElseThrow())
                    .contains("format 'logback': ", "; format 'cri/plain': ", "; format 'docker/plain': ");
        }
    }

    private DataStream.Builder builder() {
        return DataStream.builder()
                .format("<Content>")
                .pace(pace)
                .resumable(true)
                .batchInterval(Duration.ofMillis(500));
    }

    private DataStream open(List<Path> files, @Nullable Map<String, ReadPosition> places) {
        return builder()
                .logFiles(files)
                .tailMode(TailMode.FROM_START)
                .resumable(true)
                .resume(places)
                .open();
    }

    private List<String> next(DataStream stream) throws InterruptedException {
        List<String> read = new ArrayList<>();
        // New files are looked for every second.
        for (int i = 0; i < 6; i++) {
            read.addAll(messages(stream.nextBatch()));
        }
        return read;
    }

    private static List<String> messages(List<LogEvent> events) {
        return events.stream().map(LogEvent::message).toList();
    }

    private void append(String name, String line) throws IOException {
        Files.writeString(folder.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
