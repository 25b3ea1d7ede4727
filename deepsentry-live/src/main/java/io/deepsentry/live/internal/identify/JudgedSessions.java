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
 * Judges each event with the sessions it belongs to, which end by the clock of the log; one that belongs to none, with
 * those before it in its input that do not either. Beside them it is judged as a line of its input as a whole.
 */
final class JudgedSessions implements EventJudge {
    private final SessionRegistry sessions;
    private final LogClock clock;
    private final ToDoubleFunction<@Nullable Instant> threshold;
    /** Judges the events that belong to no session; null where training had none. */
    private final @Nullable JudgedStreams keyless;
    /** Judges the inputs as a whole; null where training learnt nothing of them. */
    private @Nullable JudgedStreams wholeLog;

    JudgedSessions(
            SessionRegistry sessions,
            LogClock clock,
            ToDoubleFunction<@Nullable Instant> threshold,
            @Nullable JudgedStreams keyless,
            @Nullable JudgedStreams wholeLog) {
        this.keyless = keyless;
        this.wholeLog = wholeLog;
        this.sessions = sessions;
        this.clock = clock;
        this.threshold = threshold;
    }

    @Override
    public Verdict judge(ReadMessage read, long wall) {
        clock.event(read.event().time(), wall);
        sessions.endIdle(clock.elapsed());
        Verdict verdict = judgeCase(read, wall);
        judgeWholeLog(read, wall);
        return verdict;
    }

    @Override
    public void judgeWholeLog(ReadMessage read, long wall) {
        if (wholeLog != null) {
            Verdict unused = wholeLog.judge(read, wall);
        }
    }

    @Override
    public void leaveWholeLog() {
        wholeLog = null;
    }

    private Verdict judgeCase(ReadMessage read, long wall) {
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
        if (wholeLog != null && wholeLog.anyIdle()) {
            wholeLog.endIdle();
        }
    }

    @Override
    public boolean anyIdle() {
        return sessions.anyIdle(clock.elapsed()) || (wholeLog != null && wholeLog.anyIdle());
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
        if (wholeLog == null) {
            out.number(0);
        } else {
            wholeLog.write(out);
        }
    }

    @Override
    public void read(StateInput in, VectorPool.Reader known) throws IOException {
        sessions.read(in, known);
        read(keyless, in, known);
        if (in.hasSessionEvidence()) {
            read(wholeLog, in, known);
        }
    }

    private static void read(@Nullable JudgedStreams judged, StateInput in, VectorPool.Reader known)
            throws IOException {
        if (judged != null) {
            judged.read(in, known);
            return;
        }
        int streams = in.count();
        if (streams != 0) {
            throw new IOException(streams + " streams beside sessions");
        }
    }
}
