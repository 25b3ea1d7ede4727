package io.deepsentry.parse.internal.records;

import io.deepsentry.parse.internal.StateReader;
import io.deepsentry.parse.internal.StateWriter;
import io.deepsentry.parse.members.OtlpRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the JSON objects in lines: one a line, one over several lines, or as the elements of an array, also of
 * CloudTrail's {@code {"Records":[...]}} and of OpenTelemetry's exports.
 *
 * <p>Confined to one thread.
 */
public final class JsonRecords {
    private static final String RECORDS = "\"Records\"";

    private final StringBuilder open = new StringBuilder();
    private int depth;
    private boolean quoted;
    private boolean escaped;
    /** The depth at which records are complete: 1 inside an array, 2 inside a member of an object. */
    private int base;

    /** Whether a record, or an array of them, has begun and is not complete. */
    public boolean isOpen() {
        return depth > 0;
    }

    /** Whether what has begun is one object and no list of them. */
    public boolean isOneObject() {
        return base == 0;
    }

    /** The length of the record that is not complete. */
    public int length() {
        return open.length();
    }

    /** Whether a line begins JSON that it does not end, or that holds several records. */
    public static boolean begins(String line) {
        String text = line.strip();
        if (text.isEmpty()) {
            return false;
        }
        if (text.startsWith("{")) {
            return text.startsWith(RECORDS, 1) || OtlpRecords.begins(text) || !isWhole(text);
        }
        return text.equals("[") || text.startsWith("[{") || (text.startsWith("[ ") && text.contains("{"));
    }

    /** Goes over an object without keeping its text. Lists of records, which are rare, are read as they are. */
    private static boolean isWhole(String text) {
        if (text.contains(RECORDS)) {
            return endsWhole(text);
        }
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = depth > 0 && !quoted;
            } else if (quoted) {
                i += c == '\\' ? 1 : 0;
            } else if (c == '{' || c == '[') {
                if (depth == 0 && c == '[') {
                    return endsWhole(text);
                }
                depth++;
            } else if ((c == '}' || c == ']') && depth > 0) {
                depth--;
            }
        }
        return depth == 0;
    }

    private static boolean endsWhole(String text) {
        JsonRecords one = new JsonRecords();
        one.accept(text);
        return !one.isOpen();
    }

    /** Takes a line and returns the records that it completes. */
    public List<String> accept(String line) {
        List<String> records = new ArrayList<>();
        if (open.length() > 0) {
            open.append('\n');
        }
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean kept = depth > base || c == '{' || c == '[';
            if (kept) {
                open.append(c);
            }
            if (quoted) {
                if (escaped) {
                    escaped = false;
                } else if (c == '\\') {
                    escaped = true;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"' && depth > base) {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
                boolean array = c == '[' && depth == 1;
                boolean member = c == '[' && depth == 2 && base == 0 && isRecordsMember();
                if (array || member) {
                    base = depth;
                    open.setLength(0);
                }
            } else if ((c == '}' || c == ']') && depth > 0) {
                depth--;
                if (depth == base && c == '}') {
                    String record = open.toString();
                    if (OtlpRecords.begins(record)) {
                        records.addAll(OtlpRecords.of(record));
                    } else {
                        records.add(record);
                    }
                    open.setLength(0);
                } else if (depth < base) {
                    base = depth;
                    open.setLength(0);
                    if (depth == 1) {
                        // What follows the records in their object is no record.
                        base = 1;
                    }
                }
                if (depth == 0) {
                    base = 0;
                    open.setLength(0);
                }
            }
        }
        return records;
    }

    private boolean isRecordsMember() {
        int colon = endOfText(open.length() - 1) - 1;
        if (colon < 0 || open.charAt(colon) != ':') {
            return false;
        }
        int end = endOfText(colon);
        return end >= RECORDS.length()
                && open.substring(end - RECORDS.length(), end).equals(RECORDS);
    }

    /** Where what is open ends if it ends at a position, without white space. */
    private int endOfText(int from) {
        int end = from;
        while (end > 0 && Character.isWhitespace(open.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Gives up what is not complete, and returns it. */
    public String clear() {
        String rest = open.toString();
        open.setLength(0);
        depth = 0;
        base = 0;
        quoted = false;
        escaped = false;
        return rest;
    }

    /** Writes what is not complete, for {@link #read}. */
    public void write(StateWriter out) {
        out.line(open.toString());
        out.number(depth);
        out.number(base);
        out.flag(quoted);
        out.flag(escaped);
    }

    /** Takes over what {@link #write} wrote. */
    public void read(StateReader in) throws IOException {
        open.setLength(0);
        open.append(in.text());
        depth = in.count();
        base = in.count();
        quoted = in.flag();
        escaped = in.flag();
    }

    /** The records of lines that begin with one; none if they do not. */
    public static List<String> in(List<String> lines) {
        List<String> records = new ArrayList<>();
        JsonRecords json = new JsonRecords();
        for (String line : lines) {
            if (!json.isOpen() && !line.strip().startsWith("{") && !line.strip().startsWith("[")) {
                continue;
            }
            records.addAll(json.accept(line));
        }
        return records;
    }
}
