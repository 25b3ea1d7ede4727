package io.deepsentry.text.pattern;

import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a log: all lines of one identity.
 *
 * @param message the identity, words and typed tokens joined by single spaces
 * @param count how many lines are this message
 * @param level the level of most of them, or null if they have none
 * @param levels the number of lines at each level, the most frequent first
 * @param first the earliest time of a line, or null if none has a time
 * @param last the latest time of a line, or null if none has a time
 * @param firstOrigin where its first line is
 * @param example the first line as written, at most {@value #MOST_OF_EXAMPLE} characters
 * @param variables what stood at its variable places
 */
public record LogPattern(
        String message,
        long count,
        @Nullable String level,
        Map<String, Long> levels,
        @Nullable Instant first,
        @Nullable Instant last,
        Origin firstOrigin,
        String example,
        List<PatternVariable> variables) {
    /** The most characters of an example. */
    public static final int MOST_OF_EXAMPLE = 1000;

    public LogPattern {
        levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
        variables = List.copyOf(variables);
    }
}
