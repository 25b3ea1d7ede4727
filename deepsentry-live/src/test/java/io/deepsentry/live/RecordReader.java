package io.deepsentry.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns an alert record back into the alert, as a user's script would. The byte offset is not in a record. */
public final class RecordReader {
    private static final Pattern FIELD = Pattern.compile("([A-Z_]+)=(\"(?:[^\"\\\\]|\\\\.)*+\"|[^ \"]+)(?: |$)");
    private static final JsonMapper JSON = new JsonMapper();

    private RecordReader() {}

    public static Alert read(String line) {
        Map<String, String> found = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(line);
        int at = 0;
        while (at < line.length()) {
            if (!field.find(at) || field.start() != at) {
                throw new IllegalArgumentException("no field at " + at + " of " + line);
            }
            found.put(field.group(1), field.group(2));
            at = field.end();
        }
        if (!found.keySet().stream()
                .limit(8)
                .toList()
                .equals(List.of(
                        "TIMESTAMP", "SCORE", "THRESHOLD", "MESSAGE", "CONTEXT_WINDOW", "SESSION", "ID", "SOURCE"))) {
            throw new IllegalArgumentException("fields are " + found.keySet());
        }
        UnaryOperator<String> fields = name -> found.getOrDefault(name, "");
        String context = fields.apply("CONTEXT_WINDOW");
        String session = fields.apply("SESSION");
        String source = text(fields.apply("SOURCE"));
        int colon = source.lastIndexOf(':');
        return new Alert(
                Instant.parse(fields.apply("TIMESTAMP")),
                Double.parseDouble(fields.apply("SCORE")),
                Double.parseDouble(fields.apply("THRESHOLD")),
                text(fields.apply("MESSAGE")),
                Arrays.stream(context.substring(1, context.length() - 1).split(" -> ", -1))
                        .map(message -> text('"' + message + '"'))
                        .toList(),
                session.equals("-") ? null : text(session),
                fields.apply("ID"),
                new Origin(source.substring(0, colon), Long.parseLong(source.substring(colon + 1)), 0));
    }

    private static String text(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        try {
            return JSON.readValue(value, String.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value, e);
        }
    }
}
