package io.deepsentry.parse.internal;

import java.util.Locale;

/** Numbers with what they count, in messages to people: {@code 1 line}, {@code 12,000 lines}, {@code 3 anomalies}. */
public final class Counted {
    private Counted() {}

    /** A number, its thousands apart, and a noun, in the plural unless the number is one. */
    public static String of(long n, String noun) {
        return of(n, noun, plural(noun));
    }

    /** A number, its thousands apart, and words that depend on whether it is one: {@code is lost}, {@code are lost}. */
    public static String of(long n, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? one : many);
    }

    private static String plural(String noun) {
        boolean consonant = noun.endsWith("y") && "aeiou".indexOf(noun.charAt(noun.length() - 2)) < 0;
        return consonant ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }
}
