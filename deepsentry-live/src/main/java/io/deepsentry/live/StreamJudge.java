package io.deepsentry.live;

import io.deepsentry.anomaly.AdaptiveThreshold;
import io.deepsentry.anomaly.Verdict;
import io.deepsentry.parse.LogEvent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log without sessions: each message is judged by the window it ends, and a run of anomalous windows gives one alert. */
final class StreamJudge {
    private final StreamScoring scoring;

    /** A threshold that was given replaces the adaptive one. */
    private final @Nullable Double fixed;

    private final AdaptiveThreshold adaptive;
    private final AlertMaker alerts;
    private final Consumer<Alert> onAlert;

    private final Context context;
    private final Places places = new Places();
    private boolean inRun;

    StreamJudge(
            StreamScoring scoring,
            int contextSize,
            @Nullable Double fixed,
            AdaptiveThreshold adaptive,
            AlertMaker alerts,
            Consumer<Alert> onAlert) {
        this.scoring = scoring;
        this.fixed = fixed;
        this.adaptive = adaptive;
        this.alerts = alerts;
        this.onAlert = onAlert;
        this.context = new Context(contextSize);
    }

    /** Sees the last messages of another judge without judging them, and goes on in the run it may be in. */
    void prime(List<LogEvent> events, List<float[]> vectors, StreamJudge before) {
        for (int i = 0; i < events.size(); i++) {
            context.add(events.get(i).message());
            places.add(events.get(i).origin());
            double unused = scoring.add(
                    vectors.get(i), events.get(i).level(), events.get(i).message());
            places.keepLast(scoring.remembered());
        }
        inRun = before.inRun;
    }

    /** Judges the next message. */
    Verdict judge(LogEvent event, float[] vector) {
        context.add(event.message());
        places.add(event.origin());
        double score = scoring.add(vector, event.level(), event.message());
        places.keepLast(scoring.remembered());
        Verdict verdict = fixed == null ? adaptive.judge(score) : Verdict.of(score, fixed);
        boolean anomalous = verdict instanceof Verdict.Anomalous;
        if (anomalous && scoring.acknowledged()) {
            inRun = false;
            return new Verdict.Normal(score, verdict.threshold());
        }
        if (anomalous && !inRun) {
            onAlert.accept(alerts.make(
                    verdict,
                    AlertMaker.slim(event),
                    AlertMaker.First.of(event),
                    null,
                    context.messages(),
                    scoring.explain(steps -> places.lines(steps, context.messages(), ""))));
        }
        inRun = anomalous;
        return verdict;
    }
}
