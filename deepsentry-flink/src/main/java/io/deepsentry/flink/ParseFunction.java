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
 * {@link #MALFORMED} as it was.
 */
public final class ParseFunction extends ProcessFunction<TextLine, SessionLine> {
    private static final long serialVersionUID = 1;

    /** The lines that could not be parsed. */
    public static final OutputTag<TextLine> MALFORMED = new OutputTag<TextLine>("malformed") {};

    private final String format;
    private final @Nullable String sessionKey;

    private transient @Nullable LineEvents events;
    private transient Counter malformed = new SimpleCounter();

    /**
     * Creates the function.
     *
     * @param format a preset or a header layout, as {@code --format} takes it
     * @param sessionKey a regular expression with one group, or null: each source is a stream
     * @throws io.deepsentry.parse.LogParseException if the format or the session key is invalid
     * @throws IllegalArgumentException if the session key is one of paths
     */
    public ParseFunction(String format, @Nullable String sessionKey) {
        this.format = Objects.requireNonNull(format, "format");
        this.sessionKey = sessionKey;
        LineEvents unused = new LineEvents(format, sessionKey);
    }

    @Override
    public void open(OpenContext context) {
        events = new LineEvents(format, sessionKey);
        malformed = getRuntimeContext().getMetricGroup().addGroup("deepsentry").counter("malformed");
    }

    @Override
    public void processElement(TextLine line, Context context, Collector<SessionLine> out) {
        LogEvent event = Objects.requireNonNull(events, "events").parse(line);
        Instant time = event == null ? null : event.time();
        if (event == null || time == null) {
            malformed.inc();
            context.output(MALFORMED, line);
            return;
        }
        List<String> found = event.sessionKeys();
        if (found.isEmpty()) {
            out.collect(SessionLine.of(line.source(), line.source(), line.number(), time, event));
        }
        for (String key : found) {
            out.collect(SessionLine.of(key, line.source(), line.number(), time, event));
        }
    }
}
