package io.deepsentry.parse.redact;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces secrets and personal data in a text by {@value #MARK}. Redacting a text again leaves it as it is.
 *
 * <pre>{@code
 * Redaction.ofAll().apply("login password=hunter2 for bob"); // login password=<redacted> for bob
 * }</pre>
 *
 * <p>It recognises secrets by the shapes that their issuers publish and by the names they are given
 * ({@code password=...}); it cannot recognise one that looks like any other word. The work is linear in the length of
 * the text. Immutable and safe for use by several threads.
 */
public final class Redaction {
    /** The replacement of redacted text. */
    public static final String MARK = "<redacted>";

    /** Redacts keys, passwords and card numbers, which nobody needs to recognise a message. */
    public static final Redaction SECRETS = of(EnumSet.of(Kind.KEYS, Kind.PASSWORDS, Kind.CARDS));

    /** The kinds of data that can be replaced. */
    public enum Kind {
        /** Private keys in PEM, access keys and tokens of well-known shapes, and JSON Web Tokens. */
        KEYS,
        /** Values given as a password, secret or token, in headers of credentials and cookies, or in an address. */
        PASSWORDS,
        /** E-mail addresses. */
        EMAILS,
        /** Numbers of payment cards: a network's first digits, its length, and a valid check digit (ISO/IEC 7812-1). */
        CARDS;

        /**
         * Returns the name that configuration files use.
         *
         * @return the name, in lower case
         */
        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Set<Kind> kinds;
    private final RedactionRules rules;
    private final SecretNames names;
    private final List<Pattern> patterns;
    private final String mark;

    private Redaction(Set<Kind> kinds, RedactionRules rules, String mark) {
        this.mark = mark;
        this.kinds = Collections.unmodifiableSet(kinds);
        this.rules = rules;
        names = rules.names().isEmpty() ? SecretNames.USUAL : SecretNames.of(rules.names());
        patterns = rules.patterns().stream().map(RedactionRules::compile).toList();
    }

    /**
     * Returns a redaction of some kinds.
     *
     * @param kinds the kinds to replace; empty: every text stays as it is
     * @return the redaction
     */
    public static Redaction of(Collection<Kind> kinds) {
        Set<Kind> some = EnumSet.noneOf(Kind.class);
        some.addAll(kinds);
        return new Redaction(some, RedactionRules.NONE, MARK);
    }

    /**
     * Returns a redaction of every kind.
     *
     * @return the redaction
     */
    public static Redaction ofAll() {
        return of(EnumSet.allOf(Kind.class));
    }

    /**
     * Returns a redaction of the same kinds that also replaces these names and patterns. Names and patterns added
     * before are dropped.
     *
     * @param further the names and patterns
     * @return the redaction
     */
    public Redaction with(RedactionRules further) {
        return further.equals(rules) ? this : new Redaction(kinds, further, mark);
    }

    /**
     * Returns a redaction of those kinds that are both given and replaced by this one.
     *
     * @param some the kinds to keep
     * @return the redaction
     */
    public Redaction only(Collection<Kind> some) {
        Set<Kind> both = EnumSet.noneOf(Kind.class);
        both.addAll(kinds);
        both.retainAll(some);
        return new Redaction(both, rules, mark);
    }

    /**
     * Returns a redaction with another replacement. It also puts it in place of each {@value #MARK} in a text.
     *
     * @param newMark the replacement
     * @return the redaction
     */
    public Redaction marking(String newMark) {
        return new Redaction(kinds, rules, newMark);
    }

    /**
     * Returns the kinds that are replaced.
     *
     * @return the kinds, unmodifiable
     */
    public Set<Kind> kinds() {
        return kinds;
    }

    /**
     * Returns the names and patterns that a user added.
     *
     * @return the rules; {@link RedactionRules#NONE} if there are none
     */
    public RedactionRules rules() {
        return rules;
    }

    /**
     * Redacts a text.
     *
     * @param text any text
     * @return the redacted text; the same object if nothing was replaced
     */
    public String apply(String text) {
        String left = kinds.isEmpty() ? text : new SecretScanner(text, kinds, names).run();
        for (Pattern pattern : patterns) {
            left = replace(pattern, left);
        }
        return marked(left);
    }

    /**
     * Redacts the value of a field. A field's name often says that its value is a secret.
     *
     * @param name the field's name
     * @param value the field's value
     * @return the redacted value
     */
    public String apply(String name, String value) {
        if (value.isEmpty()) {
            return value;
        }
        String known = kinds.contains(Kind.PASSWORDS) ? new SecretScanner(value, kinds, names).value(name) : value;
        return apply(known);
    }

    private String marked(String text) {
        return mark.equals(MARK) ? text : text.replace(MARK, mark);
    }

    /** Returns whether another redaction replaces the same. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Redaction that
                && kinds.equals(that.kinds)
                && rules.equals(that.rules)
                && mark.equals(that.mark);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kinds, rules, mark);
    }

    @Override
    public String toString() {
        return "Redaction[kinds=" + kinds + ", rules=" + rules + "]";
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
