package io.deepsentry.cli.output;

import io.deepsentry.core.Progress;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.alert.Alert;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code live} shows: on a terminal a line that is redrawn, with throughput, lag, the score against the threshold,
 * and above it the alarms as they come; elsewhere a sentence when it begins and when it learns the log's format, and
 * nothing in between.
 */
public final class LiveDisplay implements LiveRun.Listener, Progress {
    private static final long REDRAW_NANOS = 200_000_000;
    /** A log that is followed may begin in the middle of a record. */
    private static final int UNREAD_BEFORE_WARNING = 5;

    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[0m";

    private final Console console;
    private final @Nullable AlertText alarms;
    private final boolean colours;
    private long drawnAt = System.nanoTime();
    private long drawnMessages;
    private double rate;
    private boolean warned;

    /**
     * A display.
     *
     * @param alarms how alarms are shown; null where they come along on standard output anyway
     * @param colours whether a score above the threshold is red
     */
    public LiveDisplay(Console console, @Nullable AlertText alarms, boolean colours) {
        this.console = console;
        this.alarms = alarms;
        this.colours = colours && console.terminal();
    }

    @Override
    public void batch(int messages, Duration took, LiveRun.Snapshot now) {
        if (!warned && now.input().read().unread() >= UNREAD_BEFORE_WARNING) {
            now.input().read().warning().ifPresent(warning -> {
                warned = true;
                console.say("warning: " + warning);
            });
        }
        long at = System.nanoTime();
        if (!console.terminal() || at - drawnAt < REDRAW_NANOS) {
            return;
        }
        long seen = now.identified().messages();
        double current = (seen - drawnMessages) / ((at - drawnAt) / 1e9);
        // A second's worth counts as much as everything before: steady to read, and still follows.
        double weight = Math.min(1, (at - drawnAt) / 1e9);
        rate += (current - rate) * weight;
        drawnAt = at;
        drawnMessages = seen;
        console.show(line(now));
    }

    private String line(LiveRun.Snapshot now) {
        boolean above = now.score() > now.threshold();
        String score = Double.isNaN(now.score())
                ? "no score yet"
                : String.format(Locale.ROOT, "score %.3g of %.3g", now.score(), now.threshold());
        String text = String.format(
                Locale.ROOT,
                "%,.0f/s  lag %.1f s  %s  %,d messages  %,d alerts",
                rate,
                now.lag().toMillis() / 1e3,
                score,
                now.identified().messages(),
                now.identified().alerts());
        String cut = cut(text);
        return above && colours ? RED + cut + PLAIN : cut;
    }

    private String cut(String text) {
        return Lines.cut(text, console.screen().columns() - 1);
    }

    @Override
    public void alert(Alert alert) {
        if (alarms != null && console.terminal()) {
            alarms.lines(alert).forEach(console::say);
        }
    }

    @Override
    public Stage begin(String what, long total, String unit) {
        console.say(TerminalSafe.text(what) + " ...");
        return new Stage() {
            @Override
            public void advance(long n) {}

            @Override
            public void note(String text) {
                console.say(TerminalSafe.text(text));
            }

            @Override
            public void close() {
                console.clearTransient();
            }
        };
    }
}
