package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * A log that is rotated much faster than it is read. All files begin alike, as in logs without times, so only their
 * whole contents tell them apart.
 */
@Timeout(300)
@Isolated("counts what the process reads and holds open")
@Tag("long")
class RotationBacklogTest {
    private static final int ROTATIONS = 1_000;
    /** Read in as many pieces as there are rotations, so that all of them wait for its end. */
    private static final String LONG_LINE = "x".repeat(TailedFile.BUFFER - 1) + "\n";

    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final Path READ_SO_FAR = Path.of("/proc/self/io");

    private final Path log;
    private final List<String> read = new ArrayList<>();
    private long mostOpen;

    RotationBacklogTest(@TempDir Path folder) {
        this.log = folder.resolve("app.log");
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".xz"})
    void isCaughtUpWithByReadingEachCompressedFileOnce(String suffix) throws IOException {
        assumeTrue(Files.exists(READ_SO_FAR), "needs /proc");
        try (TailedFile tail = followingTheFirstFile()) {
            long before = bytesRead();
            long open = openFiles();
            for (int i = 1; i <= ROTATIONS; i++) {
                rotate(i, suffix);
                write(i);
                tail.poll(this::take);
                mostOpen = Math.max(mostOpen, openFiles());
            }
            drain(tail);
            assertThat(read).isEqualTo(lines(1, ROTATIONS));
            assertThat(tail.incidents().missingFiles()).isZero();
            assertThat(tail.incidents().rotations()).isEqualTo(ROTATIONS);
            assertThat(mostOpen - open).isLessThanOrEqualTo(RotatedFiles.MOST_HELD + 20);
            // The first file once here and once to compress it, the others, and what is compared of them.
            long allowed = ROTATIONS * (2L * LONG_LINE.length() + 10_000);
            assertThat(bytesRead() - before).isLessThan(allowed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz", ".xz"})
    void isReadInOrderAfterARestart(String suffix) throws IOException {
        assumeTrue(Files.exists(READ_SO_FAR), "needs /proc");
        write(0);
        ReadPosition place;
        try (TailedFile tail = new TailedFile(log, true, 100_000)) {
            drain(tail);
            place = Objects.requireNonNull(tail.place());
        }
        read.clear();
        Instant start = Instant.now();
        for (int i = 1; i <= ROTATIONS; i++) {
            Files.setLastModifiedTime(log, FileTime.from(start.plusMillis(i)));
            rotate(i, suffix);
            write(i);
        }
        Files.setLastModifiedTime(log, FileTime.from(start.plusMillis(ROTATIONS + 1)));
        long before = bytesRead();
        long open = openFiles();
        try (TailedFile tail = new TailedFile(log, true, false, place, 100_000)) {
            drain(tail);
            assertThat(read).isEqualTo(lines(1, ROTATIONS));
            assertThat(tail.incidents().missingFiles()).isZero();
            assertThat(mostOpen - open).isLessThanOrEqualTo(20);
            assertThat(bytesRead() - before).isLessThan(ROTATIONS * 20_000L);
        }
    }

    @Test
    void countsAsLostWhatIsRemovedWhileItWaitsAndIsNotOpen() throws IOException {
        int rotations = 3 * RotatedFiles.MOST_HELD;
        try (TailedFile tail = followingTheFirstFile(rotations)) {
            for (int i = 1; i <= rotations; i++) {
                rotate(i, "");
                write(i);
                tail.poll(this::take);
            }
            int gone = 10;
            long bytes = 0;
            for (int i = 2 * RotatedFiles.MOST_HELD; i < 2 * RotatedFiles.MOST_HELD + gone; i++) {
                bytes += Files.size(rotated(i));
                Files.delete(rotated(i));
            }
            drain(tail);
            assertThat(read).hasSize(rotations - gone).isSubsetOf(lines(1, rotations));
            assertThat(tail.incidents().missingFiles()).isEqualTo(gone);
            assertThat(tail.incidents().lostBytes()).isEqualTo(bytes);
            assertThat(tail.gaps()).isEqualTo(gone);
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void isFoundUnderOtherNamesAndCompressedWhileItWaits(boolean compressed) throws IOException {
        int rotations = 2 * RotatedFiles.MOST_HELD;
        try (TailedFile tail = followingTheFirstFile(rotations)) {
            for (int i = 1; i <= rotations; i++) {
                // As logrotate does: the newest one is number 1.
                for (int old = i - 1; old >= 1; old--) {
                    Files.move(rotated(old), rotated(old + 1));
                }
                rotate(1, "");
                write(i);
                tail.poll(this::take);
            }
            for (int i = 2; compressed && i <= rotations; i++) {
                compress(rotated(i), i % 2 == 0 ? ".gz" : ".xz");
            }
            drain(tail);
            assertThat(read).isEqualTo(lines(1, rotations));
            assertThat(tail.incidents().missingFiles()).isZero();
        }
    }

    @Test
    void readsTheCopyOfAFileThatWasEmptiedAndRemovedBeforeTheRestOfIt() throws IOException {
        Instant start = Instant.now();
        try (TailedFile tail = followingTheFirstFile(10)) {
            rotate(1, "");
            write(1);
            tail.poll(this::take);
            Files.copy(log, rotated(2));
            Files.setLastModifiedTime(rotated(2), FileTime.from(start.plusMillis(100)));
            Files.write(log, new byte[0]);
            write(2);
            Files.setLastModifiedTime(log, FileTime.from(start.plusMillis(200)));
            tail.poll(this::take);
            Files.delete(log);
            write(3);
            Files.setLastModifiedTime(log, FileTime.from(start.plusMillis(300)));
            drain(tail);
            assertThat(read).isEqualTo(lines(1, 3));
        }
    }

    private TailedFile followingTheFirstFile() throws IOException {
        return followingTheFirstFile(ROTATIONS);
    }

    private TailedFile followingTheFirstFile(int pieces) throws IOException {
        try (OutputStream out = Files.newOutputStream(log)) {
            for (int i = 0; i < pieces + 2; i++) {
                out.write(LONG_LINE.getBytes(StandardCharsets.US_ASCII));
            }
        }
        TailedFile tail = new TailedFile(log, true, 100_000);
        tail.poll(this::take);
        return tail;
    }

    private void drain(TailedFile tail) throws IOException {
        while (tail.poll(this::take) != PollResult.IDLE) {
            mostOpen = Math.max(mostOpen, openFiles());
        }
    }

    private void take(RawLine line) {
        if (line.text().startsWith("file")) {
            read.add(line.text());
        }
    }

    private static List<String> lines(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> "file " + i).toList();
    }

    private void write(int number) throws IOException {
        Files.writeString(
                log,
                "tick\n".repeat(200) + "file " + number + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private Path rotated(int number) {
        return log.resolveSibling("app.log." + number);
    }

    private void rotate(int number, String suffix) throws IOException {
        Files.move(log, rotated(number));
        if (!suffix.isEmpty()) {
            compress(rotated(number), suffix);
        }
    }

    private static void compress(Path file, String suffix) throws IOException {
        Path packed = file.resolveSibling(file.getFileName() + suffix);
        OutputStream to = Files.newOutputStream(packed);
        try (OutputStream out =
                suffix.equals(".gz") ? new GZIPOutputStream(to) : new XZOutputStream(to, new LZMA2Options(0))) {
            Files.copy(file, out);
        }
        Files.setLastModifiedTime(packed, Files.getLastModifiedTime(file));
        Files.delete(file);
    }

    private static long openFiles() throws IOException {
        if (!Files.isDirectory(OPEN_FILES)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return files.count();
        }
    }

    private static long bytesRead() throws IOException {
        return Files.readAllLines(READ_SO_FAR).stream()
                .filter(line -> line.startsWith("rchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
                .findFirst()
                .orElseThrow();
    }
}
