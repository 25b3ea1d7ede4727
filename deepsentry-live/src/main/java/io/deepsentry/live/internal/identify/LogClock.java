package io.deepsentry.live.internal.identify;

import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time that goes by in a log: by the times of its events, so that a log read again ages as it did when it was
 * written; by the wall while nothing new is there, or where events have no times. It never goes back. An event far
 * behind the others shows that one of those was wrong; the clock then continues from the new one.
 */
final class LogClock {
    private final Duration tolerance;
    private final Duration longestStep;
    /** Nanoseconds since the first event. */
    private long elapsed;

    private @Nullable Instant latest;
    private long lastNanos;
    /** What was added to the clock since the last event because nothing was there. */
    private long quiet;

    private boolean started;

    /**
     * @param tolerance how far events may be behind others without being taken for a change of the clock: the idle
     * timeout
     */
    LogClock(Duration tolerance) {
        this.tolerance = tolerance;
        // A line may claim any time. Two timeouts at once are as good as eternity.
        this.longestStep = tolerance.multipliedBy(2);
    }

    /** An event was read. */
    void event(@Nullable Instant time, long nanoTime) {
        if (!started) {
            started = true;
            latest = time;
        } else if (time == null) {
            elapsed += Math.max(0, nanoTime - lastNanos - quiet);
        } else if (latest == null) {
            latest = time;
        } else {
            Duration ahead = Duration.between(latest, time);
            if (ahead.isNegative()) {
                if (ahead.negated().compareTo(tolerance) > 0) {
                    latest = time;
                }
            } else {
                Duration counted = ahead.compareTo(longestStep) > 0 ? longestStep : ahead;
                elapsed += Math.max(0, counted.toNanos() - quiet);
                latest = time;
            }
        }
        quiet = 0;
        lastNanos = nanoTime;
    }

    /** All there is has been read: time goes by on the wall until the next event. */
    void caughtUp(long nanoTime) {
        if (started) {
            long more = nanoTime - lastNanos - quiet;
            elapsed += more;
            quiet += more;
        }
    }

    /** How the clock stands, with the wall time since its last event. */
    void write(StateOutput out, long nanoTime) throws IOException {
        out.flag(started);
        out.number(elapsed);
        out.time(latest);
        out.number(quiet);
        out.number(nanoTime - lastNanos);
    }

    /** Continues from there; the time in between does not count. */
    void read(StateInput in, long nanoTime) throws IOException {
        started = in.flag();
        elapsed = in.number();
        latest = in.time();
        quiet = in.number();
        lastNanos = nanoTime - in.number();
    }

    /** Nanoseconds for which nothing has come. */
    long quiet() {
        return quiet;
    }

    /** Nanoseconds that have gone by since the first event. */
    long elapsed() {
        return elapsed;
    }
}
