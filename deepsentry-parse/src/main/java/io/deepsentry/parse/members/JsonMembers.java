package io.deepsentry.parse.members;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.deepsentry.parse.internal.LineText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the members of one JSON object as texts, nested ones under their path, as in {@code log.level}. Stateless. */
public final class JsonMembers {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(1000)
                    .build())
            .build();

    /** The text of an entry of systemd's journal, to be read as bytes even if few or unprintable. */
    private static final String JOURNAL_TEXT = "MESSAGE";

    private static final int FEWEST_BYTES = 4;

    private JsonMembers() {}

    /**
     * Returns the members of a line that is one object and nothing else.
     *
     * @param line the line
     * @return texts by path, in order; null if the line is anything else
     */
    public static @Nullable Map<String, String> of(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) <= ' ') {
            start++;
        }
        if (start == line.length() || line.charAt(start) != '{') {
            return null;
        }
        Map<String, String> members = new LinkedHashMap<>();
        return read(line, members) ? members : null;
    }

    /**
     * Returns the members of a line that was cut off, up to where it stops being an object.
     *
     * @param line the line
     * @return texts by path, in order; empty if there are none
     */
    public static Map<String, String> upToBreak(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        read(line, members);
        return members;
    }

    private static boolean read(String line, Map<String, String> members) {
        try (JsonParser json = FACTORY.createParser(line)) {
            json.nextToken();
            object(json, "", members);
            // A second value on the line is no part of a record.
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static void object(JsonParser json, String prefix, Map<String, String> members) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String path = prefix.isEmpty() ? json.currentName() : prefix + "." + json.currentName();
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_OBJECT) {
                object(json, path, members);
            } else if (token == JsonToken.START_ARRAY) {
                array(json, path, members);
            } else if (token != JsonToken.VALUE_NULL) {
                members.putIfAbsent(path, json.getText());
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the object breaks off");
        }
    }

    /**
     * The elements of an array with commas between. Journald writes a text that is no UTF-8 or has control characters as
     * an array of its bytes, and null for one that is too large. OpenTelemetry writes an object as an array of
     * {@code {"key":"a","value":{"stringValue":"b"}}}.
     */
    private static void array(JsonParser json, String path, Map<String, String> members) throws IOException {
        StringBuilder text = new StringBuilder();
        List<String> pair = new ArrayList<>();
        boolean onlyPairs = true;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean onlyBytes = true;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == null) {
                throw new IOException("the array breaks off");
            }
            if (token.isStructStart()) {
                depth++;
                onlyBytes = false;
                if (depth == 2) {
                    pair.clear();
                }
            } else if (token.isStructEnd()) {
                depth--;
                if (depth == 1) {
                    onlyPairs &= isPair(pair);
                    if (onlyPairs) {
                        members.putIfAbsent(path + "." + pair.get(1), pair.get(pair.size() - 1));
                    }
                }
            } else if (token == JsonToken.VALUE_NULL && depth == 1) {
                onlyBytes = false;
            } else if (token == JsonToken.FIELD_NAME) {
                pair.add(json.currentName());
                text.append(text.length() == 0 ? "" : ",")
                        .append(json.currentName())
                        .append(':');
            } else {
                if (token == JsonToken.VALUE_NUMBER_INT
                        && onlyBytes
                        && json.getText().length() <= 3
                        && isByte(json.getIntValue())) {
                    bytes.write(json.getIntValue());
                } else {
                    onlyBytes = false;
                }
                onlyPairs &= depth > 1;
                pair.add(json.getText());
                boolean named = text.length() > 0 && text.charAt(text.length() - 1) == ':';
                text.append(text.length() == 0 || named ? "" : ",").append(json.getText());
            }
        }
        byte[] read = bytes.toByteArray();
        // Fewer numbers are a list of numbers.
        boolean isText = onlyBytes
                && read.length > 0
                && (path.equals(JOURNAL_TEXT) || (read.length >= FEWEST_BYTES && isReadable(read)));
        boolean nothing = text.length() == 0 && path.equals(JOURNAL_TEXT);
        if ((!onlyPairs || pair.isEmpty()) && !nothing) {
            members.putIfAbsent(path, isText ? decoded(read) : text.toString());
        }
    }

    private static boolean isByte(int number) {
        return number >= 0 && number <= 0xFF;
    }

    /** The text of bytes as that of a line. */
    private static String decoded(byte[] bytes) {
        int begin = LineText.begin(bytes, 0, bytes.length);
        return LineText.decode(bytes, begin, LineText.end(bytes, begin, bytes.length));
    }

    /** Whether names and texts of an object are those of a key and its one value. */
    private static boolean isPair(List<String> pair) {
        return pair.size() == 5
                && pair.get(0).equals("key")
                && pair.get(2).equals("value")
                && pair.get(3).endsWith("Value");
    }

    private static boolean isReadable(byte[] bytes) {
        int letters = 0;
        for (byte b : bytes) {
            letters += b >= ' ' || b < 0 || b == '\n' || b == '\t' || b == 27 ? 1 : 0;
        }
        return letters == bytes.length;
    }
}
