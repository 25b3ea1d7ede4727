package io.deepsentry.text.pattern;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a message differs between two logs.
 *
 * @param kind in what
 * @param message its identity
 * @param good the message in the first log, or null if it is not there
 * @param bad the message in the second log, or null if it is not there
 * @param times how many times as often it is in the second log, 1 if as often as the length of the logs says; infinite
 *     for a new message
 * @param chance at most so likely is a difference of this size by chance, in any of the messages
 * @param evidence the natural logarithm of how unlikely it is for one message
 * @param shifts numbers that left their range
 */
public record PatternChange(
        Kind kind,
        String message,
        @Nullable LogPattern good,
        @Nullable LogPattern bad,
        double times,
        double chance,
        double evidence,
        List<ValueShift> shifts) {
    /** In what a message differs. */
    public enum Kind {
        /** Only the second log has it. */
        NEW,
        /** Only the first log has it, and often enough for it to be missed. */
        GONE,
        /** It comes more often. */
        MORE,
        /** It comes less often. */
        LESS,
        /** It comes as often, with numbers that it did not have. */
        VALUES
    }

    public PatternChange {
        shifts = List.copyOf(shifts);
    }

    /** {@return the message in the log that tells more of it: the second, unless it is gone} */
    public LogPattern shown() {
        return Objects.requireNonNull(bad == null ? good : bad);
    }

    /** {@return how many lines of the first log are this message} */
    public long goodCount() {
        return good == null ? 0 : good.count();
    }

    /** {@return how many lines of the second log are this message} */
    public long badCount() {
        return bad == null ? 0 : bad.count();
    }
}
