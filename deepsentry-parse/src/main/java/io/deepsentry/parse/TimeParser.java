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

        /** Whether a time may stand at a position, which holds no blank: a quick look that saves most of the others. */
        boolean mayBegin(String text, int at);
    }

    private record PatternReading(TimePattern pattern, ZoneId zone, InstantSource reference) implements Reading {
        @Override
        public @Nullable Instant read(String text) {
            return pattern.parse(text, zone, reference);
        }

        @Override
        public boolean mayBegin(String text, int at) {
            return pattern.mayBeginWith(text.charAt(at));
        }
    }

    private record IsoReading(PatternReading withT, PatternReading withBlank) implements Reading {
        @Override
        public @Nullable Instant read(String text) {
            Instant time = withT.read(text);
            return time != null ? time : withBlank.read(text);
        }

        @Override
        public boolean mayBegin(String text, int at) {
            return withT.mayBegin(text, at) || withBlank.mayBegin(text, at);
        }
    }

    private record EpochReading(int unitDigits) implements Reading {
        @Override
        public @Nullable Instant read(String text) {
            return epoch(text, unitDigits);
        }

        @Override
        public boolean mayBegin(String text, int at) {
            return isDigit(text.charAt(at));
        }
    }

    private record FormatterReading(DateTimeFormatter formatter, ZoneId zone, InstantSource reference)
            implements Reading {
        @Override
        public @Nullable Instant read(String text) {
            try {
                return instant(formatter.parse(text), zone, reference);
            } catch (DateTimeException e) {
                return null;
            }
        }

        @Override
        public boolean mayBegin(String text, int at) {
            return true;
        }
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
                    new IsoReading(new PatternReading(t, zone, reference), new PatternReading(blank, zone, reference)),
                    0);
        }
        Integer epochDigits = EPOCH_DIGITS.get(format);
        if (epochDigits != null) {
            return new TimeParser(new EpochReading(epochDigits), 1);
        }
        int words = (int) format.strip().chars().filter(c -> c == ' ').count() + 1;
        TimePattern fast = TimePattern.compile(format).orElse(null);
        if (fast != null) {
            if (!fast.hasDate()) {
                throw noDate(format);
            }
            return new TimeParser(new PatternReading(fast, zone, reference), words);
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

    /** Whether a text may begin, behind blanks, with a time that {@link #parse} knows. */
    boolean mayBegin(String text) {
        int at = 0;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return at < text.length() && reading.mayBegin(text, at);
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || Character.isWhitespace(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
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
        public boolean mayBegin(String text, int at) {
            if (isDigit(text.charAt(at)) || TimePattern.monthNamed(text, at) > 0) {
                return true;
            }
            // Only the name of a weekday is left, and behind it a day or a month.
            int end = at;
            while (end < text.length() && end - at < 9 && Character.isLetter(text.charAt(end))) {
                end++;
            }
            int next = end;
            while (next < text.length() && (text.charAt(next) <= ' ' || text.charAt(next) == ',')) {
                next++;
            }
            return end - at >= 3
                    && next > end
                    && next < text.length()
                    && (isDigit(text.charAt(next)) || TimePattern.monthNamed(text, next) > 0);
        }

        @Override
        public @Nullable Instant read(String text) {
            if (isCount(text)) {
                return epochByMagnitude(text);
            }
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
            return null;
        }

        /** Whether a text holds digits and points alone, as only counts since 1970 do. */
        private static boolean isCount(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (!isDigit(text.charAt(i)) && text.charAt(i) != '.') {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Epoch seconds, milliseconds, microseconds or nanoseconds, told apart by how many digits a present-day value has.
     */
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
        try {
            long seconds = split > 0 ? Long.parseLong(whole, 0, split, 10) : 0;
            return Instant.ofEpochSecond(seconds, nanos(whole, split) + nanos(fraction, -unitDigits));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /**
     * The digits from a position on as a part of a second; the place of the first is lower the further the position
     * lies before them.
     */
    private static int nanos(String digits, int from) {
        int value = 0;
        for (int i = from; i < from + 9; i++) {
            value = value * 10 + (i >= 0 && i < digits.length() ? digits.charAt(i) - '0' : 0);
        }
        return value;
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
        return new FormatterReading(formatter, zone, reference);
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
                + "' must hold at least a month and a day, or it does not determine a point in time");
    }
}
