package io.deepsentry.text.prepare;

import io.deepsentry.core.ConfigException;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.internal.prepare.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether there is something to learn from training rows: messages that come again, and more than one of them. */
final class Learnable {
    /**
     * The share of rows that repeat an earlier one below which there is nothing to learn. Real logs have 10% and more.
     */
    private static final double LEAST_REPEATS = 0.05;
    /** Training rows below which what was learned says little. */
    private static final int FEW_ROWS = 100;

    private static final int MOST_DISTINCT = 1 << 18;
    private static final int SHOWN = 3;
    private static final int SHOWN_LENGTH = 60;

    private final SessionTable distinct = new SessionTable();
    private final List<String> first = new ArrayList<>();
    private long rows;
    /** Rows counted: those before there were too many distinct messages to be remembered. */
    private long counted;

    void add(String message) {
        rows++;
        if (distinct.size() >= MOST_DISTINCT) {
            return;
        }
        counted++;
        int before = distinct.size();
        distinct.add(SessionTable.hash(message), 0);
        if (distinct.size() > before && first.size() < SHOWN) {
            first.add(message);
        }
    }

    /** Refuses rows from which nothing can be learned. */
    void require() {
        long repeats = counted - distinct.size();
        if (distinct.size() < 2 || repeats >= LEAST_REPEATS * counted) {
            return;
        }
        String shown = first.stream().map(Learnable::quoted).collect(Collectors.joining(", "));
        throw new ConfigException(String.format(
                        Locale.ROOT,
                        "there is nothing to learn: %s of %,d training lines differ, even after their values are"
                                + " masked, such as ",
                        repeats == 0 ? "all" : String.format(Locale.ROOT, "%,d", distinct.size()),
                        counted)
                + shown
                + ". Training learns what is normal from messages that repeat. Use a longer log, check with"
                + " 'deepsentry parse' how it is read, or mask what differs with mask_rules; with --learn-anyway (key"
                + " learn_anyway) each new message will be reported");
    }

    /** Returns what limits what can be learned. */
    Optional<String> warning() {
        if (distinct.size() == 1) {
            return Optional.of("all " + String.format(Locale.ROOT, "%,d", rows) + " training lines are one message, "
                    + quoted(first.get(0)) + ": only other messages can be found, no order of messages is learned");
        }
        return rows < FEW_ROWS
                ? Optional.of("the training part has only " + Counted.of(rows, "line")
                        + ": whatever it happens not to contain will be reported; use a longer log")
                : Optional.empty();
    }

    private static String quoted(String message) {
        return '"' + Excerpt.of(message, SHOWN_LENGTH) + '"';
    }
}
