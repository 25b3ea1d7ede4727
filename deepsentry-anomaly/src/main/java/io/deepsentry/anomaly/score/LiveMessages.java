package io.deepsentry.anomaly.score;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.detector.LearnedViews;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memo of what was met in states that are scored message by message: the numbers of messages, the surprises of
 * windows, and the texts that training never saw.
 *
 * <p>Safe for use by several threads: one lock guards it all and is taken once a message. What is remembered is
 * bounded: a {@link Memory} that has grown too large is replaced by an empty one, and a state takes its own messages
 * over to that when it is given the next.
 */
final class LiveMessages {
    /** Vectors beyond this make room for new ones; below it none lies in a temporary file. */
    private static final long MOST_BYTES = 48L << 20;

    private static final int UNKNOWN_TEXTS = 10_000;

    private final TrainedDetector detector;
    private final LearnedViews views;
    private final Object lock = new Object();
    /** Written under the lock. */
    private volatile Memory current;

    private long computedBefore;

    LiveMessages(TrainedDetector detector) {
        this.detector = detector;
        this.views = detector.views();
        this.current = new Memory(detector);
    }

    /** What is remembered of messages under their numbers. Guarded by the lock of its {@link LiveMessages}. */
    static final class Memory {
        private final MessageTable messages;
        private final Cache<Integer, String> texts =
                CacheBuilder.newBuilder().maximumSize(UNKNOWN_TEXTS).build();

        private Memory(TrainedDetector detector) {
            messages = new MessageTable(new VectorTable(detector.known().dimension()), detector.known());
        }

        /**
         * Keeps the text of a message that training never saw, which nothing else knows: the newest, as messages of
         * unknown words may share a number.
         */
        private void remember(int id, Supplier<String> text) {
            if (messages.row(id) < 0) {
                texts.put(id, TrainingTexts.shortened(text.get()));
            }
        }

        private int moveTo(Memory other, int id) {
            int moved = other.messages.table().intern(messages.table().vector(id));
            String text = texts.getIfPresent(id);
            if (text != null) {
                other.texts.put(moved, text);
            }
            return moved;
        }
    }

    /**
     * A message of a session.
     *
     * @param id its number
     * @param nats its surprise in the order of arrival
     * @param code its known row, or the complement of its number if it is not known
     */
    record Step(int id, double nats, int code) {}

    /** The text of an unknown message, as explanations show it. */
    static String shortened(String text) {
        return TrainingTexts.shortened(text);
    }

    /** The views of its detector. */
    LearnedViews views() {
        return views;
    }

    /** The known rows of messages, and the complements of the numbers of those that are not known. */
    int[] codes(Memory memory, int[] ids) {
        synchronized (lock) {
            return memory.messages.codes(ids);
        }
    }

    /** What of a session was not seen when the log ended. */
    SessionEdges.CutOff cutOff(Memory memory, int[] ids, boolean cutAtBegin, SessionEdges.Stretch age) {
        synchronized (lock) {
            return views.edges().cutOff(memory.messages.rows(ids), cutAtBegin, age);
        }
    }

    /** The memory that new states begin with. */
    Memory memory() {
        synchronized (lock) {
            return current;
        }
    }

    /** Adds a message of a session, which makes a window of its number. */
    Step next(Memory memory, float[] vector, IntFunction<int[]> window, @Nullable Supplier<String> text) {
        synchronized (lock) {
            int id = intern(memory, vector, text);
            double nats = views.order().surprise(window.apply(id), memory.messages);
            int row = memory.messages.row(id);
            return new Step(id, nats, row >= 0 ? row : ~id);
        }
    }

    /** Adds a line of a stream, which makes a window of its number; returns its score. */
    double nextLine(
            Memory memory,
            float[] vector,
            IntFunction<int[]> window,
            Severity severity,
            @Nullable Supplier<String> text) {
        synchronized (lock) {
            int id = intern(memory, vector, text);
            int[] ending = window.apply(id);
            double nats = views.order().surprise(ending, memory.messages);
            return views.lineScore(memory.messages, ending, severity, nats);
        }
    }

    private int intern(Memory memory, float[] vector, @Nullable Supplier<String> text) {
        VectorTable table = memory.messages.table();
        int id = table.intern(vector);
        if (text != null) {
            memory.remember(id, text);
        }
        if (memory == current && (long) table.size() * table.dimension() * Float.BYTES > MOST_BYTES) {
            forget();
        }
        return id;
    }

    /** Whether a memory has not been replaced. */
    boolean isCurrent(Memory memory) {
        return memory == current;
    }

    /**
     * Takes the messages of a state over to the current memory.
     *
     * @param ids numbers of messages and markers, replaced by those in the current memory
     */
    Memory renewed(Memory memory, int[] ids) {
        synchronized (lock) {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = ids[i] < 0 ? ids[i] : memory.moveTo(current, ids[i]);
            }
            return current;
        }
    }

    /** Computes the surprises of messages before they are added to their states one by one. */
    void precompute(List<PendingMessages> pending) {
        synchronized (lock) {
            VectorTable table = current.messages.table();
            List<int[]> windows = new ArrayList<>();
            for (PendingMessages one : pending) {
                int first = one.fromBegin() ? 1 : 0;
                int known = first + one.before().size();
                int[] sequence = new int[known + one.next().size()];
                sequence[0] = Windows.BEGIN;
                for (int i = 0; i < one.before().size(); i++) {
                    sequence[first + i] = table.intern(one.before().get(i));
                }
                for (int i = 0; i < one.next().size(); i++) {
                    sequence[known + i] = table.intern(one.next().get(i));
                    windows.add(Windows.endingAt(sequence, known + i, views.sequenceLength()));
                }
            }
            views.order().surprises(windows, current.messages);
        }
    }

    /** How many windows had to be computed so far, as the memo did not have them. */
    long computed() {
        synchronized (lock) {
            return computedBefore + current.messages.computed();
        }
    }

    /** How many distinct messages are remembered. */
    int size() {
        synchronized (lock) {
            return current.messages.table().size();
        }
    }

    /** Begins an empty memory. */
    void forget() {
        synchronized (lock) {
            computedBefore += current.messages.computed();
            current = new Memory(detector);
        }
    }

    /**
     * Scores a session that ended.
     *
     * @param orderScore its score in the order of arrival
     * @param orderSteps its surprises in the order of arrival
     */
    SessionScore ended(
            Memory memory, int[] ids, double orderScore, SessionEdges.CutOff cutOff, List<StepSurprise> orderSteps) {
        synchronized (lock) {
            MessageTable messages = memory.messages;
            double[] nats = views.content().surprises(views.contentWindows(ids, messages), messages);
            int[] places = MessageTable.places(ids, messages.canonical(ids));
            List<StepSurprise> steps = new ArrayList<>(orderSteps);
            for (int i = 0; i < ids.length; i++) {
                steps.add(new StepSurprise(places[i], nats[i], View.CONTENT));
            }
            steps.add(new StepSurprise(ids.length, nats[ids.length], View.CONTENT));
            double score = SurpriseRule.score(
                    orderScore,
                    views.contentScore(ids, messages, nats, 0, cutOff),
                    views.supportScore(ids, messages, cutOff));
            return new SessionScore(score, steps);
        }
    }

    /** What the score of an ended session is made of. */
    Explainer.Oddities oddities(Memory memory, int[] ids, double threshold, SessionEdges.CutOff cutOff) {
        synchronized (lock) {
            return explainer(memory).session(ids, threshold, cutOff);
        }
    }

    /** What the score of a session is made of of which nothing is odd but one message by itself. */
    Explainer.Oddities ofMessage(Memory memory, int[] ids, int step) {
        synchronized (lock) {
            return explainer(memory).ofMessage(ids, step);
        }
    }

    /** What a session does that hardly any training session did. */
    List<Evidence> evidence(Memory memory, int[] ids, SessionEdges.CutOff cutOff, Map<Integer, String> own) {
        synchronized (lock) {
            return explainer(memory).evidence(ids, cutOff, id -> text(memory, id, own));
        }
    }

    /** What the score of a session under way is made of. */
    Explainer.Oddities oddities(
            Memory memory,
            int[] ids,
            double[] nats,
            int[] steps,
            Map<Integer, ScoredStep> computed,
            SessionEdges.CutOff cutOff) {
        synchronized (lock) {
            return explainer(memory).running(ids, ids.length, nats, steps, computed, cutOff);
        }
    }

    Forgiveness forgiven(
            Memory memory,
            Feedback feedback,
            Explainer.Oddities oddities,
            double threshold,
            boolean ended,
            Map<Integer, String> own) {
        synchronized (lock) {
            List<AnomalousStep> steps = oddities.steps().stream()
                    .map(odd -> odd.named(id -> text(memory, id, own), detector.texts()))
                    .toList();
            return Forgiveness.of(feedback, oddities, steps, Double.POSITIVE_INFINITY, threshold, ended);
        }
    }

    /** What is odd about the last of a stream's lines by itself, beside the kinds of evidence. */
    AnomalousStep oddLine(Memory memory, int[] ids, double score) {
        synchronized (lock) {
            ScoredStep odd = explainer(memory).inOrder(ids, ids.length - 1, score, false);
            return odd.named(id -> text(memory, id), detector.texts());
        }
    }

    /** The key of the finding that this is. */
    FindingKey oddKey(Memory memory, int[] ids, double score) {
        synchronized (lock) {
            ScoredStep odd = explainer(memory).inOrder(ids, ids.length - 1, score, false);
            return odd.key(id -> text(memory, id), detector.texts());
        }
    }

    Explanation explain(
            Memory memory,
            int[] ids,
            boolean ended,
            Explainer.Oddities oddities,
            Explanation.Lines lines,
            Map<Integer, String> own) {
        synchronized (lock) {
            return explainer(memory).explain(ids, 0, ids.length, ended, oddities, id -> text(memory, id, own), lines);
        }
    }

    /** Explains the last of a stream's lines. */
    Explanation explainLine(Memory memory, int[] ids, double score, Explanation.Lines lines) {
        synchronized (lock) {
            Explainer explainer = explainer(memory);
            int last = ids.length - 1;
            List<ScoredStep> odd = List.of(explainer.inOrder(ids, last, score, false));
            return explainer.explain(
                    ids, last, ids.length, true, Explainer.Oddities.ofLines(odd), id -> text(memory, id), lines);
        }
    }

    private Explainer explainer(Memory memory) {
        return new Explainer(detector, memory.messages);
    }

    /**
     * @param own the texts of a session's unknown messages: others of unknown words may have come under their numbers
     * since
     */
    private String text(Memory memory, int id, Map<Integer, String> own) {
        String text = own.get(id);
        return text == null ? text(memory, id) : text;
    }

    private String text(Memory memory, int id) {
        int row = memory.messages.row(id);
        String text = row >= 0 ? detector.texts().of(row) : memory.texts.getIfPresent(id);
        return text == null ? "a message that training never saw" : text;
    }
}
