package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.internal.TerminalCodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    @Test
    void endsLinesAtLineFeedsAndDropsCarriageReturnsBefore() {
        assertThat(split("a\r\nb\n\r\nc\rd\r\r\n", 100))
                .containsExactly(
                        new RawLine("a", 1, 0, false),
                        new RawLine("b", 2, 3, false),
                        new RawLine("", 3, 5, false),
                        new RawLine("c\rd", 4, 7, false));
    }

    @Test
    void leavesOutByteOrderMarksAtTheStartOfLines() {
        assertThat(split("\uFEFFa\n\uFEFFb\nc\uFEFFd\n", 100))
                .containsExactly(
                        new RawLine("a", 1, 3, false),
                        new RawLine("b", 2, 5, false),
                        new RawLine("c\uFEFFd", 3, 10, false));
    }

    @Test
    void aHoleOfNulsEndsALineAndNulsAroundALineAreLeftOut() {
        assertThat(split("\0\0a\0b\0\r\n" + "c" + "\0".repeat(9) + "d\n" + "\0".repeat(100) + "\n", 100))
                .containsExactly(
                        new RawLine("a\0b", 1, 0, false),
                        new RawLine("c", 2, 8, false),
                        new RawLine("d", 2, 17, false),
                        new RawLine("", 3, 20, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11})
    void cutsLinesBeyondTheLimit(int length) {
        String line = "x".repeat(length);
        assertThat(split(line + "\nnext\n", 10))
                .containsExactly(
                        new RawLine(line.substring(0, Math.min(length, 10)), 1, 0, length > 10),
                        new RawLine("next", 2, length + 1, false));
    }

    @Test
    void doesNotCutASurrogatePairInTwo() {
        assertThat(split("ab\uD83D\uDE00\n", 3)).containsExactly(new RawLine("ab", 1, 0, true));
    }

    @Test
    void keepsOffsetsAndNumbersBeyondAReleasedBeginning() {
        LineSplitter splitter = new LineSplitter(100);
        List<RawLine> lines = new ArrayList<>();
        feed(splitter, "one\nhalf", lines);
        splitter.releasePartialLine(lines::add);
        feed(splitter, " rest\ntwo", lines);
        splitter.releasePartialLine(lines::add);
        feed(splitter, "\r\nthree\n", lines);
        assertThat(lines)
                .containsExactly(
                        new RawLine("one", 1, 0, false),
                        new RawLine("half", 2, 4, false),
                        new RawLine(" rest", 2, 8, false),
                        new RawLine("two", 3, 14, false),
                        new RawLine("three", 4, 19, false));
    }

    @Test
    void readsHostileBytesAsTheBatchReaderDoesHoweverTheyAreCut() {
        Random random = new Random(7);
        byte[][] pieces = {
            "\n".getBytes(StandardCharsets.UTF_8),
            "\r\n".getBytes(StandardCharsets.UTF_8),
            "plain text".getBytes(StandardCharsets.UTF_8),
            "\u00e9\u4e2d\uD83D\uDE00".getBytes(StandardCharsets.UTF_8),
            {(byte) 0xC3},
            {(byte) 0xFF, (byte) 0xFE},
            {0},
            "\u001b[31m".getBytes(StandardCharsets.UTF_8),
            "y".repeat(70).getBytes(StandardCharsets.UTF_8),
            "\u4e2d".repeat(70).getBytes(StandardCharsets.UTF_8),
        };
        for (int round = 0; round < 200; round++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            // Long enough that nobody takes what follows for a binary file.
            bytes.writeBytes("begin\n".repeat(2000).getBytes(StandardCharsets.UTF_8));
            for (int i = random.nextInt(60); i > 0; i--) {
                bytes.writeBytes(pieces[random.nextInt(pieces.length)]);
            }
            byte[] log = bytes.toByteArray();
            assertThat(inPieces(log, random)).isEqualTo(inOneGo(log));
        }
    }

    @Test
    void holdsOfAnEndlessLineNoMoreThanTheLimit() {
        LineSplitter splitter = new LineSplitter(1000);
        byte[] piece = new byte[1 << 16];
        Arrays.fill(piece, (byte) 'x');
        List<RawLine> lines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            splitter.feed(piece, piece.length, lines::add);
        }
        feed(splitter, "\nnext\n", lines);
        assertThat(lines)
                .containsExactly(
                        new RawLine("x".repeat(1000), 1, 0, true),
                        new RawLine("next", 2, 10_000L * piece.length + 1, false));
    }

    private static List<RawLine> inOneGo(byte[] log) {
        List<RawLine> lines = new ArrayList<>();
        try (LogReader reader = LogReader.builder()
                .input("x", new ByteArrayInputStream(log))
                .format("plain")
                .maxLineLength(50)
                .open()) {
            for (LogEvent event : reader) {
                lines.add(new RawLine(
                        event.message(),
                        event.origin().lineNumber(),
                        event.origin().byteOffset(),
                        false));
            }
        }
        return lines;
    }

    /** Without the blank lines and colours, and as the plain format sees their text. */
    private static List<RawLine> inPieces(byte[] log, Random random) {
        LineSplitter splitter = new LineSplitter(50);
        List<RawLine> lines = new ArrayList<>();
        int at = 0;
        while (at < log.length) {
            int n = Math.min(log.length - at, 1 + random.nextInt(20));
            splitter.feed(Arrays.copyOfRange(log, at, at + n), n, lines::add);
            at += n;
        }
        splitter.releasePartialLine(lines::add);
        return lines.stream()
                .map(line ->
                        new RawLine(TerminalCodes.removed(line.text()).strip(), line.number(), line.offset(), false))
                .filter(line -> !line.text().isEmpty())
                .toList();
    }

    private static List<RawLine> split(String text, int maxChars) {
        LineSplitter splitter = new LineSplitter(maxChars);
        List<RawLine> lines = new ArrayList<>();
        feed(splitter, text, lines);
        return lines;
    }

    private static void feed(LineSplitter splitter, String text, List<RawLine> lines) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.feed(bytes, bytes.length, lines::add);
    }
}
