package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of RFC 5424: priority, version, time, host, program, process, message id, structured data with its escapes,
 * message.
 */
final class SyslogParser implements LogParser {
    private final TimeScanner times;

    SyslogParser(TimeScanner times) {
        this.times = times;
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        return Optional.ofNullable(read(line.stripTrailing()));
    }

    private @Nullable ParsedLine read(String s) {
        int close = s.indexOf('>');
        if (!s.startsWith("<") || close < 2 || close > 4 || !s.startsWith("1 ", close + 1)) {
            return null;
        }
        String level = Severities.ofPriority(s.substring(1, close));
        TimeScanner.Hit hit = new TimeScanner.Hit();
        int at = close + 3;
        boolean dated = times.scan(s, at, hit);
        if (!dated && !s.startsWith("- ", at)) {
            return null;
        }
        at = dated ? hit.end : at + 1;
        String program = null;
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
            at = end;
        }
        at = afterStructuredData(s, at + 1);
        if (at < 0) {
            return null;
        }
        String message = s.substring(at).strip();
        if (message.startsWith("\uFEFF")) {
            message = message.substring(1);
        }
        return level == null ? null : new ParsedLine(dated ? hit.time : null, message, level, program, null);
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
