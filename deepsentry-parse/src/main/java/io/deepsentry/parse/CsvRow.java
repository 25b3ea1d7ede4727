package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what follows the time in a row of separated values that has a severity among them: PostgreSQL's csvlog, an
 * export of Windows events. A quoted value that its line does not end is ended by the lines attached to it.
 */
final class CsvRow {
    /** What separates the values of rows: a comma, and what spreadsheets write in its place. */
    static final String SEPARATORS = ",;\t";

    private static final int FEWEST = 3;
    private static final int SQL_STATE = 5;

    private CsvRow() {}

    /** Reads the values from the separator at a position; null if they are no such row. */
    static @Nullable ParsedLine read(String s, int at, @Nullable Instant time) {
        if (at >= s.length() || SEPARATORS.indexOf(s.charAt(at)) < 0) {
            return null;
        }
        char separator = s.charAt(at);
        if (s.indexOf(separator + "\"", at) < 0) {
            return separator == ',' || separator == ';' ? unquoted(s, at, separator, time) : null;
        }
        List<String> values = values(s, at + 1, separator);
        int level = -1;
        for (int i = 0; i < values.size() && level < 0; i++) {
            level = Severities.isWord(values.get(i)) ? i : -1;
        }
        if (values.size() < FEWEST || level < 0 || level + 1 >= values.size()) {
            return null;
        }
        int message = level + 1;
        if (level + 2 < values.size() && isSqlState(values.get(level + 1))) {
            message = level + 2;
        } else {
            for (int i = level + 1; i < values.size(); i++) {
                message = values.get(i).length() > values.get(message).length() ? i : message;
            }
        }
        return new ParsedLine(time, values.get(message), values.get(level), null, null);
    }

    /** Without quotes nobody knows where the message begins: the severity must come first, and all else is kept. */
    private static @Nullable ParsedLine unquoted(String s, int at, char separator, @Nullable Instant time) {
        int end = s.indexOf(separator, at + 1);
        if (end < 0 || end + 1 == s.length()) {
            return null;
        }
        String level = s.substring(at + 1, end).strip();
        return Severities.isWord(level)
                ? new ParsedLine(time, s.substring(end + 1).strip(), level, null, null)
                : null;
    }

    private static boolean isSqlState(String value) {
        return value.length() == SQL_STATE
                && value.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    }

    /** Whether a row ends inside a quoted value, which the lines after it continue. */
    static boolean isOpen(String row) {
        return row.chars().filter(c -> c == '"').count() % 2 == 1
                && (row.startsWith("\"")
                        || SEPARATORS.chars().anyMatch(separator -> row.contains((char) separator + "\"")));
    }

    /** The values of a row from a position on. */
    static List<String> values(String s, int from, char separator) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (int i = from; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"') {
                boolean doubled = quoted && i + 1 < s.length() && s.charAt(i + 1) == '"';
                if (doubled) {
                    value.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == separator && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }
}
