package io.deepsentry.text.token;

import static io.deepsentry.text.token.Characters.isAlphanumeric;
import static io.deepsentry.text.token.Characters.isAsciiDigit;
import static io.deepsentry.text.token.Characters.isHex;
import static io.deepsentry.text.token.Characters.isWord;
import static io.deepsentry.text.token.Characters.startsWith;

/**
 * Values of a fixed shape: each method returns the end of the value that starts at {@code i}, or -1. All look at a
 * bounded number of characters.
 */
final class ValueShapes {
    private static final int[] UUID_GROUPS = {8, 4, 4, 4, 12};
    private static final int MAX_IP6 = 45;

    private ValueShapes() {}

    /** Whether a value may end before {@code i}. */
    private static boolean ends(char[] s, int i) {
        return i >= s.length || !isWord(s[i]);
    }

    private static int run(char[] s, int i, int max, boolean hex) {
        int end = i;
        int limit = Math.min(s.length, i + max);
        while (end < limit && (hex ? isHex(s[end]) : isAsciiDigit(s[end]))) {
            end++;
        }
        return end - i;
    }

    /** The number of a few ASCII digits. */
    private static int number(char[] s, int from, int to) {
        int value = 0;
        for (int k = from; k < to; k++) {
            value = 10 * value + s[k] - '0';
        }
        return value;
    }

    private static boolean at(char[] s, int i, char c) {
        return i < s.length && s[i] == c;
    }

    static int uuid(char[] s, int i) {
        if (!at(s, i + 8, '-')) {
            return -1;
        }
        int p = i;
        for (int g = 0; g < UUID_GROUPS.length; g++) {
            if (run(s, p, UUID_GROUPS[g], true) != UUID_GROUPS[g]) {
                return -1;
            }
            p += UUID_GROUPS[g];
            if (g < UUID_GROUPS.length - 1) {
                if (!at(s, p, '-')) {
                    return -1;
                }
                p++;
            }
        }
        return ends(s, p) ? p : -1;
    }

    static int mac(char[] s, int i) {
        int p = i;
        if (i + 17 > s.length) {
            return -1;
        }
        char separator = s[i + 2];
        if (separator != ':' && separator != '-') {
            return -1;
        }
        for (int g = 0; g < 6; g++) {
            if (run(s, p, 2, true) != 2) {
                return -1;
            }
            p += 2;
            if (g < 5) {
                if (!at(s, p, separator)) {
                    return -1;
                }
                p++;
            }
        }
        return ends(s, p) && !at(s, p, ':') ? p : -1;
    }

    static int ip4(char[] s, int i) {
        int p = i;
        for (int g = 0; g < 4; g++) {
            int from = p;
            int value = 0;
            while (p < from + 4 && isAsciiDigit(s[p])) {
                value = 10 * value + s[p] - '0';
                p++;
            }
            if (p == from || p > from + 3 || value > 255) {
                return -1;
            }
            if (g < 3) {
                if (!at(s, p, '.')) {
                    return -1;
                }
                p++;
            }
        }
        if (!ends(s, p) || (at(s, p, '.') && p + 1 < s.length && isAlphanumeric(s[p + 1]))) {
            return -1;
        }
        return portOrPrefix(s, p);
    }

    /** Extends an address or host name that ends before {@code p} over its {@code :port} or {@code /bits}. */
    static int portOrPrefix(char[] s, int p) {
        if (at(s, p, ':') || at(s, p, '/')) {
            int max = s[p] == ':' ? 5 : 3;
            int digits = run(s, p + 1, max + 1, false);
            int end = p + 1 + digits;
            if (digits > 0 && digits <= max && ends(s, end) && !(at(s, end, '.') && run(s, end + 1, 1, false) > 0)) {
                return end;
            }
        }
        return p;
    }

    static int ip6(char[] s, int i) {
        int p = i;
        int limit = Math.min(s.length, i + MAX_IP6);
        int groups = 0;
        int doubles = 0;
        int letters = 0;
        if (at(s, p, ':')) {
            if (!at(s, p + 1, ':')) {
                return -1;
            }
            doubles = 1;
            p += 2;
        }
        while (p < limit) {
            int digits = run(s, p, 5, true);
            if (digits == 0) {
                break;
            }
            if (digits > 4) {
                return -1;
            }
            if (at(s, p + digits, '.')) {
                int end = ip4(s, p);
                return end > 0 && doubles + groups > 0 ? end : -1;
            }
            for (int k = p; k < p + digits; k++) {
                letters += isAsciiDigit(s[k]) ? 0 : 1;
            }
            p += digits;
            groups++;
            if (!at(s, p, ':')) {
                break;
            }
            if (at(s, p + 1, ':')) {
                doubles++;
                p += 2;
            } else if (p + 1 < s.length && isHex(s[p + 1])) {
                p++;
            } else {
                break;
            }
        }
        boolean full = groups == 8 && doubles == 0;
        // A::B without a digit is a scope in a program, not an address.
        boolean shortened = doubles == 1 && groups >= 1 && groups < 8 && (letters == 0 || hasDigit(s, i, p));
        if (!(full || shortened) || !ends(s, p)) {
            return -1;
        }
        if (at(s, p, '%')) {
            int end = p + 1;
            while (end < s.length && end < p + 16 && isAlphanumeric(s[end])) {
                end++;
            }
            p = end;
        }
        return at(s, p, '/') ? portOrPrefix(s, p) : p;
    }

    private static boolean hasDigit(char[] s, int from, int to) {
        for (int k = from; k < to; k++) {
            if (isAsciiDigit(s[k])) {
                return true;
            }
        }
        return false;
    }

    /** A date, a time of day, or both joined without a space. */
    static int time(char[] s, int i) {
        int date = date(s, i);
        if (date < 0) {
            return clock(s, i);
        }
        if (date < s.length) {
            char c = s[date];
            if (c == 'T' || c == 't' || c == ':' || c == '_' || c == '-' || c == '.') {
                int clock = clock(s, date + 1);
                if (clock > 0) {
                    return clock;
                }
            }
        }
        return ends(s, date) && !(at(s, date, '-') && run(s, date + 1, 1, false) > 0) ? date : -1;
    }

    private static int date(char[] s, int i) {
        int first = run(s, i, 5, false);
        int p = i + first;
        if (p >= s.length) {
            return -1;
        }
        char c = s[p];
        if (first == 8 || (c != '-' && c != '/' && c != '.')) {
            return -1;
        }
        if (first == 4) {
            int month = run(s, p + 1, 3, false);
            int day = at(s, p + 1 + month, c) ? run(s, p + 2 + month, 3, false) : 0;
            return month >= 1
                            && month <= 2
                            && day >= 1
                            && day <= 2
                            && year(s, i)
                            && upTo(s, p + 1, month, 12)
                            && upTo(s, p + 2 + month, day, 31)
                    ? p + 2 + month + day
                    : -1;
        }
        if (first < 1 || first > 2 || c == '.') {
            return -1;
        }
        int middle = run(s, p + 1, 3, false);
        int end;
        if (middle >= 1 && middle <= 2) {
            end = p + 1 + middle;
        } else if (middle == 0 && p + 4 < s.length && WrittenDates.isMonth(s, p + 1, p + 4)) {
            end = p + 4;
        } else {
            return -1;
        }
        if (!at(s, end, c) || run(s, end + 1, 5, false) != 4 || !year(s, end + 1)) {
            return -1;
        }
        return end + 5;
    }

    private static boolean year(char[] s, int i) {
        int value = number(s, i, i + 4);
        return value >= 1900 && value < 2200;
    }

    private static boolean upTo(char[] s, int i, int digits, int max) {
        int value = number(s, i, i + digits);
        return value >= 1 && value <= max;
    }

    /** Hours, minutes and seconds; hours and minutes alone are too much like a pair of numbers. */
    private static int clock(char[] s, int i) {
        int hour = run(s, i, 3, false);
        if (hour < 1 || hour > 2 || !at(s, i + hour, ':')) {
            return -1;
        }
        int minute = i + hour + 1;
        if (run(s, minute, 3, false) != 2 || s[minute] > '5' || !at(s, minute + 2, ':')) {
            return -1;
        }
        int second = minute + 3;
        if (run(s, second, 3, false) != 2 || s[second] > '6') {
            return -1;
        }
        int p = second + 2;
        if (at(s, p, '.') || at(s, p, ',') || at(s, p, ':')) {
            int fraction = run(s, p + 1, 10, false);
            if (fraction > 0 && fraction < 10 && !(at(s, p, ':') && fraction < 3)) {
                p += 1 + fraction;
            }
        }
        if (at(s, p, 'Z') || at(s, p, 'z')) {
            p++;
        } else if ((at(s, p, '+') || at(s, p, '-')) && run(s, p + 1, 3, false) >= 2) {
            int zone = p + 3 + (at(s, p + 3, ':') ? 1 : 0);
            if (run(s, zone, 3, false) == 2) {
                p = zone + 2;
            }
        }
        return ends(s, p) && !(at(s, p, ':') && run(s, p + 1, 1, true) > 0) ? p : -1;
    }

    /** A JSON web token, from {@code eyJ} on. */
    static int webToken(char[] s, int i) {
        int end = i;
        int dots = 0;
        while (end < s.length) {
            char c = s[end];
            if (c == '.' && end + 1 < s.length && isAlphanumeric(s[end + 1])) {
                dots++;
            } else if (!(c < 128 && (isAlphanumeric(c) || c == '_' || c == '-'))) {
                break;
            }
            end++;
        }
        return dots >= 1 && end - i >= 20 ? end : -1;
    }

    /** The share of neighbours of different kinds (lower case, upper case, digit, other) among the characters. */
    static double changes(char[] s, int from, int to) {
        int changes = 0;
        for (int k = from + 1; k < to; k++) {
            changes += kind(s[k]) == kind(s[k - 1]) ? 0 : 1;
        }
        return changes / (double) Math.max(1, to - from - 1);
    }

    private static int kind(char c) {
        if (c >= 'a' && c <= 'z') {
            return 0;
        }
        if (c >= 'A' && c <= 'Z') {
            return 1;
        }
        return isAsciiDigit(c) ? 2 : 3;
    }

    /** Whether letters change their case like random ones; a name in camel case has more vowels or longer words. */
    static boolean isRandom(char[] s, int from, int to) {
        double changes = changes(s, from, to);
        if (changes < 0.42) {
            return false;
        }
        int vowels = 0;
        for (int k = from; k < to; k++) {
            vowels += "aeiouAEIOU".indexOf(s[k]) >= 0 ? 1 : 0;
        }
        return vowels <= 0.28 * (to - from) || (changes >= 0.5 && to - from >= 20);
    }

    /** Whether a name ends in the random suffix that Kubernetes gives to pods, five characters without a vowel. */
    static boolean isPod(char[] s, int from, int to) {
        int suffix = to - 5;
        if (suffix - 2 < from || s[suffix - 1] != '-') {
            return false;
        }
        for (int k = suffix; k < to; k++) {
            if ("bcdfghjklmnpqrstvwxz2456789".indexOf(s[k]) < 0) {
                return false;
            }
        }
        for (int k = from; k < suffix; k++) {
            char c = s[k];
            if (!(c == '-' || c == '.' || isAsciiDigit(c) || (c >= 'a' && c <= 'z'))) {
                return false;
            }
        }
        return !Words.isConsonants(s, suffix, to);
    }

    /** {@code v1.2.3}, {@code 1.2.3-rc1}, {@code 5.4.0-42-generic}, {@code 1.2.Final}. */
    static boolean isVersion(char[] s, int from, int to) {
        int k = from;
        if ((s[k] | 0x20) == 'v') {
            k++;
        }
        int number = k;
        int dots = 0;
        while (k < to && (isAsciiDigit(s[k]) || (s[k] == '.' && run(s, k + 1, 1, false) > 0))) {
            dots += s[k] == '.' ? 1 : 0;
            k++;
        }
        if (k == number || s[number] == '.') {
            return false;
        }
        if (dots == 0) {
            return false;
        }
        if (k == to) {
            return true;
        }
        char c = s[k];
        return c == '-'
                || c == '_'
                || (c == '.' && dots >= 1)
                || (dots >= 2 && Characters.isLetter(c))
                || startsWith(s, k, "rc");
    }

    /** A period of ISO 8601: {@code PT1H30M}, {@code P3DT4H}. */
    static boolean isPeriod(char[] s, int from, int to) {
        boolean number = false;
        int units = 0;
        for (int k = from + 1; k < to; k++) {
            char c = s[k];
            if (isAsciiDigit(c) || c == '.') {
                number = true;
            } else if (number && "YMWDHS".indexOf(c) >= 0) {
                number = false;
                units++;
            } else if (number || c != 'T') {
                return false;
            }
        }
        return units > 0 && !number;
    }

    /** Extends up to three digits over groups of three digits after commas, and a fraction after those. */
    static int thousands(char[] s, int from, int to) {
        if (to - from > 3) {
            return to;
        }
        int end = to;
        while (at(s, end, ',') && run(s, end + 1, 4, false) == 3) {
            end += 4;
        }
        if (end == to) {
            return to;
        }
        if (at(s, end, '.')) {
            int fraction = run(s, end + 1, 16, false);
            end += fraction > 0 && fraction < 16 ? 1 + fraction : 0;
        }
        return ends(s, end) ? end : to;
    }

    /** Extends a number over degrees. */
    static int degrees(char[] s, int to) {
        int k = at(s, to, ' ') ? to + 1 : to;
        if (!at(s, k, '\u00b0') && !at(s, k, '\u00ba')) {
            return to;
        }
        k++;
        return k < s.length && "CFK".indexOf(s[k]) >= 0 && ends(s, k + 1) ? k + 1 : k;
    }

    /** Whether a percentage is 0 or 100. */
    static boolean isNoneOrAll(char[] s, int from, int to) {
        int k = from;
        if (s[k] == '0') {
            k++;
        } else if (startsWith(s, k, "100")) {
            k += 3;
        } else {
            return false;
        }
        if (k < to && s[k] == '.') {
            k++;
            while (k < to && s[k] == '0') {
                k++;
            }
        }
        return k == to;
    }

    /** The HTTP status of three digits, or 0. */
    static int status(char[] s, int i) {
        int value = (s[i] - '0') * 100 + (s[i + 1] - '0') * 10 + s[i + 2] - '0';
        boolean known = (value >= 100 && value <= 103)
                || (value >= 200 && value <= 208)
                || value == 226
                || (value >= 300 && value <= 308)
                || (value >= 400 && value <= 431)
                || value == 451
                || (value >= 494 && value <= 511)
                || (value >= 520 && value <= 530)
                || (value >= 598 && value <= 599);
        return known ? value : 0;
    }

    /** The number of letters of a code such as {@code PAY-3} or {@code E40352}, or 0 if it is none. */
    static int code(char[] s, int from, int to) {
        int k = from;
        while (k < to && s[k] >= 'A' && s[k] <= 'Z') {
            k++;
        }
        int letters = k - from;
        if (letters == 0 || letters > 10 || k == to) {
            return 0;
        }
        boolean joined = s[k] == '-' || s[k] == '_';
        int digits = to - k - (joined ? 1 : 0);
        if (digits < (letters == 1 && !joined ? 3 : 1) || digits > 6) {
            return 0;
        }
        return run(s, to - digits, digits, false) == digits ? letters : 0;
    }

    /** {@code SYS-2-MALLOCFAIL} and DB2's {@code SQL0911N}. */
    static boolean isMnemonic(char[] s, int from, int to) {
        if (to - from <= 9 && startsWith(s, from, "SQL")) {
            return to - from >= 7
                    && "NWC".indexOf(s[to - 1]) >= 0
                    && run(s, from + 3, to - from - 4, false) == to - from - 4;
        }
        int k = capitals(s, from, to);
        if (k - from < 2 || k + 6 > to || s[k] != '-' || !isAsciiDigit(s[k + 1]) || s[k + 2] != '-') {
            return false;
        }
        return s[k + 1] < '8' && capitals(s, k + 3, to) == to;
    }

    private static int capitals(char[] s, int from, int to) {
        int k = from;
        while (k < to && ((s[k] >= 'A' && s[k] <= 'Z') || (s[k] == '_' && k > from))) {
            k++;
        }
        return k;
    }

    /** {@code TLSv1.2}, {@code SSLv3}. */
    static boolean isProtocol(char[] s, int from, int to) {
        int k = from + (startsWith(s, from, "D") ? 1 : 0);
        if (!startsWith(s, k, "TLS") && !startsWith(s, k, "SSL")) {
            return false;
        }
        k += 3;
        if (k < to && s[k] == 'v') {
            k++;
        }
        return k < to
                && isAsciiDigit(s[k])
                && (k + 1 == to || (k + 3 == to && s[k + 1] != '-' && isAsciiDigit(s[k + 2])));
    }

    /** Whether a word is of capitals, digits, hyphens and underscores only. */
    static boolean isUpperCode(char[] s, int from, int to) {
        for (int k = from; k < to; k++) {
            char c = s[k];
            if (!((c >= 'A' && c <= 'Z') || isAsciiDigit(c) || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }
}
