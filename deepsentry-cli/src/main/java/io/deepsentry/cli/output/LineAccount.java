package io.deepsentry.cli.output;

import io.deepsentry.parse.ReadStats;

/** What became of every line of a log, in a sentence. */
public final class LineAccount {
    private LineAccount() {}

    /** Returns the account; with sessions it counts the events without a key, too. */
    public static String of(ReadStats read, boolean sessions) {
        StringBuilder text = new StringBuilder(counted(read.lines(), "line") + ": " + counted(read.events(), "event")
                + ", " + count(read.attached()) + " attached");
        if (read.unread() > 0) {
            text.append(" (")
                    .append(count(read.unread()))
                    .append(read.unread() == 1 ? " of them continues no event)" : " of them continue no event)");
        }
        text.append(", ").append(count(read.blank())).append(" blank");
        append(text, ", ", read.dropped(), " left out");
        append(text, ", ", read.unaccounted(), " unaccounted for");
        append(text, "; ", read.cut(), " cut for their length");
        append(text, "; ", read.ignoredBytes(), " bytes ignored (NULs, or after compressed content)");
        if (sessions) {
            text.append("; ").append(count(read.withoutKey())).append(" events without a session key");
        }
        return text.toString();
    }

    /** Returns what became of the lines, for people who want to know only whether all of them were read. */
    public static String brief(ReadStats read) {
        StringBuilder text = new StringBuilder(counted(read.events(), "event"));
        append(text, ", ", read.attached(), " lines attached to the event before them");
        append(text, ", ", read.unread(), " of them continue none");
        append(text, ", ", read.blank(), " blank");
        append(text, ", ", read.dropped(), " left out");
        append(text, ", ", read.cut(), " cut for their length");
        return text.append(", ")
                .append(count(read.unaccounted()))
                .append(" lost")
                .toString();
    }

    private static void append(StringBuilder text, String separator, long n, String what) {
        if (n > 0) {
            text.append(separator).append(count(n)).append(what);
        }
    }

    private static String counted(long n, String noun) {
        return count(n) + " " + noun + (n == 1 ? "" : "s");
    }

    private static String count(long n) {
        return KeyValueTable.count(n);
    }
}
