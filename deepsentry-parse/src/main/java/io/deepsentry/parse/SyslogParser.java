package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of RFC 5424: priority, version, time, host, program, process, message id, structured data with its
 * escapes, message. Files often lack the priority and the version; a level is then taken from the structured data.
 */
final class SyslogParser implements LogParser {
    private static final String LEVEL = " level=\"";

    private final TimeScanner times;

    SyslogParser(TimeScanner times) {
        this.times = times;
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        return Optional.ofNullable(read(line.stripTrailing()));
    }

    private @Nullable ParsedLine read(String s) {
        boolean withPriority = s.startsWith("<");
        String level = null;
        int at = 0;
        if (withPriority) {
            int close = s.indexOf('>');
            if (close < 2 || close > 4 || !s.startsWith("1 ", close + 1)) {
                return null;
            }
            level = Severities.ofPriority(s.substring(1, close));
            at = close + 3;
        } else if (s.length() < 20 || s.charAt(10) != 'T') {
            return null;
        }
        TimeScanner.Hit hit = new TimeScanner.Hit();
        boolean dated = times.scan(s, at, hit);
        if (!dated && !s.startsWith("- ", at)) {
            return null;
        }
        at = dated ? hit.end : at + 1;
        String host = null;
        String program = null;
        String process = null;
        for (int field = 0; field < 4; field++) {
            while (at < s.length() && s.charAt(at) == ' ') {
                at++;
            }
            int end = s.indexOf(' ', at);
            if (at >= s.length() || end < 0) {
                return null;
            }
            if (field == 1 && !s.startsWith("- ", at)) {
                program = s.substring(at, end);
            }
            if (field == 2 && !withPriority && !isProcess(s, at, end)) {
                return null;
            }
            if (field == 0) {
                host = s.substring(at, end);
            } else if (field == 2) {
                process = s.substring(at, end);
            }
            at = end;
        }
        int data = at + 1;
        at = afterStructuredData(s, data);
        if (at < 0 || (!withPriority && s.startsWith("[", data) && s.lastIndexOf('@', at) < data)) {
            return null;
        }
        if (!withPriority) {
            level = levelIn(s, data, at);
        }
        String message = s.substring(at).strip();
        if (message.startsWith("\uFEFF")) {
            message = message.substring(1);
        }
        return withPriority && level == null
                ? null
                : new ParsedLine(
                        dated ? hit.time : null,
                        message,
                        level,
                        program,
                        Fields.thread(host, process, null),
                        null,
                        Map.of());
    }

    /** Without a priority the process, a number or a dash, tells these lines from others. */
    private static boolean isProcess(String s, int from, int to) {
        if (to - from == 1 && s.charAt(from) == '-') {
            return true;
        }
        for (int i = from; i < to; i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** {@code level="INFO"} in structured data. */
    private static @Nullable String levelIn(String s, int from, int to) {
        int name = s.indexOf(LEVEL, from);
        int end = name < 0 ? -1 : s.indexOf('"', name + LEVEL.length());
        if (end < 0 || end > to) {
            return null;
        }
        String word = s.substring(name + LEVEL.length(), end);
        return Severities.isWord(word) ? word : null;
    }

    /** The position after {@code -} or all {@code [id name="value"]}; -1 if neither stands there. */
    private static int afterStructuredData(String s, int from) {
        if (s.startsWith("-", from)) {
            return from + 1;
        }
        int at = from;
        while (at < s.length() && s.charAt(at) == '[') {
            boolean quoted = false;
            int i = at + 1;
            while (i < s.length() && (quoted || s.charAt(i) != ']')) {
                if (quoted && s.charAt(i) == '\\') {
                    i++;
                } else if (s.charAt(i) == '"') {
                    quoted = !quoted;
                }
                i++;
            }
            if (i >= s.length()) {
                return -1;
            }
            at = i + 1;
        }
        return at == from ? -1 : at;
    }
}
