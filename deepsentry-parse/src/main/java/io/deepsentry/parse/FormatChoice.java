package io.deepsentry.parse;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of one input: given, or chosen once lines are there.
 *
 * <p>A time without a year is understood by the day on which it is read. Following a log may last for years, so the
 * parser is made again from day to day.
 */
final class FormatChoice {
    private static final Duration RENEWED_AFTER = Duration.ofDays(1);

    private final InstantSource clock;
    private final @Nullable String timeFormat;
    private final ZoneId zone;

    private String name;
    private @Nullable LogParser parser;
    /** When the parser was made; null for one that needs no renewal. */
    private @Nullable Instant made;

    private @Nullable String why;

    /** A parser of the user's own. */
    FormatChoice(LogParser parser, InstantSource clock) {
        this.clock = clock;
        this.name = parser.getClass().getName();
        this.parser = parser;
        this.timeFormat = null;
        this.zone = LogFormat.Options.DEFAULTS.zone();
    }

    /** A preset, a layout or a regular expression by name, or {@code auto}. */
    FormatChoice(String format, @Nullable String timeFormat, ZoneId zone, InstantSource clock) {
        this.clock = clock;
        this.name = format.strip();
        this.timeFormat = timeFormat;
        this.zone = zone;
        if (!name.equalsIgnoreCase(LogFormat.AUTO)) {
            make(clock.instant());
        }
    }

    /** Whether the format is still to be chosen. */
    boolean isOpen() {
        return parser == null;
    }

    /** Chooses by lines, of which there is at least one. */
    void decide(List<String> lines) {
        FormatDetector.Detected detected = FormatDetector.detectLines(lines, options(clock.instant()));
        name = detected.name();
        why = detected.why();
        parser = detected.parser();
        made = clock.instant();
    }

    private LogFormat.Options options(Instant reference) {
        return new LogFormat.Options(timeFormat, zone, reference);
    }

    private LogParser make(Instant now) {
        LogFormat.Options options = options(now);
        LogParser fresh = why == null ? LogFormat.of(name, options) : FormatDetector.parser(name, options);
        parser = fresh;
        made = now;
        return fresh;
    }

    LogParser parser() {
        LogParser known = parser;
        if (known == null) {
            throw new IllegalStateException("the format is not chosen yet");
        }
        if (made == null) {
            return known;
        }
        Instant now = clock.instant();
        return now.getEpochSecond() - made.getEpochSecond() > RENEWED_AFTER.toSeconds() ? make(now) : known;
    }

    String name() {
        return name;
    }

    Optional<String> detection() {
        return Optional.ofNullable(why);
    }
}
