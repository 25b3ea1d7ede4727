package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.tail.LineRules;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.SourceRecord;
import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the lines of one file, as records bring them, and adds to each what its record says of it. For one
 * thread.
 */
final class RecordedFile {
    /** Lines of one record have places of their own up to so many. */
    private static final int LINES = 1024;
    /** Lines of which it is known what their records say, while no event was made of them. */
    private static final int MOST_KNOWN = 1024;

    private static final JsonMapper JSON = new JsonMapper();

    private final FileId id;
    private final @Nullable SessionKey sessionKey;
    private final LiveClock clock;
    private final EventAssembler assembler;
    /** What records say of lines, by the places of the lines. */
    private final TreeMap<Long, RecordedLine> said = new TreeMap<>();

    private Instant written;
    private long lastNanos;
    /** The first record of which a line is held back; -1 if none is. */
    private long heldFrom = -1;

    private long whole;
    private long emitted;
    private @Nullable String state;

    /** @param held what {@link #state} gave, or null for a beginning */
    RecordedFile(FileId id, LineRules rules, LiveClock clock, @Nullable String held) {
        this.id = id;
        this.sessionKey = rules.sessionKey();
        this.clock = clock;
        this.written = clock.now();
        this.lastNanos = clock.nanoTime();
        JsonNode kept = held == null ? JSON.nullNode() : read(held);
        this.assembler = rules.assembler(id.input())
                .clock(() -> written)
                // Whatever a broker brings is data. Whether any of it fits is said at the end, in the account of lines.
                .fitted(true)
                .resume(held == null ? null : kept.path("lines").asText())
                .build();
        if (held != null) {
            heldFrom = kept.path("from").asLong(-1);
            kept.path("said")
                    .properties()
                    .forEach(each -> said.put(Long.valueOf(each.getKey()), line(each.getValue())));
        }
    }

    FileId id() {
        return id;
    }

    /** Takes a line of a record. */
    void take(SourceRecord record, int ordinal, RecordedLine line, Consumer<LogEvent> events) {
        state = null;
        lastNanos = clock.nanoTime();
        long place = record.offset() * LINES + Math.min(ordinal, LINES - 1);
        RecordedLine known = line.time() == null && record.time() != null ? at(line, record.time()) : line;
        written = known.time() == null ? clock.now() : known.time();
        if (line.whole()) {
            release(events);
            if (!line.text().isBlank()) {
                whole++;
                events.accept(enriched(
                        new LogEvent(
                                known.time(),
                                line.text(),
                                line.level(),
                                line.component(),
                                new Origin(id.input(), record.offset() + 1, place),
                                List.of(),
                                null),
                        known));
            }
            return;
        }
        if (said.size() >= MOST_KNOWN) {
            // The first is that of the event under way, the last that of a line attached to it.
            said.pollLastEntry();
        }
        said.put(place, known);
        boolean held = assembler.holdsBack();
        long before = emitted;
        assembler.accept(
                new RawLine(line.text(), record.offset() + 1, place, line.cut()), event -> emit(event, events));
        if (!assembler.holdsBack()) {
            heldFrom = -1;
        } else if (!held || emitted > before) {
            heldFrom = record.offset();
        }
    }

    /** Hands out what is held back. */
    void release(Consumer<LogEvent> events) {
        if (assembler.holdsBack()) {
            state = null;
            assembler.release(event -> emit(event, events));
        }
        heldFrom = -1;
        said.clear();
    }

    private void emit(LogEvent event, Consumer<LogEvent> events) {
        emitted++;
        long place = event.origin().byteOffset();
        RecordedLine known = said.get(place);
        said.headMap(place, true).clear();
        events.accept(known == null ? event : enriched(event, known));
    }

    /** What the line says itself goes before what its record says of it. */
    private LogEvent enriched(LogEvent event, RecordedLine known) {
        LogEvent rich = event.completedBy(known.time(), known.level(), known.component(), known.eventFields());
        return sessionKey == null || !rich.sessionKeys().isEmpty()
                ? rich
                : rich.withSessionKeys(sessionKey.keysOf(rich));
    }

    private static RecordedLine at(RecordedLine line, Instant time) {
        return new RecordedLine(
                line.text(),
                line.whole(),
                line.cut(),
                line.host(),
                line.file(),
                time,
                line.level(),
                line.component(),
                line.fields());
    }

    /** How long nothing came while something is held back, in nanoseconds; -1 if nothing is. */
    long heldSince(long now) {
        return assembler.holdsBack() ? now - lastNanos : -1;
    }

    /** The first record of which a line is in no event yet; -1 if there is none. */
    long heldFrom() {
        return heldFrom;
    }

    /** What was seen, without its bytes. */
    ReadStats stats() {
        return assembler.stats(0, 0).plus(new ReadStats(whole, whole, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of()));
    }

    /** Lines that are in no event yet, but in {@link #state}. */
    long keptLines() {
        return assembler.heldLines();
    }

    /** What is held back, for a run that resumes here. */
    String state() {
        String known = state;
        if (known == null) {
            ObjectNode kept = JSON.createObjectNode();
            kept.put("lines", assembler.state());
            kept.put("from", heldFrom);
            ObjectNode each = kept.putObject("said");
            if (assembler.holdsBack()) {
                said.forEach((place, line) -> each.set(Long.toString(place), node(line)));
            }
            known = kept.toString();
            state = known;
        }
        return known;
    }

    /** The text is not among it: the assembler has it. */
    private static ObjectNode node(RecordedLine line) {
        ObjectNode node = JSON.createObjectNode();
        node.put("time", line.time() == null ? null : line.time().toString());
        node.put("level", line.level());
        node.put("component", line.component());
        ObjectNode fields = node.putObject("fields");
        line.fields().forEach(fields::put);
        return node;
    }

    private RecordedLine line(JsonNode node) {
        Map<String, String> fields = new LinkedHashMap<>();
        node.path("fields")
                .properties()
                .forEach(each -> fields.put(each.getKey(), each.getValue().asText()));
        return new RecordedLine(
                "",
                false,
                false,
                id.host(),
                id.file(),
                node.path("time").isTextual() ? Instant.parse(node.path("time").asText()) : null,
                node.path("level").isTextual() ? node.path("level").asText() : null,
                node.path("component").isTextual() ? node.path("component").asText() : null,
                fields);
    }

    private JsonNode read(String held) {
        try {
            return JSON.readTree(held);
        } catch (JsonProcessingException e) {
            throw new DataException(
                    "what the checkpoint holds of " + id.input() + " cannot be read: it is not JSON", e);
        }
    }
}
