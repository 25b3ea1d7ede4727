package io.deepsentry.parse;

import io.deepsentry.parse.internal.DateOrder;
import io.deepsentry.parse.internal.TimeZones;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a time stands at a position of a line, in any of the ways in which logs write times, and where it
 * ends.
 *
 * <p>The shape of the characters decides, not what earlier lines looked like, so that a line means the same wherever it
 * stands. Immutable; the result goes to a {@link Hit} of the caller's.
 */
final class TimeScanner {
    private static final String[] MONTHS = {
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december"
    };
    private static final String[] WEEKDAYS = {
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    };
    private static final int[] POWERS = {
        1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };
    private static final int NONE = TimeZones.NONE;
    /** Counts since 1970 of times before 2001 or after 2100 are taken for other numbers. */
    private static final long FIRST_EPOCH = 978_307_200L;

    private static final long LAST_EPOCH = 4_102_444_800L;
    /** How far a time of day may lie after the moment at which the log was last written: clocks differ. */
    private static final Duration AHEAD = Duration.ofHours(2);

    private final ZoneId zone;
    private final InstantSource reference;
    private final @Nullable DateOrder order;
    private final @Nullable TimeParser named;

    /** Times written in one way that the user names. */
    TimeScanner(TimeParser named) {
        this.zone = ZoneOffset.UTC;
        this.reference = InstantSource.system();
        this.order = null;
        this.named = named;
    }

    /** @param order the order of dates whose text does not tell it; null for not known, where they are no times */
    TimeScanner(ZoneId zone, InstantSource reference, @Nullable DateOrder order) {
        this.zone = zone;
        this.reference = reference;
        this.order = order;
        this.named = null;
    }

    /** What stands at a position. */
    static final class Hit {
        /** The time; {@link TimePattern#NO_DATE} for a count since a start. */
        Instant time = TimePattern.NO_DATE;
        /** The position after it. */
        int end;
        /** Whether a date stands there, and not only a time of day. */
        boolean dated;
        /** Whether it is a bare count of seconds or a part of one since 1970, which an identifier looks like too. */
        boolean count;
        /** Whether the text does not tell the order of day, month and year. */
        boolean ambiguous;

        private int at;
        private int year;
        private int month;
        private int day;
        private int second;
        private int nanos;
        private int offset;
        private boolean half;

        private void clear(int position) {
            at = position;
            year = NONE;
            month = 0;
            day = 0;
            second = 0;
            nanos = 0;
            offset = NONE;
            half = false;
            count = false;
            ambiguous = false;
            dated = true;
        }
    }

    /** Returns whether a time stands at a position; the result is in the hit. */
    boolean scan(String s, int at, Hit hit) {
        if (at >= s.length()) {
            return false;
        }
        hit.clear(at);
        if (named != null) {
            return named(named, s, hit);
        }
        char c = s.charAt(at);
        if (c >= '0' && c <= '9') {
            return digits(s, hit);
        }
        if (isLetter(c)) {
            return letters(s, hit);
        }
        return false;
    }

    /** Takes as many words as the pattern has, and of the last one what is no punctuation. */
    private static boolean named(TimeParser parser, String s, Hit hit) {
        int end = hit.at;
        for (int words = Math.max(1, parser.words()); words > 0 && end < s.length(); words--) {
            while (end < s.length() && isBlank(s.charAt(end))) {
                end++;
            }
            while (end < s.length() && !isBlank(s.charAt(end))) {
                end++;
            }
        }
        for (int tries = 0; tries < 40 && end > hit.at; tries++, end--) {
            Instant time = parser.parse(s.substring(hit.at, end));
            if (time != null) {
                hit.time = time;
                hit.end = end;
                return true;
            }
        }
        return false;
    }

    private boolean digits(String s, Hit hit) {
        int at = hit.at;
        int run = run(s, at);
        char next = charAt(s, at + run);
        return switch (run) {
            case 4 -> (next == '-' || next == '/' || next == '.' || next == ':') && yearFirst(s, hit, next);
            case 1, 2 -> {
                if (next == ':') {
                    yield clock(s, hit, at) && done(s, hit, false);
                }
                boolean date = next == '/' || next == '-' || next == '.' || next == ' ';
                yield date && dayOrMonthFirst(s, hit, run, next);
            }
            case 8 -> packedDate(s, hit, 4);
            case 6 -> packedDate(s, hit, 2);
            case 14 -> {
                hit.year = number(s, at, 4);
                hit.month = number(s, at + 4, 2);
                hit.day = number(s, at + 6, 2);
                yield packedClock(s, hit, at + 8) && done(s, hit, true);
            }
            case 10, 13, 16, 19 -> count(s, hit, run);
            default -> false;
        };
    }

    /** {@code 2026-03-02}, {@code 2026/03/02}, {@code 2026-Mar-02}, {@code 2026-061}, each with a time of day. */
    private boolean yearFirst(String s, Hit hit, char separator) {
        int at = hit.at + 5;
        hit.year = number(s, hit.at, 4);
        if (hit.year < 1970 || hit.year > 2199) {
            return false;
        }
        int run = run(s, at);
        if (run == 3 && separator == '-') {
            int dayOfYear = number(s, at, 3);
            if (dayOfYear < 1 || dayOfYear > (isLeap(hit.year) ? 366 : 365)) {
                return false;
            }
            LocalDate date = LocalDate.ofYearDay(hit.year, dayOfYear);
            hit.month = date.getMonthValue();
            hit.day = date.getDayOfMonth();
            at += 3;
        } else {
            if (run == 0) {
                int length = monthName(s, at, hit);
                if (length == 0) {
                    return false;
                }
                at += length;
            } else if (run <= 2) {
                hit.month = number(s, at, run);
                at += run;
            } else {
                return false;
            }
            if (charAt(s, at) != separator) {
                return false;
            }
            at++;
            run = run(s, at);
            if (run < 1 || run > 2) {
                return false;
            }
            hit.day = number(s, at, run);
            at += run;
        }
        return afterDate(s, hit, at, true);
    }

    /** A time of day must follow a date, after a separator. */
    private boolean afterDate(String s, Hit hit, int from, boolean mayStandAlone) {
        int at = from;
        char c = charAt(s, at);
        int clockAt;
        if (c == 'T' || c == 't' || c == '_' || c == '-' || c == ':') {
            clockAt = at + 1;
            while (charAt(s, clockAt) == c && c == ':') {
                clockAt++;
            }
        } else {
            clockAt = at;
            if (charAt(s, clockAt) == ',') {
                clockAt++;
            }
            int before = clockAt;
            while (isBlank(charAt(s, clockAt))) {
                clockAt++;
            }
            if (clockAt == before) {
                clockAt = -1;
            }
        }
        if (clockAt > 0) {
            int run = run(s, clockAt);
            char next = charAt(s, clockAt + run);
            if ((run == 1 || run == 2) && (next == ':' || next == '.')) {
                if (clock(s, hit, clockAt)) {
                    return done(s, hit, true);
                }
            } else if (run == 6 && (c == 'T' || c == '-' || c == '_' || isBlank(c))) {
                return packedClock(s, hit, clockAt) && done(s, hit, true);
            }
        }
        // A date alone is a time only where nothing of it can go on.
        if (mayStandAlone && (at == s.length() || c == ']' || c == ')' || c == '>' || c == '"')) {
            hit.second = 0;
            hit.end = at;
            return done(s, hit, true);
        }
        return false;
    }

    /** {@code 02/Mar/2026:08:00:00}, {@code 2 Mar 2026 08:00}, {@code 3/2/2026 8:00:00 PM}, {@code 03-02 08:00:00}. */
    private boolean dayOrMonthFirst(String s, Hit hit, int run, char separator) {
        int first = number(s, hit.at, run);
        int at = hit.at + run + 1;
        int length = monthName(s, at, hit);
        if (length > 0) {
            hit.day = first;
            at += length;
            char c = charAt(s, at);
            if (c == separator || (c == ' ' && separator == '-')) {
                int digits = run(s, at + 1);
                if (digits == 4 || (digits == 2 && charAt(s, at + 3) != ':')) {
                    hit.year = digits == 4 ? number(s, at + 1, 4) : 2000 + number(s, at + 1, 2);
                    at += 1 + digits;
                }
            }
            return afterDate(s, hit, at, false);
        }
        int second = run(s, at);
        if (separator == ' ' || second < 1 || second > 2) {
            return false;
        }
        int two = number(s, at, second);
        at += second;
        if (charAt(s, at) != separator) {
            // logcat's 03-02, HealthApp's relatives and glog without a year
            hit.month = first;
            hit.day = two;
            return (separator == '-' || separator == '.') && run == 2 && second == 2 && afterDate(s, hit, at, false);
        }
        at++;
        int third = run(s, at);
        if (third != 2 && third != 4) {
            return false;
        }
        int three = number(s, at, third);
        at += third;
        boolean europe = separator == '.' && third == 4;
        DateOrder used = europe ? DateOrder.DMY : order;
        if (used == null) {
            hit.ambiguous = true;
            hit.month = 1;
            hit.day = 1;
            hit.year = 2000;
            boolean fits = afterDate(s, hit, at, false);
            hit.time = TimePattern.NO_DATE;
            return fits && plausible(first, two, third, three);
        }
        switch (used) {
            case DMY -> set(hit, three, two, first, third);
            case MDY -> set(hit, three, first, two, third);
            case YMD -> set(hit, first, two, three, third == 4 ? 4 : run);
        }
        if (used == DateOrder.YMD && third == 4) {
            return false;
        }
        return afterDate(s, hit, at, false);
    }

    private static boolean plausible(int first, int two, int third, int three) {
        for (DateOrder candidate : DateOrder.values()) {
            if (fits(candidate, first, two, third, three)) {
                return true;
            }
        }
        return false;
    }

    private static boolean fits(DateOrder candidate, int first, int two, int third, int three) {
        return switch (candidate) {
            case DMY -> first >= 1 && first <= 31 && two >= 1 && two <= 12;
            case MDY -> first >= 1 && first <= 12 && two >= 1 && two <= 31;
            case YMD -> third == 2 && two >= 1 && two <= 12 && three >= 1 && three <= 31;
        };
    }

    private static void set(Hit hit, int year, int month, int day, int yearDigits) {
        hit.year = yearDigits == 4 ? year : 2000 + year;
        hit.month = month;
        hit.day = day;
    }

    /** {@code 20260302 080000}, {@code 260302 08:00:00}, {@code 20260302T080000}, {@code 20260302-8:0:0:12}. */
    private boolean packedDate(String s, Hit hit, int yearDigits) {
        int at = hit.at;
        hit.year = yearDigits == 4 ? number(s, at, 4) : 2000 + number(s, at, 2);
        hit.month = number(s, at + yearDigits, 2);
        hit.day = number(s, at + yearDigits + 2, 2);
        if (hit.year < 1970 || hit.year > 2199 || hit.month < 1 || hit.month > 12 || hit.day < 1 || hit.day > 31) {
            return false;
        }
        return afterDate(s, hit, at + yearDigits + 4, false);
    }

    private boolean letters(String s, Hit hit) {
        int at = hit.at;
        int weekday = name(s, at, WEEKDAYS, 3);
        if (weekday > 0) {
            int next = at + weekday;
            if (charAt(s, next) == ',' || charAt(s, next) == '.') {
                next++;
            }
            int before = next;
            while (isBlank(charAt(s, next))) {
                next++;
            }
            if (next == before) {
                return false;
            }
            hit.at = next;
            char c = charAt(s, next);
            boolean digit = c >= '0' && c <= '9';
            return digit ? digits(s, hit) && !hit.count : monthFirst(s, hit, true);
        }
        return monthFirst(s, hit, false) || klog(s, hit, at);
    }

    /**
     * {@code Mar  2 08:00:00}, {@code Mar 2, 2026 8:00:00 AM}, {@code Mar 02 08:00:00 UTC 2026},
     * {@code Mar 2 2026 08:00:00}.
     */
    private boolean monthFirst(String s, Hit hit, boolean yearMayFollow) {
        int at = hit.at;
        int length = monthName(s, at, hit);
        if (length == 0) {
            return false;
        }
        at += length;
        if (charAt(s, at) == '.' || charAt(s, at) == '/' || charAt(s, at) == '-') {
            at++;
        }
        while (isBlank(charAt(s, at))) {
            at++;
        }
        int run = run(s, at);
        if (run < 1 || run > 2) {
            return false;
        }
        hit.day = number(s, at, run);
        at += run;
        int year = at;
        while (charAt(s, year) == ',' || isBlank(charAt(s, year)) || charAt(s, year) == '/') {
            year++;
        }
        if (year > at && run(s, year) == 4) {
            hit.year = number(s, year, 4);
            at = year + 4;
            if (s.startsWith(" at ", at)) {
                at += 3;
            }
        }
        if (!afterDate(s, hit, at, false)) {
            return false;
        }
        if (hit.year != NONE) {
            return true;
        }
        // "Mar  2 08:00:00 2026" and "Mar 02 08:00:00 UTC 2026"
        int after = hit.end;
        if (isBlank(charAt(s, after))
                && run(s, after + 1) == 4
                && ends(s, after + 5)
                && (yearMayFollow || isYear(s, after + 1))) {
            int value = number(s, after + 1, 4);
            if (value >= 1970 && value <= 2199) {
                hit.year = value;
                hit.end = after + 5;
                return finish(hit);
            }
        }
        return true;
    }

    private static boolean isYear(String s, int at) {
        int value = number(s, at, 4);
        return value >= 1990 && value <= 2099;
    }

    /** {@code I0302 08:00:00.000000} and {@code I20260302 08:00:00}. */
    private boolean klog(String s, Hit hit, int at) {
        if ("IWEFDV".indexOf(s.charAt(at)) < 0) {
            return false;
        }
        int run = run(s, at + 1);
        if (run == 8) {
            hit.at = at + 1;
            return packedDate(s, hit, 4);
        }
        if (run != 4 || !isBlank(charAt(s, at + 5))) {
            return false;
        }
        hit.month = number(s, at + 1, 2);
        hit.day = number(s, at + 3, 2);
        return hit.month >= 1 && hit.month <= 12 && hit.day >= 1 && afterDate(s, hit, at + 5, false);
    }

    /** {@code 1772438400}, {@code 1772438400.123}, {@code 1772438400123}: seconds or a part of them since 1970. */
    private boolean count(String s, Hit hit, int run) {
        int at = hit.at;
        int end = at + run;
        int fraction = 0;
        if (charAt(s, end) == '.' && run == 10) {
            fraction = run(s, end + 1);
            if (fraction > 9) {
                return false;
            }
            end += fraction == 0 ? 0 : 1 + fraction;
        }
        char next = charAt(s, end);
        if (next != 0 && !isBlank(next) && "]),:;|\"'>".indexOf(next) < 0) {
            return false;
        }
        long whole;
        try {
            whole = Long.parseLong(s, at, at + 10, 10);
        } catch (NumberFormatException e) {
            return false;
        }
        if (whole < FIRST_EPOCH || whole > LAST_EPOCH) {
            return false;
        }
        int rest = run - 10;
        int nanos = rest > 0
                ? number(s, at + 10, rest) * POWERS[rest]
                : fraction > 0 ? number(s, at + 11, fraction) * POWERS[fraction] : 0;
        hit.time = Instant.ofEpochSecond(whole, nanos);
        hit.end = end;
        hit.count = fraction == 0 && run == 10;
        return true;
    }

    /** Reads a time of day with its fraction, AM or PM, and zone; the position after it is in {@code hit.end}. */
    private boolean clock(String s, Hit hit, int from) {
        int at = from;
        int run = run(s, at);
        char separator = charAt(s, at + run);
        if (run < 1 || run > 2 || (separator != ':' && separator != '.')) {
            return false;
        }
        int hour = number(s, at, run);
        at += run + 1;
        run = run(s, at);
        if (run < 1 || run > 2) {
            return false;
        }
        int minute = number(s, at, run);
        at += run;
        int second = 0;
        boolean seconds = charAt(s, at) == separator && run(s, at + 1) >= 1 && run(s, at + 1) <= 2;
        if (seconds) {
            run = run(s, at + 1);
            second = number(s, at + 1, run);
            at += 1 + run;
            char mark = charAt(s, at);
            int digits = run(s, at + 1);
            boolean colon = mark == ':' && digits >= 1 && digits <= 3;
            if ((mark == '.' || mark == ',' || colon) && digits >= 1) {
                // A colon stands before milliseconds, which may lack their zeros.
                int used = Math.min(digits, 9);
                hit.nanos = colon ? number(s, at + 1, digits) * 1_000_000 : number(s, at + 1, used) * POWERS[used];
                at += 1 + digits;
            }
        } else if (separator == '.' || run != 2) {
            return false;
        }
        if (hour > 23 || minute > 59 || second > 60) {
            return false;
        }
        at = meridiem(s, at, hit);
        if (hit.half) {
            if (hour < 1 || hour > 12) {
                return false;
            }
            hour = hour % 12 + (hit.second == 1 ? 12 : 0);
        }
        // A leap second counts as the last second of its minute, as in java.time.
        hit.second = hour * 3600 + minute * 60 + Math.min(second, 59);
        hit.end = at;
        return zone(s, hit);
    }

    private boolean packedClock(String s, Hit hit, int at) {
        if (run(s, at) != 6) {
            return false;
        }
        int hour = number(s, at, 2);
        int minute = number(s, at + 2, 2);
        int second = number(s, at + 4, 2);
        if (hour > 23 || minute > 59 || second > 60) {
            return false;
        }
        int end = at + 6;
        char mark = charAt(s, end);
        int digits = run(s, end + 1);
        if ((mark == '.' || mark == ',') && digits >= 1) {
            int used = Math.min(digits, 9);
            hit.nanos = number(s, end + 1, used) * POWERS[used];
            end += 1 + digits;
        }
        hit.second = hour * 3600 + minute * 60 + Math.min(second, 59);
        hit.end = end;
        return zone(s, hit);
    }

    /** Passes over AM or PM: {@code hit.half} says whether it is there, {@code hit.second} is 1 for PM. */
    private static int meridiem(String s, int from, Hit hit) {
        int at = from;
        if (isBlank(charAt(s, at)) || charAt(s, at) == '\u202F' || charAt(s, at) == '\u00A0') {
            at++;
        }
        char c = charAt(s, at);
        char m = charAt(s, at + 1);
        boolean letters = (c == 'A' || c == 'P' || c == 'a' || c == 'p') && (m == 'M' || m == 'm');
        if (!letters || Character.isLetterOrDigit(charAt(s, at + 2))) {
            return from;
        }
        hit.half = true;
        hit.second = c == 'P' || c == 'p' ? 1 : 0;
        return at + 2;
    }

    /** Takes an offset or a zone that follows; false for letters glued to the time that name no zone. */
    private static boolean zone(String s, Hit hit) {
        int at = hit.end;
        boolean blank = charAt(s, at) == ' ';
        if (blank) {
            at++;
        }
        char c = charAt(s, at);
        if (c == '+' || c == '-') {
            int hours = run(s, at + 1);
            int minutes = 0;
            int end;
            if (hours == 4) {
                minutes = number(s, at + 3, 2);
                end = at + 5;
            } else if (hours == 2 && charAt(s, at + 3) == ':' && run(s, at + 4) == 2) {
                minutes = number(s, at + 4, 2);
                end = at + 6;
            } else if (hours == 2 && (!blank || c == '+')) {
                end = at + 3;
            } else {
                return true;
            }
            int value = number(s, at + 1, 2);
            if (value > 18 || minutes > 59 || Character.isLetterOrDigit(charAt(s, end))) {
                return true;
            }
            int seconds = value * 3600 + minutes * 60;
            hit.offset = c == '-' ? -seconds : seconds;
            hit.end = end;
            return true;
        }
        int end = at;
        while (end < s.length() && s.charAt(end) >= 'A' && s.charAt(end) <= 'Z') {
            end++;
        }
        if (c == 'z' && !blank && !Character.isLetterOrDigit(charAt(s, at + 1))) {
            hit.offset = 0;
            hit.end = at + 1;
            return true;
        }
        if (end > at && end - at <= 5 && !Character.isLetterOrDigit(charAt(s, end)) && (end - at > 1 || !blank)) {
            int seconds = TimeZones.offset(s.substring(at, end));
            if (seconds != NONE) {
                hit.offset = seconds;
                hit.end = end;
                return true;
            }
        }
        // A zone that nobody knows is no part of a time, and the time is not known without it.
        return blank || !Character.isLetter(c);
    }

    private boolean done(String s, Hit hit, boolean dated) {
        if (Character.isDigit(charAt(s, hit.end))) {
            return false;
        }
        hit.dated = dated;
        if (!dated) {
            onLatestDay(hit);
            return true;
        }
        return finish(hit);
    }

    /** A time of day belongs to the latest day that does not put it after the log was written. */
    private void onLatestDay(Hit hit) {
        Instant latest = reference.instant().plus(AHEAD);
        LocalDate day = latest.atZone(zone).toLocalDate();
        for (int tries = 0; tries < 3; tries++, day = day.minusDays(1)) {
            hit.month = day.getMonthValue();
            hit.day = day.getDayOfMonth();
            hit.time = instant(hit, day.getYear());
            if (!hit.time.isAfter(latest)) {
                return;
            }
        }
    }

    private boolean finish(Hit hit) {
        if (hit.month < 1 || hit.month > 12 || hit.day < 1 || hit.day > 31) {
            return false;
        }
        if (hit.year != NONE) {
            if (hit.day > days(hit.year, hit.month)) {
                return false;
            }
            hit.time = instant(hit, hit.year);
            return true;
        }
        Instant now = reference.instant();
        Instant latest = now.plusSeconds(86_400);
        int year = now.atZone(zone).getYear() + 1;
        for (int tries = 0; tries < 10; tries++, year--) {
            if (hit.day <= days(year, hit.month)) {
                Instant time = instant(hit, year);
                if (!time.isAfter(latest)) {
                    hit.time = time;
                    return true;
                }
            }
        }
        return false;
    }

    private Instant instant(Hit hit, int year) {
        if (hit.offset != NONE || zone instanceof ZoneOffset) {
            int seconds = hit.offset != NONE ? hit.offset : ((ZoneOffset) zone).getTotalSeconds();
            long day = LocalDate.of(year, hit.month, hit.day).toEpochDay();
            return Instant.ofEpochSecond(day * 86_400 + hit.second - seconds, hit.nanos);
        }
        return LocalDateTime.of(
                        year, hit.month, hit.day, hit.second / 3600, hit.second / 60 % 60, hit.second % 60, hit.nanos)
                .atZone(zone)
                .toInstant();
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static int days(int year, int month) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** The length of the month's name at a position, 0 if there is none. */
    private static int monthName(String s, int at, Hit hit) {
        int length = name(s, at, MONTHS, 3);
        if (length > 0) {
            String start = s.substring(at, at + 3).toLowerCase(Locale.ROOT);
            for (int m = 0; m < MONTHS.length; m++) {
                if (MONTHS[m].startsWith(start)) {
                    hit.month = m + 1;
                }
            }
        }
        return length;
    }

    private static int name(String s, int at, String[] names, int shortest) {
        char c = charAt(s, at);
        if (!isLetter(c)) {
            return 0;
        }
        for (String name : names) {
            if ((c | 0x20) == name.charAt(0) && s.regionMatches(true, at, name, 0, shortest)) {
                int length = s.regionMatches(true, at, name, 0, name.length()) ? name.length() : shortest;
                if (length == shortest && s.regionMatches(true, at, "sept", 0, 4)) {
                    length = 4;
                }
                return Character.isLetter(charAt(s, at + length)) ? 0 : length;
            }
        }
        return 0;
    }

    private static boolean ends(String s, int at) {
        return at >= s.length()
                || (!Character.isLetterOrDigit(s.charAt(at)) && s.charAt(at) != '.' && s.charAt(at) != '-');
    }

    private static boolean isLetter(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static char charAt(String s, int at) {
        return at < s.length() ? s.charAt(at) : 0;
    }

    private static int run(String s, int at) {
        int n = at;
        while (n < s.length() && s.charAt(n) >= '0' && s.charAt(n) <= '9') {
            n++;
        }
        return n - at;
    }

    private static int number(String s, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            value = value * 10 + (s.charAt(i) - '0');
        }
        return value;
    }
}
