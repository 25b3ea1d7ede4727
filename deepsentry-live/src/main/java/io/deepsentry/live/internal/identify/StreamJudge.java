package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A log without sessions: each message is judged by the window it ends, and a run of anomalous windows gives one alert. */
final class StreamJudge {
    private final Supplier<StreamScoring> scoring;
    private @Nullable StreamScoring score;

    /** A threshold that was given replaces the adaptive one. */
    private final @Nullable Double fixed;

    private final AdaptiveThreshold adaptive;
    private final AlertFactory alerts;
    private final IdentifierListener listener;

    private final RecentMessages context;
    private final int remembered;
    /** The last messages, as many as a score depends on. */
    private final Deque<float[]> recent = new ArrayDeque<>();

    private final MessageLocations places = new MessageLocations();
    private boolean inRun;

    /** @param scoring begins the scores of a stream: that of the window that the next message ends */
    StreamJudge(
            Supplier<StreamScoring> scoring,
            int contextSize,
            @Nullable Double fixed,
            AdaptiveThreshold adaptive,
            AlertFactory alerts,
            IdentifierListener listener) {
        this.scoring = scoring;
        this.fixed = fixed;
        this.adaptive = adaptive;
        this.alerts = alerts;
        this.listener = listener;
        this.remembered = contextSize;
        this.context = new RecentMessages(contextSize);
    }

    /** Sees a message that another judge has judged, without judging it. */
    void warmWith(LogEvent event, float[] vector) {
        double unused = add(event, vector);
    }

    /** Continues the run of anomalous windows in which another judge may be. */
    void continueRunOf(StreamJudge before) {
        inRun = before.inRun;
    }

    private double add(LogEvent event, float[] vector) {
        StreamScoring scored = score();
        double added = scored.add(vector, event);
        context.add(event);
        places.add(event.origin());
        places.keepLast(scored.remembered());
        remember(vector);
        return added;
    }

    private void remember(float[] vector) {
        if (recent.size() == remembered) {
            recent.remove();
        }
        recent.add(vector);
    }

    /** Judges the next message. */
    Verdict judge(LogEvent event, float[] vector) {
        double next = add(event, vector);
        Verdict verdict = fixed == null ? adaptive.judge(next) : Verdict.of(next, fixed);
        boolean anomalous = verdict instanceof Verdict.Anomalous;
        if (anomalous && score().acknowledged()) {
            inRun = false;
            return new Verdict.Normal(next, verdict.threshold());
        }
        if (anomalous && !(inRun && score().continuesRun())) {
            listener.found(alerts.make(
                    verdict,
                    AlertFactory.withoutPayload(event),
                    AlertFactory.First.of(event),
                    null,
                    context.messages(),
                    score().explain(steps -> places.lines(steps, context.messages(), ""))));
        }
        inRun = anomalous;
        return verdict;
    }

    private StreamScoring score() {
        StreamScoring known = score;
        if (known == null) {
            known = scoring.get();
            // There is one event for each of the last messages.
            Iterator<LogEvent> events = context.events().iterator();
            for (float[] vector : recent) {
                double unused = known.add(vector, events.next());
            }
            score = known;
        }
        return known;
    }

    /** What is about to come, with what its score depends on. */
    PendingMessages pending(List<float[]> next) {
        return new PendingMessages(List.copyOf(recent), recent.size() < remembered, next);
    }

    /** Scores from what is remembered when it is next asked: what scored so far is forgotten. */
    void forgetScores() {
        score = null;
    }

    /** Writes all that is remembered. */
    void write(StateOutput out) throws IOException {
        out.number(recent.size());
        for (float[] vector : recent) {
            out.vector(vector);
        }
        AdaptiveThreshold.State state = adaptive.state();
        out.reals(state.recent());
        out.number(state.next());
        out.flag(inRun);
        context.write(out);
        places.write(out);
    }

    /** Reads it into a judge that has judged nothing. */
    void read(StateInput in) throws IOException {
        int vectors = in.count();
        for (int i = 0; i < vectors; i++) {
            recent.add(in.vector());
        }
        adaptive.restore(new AdaptiveThreshold.State(in.reals(), in.count()));
        inRun = in.flag();
        context.read(in);
        places.read(in);
    }
}
