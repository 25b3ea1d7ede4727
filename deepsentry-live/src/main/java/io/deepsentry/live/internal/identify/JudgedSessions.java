package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Judges each event with the sessions it belongs to, which end by the clock of the log; one that belongs to none, with those
 * before it in its input that do not either.
 */
final class JudgedSessions implements EventJudge {
    private final SessionRegistry sessions;
    private final LogClock clock;
    private final ToDoubleFunction<@Nullable Instant> threshold;
    /** Judges the events that belong to no session; null where training had none. */
    private final @Nullable JudgedStreams keyless;

    JudgedSessions(
            SessionRegistry sessions,
            LogClock clock,
            ToDoubleFunction<@Nullable Instant> threshold,
            @Nullable JudgedStreams keyless) {
        this.keyless = keyless;
        this.sessions = sessions;
        this.clock = clock;
        this.threshold = threshold;
    }

    @Override
    public Verdict judge(ReadMessage read, long wall) {
        clock.event(read.event().time(), wall);
        endIdle();
        if (read.keys().isEmpty() && keyless != null) {
            return keyless.judge(read, wall);
        }
        Verdict highest = null;
        for (String key : read.keys()) {
            Verdict verdict = sessions.add(key, read, clock.elapsed());
            highest = highest == null || verdict.score() > highest.score() ? verdict : highest;
        }
        return highest == null
                ? new Verdict.Normal(0, threshold.applyAsDouble(read.event().time()))
                : highest;
    }

    @Override
    public List<String> units(ReadMessage read) {
        return read.keys();
    }

    @Override
    public PendingMessages pending(String unit, List<float[]> next) {
        return sessions.pending(unit, next);
    }

    @Override
    public void forgetScores() {
        sessions.forgetScores();
        if (keyless != null) {
            keyless.forgetScores();
        }
    }

    @Override
    public void endIdle() {
        sessions.endIdle(clock.elapsed());
    }

    @Override
    public boolean anyIdle() {
        return sessions.anyIdle(clock.elapsed());
    }

    @Override
    public void endAll() {
        sessions.endAll();
    }

    @Override
    public boolean knows(String key) {
        return sessions.knows(key);
    }

    @Override
    public long begun() {
        return sessions.begun();
    }

    @Override
    public int open() {
        return sessions.open();
    }

    @Override
    public long evicted() {
        return sessions.evicted();
    }

    @Override
    public void write(StateOutput out) throws IOException {
        sessions.write(out);
        if (keyless == null) {
            // The number of streams.
            out.number(0);
        } else {
            keyless.write(out);
        }
    }

    @Override
    public void read(StateInput in, VectorPool.Reader known) throws IOException {
        sessions.read(in, known);
        if (keyless != null) {
            keyless.read(in, known);
            return;
        }
        int streams = in.count();
        if (streams != 0) {
            throw new IOException(streams + " streams beside sessions");
        }
    }
}
