package io.deepsentry.parse.redact;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/**
 * The names and patterns that users add to {@link Redaction}. Immutable.
 *
 * @param names names whose values are secrets, such as {@code member_no}; case, hyphens and underscores do not matter
 * @param patterns at most 100 regular expressions in the syntax of RE2, whose work is linear; the first group is
 *     replaced, or the whole match if there is none
 */
public record RedactionRules(List<String> names, List<String> patterns) {
    /** No names and no patterns. */
    public static final RedactionRules NONE = new RedactionRules(List.of(), List.of());

    private static final int MOST_PATTERNS = 100;

    /**
     * Checks the names and patterns.
     *
     * @param names names whose values are secrets; each has a letter or digit
     * @param patterns at most 100 regular expressions in the syntax of RE2, none of which matches the empty text
     * @throws IllegalArgumentException if a name has no letters or digits, there are too many patterns, or one is
     *     invalid
     */
    public RedactionRules {
        names = List.copyOf(names);
        patterns = List.copyOf(patterns);
        for (String name : names) {
            if (SecretNames.letters(name).isEmpty()) {
                throw new IllegalArgumentException("a name must have letters or digits, but was '" + name + "'");
            }
        }
        if (patterns.size() > MOST_PATTERNS) {
            throw new IllegalArgumentException("there may be " + MOST_PATTERNS + " patterns, but there are "
                    + patterns.size() + "; join some with |");
        }
        for (String pattern : patterns) {
            Pattern unused = compile(pattern);
        }
    }

    static Pattern compile(String regex) {
        try {
            Pattern pattern = Pattern.compile(regex);
            if (pattern.matcher("").find()) {
                throw new IllegalArgumentException("a pattern must not match nothing at all, but '" + regex + "' does");
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + regex + "' is not a regular expression of RE2: " + e.getDescription(), e);
        }
    }
}
