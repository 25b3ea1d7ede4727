package io.deepsentry.flink;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ParsedLine;
import io.deepsentry.parse.SessionKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    private transient LogParser parser = line -> Optional.empty();
    private transient @Nullable SessionKey keys;
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
        LogParser unused = LogFormat.of(format);
        if (sessionKey != null) {
            SessionKey checked = SessionKey.of(sessionKey);
            if (checked.isOfPath()) {
                throw new IllegalArgumentException("sessionKey must be a regex for lines, but was " + sessionKey);
            }
        }
    }

    @Override
    public void open(OpenContext context) {
        parser = LogFormat.of(format);
        keys = sessionKey == null ? null : SessionKey.of(sessionKey);
        malformed = getRuntimeContext().getMetricGroup().addGroup("deepsentry").counter("malformed");
    }

    @Override
    public void processElement(TextLine line, Context context, Collector<SessionLine> out) {
        ParsedLine parsed = parser.parse(line.text()).orElse(null);
        Instant time = parsed == null ? null : parsed.time();
        if (parsed == null || time == null) {
            malformed.inc();
            context.output(MALFORMED, line);
            return;
        }
        LogEvent event = new LogEvent(
                time,
                parsed.message(),
                parsed.level(),
                parsed.component(),
                parsed.thread(),
                new Origin(line.source(), Math.max(1, line.number()), 0),
                List.of(),
                null,
                parsed.fields());
        List<String> found = keys == null ? List.of() : keys.keysOf(event);
        LogEvent keyed = event.withSessionKeys(found);
        if (found.isEmpty()) {
            out.collect(SessionLine.of(line.source(), line.source(), line.number(), time, keyed));
        }
        for (String key : found) {
            out.collect(SessionLine.of(key, line.source(), line.number(), time, keyed));
        }
    }
}
