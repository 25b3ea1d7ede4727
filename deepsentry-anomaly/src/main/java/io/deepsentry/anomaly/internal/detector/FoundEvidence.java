package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.ObservedLines;
import io.deepsentry.anomaly.internal.evidence.SessionEvidence;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.core.DataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scores of the sessions, or of the lines, of a test part, with what the kinds of evidence beside the network say
 * of them. Not to be changed.
 */
public final class FoundEvidence {
    private final double[] ownScores;
    private final double[] scores;
    private final Map<Integer, List<Evidence>> evidence;
    /** The message of a session, from 0, of which the strongest was said. */
    private final Map<Integer, Integer> steps;

    private FoundEvidence(
            double[] ownScores, double[] scores, Map<Integer, List<Evidence>> evidence, Map<Integer, Integer> steps) {
        this.ownScores = ownScores;
        this.scores = scores;
        this.evidence = evidence;
        this.steps = steps;
    }

    /**
     * Judges the lines of the sessions of the test part, as live does.
     *
     * @param threshold the trained one
     * @param ownScores the score of each session without evidence
     */
    public static FoundEvidence inSessions(
            StreamEvidence learned, double threshold, PreparedData prepared, double[] ownScores, RunContext context) {
        if (!learned.judgesLines()) {
            return new FoundEvidence(ownScores, ownScores, Map.of(), Map.of());
        }
        SessionTable sessions = new SessionTable();
        int[] lengths = new int[ownScores.length];
        Map<Integer, SessionEvidence> found = new HashMap<>();
        ObservedLines.forEach(prepared, Split.TEST, "hear the evidence", context, (origin, line) -> {
            String key = origin.session();
            int session = key == null ? ownScores.length : sessions.add(SessionTable.hash(key), 0);
            if (key == null || session >= ownScores.length) {
                throw new DataException(prepared.index(Split.TEST) + " has other sessions than the " + ownScores.length
                        + " that were encoded; run encode again");
            }
            int step = lengths[session]++;
            List<Evidence> said = learned.ofLine(line, key);
            if (!said.isEmpty()) {
                found.computeIfAbsent(session, unused -> new SessionEvidence()).add(step, said);
            }
        });
        double[] scores = ownScores.clone();
        Map<Integer, List<Evidence>> evidence = new HashMap<>();
        Map<Integer, Integer> steps = new HashMap<>();
        found.forEach((session, said) -> {
            List<Evidence> all = said.upTo(lengths[session]);
            evidence.put(session, all);
            steps.put(session, said.step(lengths[session]));
            scores[session] = StreamEvidence.lifted(ownScores[session], threshold, all);
        });
        return new FoundEvidence(ownScores, scores, evidence, steps);
    }

    /**
     * Judges the lines of the test part, each input from its first line there, as live does.
     *
     * @param threshold the trained one
     * @param ownScores the score of each line without evidence
     */
    public static FoundEvidence find(
            StreamEvidence learned, double threshold, PreparedData prepared, double[] ownScores, RunContext context) {
        double[] scores = ownScores.clone();
        Map<Integer, List<Evidence>> evidence = new HashMap<>();
        class Judge implements ObservedLines.Visitor {
            private @Nullable String input;
            private StreamEvidence.Stream stream = learned.begin();
            private int row;

            @Override
            public void visit(IndexRow origin, Observation line) {
                String of = origin.stream();
                if (!of.equals(input)) {
                    input = of;
                    stream = learned.begin();
                }
                if (row == scores.length) {
                    throw new DataException(prepared.index(Split.TEST) + " has more rows than the " + scores.length
                            + " that were encoded; run encode again");
                }
                List<Evidence> found = stream.next(line);
                scores[row] = learned.score(ownScores[row], threshold, found);
                if (!found.isEmpty()) {
                    evidence.put(row, found);
                }
                row++;
            }
        }
        ObservedLines.forEach(prepared, Split.TEST, "hear the evidence", context, new Judge());
        return new FoundEvidence(ownScores, scores, evidence, Map.of());
    }

    /** Returns one score a case. */
    public double[] scores() {
        return scores;
    }

    /** Returns one score a case, without evidence. */
    public double[] ownScores() {
        return ownScores;
    }

    /** Returns the message of a session, from 0, of which the strongest is said. */
    public int step(int index) {
        return steps.getOrDefault(index, 0);
    }

    /** Returns what is said of a case, the strongest first. */
    public List<Evidence> of(int index) {
        return evidence.getOrDefault(index, List.of());
    }
}
