package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.internal.evidence.CommonClock;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time that goes by in a log: by the times of its events, so that a log read again ages as it did when it was
 * written; by the wall while nothing new is there, or where events have no times. It never goes back. An event far
 * behind the others shows that one of those was wrong; the clock then continues from the new one. Events of several
 * clocks count as by one, see {@link CommonClock}.
 */
final class LogClock {
    private final Duration tolerance;
    private final Duration longestStep;
    private final CommonClock clocks = new CommonClock();
    /** Nanoseconds since the first event. */
    private long elapsed;

    private @Nullable Instant latest;
    private long lastNanos;
    /** What was added to the clock since the last event because nothing was there. */
    private long quiet;
    /** What was added for the wall and has not gone by in the log yet, as for lines of the same second. */
    private long ahead;

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
            latest = time == null ? null : common(time);
        } else if (time == null) {
            elapsed += Math.max(0, nanoTime - lastNanos - quiet);
        } else {
            advance(common(time));
        }
        quiet = 0;
        lastNanos = nanoTime;
    }

    private void advance(Instant time) {
        Duration since = latest == null ? Duration.ZERO : Duration.between(latest, time);
        if (latest == null
                || clocks.isRestart()
                || (since.isNegative() && since.negated().compareTo(tolerance) > 0)) {
            latest = time;
            ahead = 0;
            return;
        }
        long known = ahead + quiet;
        if (!since.isNegative()) {
            long counted = (since.compareTo(longestStep) > 0 ? longestStep : since).toNanos();
            elapsed += Math.max(0, counted - known);
            known = Math.max(0, known - counted);
            latest = time;
        }
        ahead = Math.min(known, longestStep.toNanos());
    }

    /** The time of an event by the clock that counts. */
    private Instant common(Instant time) {
        double seconds = time.getEpochSecond() + time.getNano() / 1e9;
        double off = clocks.add(seconds) - seconds;
        double whole = Math.floor(off);
        return off == 0 ? time : time.plusSeconds((long) whole).plusNanos(Math.round((off - whole) * 1e9));
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
        out.number(ahead);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeDouble(clocks.now());
            clocks.write(data);
        }
        out.bytes(bytes.toByteArray());
    }

    /** Continues from there; the time in between does not count. */
    void read(StateInput in, long nanoTime) throws IOException {
        started = in.flag();
        elapsed = in.number();
        latest = in.time();
        quiet = in.number();
        lastNanos = nanoTime - in.number();
        if (!in.hasSeveralClocks()) {
            ahead = 0;
            clocks.now(latest == null ? Double.NaN : latest.getEpochSecond());
            return;
        }
        ahead = in.number();
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(in.bytes()))) {
            clocks.now(data.readDouble());
            clocks.read(data);
        }
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
