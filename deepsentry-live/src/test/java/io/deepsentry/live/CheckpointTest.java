package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.FileAlertSink;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that break off at any moment, and the ones that go on from there. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class CheckpointTest {
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final Path folder;
    private final TrainedModels sessions;
    private final TrainedModels stream;

    CheckpointTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.sessions = TrainedModels.ofSessions(Files.createDirectories(folder.resolve("sessions")));
        this.stream = TrainedModels.ofStream(Files.createDirectories(folder.resolve("stream")));
    }

    @Test
    void givesTheSameAlertsHoweverOftenItBreaksOff() throws IOException {
        breaksOff(sessions, 11, false);
    }

    @Test
    void givesTheSameAlertsOfAStreamHoweverOftenItBreaksOff() throws IOException {
        breaksOff(stream, 12, false);
    }

    @Test
    void findsTheFilesAgainThatWereRotatedWhileItWasAway() throws IOException {
        breaksOff(sessions, 13, true);
    }

    @Test
    void continuesWhileTheDiskOfItsCheckpointIsFullAndCatchesUpLater() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs a device that is always full");
        Path here = Files.createTempDirectory(folder, "full");
        Path log = Files.copy(sessions.test(), here.resolve("app.log"));
        List<String> expected = inOneGo(sessions, log, here);
        Path checkpoint = Files.createDirectory(here.resolve("checkpoint"));
        Files.createSymbolicLink(checkpoint.resolve("journal-1"), full);
        Files.createSymbolicLink(checkpoint.resolve("snapshot-2.new"), full);
        Path output = here.resolve("alerts.txt");
        Map<String, Object> flags = new HashMap<>();
        flags.put("log_file", log.toString());
        flags.put("checkpoint_dir", checkpoint.toString());
        flags.put("idle_timeout", "1000000");
        flags.put("from_start", "true");
        Cancellation cancellation = new Cancellation();
        SteppedClock pace = new SteppedClock();
        pace.at(Duration.ofSeconds(30), cancellation::cancel);
        try (AlertSink sink = FileAlertSink.open(output, AlertFormat.RECORD)) {
            LiveMonitor.run(
                    sessions.settings(flags),
                    sink,
                    end -> {},
                    new LiveRun(),
                    new RunContext(Progress.none(), cancellation),
                    pace);
        }
        assertThat(checkpoint.resolve("snapshot-3")).isRegularFile();
        flags.put("until_end", "true");
        try (AlertSink sink = FileAlertSink.open(output, AlertFormat.RECORD)) {
            LiveSummary summary = LiveMonitor.run(sessions.settings(flags), sink, end -> {}, RunContext.quiet());
            assertThat(summary.identified().messages())
                    .isEqualTo(Files.readAllLines(log).size());
        }
        // Half a minute without a line is long for this log. The reader of a whole file does not wait.
        assertThat(Files.readAllLines(output))
                .filteredOn(alert -> !alert.contains("No lines since"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void countsTheLastRecordAsKeptWhereItWaitsForMoreLinesWhenTheRunIsStopped() throws IOException {
        Path here = Files.createTempDirectory(folder, "kept");
        List<String> lines = Files.readAllLines(sessions.test());
        Files.write(here.resolve("a.log"), lines);
        LiveSummary stopped = stoppedAfterASecond(here, true);
        assertThat(stopped.kept()).isEqualTo(1);
        assertThat(stopped.input().read().events()).isEqualTo(lines.size() - 1);
        assertThat(stopped.input().read().unaccounted()).isEqualTo(1);

        LiveSummary resumed = untilEnd(here);
        assertThat(resumed.kept()).isZero();
        assertThat(resumed.input().read().unaccounted()).isZero();
        assertThat(resumed.input().read().events()).isEqualTo(1);
        assertThat(resumed.identified().messages()).isEqualTo(lines.size());

        LiveSummary judged = stoppedAfterASecond(here, false);
        assertThat(judged.kept()).isZero();
        assertThat(judged.input().read().events()).isEqualTo(lines.size());
    }

    private LiveSummary stoppedAfterASecond(Path here, boolean resumable) throws IOException {
        Map<String, Object> flags = new HashMap<>();
        flags.put("log_file", here.resolve("*.log").toString());
        flags.put("from_start", "true");
        if (resumable) {
            flags.put("checkpoint_dir", here.resolve("checkpoint").toString());
        }
        Cancellation cancellation = new Cancellation();
        SteppedClock pace = new SteppedClock();
        pace.at(Duration.ofSeconds(1), cancellation::cancel);
        try (AlertSink sink = FileAlertSink.open(here.resolve("alerts.txt"), AlertFormat.RECORD)) {
            return LiveMonitor.run(
                    sessions.settings(flags),
                    sink,
                    end -> {},
                    new LiveRun(),
                    new RunContext(Progress.none(), cancellation),
                    pace);
        }
    }

    /** Killed once it has said that it watches, when the logs were rotated before the next start. */
    @Test
    void knowsWhereReadingBeganOnceItHasSaidThatItWatches() throws IOException {
        for (boolean several : new boolean[] {false, true}) {
            Path here = Files.createTempDirectory(folder, "begun");
            // The first look reads a part of each, and at several does not come to the last.
            List<Path> logs = new ArrayList<>();
            for (String name : several ? List.of("a", "b", "c", "d", "e") : List.of("a")) {
                logs.add(longLog(here.resolve(name + ".log")));
            }
            assertThat(breaksOffOnceItWatches(here, Map.of("from_start", "true")))
                    .isNotEmpty();
            for (Path log : logs) {
                rotateWithFurtherLines(log);
            }
            LiveSummary summary = untilEnd(here);
            assertThat(summary.identified().messages())
                    .isEqualTo(logs.size()
                            * (2L
                                    + Files.readAllLines(logs.get(0).resolveSibling("a.log.1"))
                                            .size()));
            assertThat(summary.input().missingFiles()).isZero();
        }
    }

    @Test
    void knowsWhichLinesAreOldOnceItHasSaidThatItWatches() throws IOException {
        Path here = Files.createTempDirectory(folder, "old");
        Path log = longLog(here.resolve("a.log"));
        assertThat(breaksOffOnceItWatches(here, Map.of())).isNotEmpty();
        rotateWithFurtherLines(log);
        assertThat(untilEnd(here).identified().messages()).isEqualTo(1 + 2);
    }

    /** A log that is longer than one look reads, and was written long before. */
    private Path longLog(Path log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int bytes = 0; bytes < 3 * 65_536; ) {
            for (String line : Files.readAllLines(sessions.test())) {
                lines.add(line);
                bytes += line.length() + 1;
            }
        }
        Files.write(log, lines);
        Files.setLastModifiedTime(log, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        return log;
    }

    /** Returns the files of the checkpoint there was when the run said that it watches. */
    private List<Path> breaksOffOnceItWatches(Path here, Map<String, Object> more) throws IOException {
        LiveRun run = new LiveRun();
        run.addListener(new LiveRun.Listener() {
            @Override
            public void watching() {
                throw new Crash();
            }
        });
        Map<String, Object> flags = new HashMap<>(more);
        flags.put("log_file", here.resolve("*.log").toString());
        flags.put("checkpoint_dir", here.resolve("checkpoint").toString());
        try (AlertSink sink = FileAlertSink.open(here.resolve("alerts.txt"), AlertFormat.RECORD)) {
            assertThatThrownBy(
                            () -> LiveMonitor.run(sessions.settings(flags), sink, end -> {}, run, RunContext.quiet()))
                    .isInstanceOf(Crash.class);
        }
        try (Stream<Path> files = Files.list(here.resolve("checkpoint"))) {
            return files.toList();
        }
    }

    private LiveSummary untilEnd(Path here) {
        return LiveMonitor.run(
                sessions.settings(Map.of(
                        "log_file", here.resolve("*.log").toString(),
                        "checkpoint_dir", here.resolve("checkpoint").toString(),
                        "output_file", here.resolve("alerts.txt").toString(),
                        "from_start", "true",
                        "until_end", "true")),
                RunContext.quiet());
    }

    /** As logrotate does, which keeps the time at which the log was written last. */
    private static void rotateWithFurtherLines(Path log) throws IOException {
        FileTime written = Files.getLastModifiedTime(log);
        Files.writeString(log, "2026-01-02T00:00:00Z one more\n", StandardOpenOption.APPEND);
        Path rotated = log.resolveSibling(log.getFileName() + ".1");
        Files.move(log, rotated);
        Files.setLastModifiedTime(rotated, written);
        Files.writeString(log, "2026-01-02T00:00:01Z the first of the next\n2026-01-02T00:00:02Z the last\n");
    }

    /**
     * The alerts of one run, which leaves a checkpoint behind as the others do: without one, findings end with the
     * input.
     */
    private List<String> inOneGo(TrainedModels models, Path log, Path here) throws IOException {
        return alertsOf(
                models,
                Map.of(
                        "log_file",
                        log.toString(),
                        "checkpoint_dir",
                        here.resolve("of-one-run").toString()),
                here.resolve("whole.txt"));
    }

    /**
     * A log that grows step by step; the run is broken off after each step, before or after an alert or while reading,
     * and resumed.
     */
    private void breaksOff(TrainedModels models, long seed, boolean rotate) throws IOException {
        Path here = Files.createTempDirectory(folder, "run");
        byte[] all = Files.readAllBytes(models.test());
        Path whole = here.resolve("whole.log");
        Files.write(whole, all);
        List<String> expected = inOneGo(models, whole, here);
        assertThat(expected).isNotEmpty();

        Path log = here.resolve("app.log");
        Path output = here.resolve("alerts.txt");
        Map<String, Object> flags = new HashMap<>();
        flags.put("log_file", log.toString());
        flags.put("checkpoint_dir", here.resolve("checkpoint").toString());
        flags.put("batch_interval", "0");
        flags.put("idle_timeout", "1000000");
        flags.put("from_start", "true");
        Random random = new Random(seed);
        int at = 0;
        int crashes = 0;
        int rotations = 0;
        Files.write(log, new byte[0]);
        while (at < all.length) {
            int next = Math.min(all.length, at + 1 + random.nextInt(2000));
            Files.write(log, Arrays.copyOfRange(all, at, next), StandardOpenOption.APPEND);
            at = next;
            crashes += runAndBreakOff(models.settings(flags), output, random) ? 1 : 0;
            if (rotate && (all[at - 1] == '\n' || random.nextInt(3) == 0)) {
                at = endLine(log, all, at);
                rotate(log, ++rotations, random);
            }
        }
        flags.put("until_end", "true");
        try (AlertSink sink = FileAlertSink.open(output, AlertFormat.RECORD)) {
            LiveSummary summary = LiveMonitor.run(models.settings(flags), sink, end -> {}, RunContext.quiet());
            assertThat(summary.identified().messages()).isEqualTo(lines(all));
            assertThat(summary.input().missingFiles()).isZero();
            assertThat(summary.input().lostBytes()).isZero();
        }
        assertThat(crashes).isGreaterThan(5);
        assertThat(withoutPlaces(Files.readAllLines(output), rotate))
                .containsExactlyInAnyOrderElementsOf(withoutPlaces(expected, rotate));
    }

    /** Whether it broke off before it had read everything. */
    private static boolean runAndBreakOff(LiveSettings settings, Path output, Random random) {
        Cancellation cancellation = new Cancellation();
        SteppedClock pace = new SteppedClock();
        pace.at(Duration.ofSeconds(3), cancellation::cancel);
        int alertsLeft = random.nextInt(4);
        boolean inReading = random.nextInt(4) == 0;
        if (inReading) {
            pace.at(Duration.ofMillis(1 + random.nextInt(5)), () -> {
                throw new Crash();
            });
        }
        boolean afterWriting = random.nextBoolean();
        try (FileAlertSink file = FileAlertSink.open(output, AlertFormat.RECORD);
                AlertSink sink = new Breaking(file, alertsLeft, afterWriting)) {
            LiveMonitor.run(
                    settings, sink, end -> {}, new LiveRun(), new RunContext(Progress.none(), cancellation), pace);
            return false;
        } catch (Crash e) {
            return true;
        }
    }

    private static int endLine(Path log, byte[] all, int at) throws IOException {
        int end = at;
        while (end < all.length && all[end - 1] != '\n') {
            end++;
        }
        Files.write(log, Arrays.copyOfRange(all, at, end), StandardOpenOption.APPEND);
        return end;
    }

    private static void rotate(Path log, int number, Random random) throws IOException {
        Path target = log.resolveSibling("app.log." + number);
        if (random.nextBoolean()) {
            Files.move(log, target);
            Files.write(log, new byte[0]);
        } else {
            Files.copy(log, target, StandardCopyOption.REPLACE_EXISTING);
            Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    private static List<String> alertsOf(TrainedModels models, Map<String, Object> more, Path output)
            throws IOException {
        Map<String, Object> flags = new HashMap<>(more);
        flags.put("from_start", "true");
        flags.put("until_end", "true");
        flags.put("output_file", output.toString());
        LiveMonitor.run(models.settings(flags), RunContext.quiet());
        return Files.readAllLines(output);
    }

    private static long lines(byte[] text) {
        long lines = 0;
        for (byte b : text) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    /**
     * Without the file and what depends on it; in a log that was rotated, also without the place in it and its text,
     * which is read back from there.
     */
    private static List<String> withoutPlaces(List<String> records, boolean rotated) {
        String fields = rotated ? "ID|SOURCE|LINES|BYTE_OFFSET|ODD_LINE|ODD_TEXT" : "ID|SOURCE|LINES";
        return records.stream()
                .map(record -> record.replaceAll(" (" + fields + ")=(\"[^\"]*\"|\\S+)", ""))
                .toList();
    }

    @Test
    void refusesAFolderThatAnotherRunUses() throws IOException {
        Path here = Files.createTempDirectory(folder, "lock");
        try (CheckpointFolder first = CheckpointFolder.open(here, false)) {
            assertThat(first.load()).isEmpty();
            assertThatThrownBy(() -> CheckpointFolder.open(here, false))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("in use");
        }
        CheckpointFolder.open(here, false).close();
    }

    @Test
    void leavesOutWhatACrashLeftHalfWritten() throws IOException {
        Path here = Files.createTempDirectory(folder, "torn");
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            checkpoints.snapshot(out -> out.text("state"));
            checkpoints.append(new byte[] {1});
            checkpoints.append(new byte[] {2, 2});
        }
        Path journal = onlyFile(here, "journal-");
        byte[] whole = Files.readAllBytes(journal);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(journal, Arrays.copyOf(whole, length));
            try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
                CheckpointFolder.Saved saved = checkpoints.load().orElseThrow();
                int records = length == whole.length ? 2 : length >= 13 ? 1 : 0;
                assertThat(saved.journal()).hasSize(records);
                try (InputStream in = CheckpointFolder.read(saved.snapshot())) {
                    assertThat(new StateInput(in).text()).isEqualTo("state");
                }
            }
        }
        Files.delete(journal);
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            assertThat(checkpoints.load().orElseThrow().journal()).isEmpty();
        }
    }

    @Test
    void refusesADamagedSnapshotAndSaysWhatToDo() throws IOException {
        Path here = Files.createTempDirectory(folder, "damaged");
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            checkpoints.snapshot(out -> out.text("some state"));
        }
        Path snapshot = onlyFile(here, "snapshot-");
        byte[] whole = Files.readAllBytes(snapshot);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 4;
            Files.write(snapshot, flipped);
            try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
                assertThatThrownBy(checkpoints::load)
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("remove the folder");
            }
        }
    }

    @Test
    void writesOneAfterTheOtherInThePlaceOfTheLast() throws IOException {
        Path here = Files.createTempDirectory(folder, "several");
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            for (int i = 0; i < 3; i++) {
                int number = i;
                checkpoints.snapshot(out -> out.number(number));
                checkpoints.append(new byte[] {(byte) i});
            }
        }
        try (Stream<Path> files = Files.list(here)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("lock", "snapshot-3", "journal-3");
        }
    }

    @Test
    void refusesTheCheckpointOfALaterVersionAndSaysWhatToDo() throws IOException {
        Path here = Files.createTempDirectory(folder, "later");
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            checkpoints.snapshot(out -> out.text("some state"));
        }
        Path snapshot = onlyFile(here, "snapshot-");
        byte[] later = Files.readAllBytes(snapshot);
        later[7]++;
        Files.write(snapshot, later);
        try (CheckpointFolder checkpoints = CheckpointFolder.open(here, false)) {
            assertThatThrownBy(checkpoints::load)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("has the format " + (StateOutput.VERSION + 1))
                    .hasMessageContaining("remove the folder");
        }
    }

    @Test
    void readsTheLinesAgainThatAPlaceOfTheFirstVersionHadInNoEventYet() throws Exception {
        Path log = Files.createTempDirectory(folder, "first").resolve("app.log");
        Files.writeString(log, "260102 030405 one\n260102 030406 two\n  at a\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataStream stream = attaching(log).open()) {
            assertThat(stream.nextBatch()).extracting(LogEvent::message).containsExactly("one");
            ReadPosition place = Objects.requireNonNull(stream.places().get(log.toString()));
            StateOutput out = new StateOutput(bytes);
            out.number(1);
            out.text(log.toString());
            out.text(place.file());
            out.text(place.key());
            out.number(place.readTo());
            out.text(place.trace());
            out.number("260102 030405 one\n".length());
            out.number(2);
            out.flag(false);
            out.number(place.size());
            out.number(place.watermark());
        }
        Files.writeString(log, "  at b\n260102 030407 three\n", StandardOpenOption.APPEND);
        StateInput first = new StateInput(new ByteArrayInputStream(bytes.toByteArray()), 1);
        try (DataStream stream = attaching(log).resume(first.places()).open()) {
            assertThat(stream.nextBatch()).extracting(LogEvent::message).containsExactly("two\n  at a\n  at b");
        }
    }

    private static DataStream.Builder attaching(Path log) {
        return DataStream.builder()
                .logFile(log)
                .format("utah")
                .tailMode(TailMode.FROM_START)
                .onMalformed(OnMalformed.ATTACH)
                .resumable(true)
                .pace(new SteppedClock());
    }

    private static Path onlyFile(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sink that breaks off at an alert. */
    private static final class Breaking implements AlertSink {
        private final AlertSink sink;
        private final boolean afterWriting;
        private int left;

        Breaking(AlertSink sink, int left, boolean afterWriting) {
            this.sink = sink;
            this.left = left;
            this.afterWriting = afterWriting;
        }

        @Override
        public void write(Alert alert) {
            if (left == 0 && !afterWriting) {
                throw new Crash();
            }
            sink.write(alert);
            if (left-- == 0) {
                throw new Crash();
            }
        }

        @Override
        public void flush() {
            sink.flush();
        }

        @Override
        public String mark() {
            return sink.mark();
        }

        @Override
        public void resume(String mark) {
            sink.resume(mark);
        }

        @Override
        public void close() {}
    }

    @Test
    void readsBackStateToTheBit() throws IOException {
        List<Object> read = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateOutput out = new StateOutput(bytes);
        out.number(-1);
        out.number(Long.MAX_VALUE);
        out.real(-0.0);
        out.text("plain");
        out.text("half \ud83d pair, \u00e9\u0000");
        out.text("x".repeat(70_000) + "\u20ac");
        out.vector(new float[] {1.5f, -0.0f});
        StateInput in = new StateInput(new ByteArrayInputStream(bytes.toByteArray()));
        read.add(in.number());
        read.add(in.number());
        read.add(Double.doubleToRawLongBits(in.real()));
        read.add(in.text());
        read.add(in.text());
        read.add(in.text().length());
        read.add(Float.floatToRawIntBits(in.vector()[1]));
        assertThat(read)
                .containsExactly(
                        -1L,
                        Long.MAX_VALUE,
                        Double.doubleToRawLongBits(-0.0),
                        "plain",
                        "half \ud83d pair, \u00e9\u0000",
                        70_001,
                        Float.floatToRawIntBits(-0.0f));
    }

    @Test
    void readsBackEventsWithTheirFieldsAndThoseOfEarlierVersions() throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("status", "503");
        fields.put("error", "no \u00e9 route\n");
        LogEvent event = new LogEvent(
                Instant.EPOCH, "GET /", "ERROR", "web", "web-1/7", new Origin("log", 7, 90), List.of(), null, fields);
        LogEvent plain = new LogEvent(null, "tick", null, null, new Origin("log", 8, 99), List.of(), null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new StateOutput(bytes).events(List.of(event, plain));
        List<LogEvent> read = new StateInput(new ByteArrayInputStream(bytes.toByteArray())).events();
        assertThat(read).containsExactly(event, plain);
        assertThat(read.get(0).fields().keySet()).containsExactly("status", "error");

        ByteArrayOutputStream earlier = new ByteArrayOutputStream();
        new StateOutput(earlier).texts(List.of("GET /", "tick"));
        assertThat(new StateInput(new ByteArrayInputStream(earlier.toByteArray()), StateOutput.OLDEST_VERSION).events())
                .extracting(LogEvent::message)
                .containsExactly("GET /", "tick");
    }
}
