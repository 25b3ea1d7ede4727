package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A log without sessions: each message is judged by the window it ends and by the kinds of evidence.
 */
final class StreamJudge {
    /** Things that are odd in one run, beyond which they are forgotten and may alert again. */
    private static final int MOST_ODD = 1_000;

    private final Supplier<StreamScoring> scoring;
    private @Nullable StreamScoring score;

    /** The threshold at a time. */
    private final ToDoubleFunction<@Nullable Instant> threshold;
    /** Judges in place of that, if it is there. */
    private final @Nullable AdaptiveThreshold adaptive;

    private final AlertFactory alerts;
    private final IdentifierListener listener;

    private final RecentMessages context;
    private final int remembered;
    /** The last messages, as many as a score depends on. */
    private final Deque<float[]> recent = new ArrayDeque<>();

    private final MessageLocations places = new MessageLocations();
    /** What was odd in the run of anomalous messages that is under way; nothing outside of one. */
    private final Set<FindingKey> run = new LinkedHashSet<>();
    /** What the kinds of evidence remember, while no score is. */
    private byte[] evidence = {};

    /** @param scoring begins the scores of a stream: that of the window that the next message ends */
    StreamJudge(
            Supplier<StreamScoring> scoring,
            int contextSize,
            ToDoubleFunction<@Nullable Instant> threshold,
            @Nullable AdaptiveThreshold adaptive,
            AlertFactory alerts,
            IdentifierListener listener) {
        this.scoring = scoring;
        this.threshold = threshold;
        this.adaptive = adaptive;
        this.alerts = alerts;
        this.listener = listener;
        this.remembered = contextSize;
        this.context = new RecentMessages(contextSize);
    }

    /** Sees a message that another judge has judged, without judging it. */
    void warmWith(ReadMessage read) {
        double unused = add(read);
    }

    /** Continues the run of anomalous windows in which another judge may be. */
    void continueRunOf(StreamJudge before) {
        run.addAll(before.run);
    }

    private double add(ReadMessage read) {
        StreamScoring scored = score();
        double added = scored.add(read);
        context.add(read.event());
        places.add(read.event().origin());
        places.keepLast(scored.remembered());
        remember(read.vector());
        return added;
    }

    private void remember(float[] vector) {
        if (recent.size() == remembered) {
            recent.remove();
        }
        recent.add(vector);
    }

    /** Judges the next message. */
    Verdict judge(ReadMessage read) {
        LogEvent event = read.event();
        double next = add(read);
        List<Evidence> over = score().over();
        if (!over.isEmpty()) {
            listener.over(over, event.time());
        }
        Verdict verdict =
                adaptive == null ? Verdict.of(next, threshold.applyAsDouble(event.time())) : adaptive.judge(next);
        if (!verdict.isAnomalous()) {
            run.clear();
            return verdict;
        }
        if (score().acknowledged()) {
            run.clear();
            return new Verdict.Normal(next, verdict.threshold());
        }
        if (!score().continuesRun()) {
            run.clear();
        }
        List<FindingKey> keys = score().keys();
        LogEvent line = AlertFactory.withoutPayload(event);
        listener.found(alerts.line(
                isNew(keys),
                verdict,
                line,
                keys,
                () -> alerts.make(
                        verdict,
                        line,
                        AlertFactory.First.of(event),
                        null,
                        context.messages(),
                        score().explain(steps -> places.lines(steps, context.messages(), "")))));
        return verdict;
    }

    /** Gives an alert if nothing has come for longer than training allows, at the last line that came. */
    void quiet(double seconds) {
        List<LogEvent> seen = context.events();
        double silent = seen.isEmpty() ? 0 : score().quiet(seconds);
        if (silent == 0) {
            return;
        }
        LogEvent last = seen.get(seen.size() - 1);
        Verdict verdict = Verdict.of(silent, threshold.applyAsDouble(last.time()));
        run.clear();
        if (verdict.isAnomalous() && !score().acknowledged()) {
            LogEvent line = AlertFactory.withoutPayload(last);
            listener.found(alerts.line(
                            true,
                            verdict,
                            line,
                            score().keys(),
                            () -> alerts.make(
                                    verdict,
                                    line,
                                    AlertFactory.First.of(last),
                                    null,
                                    context.messages(),
                                    score().explain(steps -> places.lines(steps, context.messages(), ""))))
                    .lasting(score().isOut()));
        }
    }

    /**
     * Whether something of what is odd was not so far in the run. A run that has been odd in too many ways forgets
     * them.
     */
    private boolean isNew(List<FindingKey> odd) {
        if (run.containsAll(odd) && !run.isEmpty()) {
            return false;
        }
        if (run.size() >= MOST_ODD) {
            run.clear();
        }
        run.addAll(odd);
        return true;
    }

    private StreamScoring score() {
        StreamScoring known = score;
        if (known == null) {
            known = scoring.get();
            // There is one event for each of the last messages.
            Iterator<LogEvent> events = context.events().iterator();
            for (float[] vector : recent) {
                known.repeat(vector, events.next());
            }
            try {
                if (evidence.length > 0) {
                    known.readEvidence(new DataInputStream(new ByteArrayInputStream(evidence)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            evidence = new byte[0];
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
        evidence = evidence();
        score = null;
    }

    private byte[] evidence() {
        StreamScoring known = score;
        if (known == null) {
            return evidence;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            known.writeEvidence(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes all that is remembered. */
    void write(StateOutput out) throws IOException {
        out.number(recent.size());
        for (float[] vector : recent) {
            out.vector(vector);
        }
        AdaptiveThreshold.State state = adaptive == null ? new AdaptiveThreshold.State(List.of(), 0) : adaptive.state();
        out.reals(state.recent());
        out.number(state.next());
        out.number(run.size());
        for (FindingKey odd : run) {
            out.maybe(odd.kind().key());
            out.maybe(odd.message());
            out.maybe(odd.subject());
        }
        out.bytes(evidence());
        context.write(out);
        places.write(out);
    }

    /** Reads it into a judge that has judged nothing. */
    void read(StateInput in) throws IOException {
        int vectors = in.count();
        for (int i = 0; i < vectors; i++) {
            recent.add(in.vector());
        }
        AdaptiveThreshold.State state = new AdaptiveThreshold.State(in.reals(), in.count());
        if (adaptive != null) {
            adaptive.restore(state);
        }
        if (in.hasEvidence()) {
            int odd = in.count();
            for (int i = 0; i < odd; i++) {
                EvidenceKind kind = kind(in.maybe());
                String message = in.maybe();
                // Earlier versions did not say the kind of what the network found.
                run.add(new FindingKey(kind == null ? EvidenceKind.NEW_MESSAGE : kind, message, in.maybe()));
            }
            evidence = in.bytes();
        } else if (in.flag()) {
            // Earlier versions did not say what was odd in it.
            run.add(new FindingKey(EvidenceKind.NEW_MESSAGE, null, null));
        }
        context.read(in);
        places.read(in);
    }

    private static @Nullable EvidenceKind kind(@Nullable String key) throws IOException {
        try {
            return key == null ? null : EvidenceKind.valueOf(key.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IOException("evidence of the unknown kind " + key, e);
        }
    }
}
