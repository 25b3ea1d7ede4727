package io.deepsentry.cli.output;

import io.deepsentry.text.prepare.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times of a log in the zone in which it was read. */
final class Times {
    private static final Duration SHORT = Duration.ofMinutes(30);

    private final ZoneId zone;

    Times(ZoneId zone) {
        this.zone = zone;
    }

    /** Returns from when to when: with seconds if that is not long, with years if there are two. */
    String span(TimeSpan span) {
        boolean isShort = Duration.between(span.first(), span.last()).compareTo(SHORT) < 0;
        String year = sameYear(span) ? "" : " uuuu";
        String clock = isShort ? " HH:mm:ss" : " HH:mm";
        String first = format("d MMM" + year + clock, span.first());
        return first + " to " + format(isOneDay(span) ? clock.strip() : "d MMM" + year + clock, span.last());
    }

    /** Whether a span begins and ends on the same day. */
    boolean isOneDay(TimeSpan span) {
        return format("uuuu-MM-dd", span.first()).equals(format("uuuu-MM-dd", span.last()));
    }

    private boolean sameYear(TimeSpan span) {
        return format("uuuu", span.first()).equals(format("uuuu", span.last()));
    }

    private String format(String pattern, Instant time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time.atZone(zone));
    }
}
