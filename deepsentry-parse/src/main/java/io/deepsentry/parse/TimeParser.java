package io.deepsentry.parse;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the time texts of one format into instants.
 *
 * <p>Safe for use by several threads: what it remembers is one immutable pair, and losing a race only costs a parse.
 */
final class TimeParser {
    /** Tried in this order when no time format is given; the one that fitted last is tried first. */
    private static final List<String> KNOWN = List.of(
            "yyyy-MM-dd HH:mm:ssfz",
            "yyyy-MM-dd'T'HH:mm:ssfz",
            "yyMMdd HHmmss",
            "yyMMdd HH:mm:ssf",
            "MMM d HH:mm:ssf",
            "yyyy/MM/dd HH:mm:ssfz",
            "yy/MM/dd HH:mm:ssf",
            "EEE MMM d HH:mm:ssf yyyy",
            "EEE MMM d HH:mm:ssf 'UTC' yyyy",
            "MMM d yyyy HH:mm:ssf",
            "d MMM yyyy HH:mm:ssfz",
            "EEE, d MMM yyyy HH:mm:ssfz",
            "dd/MMM/yyyy:HH:mm:ssfz",
            "dd.MM.yyyy HH:mm:ssf",
            "yyyy-MM-dd-HH.mm.ssf",
            "MM-dd HH:mm:ssf",
            "MM.dd HH:mm:ssf",
            "yyyyMMdd-H:m:s:i",
            "yyyyMMdd HHmmssf",
            "yyyyMMdd HH:mm:ssf",
            "yyyyMMdd'T'HHmmssfz",
            "HH:mm:ssf");

    private static final List<TimePattern> KNOWN_PATTERNS =
            KNOWN.stream().map(p -> TimePattern.compile(p).orElseThrow()).toList();

    private static final Map<String, Integer> EPOCH_DIGITS =
            Map.of("epoch", 0, "epoch-millis", 3, "epoch-micros", 6, "epoch-nanos", 9);

    private record Remembered(String text, @Nullable Instant time) {}

    /** Reads a text with one way of writing times; null if it does not fit. */
    private interface Reading {
        @Nullable
        Instant read(String text);
    }

    private final Reading reading;
    private final int words;
    private volatile Remembered last = new Remembered("", null);

    private TimeParser(Reading reading, int words) {
        this.reading = reading;
        this.words = words;
    }

    /** Finds out by itself how times are written. */
    static TimeParser automatic(ZoneId zone, InstantSource reference) {
        return new TimeParser(new AutomaticReading(zone, reference), 0);
    }

    /**
     * Reads times of one format: {@code auto}, {@code iso}, {@code epoch}, {@code epoch-millis}, {@code epoch-micros},
     * {@code epoch-nanos} or a {@code java.time} pattern.
     */
    static TimeParser of(@Nullable String format, ZoneId zone, InstantSource reference) {
        if (format == null || format.equals("auto")) {
            return automatic(zone, reference);
        }
        if (format.equals("iso")) {
            TimePattern t = TimePattern.compile("yyyy-MM-dd'T'HH:mm:ssfz").orElseThrow();
            TimePattern blank = TimePattern.compile("yyyy-MM-dd HH:mm:ssfz").orElseThrow();
            return new TimeParser(
                    s -> {
                        Instant time = t.parse(s, zone, reference);
                        return time != null ? time : blank.parse(s, zone, reference);
                    },
                    0);
        }
        Integer epochDigits = EPOCH_DIGITS.get(format);
        if (epochDigits != null) {
            return new TimeParser(s -> epoch(s, epochDigits), 1);
        }
        int words = (int) format.strip().chars().filter(c -> c == ' ').count() + 1;
        TimePattern fast = TimePattern.compile(format).orElse(null);
        if (fast != null) {
            if (!fast.hasDate()) {
                throw noDate(format);
            }
            return new TimeParser(s -> fast.parse(s, zone, reference), words);
        }
        return new TimeParser(formatterReading(format, zone, reference), words);
    }

    /** How many blank-separated words a time of this format has; 0 if that is not known. */
    int words() {
        return words;
    }

    /** The time, {@link TimePattern#NO_DATE} for a time of day, or null if the text is no time in this format. */
    @Nullable
    Instant parse(String text) {
        Remembered remembered = last;
        if (remembered.text().equals(text)) {
            return remembered.time();
        }
        Instant time = text.isEmpty() || text.length() > 80 ? null : reading.read(text);
        last = new Remembered(text, time);
        return time;
    }

    private static final class AutomaticReading implements Reading {
        private final ZoneId zone;
        private final InstantSource reference;
        private volatile int lastKnown;

        AutomaticReading(ZoneId zone, InstantSource reference) {
            this.zone = zone;
            this.reference = reference;
        }

        @Override
        public @Nullable Instant read(String text) {
            int first = lastKnown;
            Instant time = KNOWN_PATTERNS.get(first).parse(text, zone, reference);
            if (time != null) {
                return time;
            }
            for (int i = 0; i < KNOWN_PATTERNS.size(); i++) {
                time = KNOWN_PATTERNS.get(i).parse(text, zone, reference);
                if (time != null) {
                    lastKnown = i;
                    return time;
                }
            }
            return epochByMagnitude(text);
        }
    }

    /** Epoch seconds, milliseconds, microseconds or nanoseconds, told apart by how many digits a present-day value has. */
    static @Nullable Instant epochByMagnitude(String text) {
        int point = text.indexOf('.');
        int digits = point < 0 ? text.length() : point;
        if (digits == 9 || digits == 10) {
            return epoch(text, 0);
        }
        if (point >= 0 && digits != 13) {
            return null;
        }
        return switch (digits) {
            case 13 -> epoch(text, 3);
            case 16 -> epoch(text, 6);
            case 19 -> epoch(text, 9);
            default -> null;
        };
    }

    /** A decimal count of units of 10^-unitDigits seconds since 1970, with an optional fraction. */
    private static @Nullable Instant epoch(String text, int unitDigits) {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        if (whole.isEmpty() || whole.length() > 19 || !isDigits(whole) || !isDigits(fraction)) {
            return null;
        }
        if (point >= 0 && fraction.isEmpty()) {
            return null;
        }
        int split = whole.length() - unitDigits;
        String seconds = split > 0 ? whole.substring(0, split) : "0";
        String rest = split > 0 ? whole.substring(split) : "0".repeat(-split) + whole;
        String nanos = (rest + fraction + "000000000").substring(0, 9);
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds), Integer.parseInt(nanos));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private static boolean isDigits(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static Reading formatterReading(String format, ZoneId zone, InstantSource reference) {
        DateTimeFormatter formatter;
        try {
            formatter = new DateTimeFormatterBuilder()
                    .parseCaseInsensitive()
                    .appendPattern(format)
                    .toFormatter(Locale.ENGLISH);
        } catch (IllegalArgumentException e) {
            throw LogParseException.badArgument(
                    "time format '" + Excerpt.of(format) + "' is not a date and time pattern: " + e.getMessage()
                            + ". Examples: 'yyyy-MM-dd HH:mm:ss,SSS', 'iso', 'epoch', 'epoch-millis'",
                    e);
        }
        if (!canDate(formatter)) {
            throw noDate(format);
        }
        return text -> {
            try {
                return instant(formatter.parse(text), zone, reference);
            } catch (DateTimeException e) {
                return null;
            }
        };
    }

    private static boolean canDate(DateTimeFormatter formatter) {
        try {
            String sample = formatter.format(Instant.EPOCH.atZone(ZoneId.of("UTC")));
            return instant(formatter.parse(sample), ZoneId.of("UTC"), InstantSource.fixed(Instant.EPOCH)) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static @Nullable Instant instant(TemporalAccessor parsed, ZoneId zone, InstantSource reference) {
        if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(parsed);
        }
        LocalDate date = parsed.query(TemporalQueries.localDate());
        LocalTime time = parsed.query(TemporalQueries.localTime());
        if (time == null) {
            time = LocalTime.MIDNIGHT;
        }
        ZoneId own = parsed.query(TemporalQueries.zone());
        ZoneId effective = own == null ? zone : own;
        if (date != null) {
            return LocalDateTime.of(date, time).atZone(effective).toInstant();
        }
        if (!parsed.isSupported(ChronoField.MONTH_OF_YEAR) || !parsed.isSupported(ChronoField.DAY_OF_MONTH)) {
            return null;
        }
        String yearless = String.format(
                Locale.ROOT,
                "%02d-%02d %s",
                parsed.get(ChronoField.MONTH_OF_YEAR),
                parsed.get(ChronoField.DAY_OF_MONTH),
                time.format(DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS", Locale.ROOT)));
        return TimePattern.compile("MM-dd HH:mm:ssf").orElseThrow().parse(yearless, effective, reference);
    }

    private static LogParseException noDate(String format) {
        return LogParseException.badArgument("time format '" + Excerpt.of(format)
                + "' must hold at least a month and a day, or no point in time can be told from it");
    }
}
