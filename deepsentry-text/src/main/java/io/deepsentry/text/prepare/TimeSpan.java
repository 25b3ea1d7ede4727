package io.deepsentry.text.prepare;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The time from the earliest to the latest line of a part of a log. Immutable.
 *
 * @param first the time of the earliest line
 * @param last the time of the latest line, not before the first
 */
public record TimeSpan(Instant first, Instant last) {
    public TimeSpan {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        if (last.isBefore(first)) {
            throw new IllegalArgumentException("last must not be before first, but was " + last + " with " + first);
        }
    }

    /** Returns the span that also contains a time; null stands for nothing on either side. */
    static @Nullable TimeSpan including(@Nullable TimeSpan span, @Nullable Instant time) {
        if (time == null) {
            return span;
        }
        if (span == null) {
            return new TimeSpan(time, time);
        }
        return time.isBefore(span.first)
                ? new TimeSpan(time, span.last)
                : time.isAfter(span.last) ? new TimeSpan(span.first, time) : span;
    }

    /**
     * {@return the span from the earlier begin to the later end}
     *
     * @param more the other span
     */
    public TimeSpan plus(TimeSpan more) {
        return new TimeSpan(
                more.first.isBefore(first) ? more.first : first, more.last.isAfter(last) ? more.last : last);
    }
}
