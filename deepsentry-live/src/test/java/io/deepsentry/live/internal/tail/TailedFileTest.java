package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.deepsentry.parse.RawLine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, really rotated; the reader is stepped, so nothing depends on time. */
class TailedFileTest {
    private final Path folder;
    private final Path log;
    private final List<RawLine> lines = new ArrayList<>();
    private final List<TailedFile> opened = new ArrayList<>();

    TailedFileTest(@TempDir Path folder) {
        this.folder = folder;
        this.log = folder.resolve("app.log");
    }

    @AfterEach
    void closeAll() {
        opened.forEach(TailedFile::close);
    }

    @Test
    void readsWhatIsAddedAndOnlyWholeLines() throws IOException {
        TailedFile tail = fromStart();
        append("one\ntw");
        assertThat(read(tail)).containsExactly("one");
        assertThat(tail.holdsPartialLine()).isTrue();
        append("o\n");
        assertThat(read(tail)).containsExactly("two");
        assertThat(tail.holdsPartialLine()).isFalse();
    }

    @Test
    void waitsForAFileThatAppearsLaterAndThenReadsAllOfIt() throws IOException {
        TailedFile tail = fromEnd();
        assertThat(read(tail)).isEmpty();
        append("first\nsecond\n");
        assertThat(read(tail)).containsExactly("first", "second");
    }

    @Test
    void beginsAfterTheLastWholeLineOfWhatIsThereAlready() throws IOException {
        append("old\nolder\nhalf");
        TailedFile tail = fromEnd();
        assertThat(read(tail)).isEmpty();
        append(" done\nnew\n");
        assertThat(read(tail)).containsExactly("half done", "new");
        assertThat(lines.get(0)).isEqualTo(new RawLine("half done", 3, 10, false));
        assertThat(lines.get(1)).isEqualTo(new RawLine("new", 4, 20, false));
    }

    @Test
    void readsTheRestOfARenamedFileBeforeItsSuccessor() throws IOException {
        TailedFile tail = fromStart();
        append("a1\n");
        read(tail);
        append("a2\na3\n");
        Files.move(log, folder.resolve("app.log.1"));
        append("b1\n");
        assertThat(read(tail)).containsExactly("a2", "a3", "b1");
        assertThat(lines.get(3)).isEqualTo(new RawLine("b1", 1, 0, false));
        assertThat(tail.incidents().rotations()).isEqualTo(1);
    }

    @Test
    void keepsReadingARenamedFileUntilItsSuccessorHoldsSomething() throws IOException {
        TailedFile tail = fromStart();
        append("a1\n");
        read(tail);
        Path renamed = folder.resolve("app.log.1");
        Files.move(log, renamed);
        assertThat(read(tail)).isEmpty();
        append(renamed, "a2\n");
        assertThat(read(tail)).containsExactly("a2");
        Files.createFile(log);
        append(renamed, "a3\n");
        assertThat(read(tail)).containsExactly("a3");
        append("b1\n");
        assertThat(read(tail)).containsExactly("b1");
    }

    @Test
    void losesNoFirstLinesOfALongerFileThatIsRotatedIn() throws IOException {
        append("short\n");
        TailedFile tail = fromStart();
        read(tail);
        Path longer = folder.resolve("longer");
        append(longer, "first line of a file that is longer than the old position\nsecond\n");
        Files.move(longer, log, StandardCopyOption.REPLACE_EXISTING);
        assertThat(read(tail)).containsExactly("first line of a file that is longer than the old position", "second");
    }

    @Test
    void judgesNoHalfLineOfAFileThatIsEmptiedWhileItsReaderIsBehind() throws IOException {
        append("x".repeat(TailedFile.BUFFER - 10) + "\n" + "y".repeat(1000) + "\n");
        TailedFile tail = fromStart();
        tail.poll(lines::add);
        assertThat(lines).hasSize(1);
        Files.write(log, new byte[0]);
        append("b1\n");
        lines.clear();
        assertThat(read(tail)).containsExactly("b1");
        assertThat(tail.incidents().lostBytes()).isPositive();
    }

    @Test
    void passesOverALargeFileInSteps() throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode("old\n"), 300L << 20);
        }
        TailedFile tail = fromEnd();
        int steps = 0;
        while (tail.poll(lines::add) != PollResult.IDLE) {
            steps++;
            assertThat(tail.isPlaced() || tail.place() == null).isTrue();
        }
        assertThat(steps).isGreaterThan(10);
        assertThat(lines).isEmpty();
        append("new\n");
        assertThat(read(tail)).containsExactly("new");
        assertThat(lines.get(0).number()).isEqualTo(2);
    }

    @Test
    void handsOutTheUnfinishedLastLineOfAFileThatIsLeft() throws IOException {
        TailedFile tail = fromStart();
        append("a1\nhalf");
        read(tail);
        Files.move(log, folder.resolve("app.log.1"));
        append("b1\n");
        assertThat(read(tail)).containsExactly("half", "b1");
    }

    @Test
    void readsAFileThatIsTruncatedAgainFromItsBeginning() throws IOException {
        TailedFile tail = fromStart();
        append("a1\na2\n");
        read(tail);
        truncate();
        assertThat(read(tail)).isEmpty();
        append("b1\n");
        assertThat(read(tail)).containsExactly("b1");
        assertThat(lines.get(2)).isEqualTo(new RawLine("b1", 1, 0, false));
        assertThat(tail.incidents().truncations()).isEqualTo(1);
    }

    @Test
    void knowsATruncatedFileThatHasGrownBeyondTheOldPositionByItsContent() throws IOException {
        TailedFile tail = fromStart();
        append("a1\na2\n");
        read(tail);
        truncate();
        append("b1 and more than was there before\nb2\n");
        assertThat(read(tail)).containsExactly("b1 and more than was there before", "b2");
        assertThat(tail.incidents().truncations()).isEqualTo(1);
    }

    @Test
    void knowsATruncatedFileOfTheSameLengthAndBeginningByItsEnd() throws IOException {
        TailedFile tail = fromStart();
        String header = "x".repeat(300) + "\n";
        append(header + "1\n");
        read(tail);
        truncate();
        append(header + "2\n");
        assertThat(read(tail)).containsExactly("x".repeat(300), "2");
    }

    @Test
    void picksUpAFileThatIsDeletedAndMadeAnew() throws IOException {
        TailedFile tail = fromStart();
        append("a1\n");
        read(tail);
        append("a2\n");
        Files.delete(log);
        assertThat(read(tail)).containsExactly("a2");
        append("b1\nb2\n");
        assertThat(read(tail)).containsExactly("b1", "b2");
    }

    @Test
    void losesNothingWhenTheFileIsRotatedTwiceBetweenTwoReadingsOfABacklog() throws IOException {
        append("a".repeat(TailedFile.BUFFER) + "\na\n");
        TailedFile tail = fromStart();
        tail.poll(lines::add);
        Files.move(log, folder.resolve("app.log.2"));
        append("b\n");
        tail.poll(lines::add);
        Files.move(log, folder.resolve("app.log.1"));
        append("c\n");
        read(tail);
        assertThat(lines.stream().skip(1).map(RawLine::text)).containsExactly("a", "b", "c");
        assertThat(tail.incidents().rotations()).isEqualTo(2);
    }

    @Test
    void followsALinkThatIsSwitchedToAnotherFile() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        append(first, "a\n");
        append(second, "b\n");
        Files.createSymbolicLink(log, first);
        TailedFile tail = fromStart();
        assertThat(read(tail)).containsExactly("a");
        Files.delete(log);
        Files.createSymbolicLink(log, second);
        assertThat(read(tail)).containsExactly("b");
    }

    @Test
    void waitsWhileTheFileMayNotBeRead() throws IOException {
        append("a\n");
        log.toFile().setReadable(false);
        assumeFalse(Files.isReadable(log), "a user who may read every file cannot see this");
        TailedFile tail = fromStart();
        assertThat(read(tail)).isEmpty();
        log.toFile().setReadable(true);
        assertThat(read(tail)).containsExactly("a");
    }

    @Test
    void losesAndDoublesNothingOverManyRotationsOfEachKind() throws IOException {
        Random random = new Random(20260101);
        TailedFile tail = fromStart();
        List<String> written = new ArrayList<>();
        List<String> read = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String line = step + "/" + i + "/" + "z".repeat(random.nextInt(400));
                written.add(line);
                text.append(line).append('\n');
            }
            append(text.toString());
            // A file is seen if the reader looks once while it is there.
            tail.poll(line -> read.add(line.text()));
            switch (random.nextInt(12)) {
                case 0 -> Files.move(log, folder.resolve("app.log.1"), StandardCopyOption.REPLACE_EXISTING);
                case 1 -> Files.delete(log);
                case 2 -> {
                    // What is written between the last reading and the truncation is lost to any reader.
                    read.addAll(read(tail));
                    truncate();
                }
                case 3 -> read.addAll(read(tail));
                default -> {}
            }
        }
        read.addAll(read(tail));
        assertThat(read).isEqualTo(written);
    }

    private TailedFile fromStart() {
        return open(true);
    }

    private TailedFile fromEnd() {
        return open(false);
    }

    private TailedFile open(boolean fromStart) {
        TailedFile tail = new TailedFile(log, fromStart, 1000);
        opened.add(tail);
        return tail;
    }

    /** The lines that are there now. */
    private List<String> read(TailedFile tail) {
        int before = lines.size();
        while (tail.poll(lines::add) == PollResult.READ) {}
        return lines.subList(before, lines.size()).stream().map(RawLine::text).toList();
    }

    private void append(String text) throws IOException {
        append(log, text);
    }

    private static void append(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void truncate() throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }
}
