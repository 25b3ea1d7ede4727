package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.LongSet;
import io.deepsentry.core.DataException;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Three simple judges that a network has to beat. Each learns only a list and answers yes (1) or no (0).
 *
 * <ul>
 *   <li>{@code flag_everything}: always yes.
 *   <li>{@code new_event}: yes if the line, or a line of the session, is a message that the training and validation
 *       parts lack.
 *   <li>{@code count_vector}: yes if no session of the training and validation parts has the same count of every
 *       message. In a stream the last {@code sequence_length} lines are compared, as soon as there are that many.
 * </ul>
 *
 * <p>Lines with the same vector are the same message, so values that are masked make no difference. For one thread.
 */
final class Baselines {
    static final String FLAG_EVERYTHING = "flag_everything";
    static final String NEW_EVENT = "new_event";
    static final String COUNT_VECTOR = "count_vector";
    /** The threshold between no (0) and yes (1). */
    static final double THRESHOLD = 0.5;

    private final boolean keyed;
    private final int sequenceLength;
    private final BitSet knownMessages = new BitSet();
    private final LongSet knownCounts = new LongSet();

    /**
     * Creates judges that know nothing yet.
     *
     * @param keyed whether the cases are sessions; otherwise they are lines
     * @param sequenceLength the number of lines of a stream that are compared like a session
     */
    Baselines(boolean keyed, int sequenceLength) {
        this.keyed = keyed;
        this.sequenceLength = sequenceLength;
    }

    /** Learns a part as normal. */
    void learn(EncodedSessions part) {
        part.forEach(session -> {
            if (keyed) {
                for (int step = 0; step < session.length(); step++) {
                    knownMessages.set(session.id(step));
                }
                knownCounts.add(countsOf(session));
            } else {
                Window window = new Window(session);
                for (int step = 0; step < session.length(); step++) {
                    knownMessages.set(session.id(step));
                    window.advance();
                    if (window.full()) {
                        knownCounts.add(window.counts.hash());
                    }
                }
            }
        });
    }

    private static long countsOf(EncodedSession session) {
        CountVector counts = new CountVector();
        for (int step = 0; step < session.length(); step++) {
            counts.add(session.id(step));
        }
        return counts.hash();
    }

    /** Returns the answers of each baseline, in the order of the cases. */
    Map<String, double[]> judge(EncodedSessions test, PreparedData prepared, int cases) {
        double[] everything = new double[cases];
        double[] newEvent = new double[cases];
        double[] counts = new double[cases];
        Arrays.fill(everything, 1);
        if (keyed) {
            int[] next = new int[1];
            test.forEach(session -> {
                int index = next[0]++;
                for (int step = 0; step < session.length() && newEvent[index] == 0; step++) {
                    newEvent[index] = answer(!knownMessages.get(session.id(step)));
                }
                counts[index] = answer(!knownCounts.contains(countsOf(session)));
            });
        } else {
            judgeLines(test, prepared, newEvent, counts);
        }
        Map<String, double[]> answers = new LinkedHashMap<>();
        answers.put(FLAG_EVERYTHING, everything);
        answers.put(NEW_EVENT, newEvent);
        answers.put(COUNT_VECTOR, counts);
        return answers;
    }

    private void judgeLines(EncodedSessions test, PreparedData prepared, double[] newEvent, double[] counts) {
        Map<String, Window> windows = new HashMap<>();
        test.forEach(stream -> windows.put(stream.stream(), new Window(stream)));
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST)) {
            for (int row = 0; row < newEvent.length; row++) {
                IndexRow origin = origins.next();
                Window window = origin == null ? null : windows.get(origin.stream());
                if (window == null) {
                    throw new DataException(prepared.index(Split.TEST) + " changed while it was read; run again");
                }
                newEvent[row] = answer(!knownMessages.get(window.advance()));
                counts[row] = answer(window.full() && !knownCounts.contains(window.counts.hash()));
            }
        }
    }

    private static double answer(boolean yes) {
        return yes ? 1 : 0;
    }

    /** The last lines of a stream. */
    private final class Window {
        private final EncodedSession stream;
        private final CountVector counts = new CountVector();
        private int next;

        Window(EncodedSession stream) {
            this.stream = stream;
        }

        /** Moves the window by one line and returns the new line's message. */
        int advance() {
            int message = stream.id(next);
            counts.add(message);
            if (next >= sequenceLength) {
                counts.remove(stream.id(next - sequenceLength));
            }
            next++;
            return message;
        }

        boolean full() {
            return next >= sequenceLength;
        }
    }
}
