package io.deepsentry.flink;

import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of elements of a stream, each of which is read by itself, with their sessions. For one thread at a time.
 */
final class LineEvents {
    private final EventAssembler assembler;
    private final @Nullable SessionKey keys;
    /** The date of lines that have only a part of it. */
    private Instant written = Instant.EPOCH;

    private final List<LogEvent> events = new ArrayList<>();

    /**
     * Checks a format and a session key.
     *
     * @throws io.deepsentry.parse.LogParseException if one of them is invalid
     */
    LineEvents(String format, @Nullable String sessionKey) {
        keys = sessionKey == null ? null : SessionKey.of(sessionKey);
        // Whether any of the lines fits is nothing that one subtask could tell.
        assembler = EventAssembler.of("lines")
                .format(format)
                .sessionKey(keys == null || keys.isOfPath() ? null : keys)
                .onMalformed(OnMalformed.ATTACH)
                .fitted(true)
                .clock(() -> written)
                .build();
    }

    /** Returns the events of an element that have a time; empty if it does not fit the format. */
    List<LogEvent> of(TextLine line) {
        Shipped shipped = line.shipped();
        List<LogEvent> read = shipped != null && shipped.whole()
                ? List.of(new LogEvent(null, line.text(), null, null, origin(line), List.of(), null))
                : read(line);
        return read.stream()
                .map(event -> complete(event, line))
                .filter(event -> event.time() != null)
                .toList();
    }

    private List<LogEvent> read(TextLine line) {
        Shipped shipped = line.shipped();
        written = shipped == null || shipped.time() == null ? Instant.now() : shipped.time();
        events.clear();
        long before = malformed();
        String text = line.text();
        int end = text.indexOf('\n');
        accept(end < 0 ? text : text.substring(0, end));
        boolean fits = malformed() == before;
        while (end >= 0) {
            int next = text.indexOf('\n', end + 1);
            accept(next < 0 ? text.substring(end + 1) : text.substring(end + 1, next));
            end = next;
        }
        boolean one = text.indexOf('\n') < 0;
        assembler.release(events::add);
        return fits && (!one || malformed() == before) ? events : List.of();
    }

    private void accept(String text) {
        assembler.accept(new RawLine(text, 1, 0, false), events::add);
    }

    private long malformed() {
        return assembler.stats(0, 0).malformed();
    }

    private static Origin origin(TextLine line) {
        return new Origin(line.source(), Math.max(1, line.number()), 0);
    }

    private LogEvent complete(LogEvent event, TextLine line) {
        Shipped shipped = line.shipped();
        LogEvent placed = new LogEvent(
                event.time(),
                event.message(),
                event.level(),
                event.component(),
                event.thread(),
                origin(line),
                event.sessionKeys(),
                event.label(),
                event.fields());
        LogEvent rich = shipped == null
                ? placed
                : placed.completedBy(shipped.time(), shipped.level(), shipped.component(), shipped.fields());
        return keys == null ? rich : rich.withSessionKeys(keys.keysOf(rich));
    }
}
