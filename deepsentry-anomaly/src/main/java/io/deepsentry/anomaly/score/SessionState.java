package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.SessionEvidence;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An open session, scored message by message. Its score at the end equals that of the whole session to the bit.
 * Confined to one thread.
 */
public final class SessionState {
    /** Steps with less surprise are not remembered. */
    private static final double ODD_NATS = 4;
    /** The unknown messages whose text is kept; those beyond have that of the last message under their number. */
    private static final int MOST_TEXTS = 16;

    private final LiveMessages live;
    private final int length;
    private LiveMessages.Memory memory;
    private int[] ids = new int[16];
    private double[] nats = new double[16];
    private int count;
    private double largest;
    private int unknown;
    private double unknownScore;
    /** What it does for certain that hardly any training session did. */
    private SupportRule.Watch violations;

    private double supportScore;
    /** How long after the beginning of the log the session began; null if the log is not known to begin. */
    private final SessionEdges.@Nullable Stretch sinceLogBegan;

    private boolean cutAtBegin;
    private SessionEdges.CutOff cutOff = SessionEdges.CutOff.NEITHER;
    /** The messages whose order counts for the score, and what was found out about them. */
    private final List<Integer> oddSteps = new ArrayList<>();

    private final Map<Integer, ScoredStep> computed = new HashMap<>();
    private final Map<Integer, String> unknownTexts = new HashMap<>();

    private final double threshold;
    private final StreamEvidence learned;
    private final SessionEvidence said = new SessionEvidence();
    /** The score when it was last ended, without what the kinds of evidence said of its lines. */
    private double ownEnded;

    /** @param threshold the trained one */
    SessionState(
            LiveMessages live,
            int sequenceLength,
            SessionEdges.@Nullable Stretch sinceLogBegan,
            double threshold,
            StreamEvidence learned) {
        this.threshold = threshold;
        this.learned = learned;
        this.sinceLogBegan = sinceLogBegan;
        this.live = live;
        this.length = sequenceLength;
        this.memory = live.memory();
        this.violations = live.views().rule().support().begin();
    }

    /**
     * Adds the next message by its vector alone, without which its values cannot be judged.
     *
     * @param vector its vector
     * @return the score so far, which never falls and is at most the final score: later messages cannot undo it
     */
    public double add(float[] vector) {
        return append(vector, null);
    }

    /**
     * Adds the next message by its vector alone, see {@link #add(float[])}. Explanations need its text if training
     * never saw it.
     *
     * @param vector the vector of the message
     * @param text the masked message
     * @return the score
     */
    public double add(float[] vector, Supplier<String> text) {
        return append(vector, text);
    }

    /**
     * Adds the next event of the session, and judges its values.
     *
     * @param vector the vector of its message
     * @param event the event
     * @param message its message and values
     * @param key the session's key, which is no value; null where it is not known
     * @param text the masked message as it may stand in an explanation, which needs it if training never saw it
     * @param shown makes of a piece of evidence what may stand in an explanation
     * @return the score so far, see {@link #add(float[])}
     */
    public double add(
            float[] vector,
            LogEvent event,
            IdentifiedMessage message,
            @Nullable String key,
            Supplier<String> text,
            UnaryOperator<Evidence> shown) {
        double unused = append(vector, text);
        List<Evidence> found = learned.ofLine(Observation.of(event, message), key);
        if (!found.isEmpty()) {
            said.add(count - 1, found.stream().map(shown).toList());
        }
        return running();
    }

    private double append(float[] vector, @Nullable Supplier<String> text) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            nats = Arrays.copyOf(nats, count * 2);
        }
        if (!live.isCurrent(memory)) {
            renew();
        }
        LiveMessages.Step step = live.next(memory, vector, this::windowWith, text);
        nats[count] = step.nats();
        if (count == 0 && sinceLogBegan != null) {
            cutAtBegin = live.views().edges().cutAtBegin(step.code(), sinceLogBegan);
        }
        cutOff = seenWhole();
        if (count >= live.views().firstInOrder(cutOff)) {
            largest = Math.max(largest, step.nats());
            if (step.nats() > ODD_NATS) {
                oddSteps.add(count);
            }
        }
        if (step.code() < 0) {
            if (text != null && unknownTexts.size() < MOST_TEXTS) {
                unknownTexts.put(step.id(), LiveMessages.shortened(text.get()));
            }
            unknown++;
            unknownScore = live.views().leastContentScore(unknown);
        }
        support(step.code());
        count++;
        return running();
    }

    private void support(int code) {
        if (violations.next(code)) {
            supportScore = live.views().rule().supportScore(violations.violations(), violations.hints());
        }
    }

    /** What is not seen of it if it ends here. */
    private SessionEdges.CutOff seenWhole() {
        return cutAtBegin ? new SessionEdges.CutOff(true, false, null, null) : SessionEdges.CutOff.NEITHER;
    }

    private void renew() {
        int[] own = Arrays.copyOf(ids, count);
        memory = live.renewed(memory, own);
        Map<Integer, String> texts = new HashMap<>(unknownTexts);
        unknownTexts.clear();
        for (int i = 0; i < count; i++) {
            String text = texts.get(ids[i]);
            if (text != null) {
                unknownTexts.put(own[i], text);
            }
        }
        System.arraycopy(own, 0, ids, 0, count);
        computed.clear();
        violations = live.views().rule().support().begin();
        for (int code : live.codes(memory, own)) {
            support(code);
        }
    }

    /** {@return the score so far} */
    public double running() {
        return withEvidence(ownRunning());
    }

    private double withEvidence(double own) {
        return said.isEmpty() ? own : StreamEvidence.lifted(own, threshold, said.upTo(count));
    }

    private double ownRunning() {
        return SurpriseRule.score(live.views().rule().orderScore(largest), unknownScore, supportScore);
    }

    /** {@return the number of messages so far} */
    public int length() {
        return count;
    }

    /** {@return the surprise of each message so far in the order view} */
    public List<StepSurprise> steps() {
        List<StepSurprise> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new StepSurprise(i, nats[i], View.ORDER));
        }
        return steps;
    }

    /**
     * Scores the session as if it ended here. Add more messages, or end it again.
     *
     * @return the score
     */
    public SessionScore end() {
        cutOff = seenWhole();
        return ended();
    }

    /**
     * Scores the session as if the log ended here. Unless training sessions end with its last message, it may still be
     * open; then only that is missing which it should have come to at its age. Add more messages, or end it again.
     *
     * @param age from its first message to the end of the log, or null if lines have no times
     * @param messages how many messages of sessions came after its first one
     * @return the score
     */
    public SessionScore endOfLog(@Nullable Duration age, long messages) {
        cutOff = count == 0
                ? seenWhole()
                : live.cutOff(memory, Arrays.copyOf(ids, count), cutAtBegin, new SessionEdges.Stretch(age, messages));
        return ended();
    }

    private SessionScore ended() {
        double order = live.views().rule().orderScore(largest);
        SessionScore own = live.ended(memory, Arrays.copyOf(ids, count), order, cutOff, steps());
        ownEnded = own.value();
        return new SessionScore(withEvidence(ownEnded), own.steps());
    }

    /**
     * {@return what the session does that hardly any training session did: messages that hardly any has, or that it has
     * more or fewer of, or lacks; and values that their places never had}
     *
     * @param ended whether to judge it as it was last ended; else only what later messages cannot undo
     */
    public List<Evidence> evidence(boolean ended) {
        List<Evidence> all = new ArrayList<>(live.evidence(
                memory, Arrays.copyOf(ids, count), ended ? cutOff : SessionEdges.CutOff.UNDER_WAY, unknownTexts));
        all.addAll(said.upTo(count));
        return all;
    }

    /**
     * Returns the acknowledgement that makes the session normal although it scores above the threshold.
     *
     * @param feedback what was acknowledged
     * @param threshold the threshold
     * @param ended whether to judge it as if it ended here
     * @return null if there is none
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback, double threshold, boolean ended) {
        if (feedback.isEmpty()) {
            return null;
        }
        return Forgiveness.ofSession(
                        feedback,
                        said.upTo(count),
                        this.threshold,
                        threshold,
                        ended ? ownEnded : ownRunning(),
                        () -> live.forgiven(
                                memory, feedback, oddities(count, threshold, ended), threshold, ended, unknownTexts))
                .by();
    }

    /**
     * Explains why the session is anomalous.
     *
     * @param threshold the threshold
     * @param ended whether to judge it as if it ended here
     * @param lines finds the lines of its messages
     * @return the reasons
     */
    public Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
        return explain(count, threshold, ended, lines);
    }

    /**
     * Explains why the session was anomalous when it had fewer messages than now.
     *
     * @param messages how many it had, at least 1
     * @param threshold the threshold
     * @param ended whether the session has ended
     * @param lines says where messages are in the log
     * @return the reasons
     */
    public Explanation explain(int messages, double threshold, boolean ended, Explanation.Lines lines) {
        if (messages < 1 || messages > count) {
            throw new IllegalArgumentException("messages must be 1 to " + count + ", but was " + messages);
        }
        List<Evidence> found = said.upTo(messages);
        int[] session = Arrays.copyOf(ids, messages);
        if (found.isEmpty()) {
            return live.explain(memory, session, ended, oddities(messages, threshold, ended), lines, unknownTexts);
        }
        Explainer.Oddities own = oddities(messages, threshold, ended);
        double ownScore = messages < count ? own.score() : ended ? ownEnded : ownRunning();
        boolean alone = ownScore <= threshold;
        Explainer.Oddities oddities = alone ? live.ofMessage(memory, session, said.step(messages)) : own;
        return live.explain(memory, session, ended, oddities, lines, unknownTexts)
                .withEvidence(found, alone);
    }

    /**
     * Writes what the kinds of evidence said of its lines, which their vectors do not tell.
     *
     * @param out takes the state
     * @throws java.io.IOException if the other side fails
     */
    public void writeEvidence(DataOutput out) throws IOException {
        said.write(out);
    }

    /**
     * Reads it into a session that was given the vectors of the same messages.
     *
     * @param in gives the state
     * @throws java.io.IOException if the other side fails
     */
    public void readEvidence(DataInput in) throws IOException {
        said.read(in);
    }

    private Explainer.Oddities oddities(int messages, double threshold, boolean ended) {
        int[] session = Arrays.copyOf(ids, messages);
        if (ended) {
            return live.oddities(memory, session, threshold, cutOff);
        }
        int[] steps = oddSteps.stream()
                .filter(step -> step < messages)
                .sorted(Comparator.comparingDouble((Integer step) -> -nats[step]))
                .limit(Explanation.MAX_ODD_STEPS)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        return live.oddities(memory, session, nats, steps, computed, cutOff);
    }

    /** The window that ends with a message that is to be added; built from the last messages only. */
    private int[] windowWith(int id) {
        ids[count] = id;
        int row = count + 1;
        int back = Math.min(row, length);
        int[] sequence = new int[back + 1];
        for (int i = 0; i <= back; i++) {
            int at = row - back + i;
            sequence[i] = at == 0 ? Windows.BEGIN : ids[at - 1];
        }
        return Windows.endingAt(sequence, back, length);
    }
}
