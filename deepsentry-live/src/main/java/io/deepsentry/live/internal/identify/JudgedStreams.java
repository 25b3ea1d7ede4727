package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Judges each event with those before it in its input. */
final class JudgedStreams implements EventJudge {
    /** Inputs that are judged as streams of their own at once. */
    private static final int MOST_STREAMS = 1_000;

    /** How long nothing must come to be looked at first, and how much longer each time after. */
    private static final long FIRST_LOOK_NANOS = 10_000_000_000L;

    private static final double LATER = 1.1;

    private final Map<String, StreamJudge> streams = new LinkedHashMap<>();
    private final Supplier<StreamJudge> newStream;
    private final @Nullable LogClock clock;
    /** Whether the clock hears of events here, and not from others. */
    private final boolean tellsClock;

    private final @Nullable DriftDetector drift;
    private long nextLook = FIRST_LOOK_NANOS;

    /**
     * @param clock tells for how long nothing has come; null where that is not judged
     * @param drift watches the scores; null if others are watched
     */
    JudgedStreams(Supplier<StreamJudge> newStream, @Nullable LogClock clock, @Nullable DriftDetector drift) {
        this.newStream = newStream;
        this.clock = clock;
        this.tellsClock = clock != null;
        this.drift = drift;
    }

    /**
     * Judges streams beside sessions.
     *
     * @param clock tells for how long nothing has come, and hears of events from others; null where that is not judged
     */
    JudgedStreams(Supplier<StreamJudge> newStream, @Nullable LogClock clock) {
        this.newStream = newStream;
        this.clock = clock;
        this.tellsClock = false;
        this.drift = null;
    }

    @Override
    public Verdict judge(ReadMessage read, long wall) {
        if (clock != null && tellsClock) {
            clock.event(read.event().time(), wall);
        }
        nextLook = FIRST_LOOK_NANOS;
        Verdict verdict = stream(read.event().origin().file()).judge(read);
        if (drift != null) {
            drift.update(verdict.score());
        }
        return verdict;
    }

    @Override
    public List<String> units(ReadMessage read) {
        return List.of(read.event().origin().file());
    }

    @Override
    public PendingMessages pending(String unit, List<float[]> next) {
        return stream(unit).pending(next);
    }

    /** The judge of an input. Of too many, the one that was not heard of for longest is forgotten. */
    private StreamJudge stream(String input) {
        StreamJudge judge = streams.remove(input);
        if (judge == null) {
            judge = newStream.get();
            if (streams.size() >= MOST_STREAMS) {
                streams.remove(streams.keySet().iterator().next());
            }
        }
        streams.put(input, judge);
        return judge;
    }

    /** Takes the streams over from another judge: sees their last messages, without judging them. */
    void warmWith(List<ReadMessage> seen, JudgedStreams before) {
        seen.forEach(read -> stream(read.event().origin().file()).warmWith(read));
        before.streams.forEach((input, judge) -> stream(input).continueRunOf(judge));
    }

    /** Whether nothing has come for so long that it is time to look whether that is odd. */
    @Override
    public boolean anyIdle() {
        return clock != null && clock.quiet() >= nextLook;
    }

    /** Looks whether it is odd that nothing has come. */
    @Override
    public void endIdle() {
        if (clock != null && clock.quiet() > 0) {
            nextLook = Math.max(FIRST_LOOK_NANOS, (long) (LATER * clock.quiet()));
            double seconds = clock.quiet() / 1e9;
            streams.values().forEach(stream -> stream.quiet(seconds));
        }
    }

    @Override
    public void forgetScores() {
        streams.values().forEach(StreamJudge::forgetScores);
    }

    @Override
    public void write(StateOutput out) throws IOException {
        out.number(streams.size());
        for (Map.Entry<String, StreamJudge> stream : streams.entrySet()) {
            out.text(stream.getKey());
            stream.getValue().write(out);
        }
    }

    @Override
    public void read(StateInput in, VectorPool.Reader known) throws IOException {
        int count = in.count();
        for (int i = 0; i < count; i++) {
            stream(in.text()).read(in);
        }
    }
}
