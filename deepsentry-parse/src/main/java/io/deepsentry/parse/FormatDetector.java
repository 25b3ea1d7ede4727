package io.deepsentry.parse;

import io.deepsentry.parse.internal.Counted;
import io.deepsentry.parse.internal.Severities;
import io.deepsentry.parse.internal.records.JsonRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses a format by looking at the first lines of inputs: the most specific one that fits most of them. Stateless
 * and safe for use by several threads.
 */
public final class FormatDetector {
    /** The most lines of an input that are looked at. */
    public static final int LINES = 200;

    private static final Set<Presets> GENERAL =
            EnumSet.of(Presets.COLUMNS, Presets.HEADER, Presets.LEVEL, Presets.PLAIN);

    /** Little but their way of writing the time: with another one they would fit any header. */
    private static final Set<Presets> LITTLE_BUT_TIMES = EnumSet.of(Presets.UTAH, Presets.SYSLOG);

    private FormatDetector() {}

    /**
     * A format that was chosen. Immutable.
     *
     * @param name what to pass as format to get it again: a preset's name or a layout
     * @param parser the format
     * @param why one sentence for the user
     */
    public record Detected(String name, LogParser parser, String why) {}

    /**
     * Chooses the format of files. If none fits, it is {@code plain}.
     *
     * @param inputs the files, at least one
     * @param options how times are read
     * @return the format
     * @throws LogParseException if a file is missing, unreadable, empty or not text
     */
    public static Detected detect(List<Path> inputs, LogFormat.Options options) {
        List<String> lines = new ArrayList<>();
        inputs.forEach(path -> lines.addAll(sample(path)));
        return detectLines(lines, options);
    }

    /**
     * The first lines of a file, blank ones left out.
     *
     * @throws LogParseException if the file is missing, unreadable, empty or no text
     */
    static List<String> sample(Path path) {
        Input input = Input.of(path);
        input.problem().ifPresent(problem -> {
            throw problem;
        });
        try (Input.Opened opened = input.open(LineReader.BUFFER)) {
            opened.readHead(Integer.MAX_VALUE);
            return sample(opened);
        }
    }

    private static List<String> sample(Input.Opened opened) {
        return opened.headLines().stream()
                .filter(line -> !line.isBlank())
                .limit(LINES)
                .toList();
    }

    /**
     * Chooses the format of lines, such as the first ones of a stream. If none fits, it is {@code plain}.
     *
     * @param lines the lines, at least one of which is not blank
     * @param options how times are read
     * @return the format
     */
    public static Detected detectLines(List<String> lines, LogFormat.Options options) {
        List<String> telling = lines.stream()
                .filter(line -> !line.isBlank() && !isContinuation(line))
                .toList();
        if (telling.isEmpty()) {
            telling = lines.stream().filter(line -> !line.isBlank()).toList();
        }
        List<String> records = JsonRecords.begins(telling.get(0)) ? JsonRecords.in(lines) : List.of();
        LogParser json = Presets.JSON.parser(options);
        Fit inRecords = Fit.of(json, records);
        if (inRecords.isMost(records.size())) {
            return new Detected(
                    Presets.JSON.label(),
                    json,
                    "format 'json': it fits " + inRecords.lines + " of the first " + records.size() + " records");
        }
        int all = telling.size();
        String columns = ColumnsParser.named(telling, options).orElse(null);
        if (columns != null) {
            LogParser parser = LogFormat.of(columns, options);
            Fit fit = Fit.of(parser, telling);
            return new Detected(columns, parser, why(columns, fit.lines, all));
        }
        HeaderParser header = Headers.choose(telling, options);
        Fit general = Fit.of(header, telling);
        for (Presets preset : Presets.values()) {
            boolean candidate =
                    !GENERAL.contains(preset) && (options.timeFormat() == null || !LITTLE_BUT_TIMES.contains(preset));
            if (candidate) {
                String name = preset.label();
                LogParser parser = preset.parser(options);
                Fit fit = Fit.of(parser, telling);
                if (preset == Presets.SYSLOG && fit.isMost(all)) {
                    name = withInside(parser, telling, options);
                    parser = LogFormat.of(name, options);
                    fit = Fit.of(parser, telling);
                }
                if (fit.isMost(all) && !general.saysMoreThan(fit, all)) {
                    return new Detected(name, parser, why(name, fit.lines, all));
                }
            }
        }
        boolean begins = header.parse(telling.get(0)).isPresent();
        if (general.isMost(all) || (begins && general.times > 0) || (general.lines * 10 >= all && general.lines > 1)) {
            return new Detected(header.toString(), header, why(header.toString(), general.lines, all));
        }
        LogParser level = Presets.LEVEL.parser(options.withTimeFormat(null));
        Fit levels = Fit.of(level, telling);
        if (levels.isMost(all)) {
            return new Detected(Presets.LEVEL.label(), level, why(Presets.LEVEL.label(), levels.lines, all));
        }
        return new Detected(
                Presets.PLAIN.label(),
                Presets.PLAIN.parser(options.withTimeFormat(null)),
                "format 'plain' (the whole line is the message, without a time): no known format fits most of the first "
                        + Counted.of(all, "line"));
    }

    /** The name of syslog, with the formats of the lines inside it where they say more than syslog does. */
    private static String withInside(LogParser syslog, List<String> lines, LogFormat.Options options) {
        List<String> messages = lines.stream()
                .flatMap(line -> syslog.parse(line).map(ParsedLine::message).stream())
                .filter(message -> !message.isBlank())
                .toList();
        List<String> inside = new ArrayList<>();
        for (Presets format : List.of(Presets.JSON, Presets.LOGFMT, Presets.HEADER)) {
            Fit fit = Fit.of(format.parser(options.withTimeFormat(null)), messages);
            boolean enough = format != Presets.HEADER || fit.lines * 3 >= messages.size();
            if (enough && fit.levels * 2 >= fit.lines && fit.lines > 1) {
                inside.add(format.label());
            }
        }
        return inside.isEmpty() ? Presets.SYSLOG.label() : LogFormat.AROUND + String.join("+", inside);
    }

    /** What a format reads of lines. */
    private static final class Fit {
        private int lines;
        private int levels;
        private int times;

        static Fit of(LogParser parser, List<String> lines) {
            Fit fit = new Fit();
            for (String line : lines) {
                ParsedLine parsed = parser.parse(line).orElse(null);
                if (parsed != null) {
                    fit.lines++;
                    String level = parsed.level();
                    fit.levels += level != null && Severities.isInBrackets(level) ? 1 : 0;
                    fit.times += parsed.time() == null ? 0 : 1;
                }
            }
            return fit;
        }

        boolean isMost(int of) {
            return lines > 0 && lines * 2 >= of;
        }

        /** Whether this reads clearly more levels, of at least as many lines and times. */
        boolean saysMoreThan(Fit other, int of) {
            return lines >= other.lines && times >= other.times && levels - other.levels > Math.max(1, of / 10);
        }
    }

    /** The parser of a name this class gave. */
    static LogParser parser(String name, LogFormat.Options options) {
        boolean untimed = name.equals(Presets.PLAIN.label()) || name.equals(Presets.LEVEL.label());
        return LogFormat.of(name, untimed ? options.withTimeFormat(null) : options);
    }

    private static String why(String name, int fit, int of) {
        return "format '" + name + "': it fits " + fit + " of the first " + Counted.of(of, "line");
    }

    /** What follows the first line of a stack trace or a wrapped message. */
    private static boolean isContinuation(String line) {
        return line.charAt(0) == '\t' || line.startsWith("  ") || line.startsWith("Caused by: ");
    }
}
