package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.parse.FormatDetector;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of a log that is followed: given, or chosen once lines are there.
 *
 * <p>Times without a year are understood by the day on which they are read, and following may go on for years: the parser is made anew from day to day.
 */
final class FormatChoice {
    private static final Duration RENEWED_AFTER = Duration.ofDays(1);

    private final LiveClock pace;
    private final @Nullable String timeFormat;
    private final ZoneId zone;

    private String name;
    private @Nullable LogParser parser;
    /** When the parser was made; null for one that needs no renewal. */
    private @Nullable Instant made;

    private @Nullable String why;

    FormatChoice(LineRules rules, LiveClock pace) {
        this.pace = pace;
        this.timeFormat = rules.timeFormat();
        this.zone = rules.zone();
        this.parser = rules.parser();
        this.name = parser == null ? rules.format().strip() : parser.getClass().getName();
        if (parser == null && !name.equalsIgnoreCase(LogFormat.AUTO)) {
            make(pace.now());
        }
    }

    /** Whether the format is still to be chosen. */
    boolean isOpen() {
        return parser == null;
    }

    /** Chooses by lines, of which there is at least one. */
    void decide(List<String> lines) {
        if (isOpen()) {
            settle(FormatDetector.detectLines(lines, options(pace.now())));
        }
    }

    /** Takes a choice made elsewhere. */
    void settle(FormatDetector.Detected detected) {
        name = detected.name();
        why = detected.why();
        parser = detected.parser();
        // A general layout is read more strictly by the detector's own parser than by one made of its name, and has its
        // year.
        made = LogFormat.presets().contains(name) && !name.equals("plain") ? pace.now() : null;
    }

    LogFormat.Options options(Instant reference) {
        return new LogFormat.Options(timeFormat, zone, reference);
    }

    private LogParser make(Instant now) {
        LogParser fresh = LogFormat.of(name, options(now));
        parser = fresh;
        made = now;
        return fresh;
    }

    LogParser parser() {
        LogParser known = parser;
        if (known == null) {
            throw new IllegalStateException("the format is not chosen yet");
        }
        Instant now = pace.now();
        return made != null && Duration.between(made, now).compareTo(RENEWED_AFTER) > 0 ? make(now) : known;
    }

    String name() {
        return name;
    }

    Optional<String> detection() {
        return Optional.ofNullable(why);
    }
}
