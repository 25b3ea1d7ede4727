package io.deepsentry.parse.members;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the log records out of an export of OpenTelemetry, {@code {"resourceLogs":[{"resource":..,"scopeLogs":[..]}]}}:
 * each becomes an object of its own, with its resource and scope as members. Stateless.
 */
public final class OtlpRecords {
    private static final String EXPORT = "\"resourceLogs\"";

    private static final JsonFactory FACTORY = new JsonFactory();

    private OtlpRecords() {}

    /**
     * Returns whether a text begins such an export.
     *
     * @param text any text
     * @return true if its first member is that of an export
     */
    public static boolean begins(String text) {
        int at = 1;
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return text.startsWith("{") && text.startsWith(EXPORT, at);
    }

    /**
     * Returns the records of an export.
     *
     * @param text the export
     * @return one JSON object for each record; the text itself if it is not an export that can be read
     */
    public static List<String> of(String text) {
        List<String> records = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(text)) {
            json.nextToken();
            walk(json, text, "", records);
        } catch (IOException e) {
            return List.of(text);
        }
        return records.isEmpty() ? List.of(text) : records;
    }

    /** Walks an object whose members are lists of records, or lists of objects like it. */
    private static void walk(JsonParser json, String text, String around, List<String> records) throws IOException {
        String known = around;
        List<String> inside = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            switch (name) {
                case "resource", "scope" -> known += "\"" + name + "\":" + raw(json, text) + ",";
                case "resourceLogs", "scopeLogs", "instrumentationLibraryLogs", "logRecords" -> {
                    if (token == JsonToken.START_ARRAY) {
                        while (json.nextToken() == JsonToken.START_OBJECT) {
                            inside.add(name + raw(json, text));
                        }
                    }
                }
                default -> json.skipChildren();
            }
        }
        // The resource may stand behind its records.
        for (String one : inside) {
            String object = one.substring(one.indexOf('{'));
            if (one.startsWith("logRecords")) {
                records.add("{" + known + object.substring(1));
            } else {
                try (JsonParser nested = FACTORY.createParser(object)) {
                    nested.nextToken();
                    walk(nested, object, known, records);
                }
            }
        }
    }

    private static String raw(JsonParser json, String text) throws IOException {
        int begin = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        int end = (int) json.currentLocation().getCharOffset();
        return text.substring(begin, end);
    }
}
