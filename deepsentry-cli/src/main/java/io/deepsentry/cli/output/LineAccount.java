package io.deepsentry.cli.output;

import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.internal.Counted;

/** What became of every line of a log, in a sentence. */
public final class LineAccount {
    private LineAccount() {}

    /** Returns the account; with sessions it counts the events without a key, too. */
    public static String of(ReadStats read, boolean sessions) {
        return of(read, 0, sessions);
    }

    /**
     * Returns the account of a run that another resumes.
     *
     * @param kept how many lines are in no event yet, and were kept for that one
     */
    public static String of(ReadStats read, long kept) {
        return of(read, kept, false);
    }

    private static String of(ReadStats read, long kept, boolean sessions) {
        StringBuilder text = new StringBuilder(Counted.of(read.lines(), "line") + ": "
                + Counted.of(read.events(), "event") + ", " + count(read.attached()) + " attached");
        if (read.unread() > 0) {
            text.append(" (")
                    .append(Counted.of(read.unread(), "of them continues", "of them continue"))
                    .append(" no event)");
        }
        text.append(", ").append(count(read.blank())).append(" blank");
        append(text, ", ", read.dropped(), " left out");
        append(text, ", ", kept, " kept for the next start");
        append(text, ", ", read.unaccounted() - kept, " unaccounted for");
        append(text, "; ", read.cut(), " cut for their length");
        counted(text, "; ", read.ignoredBytes(), "byte", " ignored (NULs, or after compressed content)");
        if (sessions) {
            text.append("; ").append(Counted.of(read.withoutKey(), "event")).append(" without a session key");
        }
        return text.toString();
    }

    /** Returns what became of the lines, for people who want to know only whether all of them were read. */
    public static String brief(ReadStats read) {
        StringBuilder text = new StringBuilder(Counted.of(read.events(), "event"));
        counted(text, ", ", read.attached(), "line", " attached to the event before");
        if (read.unread() > 0) {
            text.append(", ")
                    .append(Counted.of(read.unread(), "of them continues", "of them continue"))
                    .append(" none");
        }
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

    private static void counted(StringBuilder text, String separator, long n, String noun, String what) {
        if (n > 0) {
            text.append(separator).append(Counted.of(n, noun)).append(what);
        }
    }

    private static String count(long n) {
        return KeyValueTable.count(n);
    }
}
