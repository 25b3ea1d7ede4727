package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.redact.Redaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A log that comes piece by piece, or breaks off and is resumed, gives the events that reading the whole file gives.
 */
@Tag("long")
@Timeout(600)
class LiveReadsAsParseTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Path folder;
    private final Path log;

    LiveReadsAsParseTest(@TempDir Path folder) {
        this.folder = folder;
        this.log = folder.resolve("app.log");
    }

    static Stream<String> samples() {
        return LogSamples.all().keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void aFileThatGrowsGivesTheEventsOfTheWholeFile(String name) throws Exception {
        for (int seed = 0; seed < 2; seed++) {
            grows(sample(name), new Random(seed), 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void aRunThatBreaksOffAnywhereAndIsResumedGivesEachEventOnce(String name) throws Exception {
        for (int seed = 10; seed < 13; seed++) {
            grows(sample(name), new Random(seed), 0.5);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void aFileThatIsRotatedBetweenTwoLinesGivesTheEventsOfAllItsParts(String name) throws Exception {
        byte[] all = sample(name);
        // The encoding of UTF-16 without a mark, and a mark, belong to the beginning of a file.
        assumeTrue(!name.startsWith("UTF-16") && !name.startsWith("mark"), "each part would be a file of its own");
        for (int seed = 20; seed < 23; seed++) {
            isRotated(all, new Random(seed));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void aPipeGivesTheEventsOfTheFile(String name) throws Exception {
        isPiped(sample(name), new Random(30));
    }

    @Test
    void eachFileOfTheReadersDataGivesItsEventsPieceByPiece() throws Exception {
        comesPieceByPiece(Stream.of("field/parse", "field/live/cri", "field/live/nul", "reader"));
    }

    @Test
    void eachOfTheSixteenSystemsGivesItsEventsPieceByPiece() throws Exception {
        comesPieceByPiece(Stream.of("loghub_2k"));
    }

    private void comesPieceByPiece(Stream<String> folders) throws Exception {
        String root = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(root != null, "DEEPSENTRY_TEST_DATA does not name the folder of recorded logs");
        List<Path> files = new ArrayList<>();
        for (String name : folders.toList()) {
            try (Stream<Path> found = Files.walk(Path.of(root, name))) {
                found.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
        }
        int read = 0;
        for (Path file : files) {
            byte[] all = Files.readAllBytes(file);
            if (!isRefused(file)) {
                read++;
                Random random = new Random(all.length);
                isPiped(all, random);
                byte[] content = decompressed(all);
                grows(content, random, 0);
                grows(content, random, 0.3);
            }
        }
        assertThat(read).isGreaterThan(files.size() * 9 / 10);
    }

    private static boolean isRefused(Path file) {
        try (LogReader reader = LogReader.builder().input(file).open()) {
            return reader.stream().count() == 0;
        } catch (LogParseException e) {
            return true;
        }
    }

    private static byte[] decompressed(byte[] all) throws IOException {
        try (InputStream in = Decompressed.open(new ByteArrayInputStream(all))) {
            return in.readAllBytes();
        }
    }

    private static byte[] sample(String name) {
        return Objects.requireNonNull(LogSamples.all().get(name));
    }

    private void grows(byte[] all, Random random, double breaks) throws Exception {
        Files.deleteIfExists(log);
        SteppedClock clock = new SteppedClock();
        List<LogEvent> events = new ArrayList<>();
        DataStream stream = follow(clock, null);
        boolean whole = true;
        for (int at = 0; at < all.length; ) {
            int next = next(all, at, random);
            append(Arrays.copyOfRange(all, at, next), LogSamples.WRITTEN);
            at = next;
            events.addAll(stream.nextBatch());
            if (random.nextDouble() < breaks) {
                Map<String, ReadPosition> places = written(stream.places());
                stream.close();
                stream = follow(clock, places);
                whole = false;
            }
        }
        if (random.nextBoolean()) {
            readOn(stream, events);
            clock.pass(LONG);
            readOn(stream, events);
        } else {
            Map<String, ReadPosition> places = written(stream.places());
            stream.close();
            stream = builder(clock).tailMode(TailMode.UNTIL_END).resume(places).open();
            stream.forEach(events::add);
            whole = false;
        }
        try (LogReader reader = parse(log)) {
            // A line that is held while reading stops is kept without its secrets.
            assertSame(redacted(events), redacted(reader.stream().toList()), log);
            if (whole) {
                assertThat(stream.stats().read())
                        .usingRecursiveComparison()
                        .ignoringFields("bytes")
                        .isEqualTo(reader.stats());
                assertThat(stream.detection()).isEqualTo(reader.detection());
            }
        } finally {
            stream.close();
        }
    }

    private void isRotated(byte[] all, Random random) throws Exception {
        Path whole = folder.resolve("whole");
        Files.write(whole, all);
        Files.setLastModifiedTime(whole, FileTime.from(LogSamples.WRITTEN));
        Path here = Files.createTempDirectory(folder, "rotated");
        Path app = here.resolve("app.log");
        SteppedClock clock = new SteppedClock();
        List<LogEvent> events = new ArrayList<>();
        List<Integer> begins = new ArrayList<>(List.of(0));
        DataStream stream =
                builder(clock).logFile(app).tailMode(TailMode.FROM_START).open();
        Instant written = LogSamples.WRITTEN;
        for (int at = 0; at < all.length; ) {
            int next = next(all, at, random);
            boolean rotate = random.nextInt(4) == 0;
            while (rotate && next < all.length && all[next - 1] != '\n') {
                next++;
            }
            written = written.plusSeconds(1);
            Files.write(app, Arrays.copyOfRange(all, at, next), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Files.setLastModifiedTime(app, FileTime.from(written));
            at = next;
            if (random.nextInt(3) > 0) {
                events.addAll(stream.nextBatch());
            }
            if (random.nextInt(3) == 0) {
                Map<String, ReadPosition> places = written(stream.places());
                stream.close();
                if (rotate && random.nextBoolean()) {
                    rotate = false;
                    rotate(app, begins, at);
                }
                stream = builder(clock)
                        .logFile(app)
                        .tailMode(TailMode.FROM_START)
                        .resume(places)
                        .open();
            }
            if (rotate) {
                rotate(app, begins, at);
            }
        }
        readOn(stream, events);
        clock.pass(LONG);
        readOn(stream, events);
        assertThat(stream.stats().lostBytes()).isZero();
        stream.close();
        try (LogReader reader = parse(whole)) {
            List<LogEvent> expected =
                    reader.stream().map(event -> moved(event, begins, all, app)).toList();
            assertSame(events, expected, app);
        }
    }

    private static void rotate(Path app, List<Integer> begins, int at) throws IOException {
        if (Files.exists(app) && Files.size(app) > 0) {
            Files.move(app, app.resolveSibling("app.log." + begins.size()));
            begins.add(at);
        }
    }

    /** An event with its place in the part of the log that it was read from. */
    private static LogEvent moved(LogEvent event, List<Integer> begins, byte[] all, Path app) {
        Origin in = event.origin();
        int begin = begins.stream().filter(at -> at <= in.byteOffset()).reduce(0, Math::max);
        long before = 0;
        for (int i = 0; i < begin; i++) {
            before += all[i] == '\n' ? 1 : 0;
        }
        return new LogEvent(
                event.time(),
                event.message(),
                event.level(),
                event.component(),
                event.thread(),
                new Origin(app.toString(), in.lineNumber() - before, in.byteOffset() - begin),
                event.sessionKeys(),
                event.label(),
                event.fields());
    }

    private void isPiped(byte[] all, Random random) throws Exception {
        List<LogEvent> events = new ArrayList<>();
        try (DataStream stream = DataStream.builder()
                .input("pipe", new Chunks(new ByteArrayInputStream(all), random))
                .onMalformed(OnMalformed.ATTACH)
                .batchInterval(Duration.ZERO)
                .holdTimeout(Duration.ofHours(1))
                .pace(new StoppedCalendar())
                .open()) {
            stream.forEach(events::add);
        }
        try (LogReader reader = LogReader.builder()
                .input("pipe", new ByteArrayInputStream(all))
                .reference(LogSamples.WRITTEN)
                .onMalformed(OnMalformed.ATTACH)
                .open()) {
            assertSame(events, reader.stream().toList(), Path.of("pipe"));
        }
    }

    private static List<LogEvent> redacted(List<LogEvent> events) {
        return events.stream().map(event -> event.redacted(Redaction.ofAll())).toList();
    }

    private static void assertSame(List<LogEvent> live, List<LogEvent> parsed, Path log) {
        for (int i = 0; i < Math.min(live.size(), parsed.size()); i++) {
            assertThat(onTheDayOf(parsed.get(i), live.get(i)))
                    .as("event %d of %s", i, log)
                    .isEqualTo(parsed.get(i));
        }
        assertThat(live).hasSameSizeAs(parsed);
    }

    /** Where lines have times of day alone, those that follow tell the day, and here they have not come yet. */
    private static LogEvent onTheDayOf(LogEvent parsed, LogEvent live) {
        Instant day = parsed.time();
        Instant time = live.time();
        if (day == null || time == null) {
            return live;
        }
        Duration between = Duration.between(day, time);
        boolean days = between.compareTo(Duration.ofDays(300)) < 0 && between.equals(Duration.ofDays(between.toDays()));
        return live.withTime(days ? day : time);
    }

    private static int next(byte[] all, int at, Random random) {
        int most = 1 + random.nextInt(1 + all.length / (4 + random.nextInt(60)));
        return Math.min(all.length, at + (random.nextInt(5) == 0 ? 1 : most));
    }

    private DataStream.Builder builder(LiveClock clock) {
        return DataStream.builder()
                .logFile(log)
                .onMalformed(OnMalformed.ATTACH)
                .batchInterval(Duration.ZERO)
                .resumable(true)
                .pace(clock);
    }

    private DataStream follow(LiveClock clock, @Nullable Map<String, ReadPosition> places) {
        return builder(clock).tailMode(TailMode.FROM_START).resume(places).open();
    }

    private static LogReader parse(Path file) {
        return LogReader.builder().input(file).onMalformed(OnMalformed.ATTACH).open();
    }

    private static void readOn(DataStream stream, List<LogEvent> events) throws InterruptedException {
        do {
            events.addAll(stream.nextBatch());
        } while (!stream.caughtUp());
        events.addAll(stream.nextBatch());
    }

    /** The places as a checkpoint holds them. */
    private static Map<String, ReadPosition> written(Map<String, ReadPosition> places) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new StateOutput(bytes).places(places);
        return new StateInput(new ByteArrayInputStream(bytes.toByteArray())).places();
    }

    private void append(byte[] bytes, Instant written) throws IOException {
        Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(log, FileTime.from(written));
    }

    /** A clock on whose calendar it is always the same moment. */
    private static final class StoppedCalendar implements LiveClock {
        private final LiveClock system = LiveClock.ofSystem();

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        @Override
        public Instant now() {
            return LogSamples.WRITTEN;
        }

        @Override
        public void pause(Duration howLong) throws InterruptedException {
            system.pause(howLong);
        }
    }
}
