package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An open stream without sessions, scored line by line. It remembers as many messages as a window has, and what the
 * kinds of evidence need, in bounded memory. Confined to one thread.
 *
 * <p>A line has a score of its own, for how rare and how unexpected it is. Evidence of a strength above 1 lifts the
 * score above the trained threshold, by the logarithm of the strength.
 */
public final class StreamState {
    private final LiveMessages live;
    private final int length;
    private LiveMessages.Memory memory;
    private final double threshold;
    private final StreamEvidence learned;
    private final StreamEvidence.Stream kinds;
    private int[] recent = {Windows.BEGIN};
    private double ownScore;
    private List<Evidence> evidence = List.of();

    /** @param threshold the trained one */
    StreamState(LiveMessages live, int sequenceLength, double threshold, StreamEvidence learned) {
        this.live = live;
        this.length = sequenceLength;
        this.threshold = threshold;
        this.learned = learned;
        this.kinds = learned.begin();
        this.memory = live.memory();
    }

    /**
     * Adds the next message of a log without levels, see {@link #add(float[], String)}.
     *
     * @param vector the vector of the message
     * @return the score
     */
    public double add(float[] vector) {
        return append(vector, Severity.PLAIN, null);
    }

    /**
     * Adds the next message by its vector alone, without which the kinds of evidence beside the network cannot be
     * heard. Only the level says how severe it is.
     *
     * @param vector its vector
     * @param level its level as written in the log, or null
     * @return its score in nats; higher is more anomalous
     */
    public double add(float[] vector, @Nullable String level) {
        return append(vector, Severity.of(level), null);
    }

    /**
     * Adds the next message by its vector alone, see {@link #add(float[], String)}. Its words say how severe it is,
     * too, and explanations show it if training never saw it.
     *
     * @param vector the vector of the message
     * @param level the level as written in the log; null for none
     * @param text the masked message
     * @return the score
     */
    public double add(float[] vector, @Nullable String level, Supplier<String> text) {
        return append(vector, Severity.of(level, text.get()), text);
    }

    /**
     * Adds the next event of the log.
     *
     * @param vector the vector of its message
     * @param event the event
     * @param message its message and values
     * @param text the masked message as it may stand in an explanation, which needs it if training never saw it
     * @param shown makes of a piece of evidence what may stand in an explanation
     * @return its score in nats; higher is more anomalous
     */
    public double add(
            float[] vector,
            LogEvent event,
            IdentifiedMessage message,
            Supplier<String> text,
            UnaryOperator<Evidence> shown) {
        double own = append(vector, Severity.of(event.level(), message.text()), text);
        List<Evidence> found = kinds.next(Observation.of(event, message));
        evidence = found.isEmpty() ? found : found.stream().map(shown).toList();
        return learned.score(own, threshold, evidence);
    }

    /**
     * Says that nothing has come since the last event for so long. Mostly that is nothing odd; if it is, what is odd
     * and explained until the next event comes is that. It is said once.
     *
     * @param seconds how long the log has been quiet
     * @return the score in nats, above the trained threshold if it is odd, else 0
     */
    public double quiet(double seconds) {
        List<Evidence> found = kinds.quiet(seconds);
        if (found.isEmpty()) {
            return 0;
        }
        evidence = found;
        ownScore = 0;
        return learned.score(0, threshold, found);
    }

    /**
     * {@return what {@link #quiet} said of the log having no lines and the last line ended, now with when and for how
     * long; mostly nothing}
     */
    public List<Evidence> over() {
        return kinds.over();
    }

    /** {@return whether no line at all is what {@link #quiet} said, until the next line comes} */
    public boolean isOut() {
        return kinds.isOut();
    }

    /** {@return what the kinds of evidence say of the last line, the strongest first; mostly nothing} */
    public List<Evidence> evidence() {
        return evidence;
    }

    private double append(float[] vector, Severity severity, @Nullable Supplier<String> text) {
        int keep = Math.min(recent.length, length - 1);
        int[] next = Arrays.copyOfRange(recent, recent.length - keep, recent.length);
        if (!live.isCurrent(memory)) {
            memory = live.renewed(memory, next);
        }
        int[] with = Arrays.copyOf(next, keep + 1);
        evidence = List.of();
        ownScore = live.nextLine(
                memory,
                vector,
                id -> {
                    with[keep] = id;
                    return Windows.endingAt(with, keep, length);
                },
                severity,
                text);
        recent = with;
        return ownScore;
    }

    /**
     * {@return the acknowledgement that makes the last message normal, or null}
     *
     * @param feedback what was acknowledged
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback) {
        return feedback.isEmpty() ? null : Forgiveness.ofLine(feedback, odd());
    }

    /**
     * {@return what makes the last message odd: it by itself, if its score without evidence is above the trained
     * threshold or if there is no evidence; else each piece of evidence, the strongest first} What else a new error
     * brings about, such as more errors than ever, is no finding beside it.
     */
    public List<AnomalousStep> odd() {
        return evidence.isEmpty() || ownScore > threshold
                ? List.of(live.oddLine(memory, messages(), ownScore))
                : evidence.stream().map(AnomalousStep::of).toList();
    }

    /** {@return the keys of {@link #odd}: equal for lines that are one finding} */
    public List<FindingKey> keys() {
        return evidence.isEmpty() || ownScore > threshold
                ? List.of(live.oddKey(memory, messages(), ownScore))
                : evidence.stream().map(FindingKey::of).distinct().toList();
    }

    /**
     * Explains why the last message is anomalous.
     *
     * @param lines finds the lines of the last messages; 0 is the oldest in the window
     * @return the reasons
     */
    public Explanation explain(Explanation.Lines lines) {
        return explanation(lines).get();
    }

    /**
     * {@return an explanation of the last message that can be computed later, after more messages have come}
     *
     * @param lines says where messages are in the log
     */
    public Supplier<Explanation> explanation(Explanation.Lines lines) {
        LiveMessages.Memory then = memory;
        int[] ids = messages();
        double of = ownScore;
        List<Evidence> found = evidence;
        return () -> live.explainLine(then, ids, of, lines).withEvidence(found, of <= threshold);
    }

    /** {@return how many messages an explanation of the last one can show, itself included} */
    public int remembered() {
        return messages().length;
    }

    private int[] messages() {
        return recent[0] == Windows.BEGIN ? Arrays.copyOfRange(recent, 1, recent.length) : recent.clone();
    }

    /**
     * Writes what the kinds of evidence remember of the stream.
     *
     * @param out takes the state
     * @throws java.io.IOException if the other side fails
     */
    public void writeEvidence(DataOutput out) throws IOException {
        kinds.write(out);
    }

    /**
     * Reads it into a stream that has just begun.
     *
     * @param in gives the state
     * @throws java.io.IOException if the other side fails
     */
    public void readEvidence(DataInput in) throws IOException {
        kinds.read(in);
    }
}
