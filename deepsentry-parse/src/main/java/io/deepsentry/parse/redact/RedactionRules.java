package io.deepsentry.parse.redact;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/**
 * What users add to what {@link Redaction} knows.
 *
 * @param names names whose values are secrets, such as {@code member_no}; case, hyphens and underscores do not matter
 * @param patterns regular expressions in the syntax of RE2, whose work is linear; the first group is replaced, or the whole
 *     match where there is none
 */
public record RedactionRules(List<String> names, List<String> patterns) {
    /** Nothing. */
    public static final RedactionRules NONE = new RedactionRules(List.of(), List.of());

    private static final int MOST_PATTERNS = 100;

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if a name has no letters, or a pattern is wrong or matches nothing at all
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
