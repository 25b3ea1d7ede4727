package io.deepsentry.parse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Chooses a format by looking at the first lines of inputs: the most specific that fits most of them. */
public final class FormatDetector {
    /** How many lines of an input are looked at. */
    public static final int LINES = 200;

    /** Beyond the presets: what a header that begins with a time looks like in general. */
    private static final List<String> GENERAL = List.of(
            "<Date> <Time> <Pid> <Tid> <Severity> <Component>: <Content>",
            "<Date> <Time>, <Severity> <Component> <Content>",
            "<Date> <Time> <Severity> <Component>: <Content>",
            "<Timestamp> <Severity> <Component>: <Content>",
            "<Date> <Time> <Severity> <Content>",
            "<Timestamp> <Severity> <Content>",
            "<Timestamp>|<Component>|<Pid>|<Content>",
            "[<Date> <Time>] <Content>",
            "<Date> <Time> <Content>",
            "[<Timestamp>] <Content>",
            "<Timestamp> <Content>");

    private FormatDetector() {}

    /**
     * A format that was chosen.
     *
     * @param name what to give as format to get it again: a preset's name or a layout
     * @param parser the format
     * @param why one sentence for the user
     */
    public record Detected(String name, LogParser parser, String why) {}

    /**
     * Chooses the format of files. Where none fits, {@code plain} does.
     *
     * @throws LogParseException if a file is missing, unreadable, empty or no text
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

    /** Chooses the format of lines, such as the first ones of a stream. */
    public static Detected detectLines(List<String> lines, LogFormat.Options options) {
        List<String> telling = lines.stream()
                .filter(line -> !line.isBlank() && !isContinuation(line))
                .toList();
        if (telling.isEmpty()) {
            telling = lines.stream().filter(line -> !line.isBlank()).toList();
        }
        for (Presets preset : Presets.values()) {
            // Utah is nothing but its way of writing the time: with another one it would fit any header.
            boolean candidate = preset != Presets.PLAIN && (preset != Presets.UTAH || options.timeFormat() == null);
            if (candidate) {
                LogParser parser = preset.parser(options);
                int fit = fitting(parser, telling);
                if (isMost(fit, telling.size())) {
                    return new Detected(preset.label(), parser, why(preset.label(), fit, telling.size()));
                }
            }
        }
        for (String layout : GENERAL) {
            LogParser parser = LayoutParser.strict(layout, "", options);
            int fit = fitting(parser, telling);
            if (isMost(fit, telling.size())) {
                return new Detected(layout, parser, why(layout, fit, telling.size()));
            }
        }
        return new Detected(
                Presets.PLAIN.label(),
                Presets.PLAIN.parser(options.withTimeFormat(null)),
                "format 'plain' (the whole line is the message, without a time): no known format fits most of the first "
                        + telling.size() + (telling.size() == 1 ? " line" : " lines"));
    }

    /** The parser of a name this class gave. */
    static LogParser parser(String name, LogFormat.Options options) {
        if (GENERAL.contains(name)) {
            return LayoutParser.strict(name, "", options);
        }
        boolean plain = name.equals(Presets.PLAIN.label());
        return LogFormat.of(name, plain ? options.withTimeFormat(null) : options);
    }

    private static String why(String name, int fit, int of) {
        return "format '" + name + "': it fits " + fit + " of the first " + of + (of == 1 ? " line" : " lines");
    }

    private static boolean isMost(int fit, int of) {
        return fit > 0 && fit * 2 >= of;
    }

    private static int fitting(LogParser parser, List<String> lines) {
        int n = 0;
        for (String line : lines) {
            if (parser.parse(line).isPresent()) {
                n++;
            }
        }
        return n;
    }

    /** What follows the first line of a stack trace or a wrapped message. */
    private static boolean isContinuation(String line) {
        return line.charAt(0) == '\t' || line.startsWith("  ") || line.startsWith("Caused by: ");
    }
}
