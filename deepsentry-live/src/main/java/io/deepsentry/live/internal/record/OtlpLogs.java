package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.live.record.RecordedLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log records of OpenTelemetry's exports. A body is the message of an event, unless a file is named that it was read from: then it is a line of that file. The
 * attributes of resource, scope and record are its fields, the narrower before the wider.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">the data model of logs</a>
 */
final class OtlpLogs {
    private static final List<String> RANGES = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");
    private static final String HOST = "host.name";
    private static final String SERVICE = "service.name";
    private static final List<String> FILES = List.of("log.file.path", "log.file.name");

    private OtlpLogs() {}

    /** Reads the JSON encoding of an export. What is not as it should be is left out. */
    static List<RecordedLine> ofJson(JsonNode export) {
        List<RecordedLine> lines = new ArrayList<>();
        for (JsonNode ofResource : export.path("resourceLogs")) {
            Map<String, String> resource =
                    attributes(ofResource.path("resource").path("attributes"));
            JsonNode scopes = ofResource.has("scopeLogs")
                    ? ofResource.path("scopeLogs")
                    : ofResource.path("instrumentationLibraryLogs");
            for (JsonNode ofScope : scopes) {
                JsonNode scope = ofScope.path("scope");
                String name = scope.path("name").asText();
                Map<String, String> around = new LinkedHashMap<>(resource);
                around.putAll(attributes(scope.path("attributes")));
                for (JsonNode log : ofScope.path("logRecords")) {
                    Map<String, String> own = attributes(log.path("attributes"));
                    put(own, "trace_id", log.path("traceId").asText());
                    put(own, "span_id", log.path("spanId").asText());
                    put(own, "event.name", log.path("eventName").asText());
                    lines.add(line(
                            value(log.path("body")),
                            log.path("timeUnixNano").asLong(),
                            log.path("observedTimeUnixNano").asLong(),
                            log.path("severityText").asText(),
                            severity(log.path("severityNumber")),
                            name,
                            around,
                            own));
                }
            }
        }
        return lines;
    }

    /** By its number, or by its name as {@code SEVERITY_NUMBER_INFO2}. */
    private static int severity(JsonNode number) {
        if (!number.isTextual()) {
            return number.asInt();
        }
        String name = number.asText().replace("SEVERITY_NUMBER_", "");
        for (int i = 0; i < RANGES.size(); i++) {
            if (name.startsWith(RANGES.get(i))) {
                return 4 * i + 1;
            }
        }
        return 0;
    }

    /**
     * Makes a line of a log record.
     *
     * @param time nanoseconds since 1970, or 0
     * @param observed likewise
     * @param severityText as the program calls it, or empty
     * @param severity 1 to 24, or 0
     * @param scope the name of the scope, or empty
     * @param around the attributes of resource and scope
     * @param own those of the record
     */
    static RecordedLine line(
            String body,
            long time,
            long observed,
            String severityText,
            int severity,
            String scope,
            Map<String, String> around,
            Map<String, String> own) {
        Map<String, String> fields = new LinkedHashMap<>(own);
        around.forEach(fields::putIfAbsent);
        String file = null;
        for (String name : FILES) {
            file = file == null ? fields.get(name) : file;
        }
        String level = severityText.isEmpty() && severity >= 1 && severity <= 24
                ? RANGES.get((severity - 1) / 4)
                : severityText;
        String service = fields.get(SERVICE);
        long nanos = time > 0 ? time : observed;
        return new RecordedLine(
                body.isEmpty() ? fields.getOrDefault("event.name", "") : body,
                file == null,
                false,
                fields.get(HOST),
                file,
                nanos > 0 ? Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000) : null,
                level.isEmpty() ? null : level,
                scope.isEmpty() ? service : scope,
                fields);
    }

    private static void put(Map<String, String> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    private static Map<String, String> attributes(JsonNode list) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (JsonNode each : list) {
            put(attributes, each.path("key").asText(), value(each.path("value")));
        }
        return attributes;
    }

    /** The text of a value; of a list or a map, its JSON. */
    private static String value(JsonNode any) {
        for (String kind : List.of("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")) {
            if (any.has(kind)) {
                return any.path(kind).asText();
            }
        }
        if (any.has("arrayValue") || any.has("kvlistValue")) {
            StringBuilder json = new StringBuilder();
            write(any, json);
            return json.toString();
        }
        return "";
    }

    private static void write(JsonNode any, StringBuilder json) {
        String separator = "";
        if (any.has("arrayValue")) {
            json.append('[');
            for (JsonNode each : any.path("arrayValue").path("values")) {
                json.append(separator);
                write(each, json);
                separator = ",";
            }
            json.append(']');
        } else if (any.has("kvlistValue")) {
            json.append('{');
            for (JsonNode each : any.path("kvlistValue").path("values")) {
                json.append(separator).append(quoted(each.path("key").asText())).append(':');
                write(each.path("value"), json);
                separator = ",";
            }
            json.append('}');
        } else {
            String text = value(any);
            json.append(any.has("stringValue") || any.has("bytesValue") || text.isEmpty() ? quoted(text) : text);
        }
    }

    /** A text as JSON writes it. */
    static String quoted(@Nullable String text) {
        return com.fasterxml.jackson.databind.node.TextNode.valueOf(text == null ? "" : text)
                .toString();
    }
}
