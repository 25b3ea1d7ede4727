package io.deepsentry.text.redact;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.deepsentry.core.ConfigException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Replaces what must not leave a log: {@code <redacted>} stands where it was. Text that was redacted stays as it is when it is
 * redacted again.
 *
 * <pre>{@code
 * Redaction.ofAll().apply("login password=hunter2 for bob"); // login password=<redacted> for bob
 * }</pre>
 *
 * <p>It knows secrets by the shapes that their issuers publish and by the names they are given ({@code password=...}); it
 * cannot know one that looks like any other word. The work grows with the length of the text and no faster. Immutable and
 * safe for use by several threads.
 */
public final class Redaction {
    /** What stands where something was redacted. */
    public static final String MARK = "<redacted>";

    /** Keys, passwords and numbers of cards: what nobody needs to know a message by. */
    public static final Redaction SECRETS = of(EnumSet.of(Kind.KEYS, Kind.PASSWORDS, Kind.CARDS));

    private static final int MOST_PATTERNS = 100;

    /** What can be replaced. */
    public enum Kind {
        /** Private keys in PEM, access keys and tokens of well-known shapes, and JSON Web Tokens. */
        KEYS,
        /** What is given as a password, secret or token, in headers of credentials and cookies, or in an address. */
        PASSWORDS,
        /** E-mail addresses. */
        EMAILS,
        /** Numbers of payment cards: a network's first digits, its length, and a right check digit (ISO/IEC 7812-1). */
        CARDS;

        /** Its name in a configuration file. */
        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Set<Kind> kinds;
    private final SecretNames names;
    private final ImmutableList<Pattern> patterns;

    private Redaction(Set<Kind> kinds, SecretNames names, ImmutableList<Pattern> patterns) {
        this.kinds = kinds;
        this.names = names;
        this.patterns = patterns;
    }

    /** A redaction of some kinds; none leaves every text as it is. */
    public static Redaction of(Collection<Kind> kinds) {
        Set<Kind> some = EnumSet.noneOf(Kind.class);
        some.addAll(kinds);
        return new Redaction(some, SecretNames.USUAL, ImmutableList.of());
    }

    /** A redaction of every kind. */
    public static Redaction ofAll() {
        return of(EnumSet.allOf(Kind.class));
    }

    /**
     * Returns a redaction that knows more.
     *
     * @param furtherNames names whose values are secrets, such as {@code member_no}; case, hyphens and underscores do not matter
     * @param furtherPatterns regular expressions in the syntax of RE2, whose work is linear; the first group is replaced, or the
     *     whole match where there is none
     * @throws ConfigException if a name has no letters, or a pattern is wrong or matches nothing at all
     */
    public Redaction with(List<String> furtherNames, List<String> furtherPatterns) {
        for (String name : furtherNames) {
            if (SecretNames.letters(name).isEmpty()) {
                throw new ConfigException("redact_names: a name must have letters or digits, but was '" + name + "'");
            }
        }
        if (furtherPatterns.size() > MOST_PATTERNS) {
            throw new ConfigException("redact_patterns must be at most " + MOST_PATTERNS + ", but there are "
                    + furtherPatterns.size() + "; join some with |");
        }
        ImmutableList.Builder<Pattern> compiled = ImmutableList.builder();
        compiled.addAll(patterns);
        furtherPatterns.forEach(pattern -> compiled.add(compile(pattern)));
        return new Redaction(
                kinds, furtherNames.isEmpty() ? names : SecretNames.of(furtherNames), compiled.build());
    }

    private static Pattern compile(String regex) {
        try {
            Pattern pattern = Pattern.compile(regex);
            if (pattern.matcher("").find()) {
                throw new ConfigException(
                        "redact_patterns: a pattern must not match nothing at all, but '" + regex + "' does");
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    "redact_patterns: '" + regex + "' is not a regular expression of RE2: " + e.getDescription(), e);
        }
    }

    /** Returns the text without what is to be replaced; the same object if that is nothing. */
    public String apply(String text) {
        String left = kinds.isEmpty() ? text : new SecretScanner(text, kinds, names).run();
        for (Pattern pattern : patterns) {
            left = replace(pattern, left);
        }
        return left;
    }

    private static String replace(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder out = null;
        int copied = 0;
        while (matcher.find()) {
            int group = matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
            String found = matcher.group(group);
            if (found == null || found.isEmpty() || found.contains(MARK) || MARK.contains(found)) {
                continue;
            }
            if (out == null) {
                out = new StringBuilder(text.length());
            }
            out.append(text, copied, matcher.start(group)).append(MARK);
            copied = matcher.end(group);
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }
}
