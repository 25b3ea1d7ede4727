package io.deepsentry.live.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.live.internal.tail.LineSplitter;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.record.RecordedLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lines out of the value of a record. Whatever a value holds, there are lines in the end: one that is no
 * envelope is read as a file with these bytes would be.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class RecordLines {
    /** An envelope is read whole; what is longer is read as lines, which are cut. */
    private static final int LONGEST_ENVELOPE = 16 << 20;

    /** Lines that one text of an envelope has at most. */
    private static final int MOST_LINES = 10_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_ENVELOPE)
                            .maxNestingDepth(200)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RecordFormat format;
    private final int maxLineLength;

    /** Reads values of a format. */
    public RecordLines(RecordFormat format, int maxLineLength) {
        this.format = format;
        this.maxLineLength = maxLineLength;
    }

    /** Returns whether a value is not what it should be: none, or not UTF-8. It has lines all the same. */
    public static boolean isDamaged(byte @Nullable [] value) {
        if (value == null) {
            return true;
        }
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            return false;
        } catch (CharacterCodingException e) {
            return true;
        }
    }

    /** Returns the lines of a value. One that is null is a blank line. */
    public List<RecordedLine> of(byte @Nullable [] value) {
        if (value == null) {
            return List.of(RecordedLine.of("", false));
        }
        if (format != RecordFormat.PLAIN && value.length <= LONGEST_ENVELOPE && beginsJson(value)) {
            List<RecordedLine> lines = enveloped(value);
            if (!lines.isEmpty()) {
                return lines;
            }
        }
        return split(value, null);
    }

    private static boolean beginsJson(byte[] value) {
        for (byte each : value) {
            if (each > ' ' || each < 0) {
                return each == '{' || each == '[';
            }
        }
        return false;
    }

    private List<RecordedLine> enveloped(byte[] value) {
        List<RecordedLine> lines = new ArrayList<>();
        try {
            JsonNode json = JSON.readTree(value);
            if (json == null) {
                return lines;
            }
            if (json.isArray() && (format == RecordFormat.FLUENT_BIT || format == RecordFormat.AUTO)) {
                for (JsonNode each : json) {
                    RecordedLine line = fluentBit(each);
                    if (line == null) {
                        return List.of();
                    }
                    add(line, lines);
                }
                return lines;
            }
            switch (format) {
                case AUTO -> {
                    if (json.path("resourceLogs").isArray()) {
                        otlp(value, lines);
                    } else {
                        RecordedLine line = isBeat(json) ? filebeat(json) : fluentBit(json);
                        add(line, lines);
                    }
                }
                case FILEBEAT -> add(filebeat(json), lines);
                case FLUENT_BIT -> add(fluentBit(json), lines);
                case OTLP_JSON -> otlp(value, lines);
                case PLAIN -> {}
            }
        } catch (JsonProcessingException e) {
            // No envelope: whatever it is, the log's format looks at it next.
            return List.of();
        } catch (IOException e) {
            return List.of();
        }
        return lines;
    }

    private void otlp(byte[] value, List<RecordedLine> lines) throws IOException {
        OtlpLogs logs = OtlpLogs.ofJson(value);
        for (RecordedLine line = logs.next(); line != null; line = logs.next()) {
            lines.addAll(linesOf(line));
        }
        if (lines.isEmpty() && logs.contents().records() > 0) {
            lines.add(RecordedLine.of("", false));
        }
    }

    private void add(@Nullable RecordedLine line, List<RecordedLine> lines) {
        if (line != null) {
            lines.addAll(linesOf(line));
        }
    }

    /**
     * Returns the lines of one that an envelope holds. Its text may be several, which the shipper put together: they
     * are read as in a file. Of very many the rest is left out, as of a line that is too long.
     */
    public List<RecordedLine> linesOf(RecordedLine line) {
        String text = line.text();
        if (line.whole()) {
            String kept = LineSplitter.cut(text, maxLineLength);
            return List.of(line.withText(kept, kept.length() < text.length()));
        }
        int end = -1;
        for (int i = 0; i < MOST_LINES; i++) {
            end = text.indexOf('\n', end + 1);
            if (end < 0) {
                return split(text.getBytes(UTF_8), line);
            }
        }
        List<RecordedLine> lines = split(text.substring(0, end).getBytes(UTF_8), line);
        RecordedLine last = lines.remove(lines.size() - 1);
        lines.add(last.withText(last.text(), end + 1 < text.length()));
        return lines;
    }

    private List<RecordedLine> split(byte[] bytes, @Nullable RecordedLine around) {
        List<RecordedLine> lines = new ArrayList<>();
        LineSplitter.lines(bytes, maxLineLength, line -> {
            lines.add(
                    around == null
                            ? RecordedLine.of(line.text(), line.cut())
                            : around.withText(line.text(), line.cut()));
        });
        if (lines.isEmpty()) {
            lines.add(around == null ? RecordedLine.of("", false) : around.withText("", false));
        }
        return lines;
    }

    private static boolean isBeat(JsonNode json) {
        return json.path("message").isTextual()
                && (json.path("@metadata").has("beat")
                        || json.path("agent").path("type").asText().endsWith("beat")
                        || json.path("beat").isObject());
    }

    private static @Nullable RecordedLine filebeat(JsonNode json) {
        JsonNode message = json.path("message");
        if (!message.isTextual()) {
            return null;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        JsonNode own = json.path("fields");
        own.properties().forEach(each -> {
            if (each.getValue().isValueNode()) {
                fields.put(each.getKey(), each.getValue().asText());
            }
        });
        String pod = pod(
                text(json.at("/kubernetes/namespace")),
                text(json.at("/kubernetes/pod/name")),
                text(json.at("/kubernetes/container/name")),
                fields);
        return new RecordedLine(
                message.asText(),
                false,
                false,
                first(
                        json,
                        "/host/name",
                        "/host/hostname",
                        "/agent/hostname",
                        "/agent/name",
                        "/beat/hostname",
                        "/host"),
                orElse(pod, first(json, "/log/file/path", "/source", "/container/name")),
                time(json.path("@timestamp")),
                text(json.at("/log/level")),
                text(json.at("/log/logger")),
                fields);
    }

    private static @Nullable RecordedLine fluentBit(JsonNode json) {
        JsonNode log = json.has("log") ? json.path("log") : json.path("message");
        JsonNode date = json.has("date") ? json.path("date") : json.path("@timestamp");
        // Docker's own file has a log, too, and no such date: it is read as what it is.
        if (!log.isTextual() || date.isMissingNode() || (!json.has("log") && !date.isNumber())) {
            return null;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        String pod = pod(
                text(json.at("/kubernetes/namespace_name")),
                text(json.at("/kubernetes/pod_name")),
                text(json.at("/kubernetes/container_name")),
                fields);
        return new RecordedLine(
                log.asText(),
                false,
                false,
                first(json, "/host", "/hostname", "/kubernetes/host"),
                orElse(pod, first(json, "/file", "/filename", "/path", "/filepath", "/container_name", "/tag")),
                time(date),
                null,
                null,
                fields);
    }

    /** What a container's lines are a file of, as its host has them mixed with those of others. */
    private static @Nullable String pod(
            @Nullable String namespace, @Nullable String pod, @Nullable String container, Map<String, String> fields) {
        if (pod == null) {
            return null;
        }
        fields.put("kubernetes.pod.name", pod);
        StringBuilder path = new StringBuilder();
        if (namespace != null) {
            fields.put("kubernetes.namespace", namespace);
            path.append(namespace).append('/');
        }
        path.append(pod);
        if (container != null) {
            fields.put("kubernetes.container.name", container);
            path.append('/').append(container);
        }
        return path.toString();
    }

    private static @Nullable String orElse(@Nullable String one, @Nullable String other) {
        return one == null ? other : one;
    }

    private static @Nullable String first(JsonNode json, String... paths) {
        for (String path : paths) {
            String text = text(json.at(path));
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private static @Nullable String text(JsonNode node) {
        return node.isValueNode() && !node.isNull() && !node.asText().isBlank() ? node.asText() : null;
    }

    /** ISO 8601, or seconds since 1970 with a fraction. */
    private static @Nullable Instant time(JsonNode node) {
        try {
            if (node.isNumber()) {
                double seconds = node.asDouble();
                long whole = (long) Math.floor(seconds);
                return Instant.ofEpochSecond(whole, Math.round((seconds - whole) * 1e6) * 1000);
            }
            return node.isTextual() ? Instant.parse(node.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        } catch (java.time.DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
