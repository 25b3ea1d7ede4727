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

    /** A redaction of some kinds; none leaves every text as it is. */
    public static Redaction of(Collection<Kind> kinds) {
        Set<Kind> some = EnumSet.noneOf(Kind.class);
        some.addAll(kinds);
        return new Redaction(some, RedactionRules.NONE, MARK);
    }

    /** A redaction of every kind. */
    public static Redaction ofAll() {
        return of(EnumSet.allOf(Kind.class));
    }

    /** Returns a redaction of the same kinds that knows these names and patterns, too, and no others. */
    public Redaction with(RedactionRules further) {
        return further.equals(rules) ? this : new Redaction(kinds, further, mark);
    }

    /** Returns a redaction of only those of these kinds that this one has. */
    public Redaction only(Collection<Kind> some) {
        Set<Kind> both = EnumSet.noneOf(Kind.class);
        both.addAll(kinds);
        both.retainAll(some);
        return new Redaction(both, rules, mark);
    }

    /** Returns a redaction that puts another text where something was, and in place of each {@value #MARK}. */
    public Redaction marking(String newMark) {
        return new Redaction(kinds, rules, newMark);
    }

    /** What is replaced. */
    public Set<Kind> kinds() {
        return kinds;
    }

    /** What a user added. */
    public RedactionRules rules() {
        return rules;
    }

    /** Returns the text without what is to be replaced; the same object if that is nothing. */
    public String apply(String text) {
        String left = kinds.isEmpty() ? text : new SecretScanner(text, kinds, names).run();
        for (Pattern pattern : patterns) {
            left = replace(pattern, left);
        }
        return marked(left);
    }

    /** Returns the value of a field without what is to be replaced. Often it is its name that says that a value is a secret. */
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

    /** Whether another one replaces the same. */
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
