package io.deepsentry.parse.internal;

import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Whether a line without a header continues the record before it, as the lines of a stack trace or of an SQL statement
 * do.
 *
 * <p>It decides nothing but what a user is told: each line without a header joins the record before it, yet one that
 * continues nothing may have been a record of its own. Where it is unclear, the line counts as a continuation. Not
 * thread-safe.
 */
public final class Continuation {
    /** How far into a line a time of day makes it a record of its own. */
    private static final int HEADER = 48;
    /** How much of a line patterns look at: lines may be as long as they like. */
    private static final int BEGINNING = 200;

    private static final Pattern TIME_OF_DAY = Pattern.compile("\\b\\d{1,2}:\\d{2}:\\d{2}\\b");
    /** How lines of a trace begin, indented or not. */
    private static final Pattern TRACE =
            Pattern.compile("(Caused by:|Suppressed:|at |\\.\\.\\.|Traceback|During handling of"
                    + "|The above exception|Exception in thread|thread '|stack backtrace|note: |panic:|fatal error:"
                    + "|goroutine \\d|created by |exit status|---|[}\\])<|+#]|[{\\[]$)");
    /** A class of exceptions with what it says, as in {@code java.io.IOException: disk full}. */
    private static final Pattern EXCEPTION =
            Pattern.compile("([\\w$]+[.:/])*[\\w$]*(Exception|Error|Throwable|Interrupt|Failure|Warning|Fault)\\b");
    /** A line that is nothing but a function, as in {@code main.main()} and {@code example.org/shop/cart.Save}. */
    private static final Pattern FRAME = Pattern.compile("([\\w.$/*]+\\(\\S*\\)|[\\w.@-]+(/[\\w.@-]+)+\\S*)$");

    private static final Pattern SQL = Pattern.compile(
            "\\b(select|insert into|update|delete from|create|alter|merge into|with|begin|call)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SQL_PART = Pattern.compile(
            "(select|from|where|and|or|(left |right |inner |outer |cross |full )?join|group by|order by|having|limit|offset"
                    + "|values|set|on|union|returning|insert|update|delete|case|when|else|end|as)\\b",
            Pattern.CASE_INSENSITIVE);

    private boolean quoteOpen;
    private boolean open;
    private boolean sql;

    private Continuation() {}

    /** Begins with the first line of a record and what it says. */
    public static Continuation of(String line, String message) {
        Continuation record = new Continuation();
        // A header without a text has it on the lines that follow.
        record.open = message.isBlank() || opens(message);
        record.sql = SQL.matcher(message).find();
        record.countQuotes(line);
        return record;
    }

    /** Takes the next line without a header, and returns whether it continues the record. */
    public boolean takes(String line) {
        boolean continues = quoteOpen
                || Character.isWhitespace(line.charAt(0))
                || begins(line, TRACE)
                || begins(line, EXCEPTION)
                || begins(line, FRAME)
                || (open && !hasTimeOfDay(line))
                || (sql && begins(line, SQL_PART));
        countQuotes(line);
        // What follows a continuation is one too; what follows a line that is none only if that line asks for it.
        open = continues || opens(line);
        return continues;
    }

    /** Writes what {@link #read} reads. */
    public void write(StateWriter out) {
        out.flag(quoteOpen);
        out.flag(open);
        out.flag(sql);
    }

    /** Returns what continues from what {@link #write} wrote. */
    public static Continuation read(StateReader in) throws IOException {
        Continuation record = new Continuation();
        record.quoteOpen = in.flag();
        record.open = in.flag();
        record.sql = in.flag();
        return record;
    }

    private static boolean begins(String line, Pattern with) {
        return with.matcher(line).region(0, Math.min(line.length(), BEGINNING)).lookingAt();
    }

    private static boolean hasTimeOfDay(String line) {
        return TIME_OF_DAY
                .matcher(line)
                .region(0, Math.min(line.length(), HEADER))
                .find();
    }

    /** Whether a line ends so that something must follow. */
    private static boolean opens(String text) {
        int end = text.length();
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end > 0 && ":,;{[(=\\|<".indexOf(text.charAt(end - 1)) >= 0;
    }

    private void countQuotes(String line) {
        for (int at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) {
            if (at == 0 || line.charAt(at - 1) != '\\') {
                quoteOpen = !quoteOpen;
            }
        }
    }
}
