package io.deepsentry.text.token;

import static io.deepsentry.text.token.Characters.isAsciiDigit;
import static io.deepsentry.text.token.Characters.isWord;

/** Dates written with the English name of the month, as in syslog and {@code ctime}. */
final class WrittenDates {
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final String WEEKDAYS = "MonTueWedThuFriSatSun";

    private WrittenDates() {}

    static boolean isMonth(char[] s, int from, int to) {
        return isOneOf(MONTHS, s, from, to);
    }

    private static boolean isOneOf(String names, char[] s, int from, int to) {
        if (to - from != 3) {
            return false;
        }
        char first = s[from];
        if (first < 'A' || first > 'W') {
            return false;
        }
        for (int k = 0; k < names.length(); k += 3) {
            if (names.charAt(k) == first && names.charAt(k + 1) == s[from + 1] && names.charAt(k + 2) == s[from + 2]) {
                return true;
            }
        }
        return false;
    }

    /** The end of {@code Fri, Jul 15} or {@code Jul 15} whose first word is {@code [from, to)}, or -1. */
    static int date(char[] s, int from, int to) {
        int month = from;
        int monthEnd = to;
        if (isOneOf(WEEKDAYS, s, from, to)) {
            month = skipSpaces(s, to < s.length && s[to] == ',' ? to + 1 : to);
            monthEnd = month + 3;
            if (month == to || monthEnd >= s.length) {
                return -1;
            }
        }
        if (!isMonth(s, month, monthEnd)) {
            return -1;
        }
        int day = skipSpaces(s, monthEnd);
        int end = day;
        while (end < s.length && end < day + 5 && isAsciiDigit(s[end])) {
            end++;
        }
        int digits = end - day;
        boolean bounded = end >= s.length || !isWord(s[end]);
        return day > monthEnd && bounded && (digits == 1 || digits == 2 || digits == 4) ? end : -1;
    }

    private static int skipSpaces(char[] s, int i) {
        int p = i;
        while (p < s.length && p < i + 2 && s[p] == ' ') {
            p++;
        }
        return p;
    }
}
