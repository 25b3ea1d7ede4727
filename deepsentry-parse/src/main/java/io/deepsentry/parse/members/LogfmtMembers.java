package io.deepsentry.parse.members;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the members of a logfmt line, {@code name=value name="value with blanks" name}. Stateless. */
public final class LogfmtMembers {
    private LogfmtMembers() {}

    /**
     * Returns the members of a line that consists of nothing but members, at least two of them.
     *
     * @param line the line
     * @return texts by name, in order; null if the line is anything else
     */
    public static @Nullable Map<String, String> of(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        int at = 0;
        int length = line.length();
        while (at < length) {
            char c = line.charAt(at);
            if (c <= ' ') {
                at++;
                continue;
            }
            int start = at;
            while (at < length && isName(line.charAt(at))) {
                at++;
            }
            if (at == start) {
                return null;
            }
            String name = line.substring(start, at);
            if (at == length || line.charAt(at) <= ' ') {
                // A name alone is a flag; a line that begins with one is prose.
                if (members.isEmpty()) {
                    return null;
                }
                members.putIfAbsent(name, "true");
                continue;
            }
            if (line.charAt(at) != '=') {
                return null;
            }
            at++;
            StringBuilder value = new StringBuilder();
            at = value(line, at, value);
            if (at < 0) {
                return null;
            }
            members.putIfAbsent(name, value.toString());
        }
        return members.size() >= 2 ? members : null;
    }

    /** Reads a value and returns where it ends; -1 if its quotes do not close. */
    private static int value(String line, int start, StringBuilder value) {
        int at = start;
        int length = line.length();
        if (at == length || line.charAt(at) != '"') {
            while (at < length && line.charAt(at) > ' ') {
                at++;
            }
            value.append(line, start, at);
            return at;
        }
        at++;
        while (at < length && line.charAt(at) != '"') {
            char c = line.charAt(at);
            if (c == '\\' && at + 1 < length) {
                at++;
                c = switch (line.charAt(at)) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    default -> line.charAt(at);
                };
            }
            value.append(c);
            at++;
        }
        return at == length ? -1 : at + 1;
    }

    private static boolean isName(char c) {
        return c > ' ' && c != '=' && c != '"' && c != '{' && c != '}' && c != '[' && c != ']';
    }
}
