package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The work on a line grows with its length and no faster, whatever it is made of. */
@Tag("long")
class LongLinesTest {
    /** What lines are made of, over and over. */
    private static final List<String> UNITS = List.of(
            " ",
            "\t",
            "1",
            "x",
            "x ",
            "1 ",
            "a b ",
            "[",
            "]",
            "[ ",
            "[1",
            "[a] ",
            "[a",
            "a[b",
            "(",
            "<",
            ">",
            "<1>",
            "{",
            "}",
            "{\"a\":",
            "{\"a\":{},",
            "[{",
            "\"",
            "'",
            "\\",
            "\\\"",
            "\\u00",
            "a=\"",
            "=",
            "=a ",
            "a=1 ",
            ":",
            "1:",
            "a: ",
            "::",
            "INFO ",
            "INFO:",
            "-",
            " - ",
            "--- ",
            "/",
            ".",
            "a.",
            ",",
            "\",\"",
            "|",
            "&",
            "%",
            "#",
            "#033[",
            "\u001b",
            "\u001b[1m",
            "\u001b[1;",
            "\u001b]0;",
            "\u001b]#033]",
            "#033]",
            "\u0301",
            "\uD83D\uDE00",
            "\u2003",
            "P ",
            "2026-01-01 ",
            "Jan 1 ");
    /** How lines begin, so that what follows is reached. */
    private static final List<String> HEADERS = List.of(
            "",
            "2026-03-02 08:00:00,123 INFO [main] a.B: ",
            "2026-03-02 08:00:00,123 ",
            "2026-03-02 08:00:00,123 INFO/worker[",
            "260302 080000 17 INFO a.B: ",
            "Mar  2 08:00:00 host app[1]: ",
            "<34>1 2026-03-02T08:00:00Z host app - - [",
            "{\"time\":\"2026-03-02T08:00:00Z\",\"msg\":\"",
            "{\"time\":\"2026-03-02T08:00:00Z\",\"@mt\":\"",
            "{\"Records\":[",
            "time=2026-03-02T08:00:00Z level=info msg=\"",
            "2026-03-02T08:00:00.000000000Z stdout F ",
            "web-1  | ");

    /** Those for formats that try all others, which takes its time. */
    private static final List<String> FEW_HEADERS = HEADERS.subList(0, 3);

    private static final int SHORT = 1 << 16;
    private static final int LONG = 1 << 20;
    private static final int TIMES_LONGER = LONG / SHORT;
    /** Less is not measured well, and not much. */
    private static final double LITTLE = 0.2;
    /** More is too much on any machine. */
    private static final double MUCH = 2;

    static List<String> formats() {
        List<String> formats = new ArrayList<>(LogFormat.presets());
        formats.addAll(List.of(
                LogFormat.AUTO,
                "cri/auto",
                "compose/header",
                "syslog/json",
                "header:dmy",
                "<Date> <Time> <Level> <Component>([<Pid>])?( (<Address>))?: <Content>",
                "[<Time>] [<Level>] <Content>"));
        return formats;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void workGrowsNoFasterThanALine(String format) {
        List<String> slow = new ArrayList<>();
        seconds(format, "", "warm up ", LONG);
        for (String header : headers(format)) {
            for (String unit : UNITS) {
                double some = seconds(format, header, unit, SHORT);
                // Where work grows with the square of the length, this becomes more than a second.
                if (some > LITTLE / TIMES_LONGER / 2) {
                    double all = seconds(format, header, unit, LONG);
                    if (all > MUCH || (all > LITTLE && all > 3 * TIMES_LONGER * some)) {
                        slow.add(String.format(
                                Locale.ROOT,
                                "%s %.3f s, and %.3f s for a sixteenth",
                                Excerpt.of(header + unit),
                                all,
                                some));
                    }
                }
            }
        }
        assertThat(slow).isEmpty();
    }

    /** Those behind which a format reads on; an open quote or bracket may lead anywhere. */
    private static List<String> headers(String format) {
        if (format.endsWith(LogFormat.AUTO)) {
            return FEW_HEADERS;
        }
        LogParser inside = LogFormat.of(format.replace("compose/", ""));
        return HEADERS.stream()
                .filter(header -> header.isEmpty()
                        || header.endsWith("[")
                        || header.endsWith("\"")
                        || inside.parse(header + "short").isPresent())
                .toList();
    }

    /** The processor's time for a long line between two short ones. */
    private static double seconds(String format, String header, String unit, int length) {
        String line = header + unit.repeat((length - header.length()) / unit.length());
        EventAssembler assembler = EventAssembler.of("long")
                .format(format)
                .onMalformed(OnMalformed.ATTACH)
                .build();
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try {
            for (int n = 1; n <= 3; n++) {
                assembler.accept(new RawLine(n == 2 ? line : header + "short", n, n, false), event -> {});
            }
            assembler.end(event -> {});
        } catch (LogParseException e) {
            assertThat(e.kind()).isEqualTo(LogParseException.Kind.BAD_FORMAT);
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    }
}
