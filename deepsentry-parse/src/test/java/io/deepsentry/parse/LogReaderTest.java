package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("exchanges standard input")
class LogReaderTest {
    private static final String A = "260102 030405 first\n";
    private static final String B = "260102 030406 second\n";
    private static final String TRACE = "java.lang.IllegalStateException: bad\n\tat a.B.c(B.java:7)\n";

    private final Path folder;

    LogReaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void everyEventKnowsWhereItBegins() {
        List<LogEvent> events = read(utah(A + "\n" + B + "260102 030407 naïve ✓\r\n260102 030408 last"));
        assertThat(events).extracting(LogEvent::message).containsExactly("first", "second", "naïve ✓", "last");
        assertThat(events)
                .extracting(LogEvent::origin)
                .containsExactly(
                        new Origin("test", 1, 0),
                        new Origin("test", 3, 21),
                        new Origin("test", 4, 42),
                        new Origin("test", 5, 68));
        assertThat(events.get(0).time()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(events.get(0).sessionKeys()).isEmpty();
    }

    @Test
    void timesOfDayRunOverMidnightWhereTheyRunBackByHoursAndEndOnTheFilesDay() throws IOException {
        Path file = folder.resolve("clock.log");
        String log = """
                22:00:00 INFO first
                23:30:00 INFO late
                23:29:50 INFO a little out of order
                00:10:00 INFO second
                09:00:00 INFO second
                08:59:00 INFO out of order
                01:00:00 INFO third
                """;
        Files.writeString(file, log);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-03-02T01:05:00Z")));
        try (LogReader reader = LogReader.builder().input(file).open()) {
            assertThat(reader)
                    .extracting(e -> String.valueOf(e.time()).substring(0, 10))
                    .containsExactly(
                            "2026-02-28",
                            "2026-02-28",
                            "2026-02-28",
                            "2026-03-01",
                            "2026-03-01",
                            "2026-03-01",
                            "2026-03-02");
        }
    }

    @Test
    void aTimeOfDayInsideAWrapperHasItsTime() {
        String log =
                "2026-03-02T08:00:00.5Z stdout F 08:00:00 INFO a\n2026-03-02T08:00:01.5Z stdout F 08:00:01 WARN b\n";
        assertThat(read(LogReader.builder().input("pod", stream(log))))
                .extracting(e -> e.time() + " " + e.level() + " " + e.message())
                .containsExactly("2026-03-02T08:00:00.500Z INFO a", "2026-03-02T08:00:01.500Z WARN b");
    }

    @Test
    void aLineThatALogsRotationCutIsCompletedInTheNextInput() {
        String older = "2026-03-02T08:00:00Z stdout F one\n2026-03-02T08:00:01Z stdout P tw\n";
        String newer = "2026-03-02T08:00:02Z stdout F o\n2026-03-02T08:00:03Z stdout P end\n";
        try (LogReader reader = LogReader.builder()
                .input("0.log.1", stream(older))
                .input("0.log", stream(newer))
                .open()) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events).extracting(LogEvent::message).containsExactly("one", "two", "end");
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void theSeverityThatAMessageOfSyslogBeginsWithIsItsLevelAndStaysInIt() {
        String log = """
                Mar  2 08:00:00 web1 sshd[77]: error: PAM failed
                Mar  2 08:00:01 web1 NetworkManager[9]: <warn>  [1.5] device lost
                Mar  2 08:00:02 web1 app[1]: ERROR no space
                Mar  2 08:00:03 web1 app[1]: Error handling is on
                <12>Mar  2 08:00:04 web1 app[1]: ERROR has a priority
                """;
        assertThat(read(LogReader.builder().input("messages", stream(log)).format("syslog")))
                .extracting(e -> e.level() + "|" + e.message())
                .containsExactly(
                        "error|error: PAM failed",
                        "warn|<warn>  [1.5] device lost",
                        "ERROR|ERROR no space",
                        "null|Error handling is on",
                        "warning|ERROR has a priority");
    }

    @Test
    void rfc5424WithoutAPriorityHasTheLevelOfItsData() {
        String log = """
                2026-03-02T08:00:00.5Z edge1 NSX 3106 - [nsx@6876 comp="edge" level="WARN" sub="x"] low on space
                2026-03-02T08:00:01.5Z edge1 CRON 77 - - (root) CMD (run)
                """;
        assertThat(read(LogReader.builder().input("syslog", stream(log))))
                .extracting(e -> e.level() + "|" + e.component() + "|" + e.message())
                .containsExactly("WARN|NSX|low on space", "null|CRON|(root) CMD (run)");
    }

    @Test
    void theTwoLinesOfDotNetsConsoleAreOneEvent() {
        String log =
                "info: Shop.Cart[14]\n      saved\nfail: Shop.Cart[15]\n      lost\n      at A.B()\ncrit: X[0]\n      gone\n";
        assertThat(read(LogReader.builder().input("console", stream(log)).onMalformed(OnMalformed.ATTACH)))
                .extracting(e -> e.level() + "|" + e.component() + "|" + e.message())
                .containsExactly("info|Shop.Cart|saved", "fail|Shop.Cart|lost\n      at A.B()", "crit|X|gone");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() {
        LogEvent event = read(utah("\uFEFF" + A)).get(0);
        assertThat(event.message()).isEqualTo("first");
        assertThat(event.origin().byteOffset()).isEqualTo(3);
    }

    @Test
    void linesThatDoNotFitAreSkippedAndCounted() {
        try (LogReader reader =
                utah(A + TRACE + B).onMalformed(OnMalformed.SKIP).open()) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("first", "second");
            ReadStats stats = reader.stats();
            assertThat(stats.lines()).isEqualTo(4);
            assertThat(stats.events()).isEqualTo(2);
            assertThat(stats.malformed()).isEqualTo(2);
            assertThat(stats.attached()).isZero();
            assertThat(stats.firstMalformed())
                    .extracting(Object::toString)
                    .containsExactly("test:2: java.lang.IllegalStateException: bad", "test:3: \\tat a.B.c(B.java:7)");
        }
    }

    @Test
    void linesThatDoNotFitAreAttachedToTheEventBefore() {
        LogReader.Builder settings = utah("lost\n" + A + TRACE + "\n" + B + "tail of it  \n")
                .sessionKey("([a-c]\\.[A-Z])")
                .onMalformed(OnMalformed.ATTACH);
        try (LogReader reader = settings.open()) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events)
                    .extracting(LogEvent::message)
                    .containsExactly(
                            "lost",
                            "first\njava.lang.IllegalStateException: bad\n\tat a.B.c(B.java:7)",
                            "second\ntail of it");
            assertThat(events.get(0).time()).isNull();
            assertThat(events.get(1).sessionKeys()).containsExactly("a.B");
            assertThat(events.get(1).origin().lineNumber()).isEqualTo(2);
            assertThat(reader.stats().unaccounted()).isZero();
            assertThat(reader.stats().malformed()).isEqualTo(4);
            assertThat(reader.stats().attached()).isEqualTo(3);
            assertThat(reader.stats().blank()).isEqualTo(1);
            assertThat(reader.stats().withoutKey()).isEqualTo(2);
        }
    }

    @Test
    void attachedTextIsBounded() {
        String more = "y".repeat(50) + "\n";
        for (int limit : new int[] {55, 56, 57}) {
            try (LogReader reader = utah(A + more)
                    .onMalformed(OnMalformed.ATTACH)
                    .maxLineLength(limit)
                    .open()) {
                LogEvent event = reader.iterator().next();
                assertThat(event.message()).isEqualTo("first\n" + "y".repeat(Math.min(50, limit - 6)));
                assertThat(reader.stats().cut()).isEqualTo(limit < 56 ? 1 : 0);
            }
        }
    }

    @Test
    void nothingIsAttachedAcrossInputs() {
        LogReader.Builder settings = LogReader.builder()
                .input("one", stream(A))
                .input("two", stream("lost\n" + B))
                .format("utah")
                .onMalformed(OnMalformed.ATTACH);
        assertThat(read(settings)).extracting(LogEvent::message).containsExactly("first", "lost", "second");
    }

    @Test
    void eachInputHasItsOwnFormat() {
        LogReader.Builder settings =
                LogReader.builder().input("one", stream(A)).input("two", stream("{\"message\": \"json\"}\n"));
        try (LogReader reader = settings.open()) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("first", "json");
            assertThat(reader.formatName()).isEqualTo("utah and json");
        }
    }

    @Test
    void underAutoALineMayBeOfAnotherFormatThanThoseBefore() {
        String text = "{\"message\": \"json\"}\n".repeat(3) + "2026-03-02 08:00:00 FATAL out of memory\n";
        try (LogReader reader =
                LogReader.builder().input("app.log", stream(text)).open()) {
            assertThat(reader).extracting(LogEvent::level).containsExactly(null, null, null, "FATAL");
            assertThat(reader.stats().malformed()).isZero();
            assertThat(reader.formatName()).isEqualTo("json,header");
        }
        try (LogReader reader = LogReader.builder()
                .input("app.log", stream(text))
                .format("json,header")
                .open()) {
            assertThat(reader).extracting(LogEvent::level).containsExactly(null, null, null, "FATAL");
        }
    }

    @Test
    void aLineThatDoesNotFitEndsTheReadingIfAskedTo() {
        try (LogReader reader =
                utah(A + TRACE + B).onMalformed(OnMalformed.FAIL).open()) {
            Iterator<LogEvent> events = reader.iterator();
            assertThat(events.next().message()).isEqualTo("first");
            assertThatThrownBy(events::hasNext)
                    .isInstanceOfSatisfying(LogParseException.class, e -> {
                        assertThat(e.kind()).isEqualTo(LogParseException.Kind.MALFORMED_LINE);
                        assertThat(e.exitCode()).isEqualTo(1);
                    })
                    .hasMessageStartingWith("test:2: this line does not fit format 'utah'")
                    .hasMessageContaining("on_malformed");
            assertThatThrownBy(events::hasNext).isInstanceOf(LogParseException.class);
        }
    }

    @Test
    void aFirstLineThatDoesNotFitIsMalformedIfALaterOneFits() {
        assertThatThrownBy(() -> read(utah("header\n" + A).onMalformed(OnMalformed.FAIL)))
                .isInstanceOfSatisfying(LogParseException.class, e -> assertThat(e.kind())
                        .isEqualTo(LogParseException.Kind.MALFORMED_LINE))
                .hasMessageStartingWith("test:1:");
    }

    @ParameterizedTest
    @EnumSource(OnMalformed.class)
    void anInputThatFitsInNoLineIsRefused(OnMalformed policy) {
        assertThatThrownBy(() -> read(utah("no\n\u001b[31mutah\n").onMalformed(policy)))
                .isInstanceOfSatisfying(LogParseException.class, e -> {
                    assertThat(e.kind()).isEqualTo(LogParseException.Kind.BAD_FORMAT);
                    assertThat(e.exitCode()).isEqualTo(2);
                })
                .hasMessageContaining("format 'utah' does not fit test: it fits none of its first 2 lines")
                .hasMessageContaining("Line 1 is \"no\"")
                .hasMessageContaining("auto");
    }

    @ParameterizedTest
    @ValueSource(ints = {LogReader.FIRST_LINES - 1, LogReader.FIRST_LINES, LogReader.FIRST_LINES + 1})
    void aFormatMustFitOneOfTheFirstLines(int before) {
        LogReader.Builder settings = utah("x\n".repeat(before) + A).onMalformed(OnMalformed.SKIP);
        if (before < LogReader.FIRST_LINES) {
            assertThat(read(settings)).hasSize(1);
        } else {
            assertThatThrownBy(() -> read(settings)).hasMessageContaining("none of its first 1000 lines");
        }
    }

    @Test
    void malformedLinesAreReportedUpToALimit() {
        try (LogReader reader =
                utah(A.repeat(20) + "x\n".repeat(ReadStats.MAX_REPORTED + 5)).open()) {
            assertThat(reader).hasSize(20);
            assertThat(reader.stats().malformed()).isEqualTo(ReadStats.MAX_REPORTED + 5);
            assertThat(reader.stats().firstMalformed()).hasSize(ReadStats.MAX_REPORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {99, 100, 101, 350, 1000})
    void longLinesAreCutAndTheOffsetsAfterThemStayExact(int length) {
        String message = "é".repeat(length);
        String text = message + "\n" + "next\n";
        try (LogReader reader = LogReader.builder()
                .input("test", stream(text))
                .format("plain")
                .maxLineLength(100)
                .open()) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events.get(0).message()).isEqualTo("é".repeat(Math.min(length, 100)));
            assertThat(events.get(1).message()).isEqualTo("next");
            assertThat(events.get(1).origin()).isEqualTo(new Origin("test", 2, 2L * length + 1));
            assertThat(reader.stats().cut()).isEqualTo(length > 100 ? 1 : 0);
            assertThat(reader.stats().bytes()).isEqualTo(2L * length + 6);
        }
    }

    @Test
    void aCutDoesNotSplitACharacter() {
        LogEvent event = read(LogReader.builder()
                        .input("test", stream("ab😀cd"))
                        .format("plain")
                        .maxLineLength(3))
                .get(0);
        assertThat(event.message()).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(ints = {LineReader.BUFFER - 1, LineReader.BUFFER, LineReader.BUFFER + 1, 3 * LineReader.BUFFER})
    void linesAcrossBufferBoundsAreWhole(int length) {
        String text = "a".repeat(length - 1) + "\n" + "b".repeat(length) + "\r\n" + "c";
        List<LogEvent> events =
                read(LogReader.builder().input("test", stream(text)).format("plain"));
        assertThat(events).extracting(e -> e.message().length()).containsExactly(length - 1, length, 1);
        assertThat(events).extracting(e -> e.origin().byteOffset()).containsExactly(0L, (long) length, 2L * length + 2);
    }

    @Test
    void aStreamThatGivesOneByteAtATimeIsReadTheSame() {
        InputStream slow = new ByteArrayInputStream((A + B).getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(1, length));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
        assertThat(read(LogReader.builder().input("slow", slow)))
                .extracting(LogEvent::message)
                .containsExactly("first", "second");
    }

    @Test
    void gzipIsToldByContentAndMembersFollowEachOther() throws IOException {
        Path file = folder.resolve("members.log");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(A));
        both.write(gzip(B));
        Files.write(file, both.toByteArray());
        List<LogEvent> events = read(LogReader.builder().input(file));
        assertThat(events).extracting(LogEvent::message).containsExactly("first", "second");
        assertThat(events.get(1).origin()).isEqualTo(new Origin(file.toString(), 2, A.length()));

        InputStream dry = new ByteArrayInputStream(both.toByteArray()) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };
        assertThat(read(LogReader.builder().input("pipe", dry))).hasSize(2);
    }

    @Test
    void aTruncatedGzipFileGivesWhatItHasAndThenSaysSo() throws IOException {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, 20_000).forEach(i -> text.append("260102 030405 event ")
                .append(i * 7919L % 10_007)
                .append('\n'));
        byte[] whole = gzip(text.toString());
        Path file = folder.resolve("part.log.gz");
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        try (LogReader reader = LogReader.builder().input(file).format("utah").open()) {
            List<LogEvent> events = new ArrayList<>();
            assertThatThrownBy(() -> reader.forEach(events::add))
                    .isInstanceOfSatisfying(LogParseException.class, e -> {
                        assertThat(e.kind()).isEqualTo(LogParseException.Kind.UNREADABLE);
                        assertThat(e.exitCode()).isEqualTo(3);
                    })
                    .hasMessageContaining("part.log.gz is a truncated gzip file")
                    .hasMessageContaining(String.format(
                            Locale.ROOT, "after %,d whole lines", reader.stats().lines()));
            assertThat(events).hasSizeBetween(1000, 19_999);
            assertThat(reader.stats().events()).isEqualTo(events.size());
        }
    }

    @Test
    void aDamagedGzipFileIsSaidToBeOne() throws IOException {
        byte[] bytes = gzip((A + B).repeat(500));
        bytes[bytes.length - 6] ^= 0x55;
        Path file = folder.resolve("flipped.gz");
        Files.write(file, bytes);
        assertThatThrownBy(() -> read(LogReader.builder().input(file).format("utah")))
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining("flipped.gz is a damaged gzip file");
    }

    @Test
    void severalInputsAreReadInOrderAndProgressIsTheSumOfThem() throws IOException {
        Path one = write("one.log", A);
        Path two = write("two.log", B);
        try (LogReader reader = LogReader.builder().inputs(one, two).open()) {
            assertThat(reader.totalBytes()).hasValue(A.length() + B.length());
            assertThat(reader).extracting(e -> e.origin().toString()).containsExactly(one + ":1", two + ":1");
            assertThat(reader.bytesRead()).isEqualTo(A.length() + B.length());
            assertThat(reader.stats().bytes()).isEqualTo(A.length() + B.length());
        }
    }

    @Test
    void standardInputIsReadAndLeftOpen() {
        InputStream before = System.in;
        boolean[] closed = new boolean[1];
        System.setIn(new ByteArrayInputStream((A + B).getBytes(StandardCharsets.UTF_8)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        });
        try (LogReader reader = LogReader.builder().input(Path.of("-")).open()) {
            assertThat(reader.formatName()).isEqualTo("utah");
            assertThat(reader.totalBytes()).isEmpty();
            assertThat(reader).extracting(e -> e.origin().toString()).containsExactly("stdin:1", "stdin:2");
        } finally {
            System.setIn(before);
        }
        assertThat(closed[0]).isFalse();
    }

    @Test
    void aTimeWithoutAYearTakesItsFromTheTimeTheFileWasWritten() throws IOException {
        Path file = write("messages", "Dec 31 23:59:59 host app: x\nJan  1 00:00:01 host app: y\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2021-01-01T00:00:02Z")));
        assertThat(read(LogReader.builder().input(file)))
                .extracting(LogEvent::time)
                .containsExactly(Instant.parse("2020-12-31T23:59:59Z"), Instant.parse("2021-01-01T00:00:01Z"));
        assertThat(read(LogReader.builder().input(file).reference(Instant.parse("2019-06-01T00:00:00Z"))))
                .extracting(LogEvent::time)
                .containsExactly(Instant.parse("2018-12-31T23:59:59Z"), Instant.parse("2019-01-01T00:00:01Z"));
    }

    @Test
    void timesAreInTheGivenZone() {
        assertThat(read(utah(A).zone(ZoneId.of("Asia/Tokyo"))).get(0).time()).isEqualTo("2026-01-01T18:04:05Z");
    }

    @Test
    void aLineBelongsToEveryDistinctKeyInIt() {
        try (LogReader reader = utah("260102 030405 blk_1 blk_-2 blk_1\n" + A)
                .sessionKey("(blk_-?\\d+)")
                .open()) {
            assertThat(reader).extracting(LogEvent::sessionKeys).containsExactly(List.of("blk_1", "blk_-2"), List.of());
            assertThat(reader.stats().withoutKey()).isEqualTo(1);
        }
    }

    @Test
    void theHeaderOfALineMayHoldItsKey() {
        LogEvent event = read(LogReader.builder()
                        .input("test", stream("260102 030405 17 INFO a.B: x\n"))
                        .format("hdfs")
                        .sessionKey("^\\d+ \\d+ (\\d+)"))
                .get(0);
        assertThat(event.sessionKeys()).containsExactly("17");
    }

    @Test
    void aReaderIsGoneThroughOnceAndNotAfterItWasClosed() {
        LogReader reader = utah(A + B).open();
        Iterator<LogEvent> events = reader.iterator();
        assertThat(events.next().message()).isEqualTo("first");
        assertThatThrownBy(reader::iterator)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("once");
        reader.close();
        reader.close();
        assertThatThrownBy(events::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void theIteratorEnds() {
        try (LogReader reader = utah(A).open()) {
            Iterator<LogEvent> events = reader.iterator();
            events.next();
            assertThat(events.hasNext()).isFalse();
            assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aParserReadsAFileByItself() throws IOException {
        Path file = write("own.log", "a=1\nbad\na=2\n");
        LogParser own = line -> line.startsWith("a=")
                ? java.util.Optional.of(ParsedLine.of(null, line.substring(2)))
                : java.util.Optional.empty();
        try (LogReader reader = own.read(file)) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("1\nbad", "2");
            assertThat(reader.stats().malformed()).isEqualTo(1);
        }
    }

    private LogReader.Builder utah(String text) {
        return LogReader.builder().input("test", stream(text)).format("utah");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<LogEvent> read(LogReader.Builder settings) {
        try (LogReader reader = settings.open()) {
            return reader.stream().toList();
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
