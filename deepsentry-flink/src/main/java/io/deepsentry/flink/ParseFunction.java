package io.deepsentry.flink;

import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Parses lines, and finds the sessions of each. A line that does not fit the format, or has no time, comes out of
 * {@link #MALFORMED} as it was. Each element is read by itself: a stack trace belongs to its event if both are in one
 * {@link TextLine}.
 */
public final class ParseFunction extends ProcessFunction<TextLine, SessionLine> {
    private static final long serialVersionUID = 1;

    /** The lines that could not be parsed. */
    public static final OutputTag<TextLine> MALFORMED = new OutputTag<TextLine>("malformed") {};

    private final String format;
    private final @Nullable String sessionKey;

    /** What Flink gives when the function opens. */
    private transient @Nullable Parts parts;

    /** For one subtask. */
    private static final class Parts {
        final EventAssembler assembler;
        final @Nullable SessionKey keys;
        final Counter malformed;
        /** The date of lines that have only a part of it. */
        private Instant written = Instant.EPOCH;

        private final List<LogEvent> events = new ArrayList<>();

        Parts(String format, @Nullable SessionKey keys, Counter malformed) {
            this.keys = keys;
            this.malformed = malformed;
            // Whether any of the lines fits is nothing that one subtask could tell.
            assembler = EventAssembler.of("lines")
                    .format(format)
                    .sessionKey(keys == null || keys.isOfPath() ? null : keys)
                    .onMalformed(OnMalformed.ATTACH)
                    .fitted(true)
                    .clock(() -> written)
                    .build();
        }

        /** The events of a text; empty if it does not fit the format. */
        List<LogEvent> read(TextLine line) {
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
    }

    /**
     * Creates the function.
     *
     * @param format a preset or a header layout, as {@code --format} takes it
     * @param sessionKey what {@code --session-key} takes, such as a regular expression with one group, or null: each
     *     source is a stream
     * @throws io.deepsentry.parse.LogParseException if the format or the session key is invalid
     */
    public ParseFunction(String format, @Nullable String sessionKey) {
        this.format = Objects.requireNonNull(format, "format");
        this.sessionKey = sessionKey;
        LogParser unused = LogFormat.of(format);
        if (sessionKey != null) {
            SessionKey unusedKey = SessionKey.of(sessionKey);
        }
    }

    @Override
    public void open(OpenContext context) {
        parts = new Parts(
                format,
                sessionKey == null ? null : SessionKey.of(sessionKey),
                getRuntimeContext().getMetricGroup().addGroup("deepsentry").counter("malformed", new SimpleCounter()));
    }

    @Override
    public void processElement(TextLine line, Context context, Collector<SessionLine> out) {
        Parts open = Objects.requireNonNull(parts, "the function is not open");
        Shipped shipped = line.shipped();
        if (line.text().isBlank()) {
            return;
        }
        List<LogEvent> events = shipped != null && shipped.whole() ? List.of(whole(line)) : open.read(line);
        int emitted = 0;
        for (LogEvent event : events) {
            LogEvent complete = complete(event, line, open.keys);
            Instant time = complete.time();
            if (time != null) {
                emit(complete, time, line, line.part() + emitted, out);
                emitted++;
            }
        }
        if (emitted == 0) {
            open.malformed.inc();
            context.output(MALFORMED, line);
        }
    }

    private static LogEvent whole(TextLine line) {
        return new LogEvent(null, line.text(), null, null, origin(line), List.of(), null);
    }

    private static Origin origin(TextLine line) {
        return new Origin(line.source(), Math.max(1, line.number()), 0);
    }

    private static LogEvent complete(LogEvent event, TextLine line, @Nullable SessionKey keys) {
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

    private static void emit(LogEvent event, Instant time, TextLine line, int part, Collector<SessionLine> out) {
        if (event.sessionKeys().isEmpty()) {
            out.collect(SessionLine.of(line.source(), line, part, time, event));
        }
        for (String key : event.sessionKeys()) {
            out.collect(SessionLine.of(key, line, part, time, event));
        }
    }
}
