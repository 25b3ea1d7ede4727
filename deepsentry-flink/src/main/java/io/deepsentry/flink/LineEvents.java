package io.deepsentry.flink;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ParsedLine;
import io.deepsentry.parse.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses lines, and finds the sessions of each. For one thread. */
final class LineEvents {
    private final LogParser parser;
    private final @Nullable SessionKey keys;

    /**
     * @param format a preset or a header layout
     * @param sessionKey a regular expression with one group, or null
     * @throws io.deepsentry.parse.LogParseException if one is invalid
     * @throws IllegalArgumentException if the session key is one of paths
     */
    LineEvents(String format, @Nullable String sessionKey) {
        parser = LogFormat.of(format);
        keys = sessionKey == null ? null : SessionKey.of(sessionKey);
        if (keys != null && keys.isOfPath()) {
            throw new IllegalArgumentException("sessionKey must be a regex for lines, but was " + sessionKey);
        }
    }

    /** Returns the event of a line with its session keys, or null if it does not fit the format or has no time. */
    @Nullable
    LogEvent parse(TextLine line) {
        ParsedLine parsed = parser.parse(line.text()).orElse(null);
        Instant time = parsed == null ? null : parsed.time();
        if (parsed == null || time == null) {
            return null;
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
        return keys == null ? event : event.withSessionKeys(keys.keysOf(event));
    }
}
