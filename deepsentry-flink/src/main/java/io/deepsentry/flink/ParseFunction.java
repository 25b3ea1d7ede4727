package io.deepsentry.flink;

import io.deepsentry.parse.LogEvent;
import java.time.Instant;
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

    private transient @Nullable LineEvents lines;
    private transient Counter malformed = new SimpleCounter();

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
        LineEvents unused = new LineEvents(format, sessionKey);
    }

    @Override
    public void open(OpenContext context) {
        lines = new LineEvents(format, sessionKey);
        malformed =
                getRuntimeContext().getMetricGroup().addGroup("deepsentry").counter("malformed", new SimpleCounter());
    }

    @Override
    public void processElement(TextLine line, Context context, Collector<SessionLine> out) {
        LineEvents open = Objects.requireNonNull(lines, "the function is not open");
        if (line.text().isBlank()) {
            return;
        }
        List<LogEvent> events = open.of(line);
        if (events.isEmpty()) {
            malformed.inc();
            context.output(MALFORMED, line);
        }
        for (int i = 0; i < events.size(); i++) {
            LogEvent event = events.get(i);
            emit(event, Objects.requireNonNull(event.time()), line, line.part() + i, out);
        }
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
