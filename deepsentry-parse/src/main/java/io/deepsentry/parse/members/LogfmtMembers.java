package io.deepsentry.parse.members;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a logfmt line, {@code name=value name="value with blanks" name}, and of a record of Linux's
 * audit log, which is written alike. Stateless.
 */
public final class LogfmtMembers {
    /** When an audit record was made, in seconds, and the number that all records of one event share. */
    private static final Pattern AUDIT = Pattern.compile("audit\\((\\d{1,12}\\.\\d{1,9}):(\\d{1,20})\\):?");

    /** What says most about an audit record, in the order in which the kernel and programs write it. */
    private static final List<String> TELLING =
            List.of("op", "success", "apparmor", "operation", "acct", "comm", "exe", "name", "proctitle", "key", "res");

    private LogfmtMembers() {}

    /**
     * Returns the members of a line that consists of nothing but members, at least two of them. An audit record has
     * {@code time}, {@code audit_id} and {@code message} in place of its {@code msg=audit(...)}.
     *
     * @param line the line
     * @return texts by name, in order; null if the line is anything else
     */
    public static @Nullable Map<String, String> of(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        return read(line, members) && members.size() >= 2 ? members : null;
    }

    /** Adds the members of a text; false if it has anything else. */
    private static boolean read(String line, Map<String, String> members) {
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
                return false;
            }
            String name = line.substring(start, at);
            if (at == length || line.charAt(at) <= ' ') {
                // A name alone is a flag; a line that begins with one is prose.
                if (members.isEmpty()) {
                    return false;
                }
                members.putIfAbsent(name, "true");
                continue;
            }
            if (line.charAt(at) != '=') {
                return false;
            }
            at++;
            if (name.equals("msg") && line.startsWith("audit(", at) && members.containsKey("type")) {
                return audit(line, at, members);
            }
            StringBuilder value = new StringBuilder();
            at = value(line, at, value);
            if (at < 0) {
                return false;
            }
            members.putIfAbsent(name, value.toString());
        }
        return true;
    }

    /**
     * Reads an audit record from its {@code audit(...)} on. What programs say is a text of members in single quotes.
     */
    private static boolean audit(String line, int start, Map<String, String> members) {
        Matcher head = AUDIT.matcher(line).region(start, line.length());
        if (!head.lookingAt()) {
            return false;
        }
        members.put("time", head.group(1));
        members.put("audit_id", head.group(2));
        // Behind the separator are the same values again, as names: "enriched" records.
        int enriched = line.indexOf('\u001d', head.end());
        String rest = line.substring(head.end(), enriched < 0 ? line.length() : enriched);
        int quote = rest.indexOf(" msg='");
        int close = rest.lastIndexOf('\'');
        String said = quote < 0 || close < quote + 6 ? null : rest.substring(quote + 6, close);
        Map<String, String> inside = new LinkedHashMap<>();
        boolean whole = said == null
                ? read(rest, members)
                : read(rest.substring(0, quote), members)
                        && read(said, inside)
                        && read(rest.substring(close + 1), members);
        inside.forEach(members::putIfAbsent);
        if (!whole) {
            // A text that is no members: the record's message as it is.
            members.put("message", members.get("type") + " " + rest.strip());
            return true;
        }
        StringBuilder message = new StringBuilder(String.valueOf(members.get("type")));
        for (String name : TELLING) {
            String value = members.get(name);
            if (value != null && !value.equals("?") && !value.equals("(null)")) {
                message.append(' ').append(name).append('=').append(value);
            }
        }
        members.put("message", message.toString());
        return true;
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
