package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import io.airlift.compress.bzip2.BZip2HadoopStreams;
import io.airlift.compress.zstd.ZstdOutputStream;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.bytes.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A reader that comes back after its files were moved, compressed, copied or removed while it was away. */
class RotatedFilesTest {
    private final Path log;
    private final List<RawLine> lines = new ArrayList<>();

    RotatedFilesTest(@TempDir Path folder) {
        this.log = folder.resolve("app.log");
    }

    @Test
    void goesOnInTheRenamedFileAndAllThatCameAfterIt() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        append("a2\n");
        Files.move(log, beside("app.log.3"));
        append("b1\n");
        Files.move(log, beside("app.log.2"));
        append("c1\n");
        assertThat(read(place)).containsExactly("a2", "b1", "c1");
    }

    @Test
    void goesOnInsideAFileThatWasCompressedMeanwhile() throws IOException {
        append("a1\nunfinis");
        ReadPosition place = readFrom(null, "a1");
        append("hed\na3\n");
        compress("app.log.1.gz");
        append("b1\n");
        assertThat(read(place)).containsExactly("unfinished", "a3", "b1");
        assertThat(lines.get(0)).isEqualTo(new RawLine("unfinished", 2, 3, false));
    }

    @ParameterizedTest
    @CsvSource({".gz", ".bz2", ".xz", ".zst"})
    void goesOnInsideAFileThatWasCompressedInAnyWayAndReadsThoseAfterIt(String suffix) throws IOException {
        append("a1\nunfinis");
        ReadPosition place = readFrom(null, "a1");
        append("hed\na3\n");
        compress("app.log.2" + suffix);
        append("b1\n");
        compress("app.log.1" + suffix);
        append("c1\n");
        assertThat(read(place)).containsExactly("unfinished", "a3", "b1", "c1");
    }

    @Test
    void readsAllMembersOfACompressedFileAndWhatIsCompressedTwice() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        FileTime changed = Files.getLastModifiedTime(log);
        Files.delete(log);
        byte[] members = Bytes.concat(gzip("a1\na2\n"), gzip("a3\n"));
        Files.write(beside("app.log.1.gz"), gzip(members));
        Files.setLastModifiedTime(beside("app.log.1.gz"), changed);
        append("b1\n");
        assertThat(read(place)).containsExactly("a2", "a3", "b1");
    }

    @Test
    void countsAFileAsMissingThatWasCompressedInAWayThatIsNotRead() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        Files.move(log, beside("app.log.1.lz4"));
        append("b1\n");
        try (TailedFile tail = new TailedFile(log, true, false, place, 1000)) {
            lines.clear();
            poll(tail);
            assertThat(texts()).containsExactly("b1");
            assertThat(tail.incidents().missingFiles()).isEqualTo(1);
        }
    }

    @Test
    void takesNoFileForAnotherBecauseBothBeginAlike() throws IOException {
        append("{");
        ReadPosition place = readFrom(null);
        append("\"a\":1}\n");
        Files.move(log, beside("app.log.1"));
        append("{\"b\":1}\n");
        Files.move(log, beside("app.log.2"));
        append("{\"c\":1}\n");
        assertThat(read(place)).containsExactly("{\"a\":1}", "{\"b\":1}", "{\"c\":1}");
    }

    @Test
    void knowsWhatIsShorterThanItWasForAnotherFile() throws IOException {
        append("{\"a\":1}\n{\"a\":2}\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.writeString(log, "{\"a\":1}\n", StandardOpenOption.TRUNCATE_EXISTING);
            poll(tail);
            assertThat(texts()).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":1}");
        }
    }

    @Test
    void goesOnInTheCopyOfAFileThatWasEmptied() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        append("a2\n");
        Files.copy(log, beside("app.log.1"));
        Files.writeString(log, "b1\n", StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(read(place)).containsExactly("a2", "b1");
    }

    @Test
    void readsTheCopyOfAFileOfWhichNothingHadBeenRead() throws IOException {
        append("");
        ReadPosition place = readFrom(null);
        append("a1\n");
        Files.copy(log, beside("app.log.1"));
        Files.writeString(log, "b1\n", StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(read(place)).containsExactly("a1", "b1");
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptiedBeforeItsFirstBytesWereRead() throws IOException {
        append("");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            append("a1\n");
            Files.copy(log, beside("app.log.1"));
            Files.writeString(log, "b1\n", StandardOpenOption.TRUNCATE_EXISTING);
            poll(tail);
            assertThat(texts()).containsExactly("a1", "b1");
        }
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptiedAndRemovedBeforeItsFirstBytesWereRead() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("b1\n");
            // The old one has no more, so the new one has its turn; nothing of it is read yet.
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.READ);
            assertThat(texts()).containsExactly("a1");
            Files.copy(log, beside("app.log.2"));
            Files.writeString(log, "b2\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(log);
            append("c1\n");
            poll(tail);
            assertThat(texts()).containsExactly("a1", "b1", "b2", "c1");
            assertThat(tail.incidents().lostBytes()).isZero();
            assertThat(tail.incidents().missingFiles()).isZero();
        }
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptiedAndRemovedBeforeAnotherTookItsPlace() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("b1\n");
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.READ);
            assertThat(texts()).containsExactly("a1");
            Files.copy(log, beside("app.log.2"));
            Files.writeString(log, "b2\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(log);
            poll(tail);
            assertThat(texts()).containsExactly("a1", "b1", "b2");
            append("c1\n");
            poll(tail);
            assertThat(texts()).containsExactly("a1", "b1", "b2", "c1");
            assertThat(tail.incidents().lostBytes()).isZero();
        }
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptyWhenItWasSeen() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("");
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.IDLE);
            append("b1\n");
            // The old one grows once more, so that the new one has to wait.
            Files.writeString(beside("app.log.1"), "a2\n", StandardOpenOption.APPEND);
            Files.setLastModifiedTime(
                    beside("app.log.1"), FileTime.from(Instant.now().minusSeconds(2)));
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.READ);
            assertThat(texts()).containsExactly("a1", "a2");
            Files.copy(log, beside("app.log.2"));
            Files.writeString(log, "b2\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(log);
            append("c1\n");
            poll(tail);
            assertThat(texts()).containsExactly("a1", "a2", "b1", "b2", "c1");
        }
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptyWheneverItWasSeen() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("");
            Files.writeString(beside("app.log.1"), "a2\n", StandardOpenOption.APPEND);
            Files.setLastModifiedTime(
                    beside("app.log.1"), FileTime.from(Instant.now().minusSeconds(2)));
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.READ);
            append("b1\n");
            Files.copy(log, beside("app.log.2"));
            Files.writeString(log, "b2\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(log);
            append("c1\n");
            poll(tail);
            append("c2\n");
            poll(tail);
            assertThat(texts()).containsExactly("a1", "a2", "b1", "b2", "c1", "c2");
            assertThat(tail.incidents().lostBytes()).isZero();
        }
    }

    @Test
    void readsTheCopyOnceOfAFileThatWasEmptiedAndRemovedWhileAnotherWasRead() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            append("a2\n");
            Files.move(log, beside("app.log.1"));
            append("b1\n");
            assertThat(tail.poll(lines::add)).isEqualTo(PollResult.READ);
            assertThat(texts()).containsExactly("a1", "a2");
            Files.copy(log, beside("app.log.2"));
            Files.writeString(log, "b2\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(log);
            append("c1\n");
            poll(tail);
            assertThat(texts()).containsExactly("a1", "a2", "b1", "b2", "c1");
        }
    }

    @Test
    void readsNoCompressedFileAgainThatStillHasTheTimeOfItsCompression() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        Files.move(log, beside("app.log.1"));
        append("b1\n");
        ReadPosition later = readFrom(place, "b1");
        // gzip is at work: both files are there, and the compressed one is newer than all that was read.
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(beside("app.log.1.gz")))) {
            Files.copy(beside("app.log.1"), out);
        }
        Files.setLastModifiedTime(
                beside("app.log.1.gz"), FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        Files.move(log, beside("app.log.2"));
        append("c1\n");
        Files.setLastModifiedTime(log, FileTime.from(Instant.now().plus(Duration.ofSeconds(10))));
        assertThat(read(later)).containsExactly("c1");
    }

    @Test
    void readsAFileOnceThatIsCompressedWhileItIsOpen() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("");
            // The next one is open now, but holds nothing yet.
            poll(tail);
            append("b1\n");
            compress("app.log.2.gz");
            append("c1\n");
            poll(tail);
        }
        assertThat(lines).extracting(RawLine::text).containsExactly("a1", "b1", "c1");
    }

    @Test
    void readsWhatWasMissedBeforeALaterFileThatHasBeenRemoved() throws IOException {
        append("a1\n");
        try (TailedFile tail = new TailedFile(log, true, 1000)) {
            poll(tail);
            Files.move(log, beside("app.log.1"));
            append("b1\n");
            Files.move(log, beside("app.log.2"));
            append("");
            // The third one is open now, but holds nothing yet.
            poll(tail);
            append("c1\n");
            Files.delete(log);
            append("d1\n");
            poll(tail);
        }
        assertThat(lines).extracting(RawLine::text).containsExactly("a1", "b1", "c1", "d1");
    }

    @Test
    void countsWhatIsGoneAndReadsWhatIsThere() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        Files.delete(log);
        append("b1\n");
        try (TailedFile tail = new TailedFile(log, true, false, place, 1000)) {
            lines.clear();
            poll(tail);
            assertThat(texts()).containsExactly("b1");
            // Given the key of the old one by the file system, the new one looks like it, written over.
            assertThat(tail.incidents().missingFiles() + tail.incidents().truncations())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"10", "255", "256", "257", "5000"})
    void knowsAnotherFileByItsContentWhereItWasGivenTheSameKey(int length) throws IOException {
        append("x".repeat(length - 1) + "\n");
        ReadPosition place = readFrom(null, "x".repeat(length - 1));
        // The same file key with other contents is what a file system gives that uses keys again.
        Files.writeString(log, "y".repeat(length - 1) + "\nmore\n", StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(read(place)).containsExactly("y".repeat(length - 1), "more");
    }

    @ParameterizedTest
    @CsvSource({"10", "256", "5000"})
    void knowsAFileByItsContentThatWasCopiedToAnotherKey(int length) throws IOException {
        append("x".repeat(length - 1) + "\n");
        ReadPosition place = readFrom(null, "x".repeat(length - 1));
        append("new\n");
        Files.copy(log, beside("app.log.1"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.delete(log);
        append("b1\n");
        assertThat(read(place)).containsExactly("new", "b1");
    }

    @Test
    void leavesAloneWhatWasRotatedBeforeReadingBegan() throws IOException {
        Files.writeString(beside("app.log.1"), "old\n");
        Files.setLastModifiedTime(
                beside("app.log.1"), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        Files.move(log, beside("app.log.2"));
        append("b1\n");
        assertThat(read(place)).containsExactly("b1");
    }

    @Test
    void knowsWhatALogIsRotatedInto() {
        Path app = Path.of("logs/app.log");
        for (String rotated : List.of(
                "app.log.1",
                "app.log.10.gz",
                "app.log-20260102",
                "app-20260102.log",
                "app-2026-01-02.log.gz",
                "app.log.1.xz",
                "app.log-20260102.zst",
                "app.log.2.bz2",
                "app.log.gz")) {
            assertThat(RotatedFiles.isRotated(Path.of("logs", rotated), app))
                    .as(rotated)
                    .isTrue();
        }
        for (String other :
                List.of("app.log", "app.log.old", "app2.log", "application.log", "app-error.log", "1app.log")) {
            assertThat(RotatedFiles.isRotated(Path.of("logs", other), app))
                    .as(other)
                    .isFalse();
        }
    }

    private ReadPosition readFrom(@Nullable ReadPosition place, String... expected) throws IOException {
        try (TailedFile tail = new TailedFile(log, true, false, place, 100_000)) {
            lines.clear();
            poll(tail);
            assertThat(texts()).containsExactly(expected);
            return Objects.requireNonNull(tail.place());
        }
    }

    /** Logs without times may be equal for as far as they are compared. */
    @ParameterizedTest
    @CsvSource({
        "app.log.1",
        "app.log.1.gz",
        "app.log.1.bz2",
        "app.log.1.xz",
        "app.log.1.zst",
        "old/app.log.1",
        "old/app.log.1.gz"
    })
    void losesNothingOfALogThatRepeatsItselfAndWasRotatedAndGrewLonger(String name) throws IOException {
        Files.createDirectories(beside("old"));
        append("tick\n".repeat(200));
        ReadPosition place = readFrom(null, "tick\n".repeat(200).strip().split("\n"));
        append("tick\n".repeat(3));
        if (Compression.ofName(name).isPresent()) {
            compress(name);
        } else {
            Files.move(log, beside(name));
        }
        append("tick\n".repeat(500));
        assertThat(read(place)).hasSize(3 + 500);
    }

    @Test
    void losesNothingOfALogThatRepeatsItselfAndWasRotatedTwice() throws IOException {
        append("tick\n".repeat(200));
        ReadPosition place = readFrom(null, "tick\n".repeat(200).strip().split("\n"));
        append("tick\n".repeat(3));
        compress("app.log.2.gz");
        append("tick\n".repeat(300));
        compress("app.log.1.gz");
        append("tick\n".repeat(400));
        assertThat(read(place)).hasSize(3 + 300 + 400);
    }

    @Test
    void losesNothingOfALogThatRepeatsItselfAndWasCopiedAndEmptied() throws IOException {
        append("tick\n".repeat(200));
        ReadPosition place = readFrom(null, "tick\n".repeat(200).strip().split("\n"));
        append("tick\n".repeat(300));
        Files.copy(log, beside("app.log.1"));
        Files.write(log, new byte[0]);
        append("tick\n".repeat(250));
        assertThat(read(place)).hasSize(300 + 250);
    }

    @Test
    void readsNothingTwiceOfALogThatWasCopiedAndNotEmptied() throws IOException {
        append("tick\n".repeat(200));
        ReadPosition place = readFrom(null, "tick\n".repeat(200).strip().split("\n"));
        append("tick\n".repeat(3));
        Files.copy(log, beside("app.log.1"));
        append("tick\n".repeat(4));
        assertThat(read(place)).hasSize(7);
    }

    @Test
    void readsNothingOfAnotherLogOfTheSameNameBelowTheFolder() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        Files.createDirectories(beside("another"));
        Files.writeString(beside("another/app.log"), "x1\n");
        Files.writeString(beside("another/app.log.1"), "a1\nx0\n");
        Files.delete(log);
        append("b1\n");
        try (TailedFile tail = new TailedFile(log, true, false, place, 1000)) {
            lines.clear();
            poll(tail);
            assertThat(texts()).containsExactly("b1");
        }
    }

    @Test
    void readsAFileThatIsRemovedAfterItWasTakenHoldOfAndBeforeReadingBegan() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        append("a2\n");
        assertThat(readHeld(place, () -> Files.delete(log))).containsExactly("a2");
        append("b1\n");
        assertThat(readHeld(place, () -> Files.delete(log))).containsExactly("b1");
    }

    @Test
    void readsAFileThatIsReplacedAfterItWasTakenHoldOfBetweenThoseBesideItAndItsSuccessor() throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        append("a2\n");
        Files.move(log, beside("app.log.1"));
        append("b1\n");
        List<String> read = readHeld(place, () -> {
            Files.delete(log);
            append("c1\n");
        });
        assertThat(read).containsExactly("a2", "b1", "c1");
    }

    @ParameterizedTest
    @CsvSource({"app.log.1", "app.log.1.gz"})
    void readsAFileOnceThatIsRotatedAfterItWasTakenHoldOf(String name) throws IOException {
        append("a1\n");
        ReadPosition place = readFrom(null, "a1");
        append("a2\n");
        List<String> read = readHeld(place, () -> {
            if (name.endsWith(".gz")) {
                compress(name);
            } else {
                Files.move(log, beside(name));
            }
            append("b1\n");
        });
        assertThat(read).containsExactly("a2", "b1");
    }

    @Test
    void beginsInWhatWasTakenHoldOf() throws IOException {
        append("a1\na2\n");
        assertThat(readHeld(null, () -> Files.delete(log))).containsExactly("a1", "a2");
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /** What is read if something happens between coming up and reading. */
    private List<String> readHeld(@Nullable ReadPosition place, Change change) throws IOException {
        HeldFiles held = HeldFiles.of(List.of(log));
        change.make();
        try (TailedFile tail = new TailedFile(log, true, false, place, 1000, held.take(log), LiveClock.ofSystem())) {
            lines.clear();
            poll(tail);
            assertThat(tail.incidents().lostBytes()).isZero();
            return texts();
        }
    }

    private List<String> read(ReadPosition place) throws IOException {
        try (TailedFile tail = new TailedFile(log, true, false, place, 100_000)) {
            lines.clear();
            poll(tail);
            assertThat(tail.incidents().lostBytes()).isZero();
            assertThat(tail.incidents().missingFiles()).isZero();
            return texts();
        }
    }

    private void poll(TailedFile tail) {
        while (tail.poll(lines::add) != PollResult.IDLE) {}
    }

    private List<String> texts() {
        return lines.stream().map(RawLine::text).toList();
    }

    private Path beside(String name) {
        return log.resolveSibling(name);
    }

    private void append(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void compress(String name) throws IOException {
        FileTime changed = Files.getLastModifiedTime(log);
        try (OutputStream out = compressing(Files.newOutputStream(beside(name)), name)) {
            Files.copy(log, out);
        }
        Files.setLastModifiedTime(beside(name), changed);
        Files.delete(log);
    }

    private static OutputStream compressing(OutputStream out, String name) throws IOException {
        return switch (Compression.ofName(name).orElseThrow()) {
            case GZIP -> new GZIPOutputStream(out);
            case BZIP2 -> new BZip2HadoopStreams().createOutputStream(out);
            case XZ -> new XZOutputStream(out, new LZMA2Options());
            case ZSTD -> new ZstdOutputStream(out);
        };
    }

    private static byte[] gzip(String text) throws IOException {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
