package io.deepsentry.anomaly.finding;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds anomalies with a trained threshold of 10. */
public final class Anomalies {
    private final List<FindingKey> keys;
    private @Nullable Instant time;
    private double score = 12;
    private @Nullable String session;
    private @Nullable String severity;
    private @Nullable Explanation explanation;

    private Anomalies(List<FindingKey> keys) {
        this.keys = keys;
    }

    /** A message that training never saw. */
    public static Anomalies of(String message) {
        return of(new FindingKey(EvidenceKind.NEW_MESSAGE, message, null));
    }

    public static Anomalies of(FindingKey... keys) {
        return new Anomalies(List.of(keys));
    }

    public Anomalies at(@Nullable Instant when) {
        time = when;
        return this;
    }

    public Anomalies score(double value) {
        score = value;
        return this;
    }

    public Anomalies session(@Nullable String key) {
        session = key;
        return this;
    }

    public Anomalies severity(String level) {
        severity = level;
        return this;
    }

    public Anomalies explained() {
        explanation = newMessage(keys.get(0).message());
        return this;
    }

    public Anomalies explainedBy(Explanation why) {
        explanation = why;
        return this;
    }

    private static Explanation newMessage(@Nullable String message) {
        SourceLine line = new SourceLine("app.log", 3, 100, "12:00:00 " + message);
        return new Explanation(
                Explanation.Kind.UNKNOWN_MESSAGE,
                View.ORDER,
                line,
                message,
                1,
                12,
                null,
                List.of(),
                null,
                0,
                -1,
                null,
                line,
                line,
                1,
                List.of(line),
                List.of(new AnomalousStep(View.ORDER, message, 1, null, 0, null, 12)),
                List.of());
    }

    public Occurrence make() {
        String message =
                keys.get(0).message() == null ? "-" : String.valueOf(keys.get(0).message());
        return new Occurrence(
                Integer.toHexString((message + time + session).hashCode()),
                keys,
                time,
                score,
                10,
                session,
                new Origin("app.log", 3, 100),
                message,
                severity,
                "shop",
                "host-1",
                Map.of("order", "4711"),
                false,
                explanation);
    }
}
