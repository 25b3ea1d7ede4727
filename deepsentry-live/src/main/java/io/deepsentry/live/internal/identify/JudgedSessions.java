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

/** Judges each event with the sessions it belongs to, which end by the clock of the log. */
final class JudgedSessions implements EventJudge {
    private final SessionRegistry sessions;
    private final LogClock clock;
    private final ToDoubleFunction<@Nullable Instant> threshold;

    JudgedSessions(SessionRegistry sessions, LogClock clock, ToDoubleFunction<@Nullable Instant> threshold) {
        this.sessions = sessions;
        this.clock = clock;
        this.threshold = threshold;
    }

    @Override
    public Verdict judge(ReadMessage read, long wall) {
        clock.event(read.event().time(), wall);
        endIdle();
        Verdict highest = null;
        for (String key : read.keys()) {
            Verdict verdict = sessions.add(key, read.event(), read.vector(), clock.elapsed());
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
        // The number of streams: a checkpoint has room for both.
        out.number(0);
    }

    @Override
    public void read(StateInput in, VectorPool.Reader known) throws IOException {
        sessions.read(in, known);
        int streams = in.count();
        if (streams != 0) {
            throw new IOException(streams + " streams beside sessions");
        }
    }
}
