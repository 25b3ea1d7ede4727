package io.deepsentry.parse.members;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of one JSON object as texts, nested ones under their path, as in {@code log.level}. Stateless. */
public final class JsonMembers {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(1000)
                    .build())
            .build();

    private JsonMembers() {}

    /** Returns the members of a line that is one object and nothing else; null if it is anything else. */
    public static @Nullable Map<String, String> of(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) <= ' ') {
            start++;
        }
        if (start == line.length() || line.charAt(start) != '{') {
            return null;
        }
        try (JsonParser json = FACTORY.createParser(line)) {
            Map<String, String> members = new LinkedHashMap<>();
            json.nextToken();
            object(json, "", members);
            // A second value on the line is no part of a record.
            return json.nextToken() == null ? members : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static void object(JsonParser json, String prefix, Map<String, String> members) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String path = prefix.isEmpty() ? json.currentName() : prefix + "." + json.currentName();
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_OBJECT) {
                object(json, path, members);
            } else if (token == JsonToken.START_ARRAY) {
                members.putIfAbsent(path, array(json));
            } else if (token != JsonToken.VALUE_NULL) {
                members.putIfAbsent(path, json.getText());
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the object breaks off");
        }
    }

    /** The elements of an array with commas between; journald writes a text that is no UTF-8 as an array of its bytes. */
    private static String array(JsonParser json) throws IOException {
        StringBuilder text = new StringBuilder();
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
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME) {
                text.append(text.length() == 0 ? "" : ",")
                        .append(json.currentName())
                        .append(':');
            } else {
                if (token == JsonToken.VALUE_NUMBER_INT
                        && onlyBytes
                        && json.getText().length() <= 3) {
                    bytes.write(json.getIntValue());
                } else {
                    onlyBytes = false;
                }
                boolean named = text.length() > 0 && text.charAt(text.length() - 1) == ':';
                text.append(text.length() == 0 || named ? "" : ",").append(json.getText());
            }
        }
        // Fewer numbers are a list of numbers.
        boolean isText = onlyBytes && bytes.size() >= 4 && isReadable(bytes.toByteArray());
        return isText ? bytes.toString(StandardCharsets.UTF_8) : text.toString();
    }

    private static boolean isReadable(byte[] bytes) {
        int letters = 0;
        for (byte b : bytes) {
            letters += b >= ' ' || b < 0 || b == '\n' || b == '\t' || b == 27 ? 1 : 0;
        }
        return letters == bytes.length;
    }
}
