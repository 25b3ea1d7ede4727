package io.deepsentry.parse;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A date and time pattern compiled to steps over characters, because {@code DateTimeFormatter} costs more than the rest
 * of a line.
 *
 * <p>Letters are those of {@code java.time} ({@code y u M d H m s S E X Z}). Beyond them: {@code i} is a number of
 * milliseconds that is not padded, {@code f} an optional fraction with a point or comma, {@code z} an optional offset
 * or {@code Z}; a blank stands for any run of white space.
 */
final class TimePattern {
    /** Stands for "this is a time of day", which fits but gives no instant. */
    static final Instant NO_DATE = Instant.MIN;

    private static final String[] MONTHS = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
    };
    private static final int[] NANOS_PER_DIGIT = {
        1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };
    private static final long SLACK_SECONDS = 86_400;

    private enum Op {
        YEAR,
        SHORT_YEAR,
        MONTH,
        MONTH_NAME,
        DAY,
        HOUR,
        MINUTE,
        SECOND,
        FRACTION,
        OPTIONAL_FRACTION,
        MILLIS,
        WEEKDAY,
        OFFSET,
        OPTIONAL_OFFSET,
        LITERAL,
        BLANK
    }

    /**
     * One step; for numbers {@code min} and {@code max} bound the digits, for a literal {@code min} is the character.
     */
    private record Step(Op op, int min, int max) {}

    private final Step[] steps;
    private final boolean hasYear;
    private final boolean hasDate;

    private TimePattern(List<Step> steps) {
        this.steps = steps.toArray(new Step[0]);
        this.hasYear = has(Op.YEAR) || has(Op.SHORT_YEAR);
        this.hasDate = (has(Op.MONTH) || has(Op.MONTH_NAME)) && has(Op.DAY);
    }

    private boolean has(Op op) {
        for (Step step : steps) {
            if (step.op() == op) {
                return true;
            }
        }
        return false;
    }

    boolean hasDate() {
        return hasDate;
    }

    /** Whether a text that begins with a character may fit: a quick look that saves most of the others. */
    boolean mayBeginWith(char c) {
        return switch (steps.length == 0 ? Op.LITERAL : steps[0].op()) {
            case YEAR, SHORT_YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION, MILLIS -> c >= '0' && c <= '9';
            case MONTH_NAME -> c >= 128 || Character.isLetter(c);
            case WEEKDAY -> Character.isLetter(c);
            default -> true;
        };
    }

    /** Compiles a pattern, or gives nothing if it uses letters that are left to {@code DateTimeFormatter}. */
    static Optional<TimePattern> compile(String pattern) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < pattern.length(); ) {
            char c = pattern.charAt(i);
            if (c == '\'') {
                int close = pattern.indexOf('\'', i + 1);
                if (close < 0) {
                    return Optional.empty();
                }
                String quoted = close == i + 1 ? "'" : pattern.substring(i + 1, close);
                quoted.chars().forEach(literal -> steps.add(literal(literal)));
                i = close + 1;
                continue;
            }
            int run = i;
            while (run < pattern.length() && pattern.charAt(run) == c) {
                run++;
            }
            int count = run - i;
            if (Character.isLetter(c)) {
                Step step = letter(c, count);
                if (step == null) {
                    return Optional.empty();
                }
                steps.add(step);
            } else if ("[]{}#".indexOf(c) >= 0 || Character.isDigit(c)) {
                return Optional.empty();
            } else if (c == ' ') {
                steps.add(new Step(Op.BLANK, 0, 0));
            } else {
                for (int k = 0; k < count; k++) {
                    steps.add(literal(c));
                }
            }
            i = run;
        }
        return Optional.of(new TimePattern(steps));
    }

    private static Step literal(int c) {
        return c == ' ' ? new Step(Op.BLANK, 0, 0) : new Step(Op.LITERAL, c, 0);
    }

    private static @Nullable Step letter(char c, int count) {
        int max = count == 1 ? 2 : count;
        return switch (c) {
            case 'y', 'u' ->
                count == 2 ? new Step(Op.SHORT_YEAR, 2, 2) : count == 4 || count == 1 ? new Step(Op.YEAR, 4, 4) : null;
            case 'M' -> count == 3 ? new Step(Op.MONTH_NAME, 3, 3) : count <= 2 ? new Step(Op.MONTH, count, max) : null;
            case 'd' -> count <= 2 ? new Step(Op.DAY, count, max) : null;
            case 'H' -> count <= 2 ? new Step(Op.HOUR, count, max) : null;
            case 'm' -> count <= 2 ? new Step(Op.MINUTE, count, max) : null;
            case 's' -> count <= 2 ? new Step(Op.SECOND, count, max) : null;
            case 'S' -> count <= 9 ? new Step(Op.FRACTION, 1, 9) : null;
            case 'i' -> count == 1 ? new Step(Op.MILLIS, 1, 3) : null;
            case 'f' -> count == 1 ? new Step(Op.OPTIONAL_FRACTION, 0, 0) : null;
            case 'E' -> count <= 3 ? new Step(Op.WEEKDAY, 0, 0) : null;
            case 'X', 'x', 'Z' -> count <= 3 ? new Step(Op.OFFSET, 0, 0) : null;
            case 'z' -> count == 1 ? new Step(Op.OPTIONAL_OFFSET, 0, 0) : null;
            default -> null;
        };
    }

    /**
     * Reads a time that fills the whole of a text.
     *
     * @param reference no event is later than a day after this; gives a time without year its year
     * @return the time, {@link #NO_DATE}, or null if the text does not fit
     */
    @Nullable
    Instant parse(String s, ZoneId zone, InstantSource reference) {
        int year = 0;
        int month = 1;
        int day = 1;
        int hour = 0;
        int minute = 0;
        int second = 0;
        int nanos = 0;
        int offset = Integer.MIN_VALUE;
        int at = 0;
        int end = s.length();
        for (Step step : steps) {
            switch (step.op()) {
                case LITERAL -> {
                    if (at >= end || s.charAt(at) != step.min()) {
                        return null;
                    }
                    at++;
                }
                case BLANK -> {
                    int start = at;
                    while (at < end && s.charAt(at) <= ' ') {
                        at++;
                    }
                    if (at == start) {
                        return null;
                    }
                }
                case WEEKDAY -> {
                    int start = at;
                    while (at < end && Character.isLetter(s.charAt(at))) {
                        at++;
                    }
                    if (at - start < 3 || at - start > 9) {
                        return null;
                    }
                }
                case MONTH_NAME -> {
                    month = monthNamed(s, at);
                    if (month < 0) {
                        return null;
                    }
                    at += 3;
                }
                case OPTIONAL_FRACTION -> {
                    if (at < end && (s.charAt(at) == '.' || s.charAt(at) == ',')) {
                        int digits = digits(s, at + 1, 9);
                        if (digits == 0) {
                            return null;
                        }
                        nanos = number(s, at + 1, digits) * NANOS_PER_DIGIT[digits];
                        at += 1 + digits;
                    }
                }
                case OPTIONAL_OFFSET, OFFSET -> {
                    boolean optional = step.op() == Op.OPTIONAL_OFFSET;
                    int start = at;
                    if (optional && at < end && s.charAt(at) == ' ') {
                        at++;
                    }
                    int length = offsetLength(s, at);
                    if (length > 0) {
                        offset = offsetSeconds(s, at, length);
                        if (offset == Integer.MIN_VALUE) {
                            return null;
                        }
                        at += length;
                    } else if (optional) {
                        at = start;
                    } else {
                        return null;
                    }
                }
                default -> {
                    int digits = digits(s, at, step.max());
                    if (digits < step.min()) {
                        return null;
                    }
                    int value = number(s, at, digits);
                    at += digits;
                    switch (step.op()) {
                        case YEAR -> year = value;
                        case SHORT_YEAR -> year = 2000 + value;
                        case MONTH -> month = value;
                        case DAY -> day = value;
                        case HOUR -> hour = value;
                        case MINUTE -> minute = value;
                        case SECOND -> second = value;
                        case FRACTION -> nanos = value * NANOS_PER_DIGIT[digits];
                        default -> nanos = value * 1_000_000;
                    }
                }
            }
        }
        if (at != end || hour > 23 || minute > 59 || second > 60 || month < 1 || month > 12 || day < 1) {
            return null;
        }
        if (!hasDate) {
            return NO_DATE;
        }
        // A leap second is told as the last second of its minute, as java.time does.
        LocalTimeOfDay time = new LocalTimeOfDay(hour, minute, Math.min(second, 59), nanos);
        if (hasYear) {
            return year < 1 || day > daysIn(year, month) ? null : instant(year, month, day, time, offset, zone);
        }
        return withoutYear(month, day, time, offset, zone, reference.instant());
    }

    private record LocalTimeOfDay(int hour, int minute, int second, int nanos) {
        long secondOfDay() {
            return hour * 3600L + minute * 60L + second;
        }
    }

    /** The latest year that has this day and does not put the event more than a day after the reference. */
    private static @Nullable Instant withoutYear(
            int month, int day, LocalTimeOfDay time, int offset, ZoneId zone, Instant reference) {
        int year = reference.atZone(zone).getYear() + 1;
        Instant latest = reference.plusSeconds(SLACK_SECONDS);
        for (int tries = 0; tries < 10; tries++, year--) {
            if (year >= 1 && day <= daysIn(year, month)) {
                Instant instant = instant(year, month, day, time, offset, zone);
                if (!instant.isAfter(latest)) {
                    return instant;
                }
            }
        }
        return null;
    }

    /** The instant of a date and a time that are known to be valid, for patterns without and with an offset. */
    private static Instant instant(int year, int month, int day, LocalTimeOfDay time, int offset, ZoneId zone) {
        long epochDay = LocalDate.of(year, month, day).toEpochDay();
        int seconds;
        if (offset != Integer.MIN_VALUE) {
            seconds = offset;
        } else if (zone instanceof ZoneOffset fixed) {
            seconds = fixed.getTotalSeconds();
        } else if (zone.getRules().isFixedOffset()) {
            seconds = zone.getRules().getOffset(Instant.EPOCH).getTotalSeconds();
        } else {
            // In the gap of a change to summer time java.time moves on by the gap's length; of the doubled hour it
            // takes the first.
            return LocalDateTime.of(year, month, day, time.hour(), time.minute(), time.second(), time.nanos())
                    .atZone(zone)
                    .toInstant();
        }
        return Instant.ofEpochSecond(epochDay * 86_400 + time.secondOfDay() - seconds, time.nanos());
    }

    private static int daysIn(int year, int month) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** The month whose name begins at a position; -1 if none does. */
    static int monthNamed(String s, int at) {
        char c = at < s.length() ? s.charAt(at) : ' ';
        for (int m = 0; m < 12; m++) {
            // Beyond ASCII there are letters whose capital is one of ASCII.
            if ((c >= 128 || (c | 0x20) == MONTHS[m].charAt(0)) && s.regionMatches(true, at, MONTHS[m], 0, 3)) {
                return m + 1;
            }
        }
        return -1;
    }

    /** How many digits stand at a position, at most {@code max}. */
    private static int digits(String s, int at, int max) {
        int n = 0;
        while (n < max && at + n < s.length() && s.charAt(at + n) >= '0' && s.charAt(at + n) <= '9') {
            n++;
        }
        return n;
    }

    private static int number(String s, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            value = value * 10 + (s.charAt(i) - '0');
        }
        return value;
    }

    /**
     * The length of {@code Z}, {@code UTC}, {@code GMT}, {@code +hh}, {@code +hhmm} or {@code +hh:mm} at a position; 0
     * if none stands there.
     */
    private static int offsetLength(String s, int at) {
        if (at >= s.length()) {
            return 0;
        }
        char c = s.charAt(at);
        if (c == '+' || c == '-') {
            int hours = digits(s, at + 1, 4);
            if (hours == 4) {
                return 5;
            }
            if (hours != 2) {
                return 0;
            }
            boolean colon = at + 3 < s.length() && s.charAt(at + 3) == ':' && digits(s, at + 4, 2) == 2;
            return colon ? 6 : 3;
        }
        if (s.startsWith("UTC", at) || s.startsWith("GMT", at)) {
            return 3;
        }
        return c == 'Z' || c == 'z' ? 1 : 0;
    }

    private static int offsetSeconds(String s, int at, int length) {
        char sign = s.charAt(at);
        if (sign != '+' && sign != '-') {
            return 0;
        }
        int hours = number(s, at + 1, 2);
        int minutes = length == 5 ? number(s, at + 3, 2) : length == 6 ? number(s, at + 4, 2) : 0;
        if (hours > 18 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3600 + minutes * 60;
        return sign == '-' ? -seconds : seconds;
    }
}
