package io.deepsentry.text.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.TemporaryFile;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Events that a program gives, kept in a temporary file until this is closed, so that they can be gone through twice.
 */
final class GivenEvents implements ReplayableEvents {
    /** What stands for the format of a log. */
    static final String FORMAT = "events";

    private static final JsonMapper JSON = new JsonMapper();
    private static final int CHECK_EVERY = 1024;

    private final TemporaryFile file;
    private final long bytes;

    private GivenEvents(TemporaryFile file, long bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Keeps events.
     *
     * @throws MissingDataException if there is none
     * @throws DataException if the temporary file cannot be written
     */
    static GivenEvents keep(Iterator<LogEvent> events, RunContext context) {
        if (!events.hasNext()) {
            throw new MissingDataException("there is nothing to learn from: no message was passed");
        }
        TemporaryFile file = null;
        boolean kept = false;
        try {
            file = TemporaryFile.create();
            try (Writer writer = new OutputStreamWriter(file.output(), StandardCharsets.UTF_8)) {
                for (long count = 1; events.hasNext(); count++) {
                    if (count % CHECK_EVERY == 0) {
                        context.cancellation().check();
                    }
                    writer.write(JSON.writeValueAsString(toJson(events.next())));
                    writer.write('\n');
                }
            }
            GivenEvents given = new GivenEvents(file, file.channel().size());
            kept = true;
            return given;
        } catch (IOException e) {
            throw new DataException(
                    "the events are read twice and must be kept in a temporary file, but that failed: "
                            + e.getMessage() + "; free space in " + System.getProperty("java.io.tmpdir")
                            + " or name another folder with java.io.tmpdir",
                    e);
        } finally {
            if (!kept) {
                ReplayableInputs.delete(file);
            }
        }
    }

    private static ObjectNode toJson(LogEvent event) {
        ObjectNode json = JSON.createObjectNode();
        Instant time = event.time();
        Label label = event.label();
        json.put("time", time == null ? null : time.toString());
        json.put("message", event.message());
        json.put("level", event.level());
        json.put("component", event.component());
        json.put("thread", event.thread());
        json.put("file", event.origin().file());
        json.put("line", event.origin().lineNumber());
        json.put("offset", event.origin().byteOffset());
        json.put("label", label == null ? null : label.name());
        ArrayNode keys = json.putArray("sessions");
        event.sessionKeys().forEach(keys::add);
        ObjectNode fields = json.putObject("fields");
        event.fields().forEach(fields::put);
        return json;
    }

    private static LogEvent event(String line, @Nullable SessionKey sessionKey) throws IOException {
        JsonNode json = JSON.readTree(line);
        String time = text(json, "time");
        String label = text(json, "label");
        List<String> keys = new ArrayList<>();
        json.path("sessions").forEach(key -> keys.add(key.asText()));
        Map<String, String> fields = new LinkedHashMap<>();
        json.path("fields")
                .properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
        LogEvent event = new LogEvent(
                time == null ? null : Instant.parse(time),
                json.path("message").asText(),
                text(json, "level"),
                text(json, "component"),
                text(json, "thread"),
                new Origin(
                        json.path("file").asText(),
                        json.path("line").asLong(),
                        json.path("offset").asLong()),
                keys,
                label == null ? null : Label.valueOf(label),
                fields);
        return sessionKey == null ? event : event.withSessionKeys(sessionKey.keysOf(event));
    }

    private static @Nullable String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isTextual() ? value.asText() : null;
    }

    @Override
    public Reading open(@Nullable SessionKey sessionKey) {
        try {
            return new Pass(
                    new BufferedReader(new InputStreamReader(file.input(), StandardCharsets.UTF_8)), sessionKey);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static DataException unreadable(IOException e) {
        return new DataException("the temporary file of the events cannot be read: " + e.getMessage(), e);
    }

    @Override
    public String description() {
        return "the messages given";
    }

    @Override
    public String keyAdvice(String format) {
        return "give an expression whose group finds the key in a message, or none, to judge the lines of a stream";
    }

    @Override
    public void close() {
        ReplayableInputs.delete(file);
    }

    /** One pass over the events. */
    private final class Pass implements Reading {
        private final BufferedReader reader;
        private final @Nullable SessionKey sessionKey;
        private @Nullable String next;
        private long read;
        private long events;
        private long withoutKey;

        Pass(BufferedReader reader, @Nullable SessionKey sessionKey) throws IOException {
            this.reader = reader;
            this.sessionKey = sessionKey;
            this.next = reader.readLine();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public LogEvent next() {
            String line = next;
            if (line == null) {
                throw new NoSuchElementException("there are no more events");
            }
            try {
                LogEvent event = event(line, sessionKey);
                read += line.length() + 1L;
                events++;
                withoutKey += sessionKey != null && event.sessionKeys().isEmpty() ? 1 : 0;
                next = reader.readLine();
                return event;
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        @Override
        public OptionalLong totalBytes() {
            return OptionalLong.of(bytes);
        }

        @Override
        public long bytesRead() {
            return read;
        }

        @Override
        public ReadStats stats() {
            return new ReadStats(events, events, 0, 0, 0, 0, 0, 0, withoutKey, read, 0, List.of());
        }

        @Override
        public String formatName() {
            return FORMAT;
        }

        @Override
        public @Nullable String detection() {
            return null;
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
