package io.deepsentry.live.alert;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replaces secrets and personal data in a text by {@value #MARK}. Immutable and safe for use by several threads.
 *
 * @deprecated use {@link io.deepsentry.parse.redact.Redaction}, which replaces the same
 */
@Deprecated(since = "0.2.0", forRemoval = true)
public final class Redaction {
    /** The replacement of redacted text. */
    public static final String MARK = io.deepsentry.parse.redact.Redaction.MARK;

    /**
     * The kinds of data that can be replaced.
     *
     * @deprecated use {@link io.deepsentry.parse.redact.Redaction.Kind}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    public enum Kind {
        /** Private keys, access keys and tokens of well-known shapes. */
        KEYS(io.deepsentry.parse.redact.Redaction.Kind.KEYS),
        /** Values given as a password, secret or token. */
        PASSWORDS(io.deepsentry.parse.redact.Redaction.Kind.PASSWORDS),
        /** E-mail addresses. */
        EMAILS(io.deepsentry.parse.redact.Redaction.Kind.EMAILS),
        /** Numbers of payment cards. */
        CARDS(io.deepsentry.parse.redact.Redaction.Kind.CARDS);

        private final io.deepsentry.parse.redact.Redaction.Kind current;

        Kind(io.deepsentry.parse.redact.Redaction.Kind current) {
            this.current = current;
        }

        /**
         * Returns the name that configuration files use.
         *
         * @return the name, in lower case
         */
        public String configName() {
            return current.configName();
        }
    }

    private final io.deepsentry.parse.redact.Redaction current;

    private Redaction(io.deepsentry.parse.redact.Redaction current) {
        this.current = current;
    }

    /**
     * Returns a redaction of some kinds.
     *
     * @param kinds the kinds to replace; empty: every text stays as it is
     * @return the redaction
     */
    public static Redaction of(Collection<Kind> kinds) {
        return new Redaction(current(kinds));
    }

    /**
     * Returns a redaction of every kind.
     *
     * @return the redaction
     */
    public static Redaction ofAll() {
        return new Redaction(io.deepsentry.parse.redact.Redaction.ofAll());
    }

    /**
     * Redacts a text.
     *
     * @param text any text
     * @return the redacted text; the same object if nothing was replaced
     */
    public String apply(String text) {
        return current.apply(text);
    }

    /**
     * Returns the same redaction as the class that replaces this one.
     *
     * @return the redaction
     */
    public io.deepsentry.parse.redact.Redaction current() {
        return current;
    }

    static io.deepsentry.parse.redact.Redaction current(Collection<Kind> kinds) {
        return io.deepsentry.parse.redact.Redaction.of(
                kinds.stream().map(kind -> kind.current).toList());
    }

    static Set<Kind> kinds(io.deepsentry.parse.redact.Redaction redaction) {
        return Arrays.stream(Kind.values())
                .filter(kind -> redaction.kinds().contains(kind.current))
                .collect(Collectors.toUnmodifiableSet());
    }
}
