package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines nobody would write on purpose: data, never an exception, whatever the format. */
class HostileLinesTest {
    private static final String HEADER = "260102 030405 17 INFO a.B: ";

    static List<String> formats() {
        List<String> formats = new ArrayList<>(LogFormat.presets());
        formats.add("<Date> <Time> <Level> <Component>([<Pid>])?( (<Address>))?: <Content>");
        formats.add("[<Time>] [<Level>] <Content>");
        formats.add("regex:(?<time>\\d+ \\d+) (?<message>(a|b| |.)*)");
        return formats;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void noLineBreaksAParser(String format) {
        LogParser parser = LogFormat.of(format);
        for (String line : lines()) {
            parser.parse(line)
                    .ifPresent(parsed -> assertThat(parsed.message().length()).isLessThanOrEqualTo(line.length()));
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void noStreamBreaksAReader(String format) {
        byte[] bytes = stream();
        LogReader.Builder settings = LogReader.builder()
                .input("hostile", new ByteArrayInputStream(bytes))
                .format(format)
                .sessionKey("((?:a|b|[^x])*)x")
                .onMalformed(OnMalformed.ATTACH);
        long newLines = 0;
        for (byte b : bytes) {
            newLines += b == '\n' ? 1 : 0;
        }
        try (LogReader reader = settings.open()) {
            long before = -1;
            for (LogEvent event : reader) {
                // Several records can stand on one line.
                assertThat(event.origin().byteOffset()).isGreaterThanOrEqualTo(before);
                assertThat(event.message().length()).isLessThanOrEqualTo(LogReader.DEFAULT_MAX_LINE_LENGTH);
                before = event.origin().byteOffset();
            }
            assertThat(reader.stats().bytes()).isEqualTo(bytes.length);
            assertThat(reader.stats().lines()).isEqualTo(newLines);
        } catch (LogParseException e) {
            assertThat(e.kind()).isEqualTo(LogParseException.Kind.BAD_FORMAT);
            assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(1000);
        }
    }

    private static List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                " ",
                "\u0000",
                "\u0000".repeat(1000),
                HEADER + "nul \u0000 in the middle",
                HEADER + "\u001b[31mred\u001b[0m \u001b]0;title\u0007",
                HEADER + "\u202Eright to left \u2028 line separator",
                HEADER + "lone surrogate \uD800",
                "\uFEFF" + HEADER,
                "\r\r\r",
                "260102 030405",
                "260102 030405 ",
                "<>",
                "()",
                "[] [] []",
                "{",
                "{}",
                "{\"message\":",
                "{\"message\":\"x\"} trailing",
                "{\"message\":\"x\",\"message\":\"y\"}",
                "{\"time\":1e400,\"message\":\"x\"}",
                "{\"time\":99999999999999999999999,\"message\":\"x\"}",
                "{\"a\":".repeat(5000),
                "[".repeat(100_000),
                "[[[[ ".repeat(20_000),
                "a[b".repeat(50_000) + ": x",
                "((((".repeat(20_000),
                "a: ".repeat(50_000),
                " ".repeat(100_000) + "x",
                "9".repeat(100_000),
                "260102 " + "0".repeat(100_000),
                "- 1117838570 " + "x ".repeat(50_000),
                "<34>" + "Jun ".repeat(10_000),
                HEADER + "y".repeat(10_000_000)));
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            char[] noise = new char[random.nextInt(200)];
            for (int k = 0; k < noise.length; k++) {
                noise[k] = (char)
                        (random.nextInt(4) == 0
                                ? random.nextInt(0x10000)
                                : " :[]<>(){}\"-0129aZ".charAt(random.nextInt(18)));
            }
            lines.add((i % 2 == 0 ? HEADER : "") + new String(noise));
        }
        return lines;
    }

    /** The lines above with a good one between them, and bytes that are no UTF-8. */
    private static byte[] stream() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            out.writeBytes((HEADER + "good line " + i + "\n").getBytes(StandardCharsets.UTF_8));
        }
        for (String line : lines()) {
            out.writeBytes(line.replace("\n", " ").getBytes(StandardCharsets.UTF_8));
            out.write('\n');
            out.writeBytes(HEADER.getBytes(StandardCharsets.UTF_8));
            out.writeBytes(
                    new byte[] {(byte) 0xC3, 0x28, (byte) 0xF0, (byte) 0x90, (byte) 0xFF, (byte) 0xED, (byte) 0xA0});
            out.write('\n');
        }
        return out.toByteArray();
    }
}
