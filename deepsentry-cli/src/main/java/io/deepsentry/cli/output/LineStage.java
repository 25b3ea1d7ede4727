package io.deepsentry.cli.output;

import io.deepsentry.core.Progress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A stage as plain lines, for files and pipes. */
final class LineStage implements Progress.Stage {
    private static final long SIGN_OF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Console console;
    private final String what;
    private final long total;
    private final String unit;
    private final long begun = System.nanoTime();
    private long done;
    private long lastLine = begun;
    private String note = "";
    private boolean closed;

    LineStage(Console console, String what, long total, String unit) {
        this.console = console;
        this.what = what;
        this.total = total;
        this.unit = unit;
    }

    @Override
    public synchronized void advance(long n) {
        count(n);
        long now = System.nanoTime();
        if (now - lastLine >= SIGN_OF_LIFE_NANOS) {
            lastLine = now;
            String of = total > 0 ? String.format(Locale.ROOT, " of %,d", total) : "";
            console.say(String.format(Locale.ROOT, "%s: %,d%s %s ...%s", what, done, of, unit, noted()));
        }
    }

    /** Counts without ever writing a line. */
    synchronized void count(long n) {
        done += n;
    }

    @Override
    public synchronized void note(String text) {
        note = text;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            console.say(String.format(
                    Locale.ROOT,
                    "%s: %,d %s in %.1f s%s",
                    what,
                    done,
                    unit,
                    (System.nanoTime() - begun) / 1e9,
                    noted()));
        }
    }

    private String noted() {
        return note.isEmpty() ? "" : ", " + note;
    }
}
