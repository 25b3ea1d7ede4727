package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.ObservedLines;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.core.DataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scores of the lines of a test part, with what the kinds of evidence beside the network say of them. Not to be changed. */
public final class FoundEvidence {
    private final double[] ownScores;
    private final double[] scores;
    private final Map<Integer, List<Evidence>> evidence;

    private FoundEvidence(double[] ownScores, double[] scores, Map<Integer, List<Evidence>> evidence) {
        this.ownScores = ownScores;
        this.scores = scores;
        this.evidence = evidence;
    }

    /** Returns scores without evidence. */
    public static FoundEvidence none(double[] scores) {
        return new FoundEvidence(scores, scores, Map.of());
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
            public void visit(String file, Observation line) {
                if (!file.equals(input)) {
                    input = file;
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
        return new FoundEvidence(ownScores, scores, evidence);
    }

    /** Returns one score a case. */
    public double[] scores() {
        return scores;
    }

    /** Returns one score a case, without evidence. */
    public double[] ownScores() {
        return ownScores;
    }

    /** Returns what is said of a case, the strongest first. */
    public List<Evidence> of(int index) {
        return evidence.getOrDefault(index, List.of());
    }
}
