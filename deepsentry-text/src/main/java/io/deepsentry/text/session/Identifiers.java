package io.deepsentry.text.session;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what may be an identifier in a line: a word with a digit in it, and what stands around it. */
final class Identifiers {
    private static final int LONGEST = 64;
    private static final int LONGEST_PLACE = 24;
    private static final int FEWEST_LETTERS = 2;
    private static final int SHORTEST_HEX = 8;
    private static final int MOST_BETWEEN = 3;
    private static final int UUID = 36;
    private static final String BETWEEN = " =:#[\"'(</@";
    /** The numbers after these are those of days and times. */
    private static final Set<String> CALENDAR = Set.of(
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed",
            "thu", "fri", "sat", "sun");

    /** An address in the name of a host, as in {@code ip-10-0-3-17}. */
    private static final Pattern ADDRESS = Pattern.compile("(?:[A-Za-z-]*-)?\\d{1,3}(?:-\\d{1,3}){3}");

    /** The name of an identifier, without what says that it is one. */
    private static final Pattern ROOT = Pattern.compile("(?i)([a-z]{2,}?)[_-]?(?:id|no|nr|num|number)?");

    private Identifiers() {}

    /** Takes an identifier. */
    interface Sink {
        void accept(Place place, String before, String value, Shape shape);
    }

    /**
     * The words of a message that have no digit, as one number: two messages that differ in them are different
     * messages.
     */
    static long wordsOf(String message) {
        long hash = 1;
        int n = message.length();
        for (int i = 0; i < n; ) {
            if (!isWord(message.charAt(i))) {
                i++;
                continue;
            }
            int end = i;
            boolean digit = false;
            long word = 7;
            for (; end < n && isWord(message.charAt(end)); end++) {
                char c = message.charAt(end);
                digit |= isDigit(c);
                word = word * 31 + c;
            }
            if (!digit) {
                hash = hash * 1_000_003 + word;
            }
            i = end;
        }
        return hash;
    }

    /** Finds the identifiers of a line. One that stands at several places comes with each of them. */
    static void in(String text, Sink sink) {
        int n = text.length();
        for (int i = 0; i < n; ) {
            if (!isWord(text.charAt(i))) {
                i++;
                continue;
            }
            int end = i;
            boolean digit = false;
            for (; end < n && isWord(text.charAt(end)); end++) {
                digit |= isDigit(text.charAt(end));
            }
            if (digit && end - i <= LONGEST) {
                identifier(text, i, end, sink);
            }
            i = end;
        }
    }

    private static void identifier(String text, int start, int wordEnd, Sink sink) {
        int end = wordEnd;
        while (end > start && text.charAt(end - 1) == '-') {
            end--;
        }
        String word = text.substring(start, end);
        if (isMeasure(text, start, end)) {
            return;
        }
        prefixed(word, sink);
        Shape shape = Shape.of(word);
        int between = start;
        while (between > 0 && start - between < MOST_BETWEEN && BETWEEN.indexOf(text.charAt(between - 1)) >= 0) {
            between--;
        }
        if (between == start) {
            return;
        }
        int letters = between;
        while (letters > 0 && between - letters < LONGEST_PLACE && isName(text.charAt(letters - 1))) {
            letters--;
        }
        String before = text.substring(letters, between);
        long count = before.chars().filter(Character::isLetter).count();
        if (count >= FEWEST_LETTERS
                && Character.isLetter(before.charAt(0))
                && !CALENDAR.contains(before.toLowerCase(Locale.ROOT))) {
            String all = text.substring(letters, start);
            sink.accept(new Place(Place.Kind.WORD, all), all, word, shape);
            String name = before.substring(before.lastIndexOf('.') + 1);
            Matcher root = ROOT.matcher(name);
            if (root.matches()) {
                sink.accept(
                        new Place(Place.Kind.NAME, root.group(1).toLowerCase(Locale.ROOT)),
                        text.substring(between - name.length(), start),
                        word,
                        shape);
            }
        }
        if (text.charAt(start - 1) == '['
                && end < text.length()
                && text.charAt(end) == ']'
                && (shape == Shape.DIGITS
                        || shape == Shape.UUID
                        || (shape == Shape.HEX && word.length() >= SHORTEST_HEX))) {
            sink.accept(new Place(Place.Kind.BRACKET, "["), "[", word, shape);
        }
    }

    /** Splits a word into the letters it begins with and the rest, as {@code blk_} and {@code 17}. */
    private static void prefixed(String word, Sink sink) {
        int split;
        if (word.length() > UUID && Shape.isUuid(word.substring(word.length() - UUID))) {
            split = word.length() - UUID;
        } else if (Shape.isUuid(word)) {
            return;
        } else {
            int digit = 0;
            while (!isDigit(word.charAt(digit))) {
                digit++;
            }
            split = digit;
            while (split > 0 && Character.isLetter(word.charAt(split - 1))) {
                split--;
            }
            if (split == 0 && Shape.of(word.substring(digit)) == Shape.DIGITS) {
                split = digit;
            }
            boolean sign = split == digit
                    && split > 1
                    && word.charAt(split - 1) == '-'
                    && !Character.isLetter(word.charAt(split - 2));
            split -= sign ? 1 : 0;
        }
        String prefix = word.substring(0, split);
        if (split <= LONGEST_PLACE && prefix.chars().filter(Character::isLetter).count() >= FEWEST_LETTERS) {
            sink.accept(new Place(Place.Kind.PREFIX, prefix), prefix, word, Shape.of(word.substring(split)));
        }
    }

    /** Whether a word is part of a time, a date, an address, a fraction or another number with a point in it. */
    private static boolean isMeasure(String text, int start, int end) {
        boolean number = true;
        int run = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            number &= isDigit(c) || (c == '-' && i > start);
            run = isDigit(c) && run == i - start ? run + 1 : run;
        }
        // 2026-11-28, and 2026-11-28T14 before the colon.
        if (number && text.substring(start, end).indexOf('-') > 0) {
            return true;
        }
        if (ADDRESS.matcher(text).region(start, end).matches()) {
            return true;
        }
        boolean date =
                run >= 4 && start + run < end && text.charAt(start + run) == '-' && !isIdentifier(text, start, end);
        return date || joined(text, start - 1, -1) || joined(text, end, 1);
    }

    private static boolean isIdentifier(String text, int start, int end) {
        return end - start == UUID && Shape.isUuid(text.substring(start, end));
    }

    /** Whether a digit stands on the other side of a point, colon, comma or slash. */
    private static boolean joined(String text, int at, int step) {
        int beyond = at + step;
        return at >= 0
                && at < text.length()
                && beyond >= 0
                && beyond < text.length()
                && ".:,/".indexOf(text.charAt(at)) >= 0
                && isDigit(text.charAt(beyond));
    }

    private static boolean isWord(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    }

    private static boolean isName(char c) {
        return (isWord(c) && !isDigit(c)) || c == '.';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
