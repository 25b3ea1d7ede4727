package io.deepsentry.parse;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A format given as a regular expression whose named groups are the fields; it must fit the whole line. */
final class RegexParser implements LogParser {
    private static final Pattern GROUP = Pattern.compile("(?<!\\\\)\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

    private final Pattern pattern;
    private final TimeParser timeParser;
    private final List<String> time;
    private final String message;
    private final @Nullable String level;
    private final @Nullable String component;
    private final @Nullable String host;
    private final @Nullable String process;
    private final @Nullable String thread;
    private final @Nullable String label;

    private RegexParser(Pattern pattern, List<String> names, String message, TimeParser timeParser) {
        this.pattern = pattern;
        this.timeParser = timeParser;
        this.time = Fields.timeFields(names).stream().map(names::get).toList();
        this.message = message;
        this.level = named(names, Fields.LEVEL);
        this.component = named(names, Fields.COMPONENT);
        this.host = named(names, Fields.HOST);
        this.process = named(names, Fields.PROCESS);
        this.thread = named(names, Fields.THREAD);
        this.label = named(names, Fields.LABEL);
    }

    static RegexParser of(String regex, LogFormat.Options options) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw LogParseException.badArgument(
                    "format 'regex:" + Excerpt.of(regex) + "' is not a regular expression: " + e.getDescription()
                            + " at position " + e.getIndex(),
                    e);
        }
        List<String> names = new ArrayList<>();
        for (Matcher m = GROUP.matcher(regex); m.find(); ) {
            names.add(m.group(1));
        }
        String message = named(names, Fields.MESSAGE);
        if (message == null) {
            throw LogParseException.badArgument(
                    "format 'regex:" + Excerpt.of(regex)
                            + "' needs a group named message or content, as in (?<time>\\S+ \\S+) (?<level>\\w+) (?<message>.*)");
        }
        if (options.timeFormat() != null && Fields.timeFields(names).isEmpty()) {
            throw LogParseException.badArgument("format 'regex:" + Excerpt.of(regex)
                    + "' has no group named time, so a time format has nothing to apply to");
        }
        return new RegexParser(pattern, names, message, options.timeParser());
    }

    private static @Nullable String named(List<String> names, String[] anyOf) {
        for (String wanted : anyOf) {
            for (String name : names) {
                if (name.equalsIgnoreCase(wanted)) {
                    return name;
                }
            }
        }
        return null;
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        Matcher matcher = pattern.matcher(line.stripTrailing());
        try {
            if (!matcher.matches()) {
                return Optional.empty();
            }
        } catch (StackOverflowError e) {
            // Alternations under a star recurse once a character; a line too long for that does not fit.
            return Optional.empty();
        }
        Instant instant = null;
        if (!time.isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (String part : time) {
                String value = matcher.group(part);
                if (value != null) {
                    text.append(text.isEmpty() ? "" : " ").append(value.strip());
                }
            }
            instant = timeParser.parse(text.toString());
            if (instant == null) {
                return Optional.empty();
            }
            if (instant.equals(TimePattern.NO_DATE)) {
                instant = null;
            }
        }
        String labelText = group(matcher, label);
        String text = group(matcher, message);
        return Optional.of(new ParsedLine(
                instant,
                text == null ? "" : text,
                group(matcher, level),
                group(matcher, component),
                Fields.thread(group(matcher, host), group(matcher, process), group(matcher, thread)),
                labelText == null ? null : Label.ofColumn(labelText),
                Map.of()));
    }

    private static @Nullable String group(Matcher matcher, @Nullable String name) {
        return name == null ? null : matcher.group(name);
    }

    @Override
    public String toString() {
        return "regex:" + pattern;
    }
}
