package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.parse.internal.LogLevel;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the author of a program thought of a message, as far as its level says. */
public enum Severity {
    /** Said in the normal course of things. */
    LOW(0),
    /** A warning, a level that is not known, or none. */
    PLAIN(1),
    /** Something failed. */
    HIGH(2);

    /** Words that say what went wrong, where no level does. */
    private static final Set<String> FAILURES =
            words("error errors fatal fail fails failed failing failure failures fault"
                    + " faults panic crash crashes crashed exception exceptions abort aborted corrupt corrupted corruption"
                    + " segfault oops");

    private static final Set<String> NEGATIONS = words("no not without zero 0");
    /** A message with fewer words among its values is a dump. */
    private static final double LEAST_WORDS = 0.25;

    private static final int SHORTEST_WORD = 3;

    private final int code;

    Severity(int code) {
        this.code = code;
    }

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }

    /** A number from 0 on. */
    public int code() {
        return code;
    }

    /** The severity of a number. */
    static Severity ofCode(int code) {
        return code == LOW.code ? LOW : code == HIGH.code ? HIGH : PLAIN;
    }

    /** The severity that a level means, however it is written. */
    public static Severity of(@Nullable String level) {
        LogLevel known = LogLevel.of(level);
        if (known == null || known == LogLevel.WARNING) {
            return PLAIN;
        }
        return known.compareTo(LogLevel.WARNING) < 0 ? LOW : HIGH;
    }

    /**
     * The severity of a message of this level. Without a level it is an error if its words say that something failed.
     * With one, a message of next to nothing but values, such as a dump of registers, is none: the line that it belongs
     * to says what happened.
     *
     * @param message masked
     */
    public static Severity of(@Nullable String level, String message) {
        Severity severity = of(level);
        if (severity == LOW || (severity == PLAIN && level != null)) {
            return severity;
        }
        List<String> words = List.of(message.toLowerCase(Locale.ROOT).split(" "));
        // The identity of a message begins with its level where that is not the usual one.
        boolean begins = level != null && words.size() > 1 && words.get(0).equals(level.toLowerCase(Locale.ROOT));
        List<String> own = begins ? words.subList(1, words.size()) : words;
        if (severity == PLAIN) {
            return sayFailure(own) ? HIGH : PLAIN;
        }
        return areDump(own) && !sayFailure(own) ? PLAIN : HIGH;
    }

    private static boolean sayFailure(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean failure = FAILURES.contains(word) || word.endsWith("exception") || word.endsWith("error");
            if (failure && (i == 0 || !NEGATIONS.contains(words.get(i - 1)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean areDump(List<String> words) {
        return words.stream().filter(Severity::speaks).count() < LEAST_WORDS * words.size();
    }

    /** Whether this is a word: no token of masking, no abbreviation, and no number in hexadecimal. */
    private static boolean speaks(String word) {
        return word.length() >= SHORTEST_WORD
                && word.charAt(0) != '<'
                && word.chars().anyMatch(c -> (c < '0' || c > '9') && (c < 'a' || c > 'f'));
    }
}
