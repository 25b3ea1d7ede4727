package io.deepsentry.text.session;

import io.deepsentry.parse.internal.Counted;
import java.util.Locale;
import java.util.Objects;

/**
 * An identifier that would make sessions.
 *
 * @param key what {@code --session-key} takes: a regular expression with one group, or the name of a field
 * @param sessions how many sessions it makes of the lines looked at
 * @param medianLines how many lines the median session has
 * @param coverage the share of lines that have a key, 0 to 1
 * @param example one of its values
 */
public record KeyProposal(String key, int sessions, int medianLines, double coverage, String example) {
    /** {@code auto} takes a key that at least so many of the lines have. */
    public static final double ENOUGH = 0.5;

    public KeyProposal {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(example, "example");
    }

    /** {@return whether enough lines have this key for sessions to tell the most of the log} */
    public boolean isEnough() {
        return coverage >= ENOUGH;
    }

    /** {@return the key as a shell takes it for one word} */
    public String shellWord() {
        return key.matches("[\\w.@:/-]+") ? key : "'" + key.replace("'", "'\\''") + "'";
    }

    /** {@return what it would make, such as {@code 3,910 sessions of 5 lines (92% of lines), such as "order 17"}} */
    public String outcome() {
        return String.format(
                Locale.ROOT,
                "%s of %s (%.0f%% of lines), such as \"%s\"",
                Counted.of(sessions, "session"),
                Counted.of(medianLines, "line"),
                Math.floor(coverage * 100),
                example);
    }
}
