package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.internal.detector.FoundEvidence;
import io.deepsentry.anomaly.internal.detector.KeylessLines;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.internal.encode.EncodedMeta;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The test part with one score a case, from which evaluation and analysis start. For one thread. */
final class ScoredTestPart implements AutoCloseable {
    private final VectorTable table;
    private final EncodedSessions sessions;
    private final FoundEvidence found;
    private final StreamEvidence wholeLog;
    private final Threshold threshold;
    private final @Nullable SeasonalThresholds seasonal;
    private final double[] thresholds;
    private final Drift drift;
    private final TrainedDetector detector;
    private final Feedback feedback;
    private final AlertId ids;

    private ScoredTestPart(
            VectorTable table,
            EncodedSessions sessions,
            FoundEvidence found,
            StreamEvidence wholeLog,
            Threshold threshold,
            @Nullable SeasonalThresholds seasonal,
            double[] thresholds,
            Drift drift,
            TrainedDetector detector,
            Feedback feedback,
            AlertId ids) {
        this.table = table;
        this.sessions = sessions;
        this.found = found;
        this.wholeLog = wholeLog;
        this.threshold = threshold;
        this.seasonal = seasonal;
        this.thresholds = thresholds;
        this.drift = drift;
        this.detector = detector;
        this.feedback = feedback;
        this.ids = ids;
    }

    /**
     * Scores the test part.
     *
     * @throws ModelException if the detector does not fit these vectors or the requested sequence length
     * @throws DataException if vectors and prepared data do not belong together
     */
    static ScoredTestPart of(EvalSettings settings, PreparedData prepared, TestPart cases, RunContext context) {
        requireSameEncoder(settings, prepared);
        // Read before the long work, so that a broken file is reported at once.
        Feedback feedback = Feedback.read(settings.feedbackFile());
        TrainedDetector detector = TrainedDetector.open(settings.anomalyModel(), settings.device(), settings.runtime());
        VectorTable table = null;
        EncodedSessions sessions = null;
        boolean done = false;
        try {
            Integer asked = settings.sequenceLength();
            if (asked != null && asked != detector.views().sequenceLength()) {
                throw new ModelException("sequence_length must be that of the detector " + settings.anomalyModel()
                        + ", which is " + detector.views().sequenceLength() + ", but was " + asked
                        + "; leave it out, or train a detector with it");
            }
            table = new VectorTable(detector.known().dimension());
            sessions = EncodedSessions.read(settings.encodedTestData(), prepared, Split.TEST, table, context);
            double[] ownScores = detector.views().scoreAll(sessions, table, context);
            StreamEvidence learned = detector.evidence().only(settings.kinds());
            double trained = detector.threshold().value();
            FoundEvidence found = cases.keyed()
                    ? FoundEvidence.inSessions(learned, trained, prepared, ownScores, context)
                    : FoundEvidence.find(learned, trained, prepared, ownScores, context);
            double[] scores = found.scores();
            if (scores.length != cases.count()) {
                throw new DataException("the test part of " + prepared.directory() + " has " + cases.count() + " "
                        + cases.unit() + "s, but " + scores.length
                        + " were scored; was it prepared again meanwhile? Run encode again");
            }
            Threshold threshold = detector.threshold(settings.threshold(), settings.maxAlarmsPerDay());
            AlertId ids = AlertId.of(settings.textEncoderModel(), settings.anomalyModel());
            EvalSettings.Season season = settings.season();
            SeasonalThresholds seasonal = season == null ? null : detector.seasonal(season.zone(), season.weekly());
            ScoredTestPart scored = new ScoredTestPart(
                    table,
                    sessions,
                    found,
                    detector.wholeLog().only(settings.kinds()),
                    threshold,
                    seasonal,
                    seasonal == null ? new double[0] : thresholds(seasonal, cases, prepared),
                    drift(detector.driftDetector(), scores),
                    detector,
                    feedback,
                    ids);
            done = true;
            return scored;
        } finally {
            if (!done) {
                if (sessions != null) {
                    sessions.close();
                }
                if (table != null) {
                    table.close();
                }
                detector.close();
            }
        }
    }

    private static Drift drift(DriftDetector detector, double[] scores) {
        for (double score : scores) {
            detector.update(score);
        }
        return detector.detect();
    }

    private static double[] thresholds(SeasonalThresholds seasonal, TestPart cases, PreparedData prepared) {
        double[] thresholds = new double[cases.count()];
        boolean[] timed = {false};
        cases.forEach((index, first) -> {
            thresholds[index] = seasonal.at(first.time()).value();
            timed[0] |= first.time() != null;
        });
        if (!timed[0]) {
            throw new MissingDataException("seasonal thresholds need times, but no " + cases.unit()
                    + " of the test part in " + prepared.directory()
                    + " has one; prepare again with a format that has them, or leave seasonal out");
        }
        return thresholds;
    }

    private static void requireSameEncoder(EvalSettings settings, PreparedData prepared) {
        Path vectors = settings.encodedTestData();
        EncodedMeta encoded = EncodedMeta.of(vectors).orElse(null);
        if (encoded != null) {
            encoded.requireData(vectors, prepared);
            EncoderMatch.requireVectors(vectors, encoded.encoderDigest(), settings.anomalyModel());
        }
        EncoderMatch.require(settings.textEncoderModel(), settings.anomalyModel());
    }

    /** Returns the table of the vectors that message numbers refer to. */
    VectorTable table() {
        return table;
    }

    EncodedSessions sessions() {
        return sessions;
    }

    /** Returns one score a case; do not change it. */
    double[] scores() {
        return found.scores();
    }

    /** Returns the message of a session, from 0, of which the kinds of evidence say the strongest. */
    int evidenceStep(int index) {
        return found.step(index);
    }

    /** Returns what the kinds of evidence beside the network say of a case, the strongest first. */
    List<Evidence> evidence(int index) {
        return found.of(index);
    }

    /** Returns the score of a case without the kinds of evidence beside the network. */
    double ownScore(int index) {
        return found.ownScores()[index];
    }

    /** Returns whether nothing but the kinds of evidence beside the network found a case. */
    boolean byEvidenceAlone(int index) {
        double limit = detector.views().scoresSessions() ? threshold(index) : trainedThreshold();
        return !found.of(index).isEmpty() && ownScore(index) <= limit;
    }

    /** Returns the threshold of the cases whose hour has none of its own, or of all. */
    Threshold threshold() {
        return threshold;
    }

    /** Returns the threshold that training chose, whatever cases are judged by. */
    double trainedThreshold() {
        return detector.threshold().value();
    }

    /** Returns the thresholds by hour, or null if they were not requested. */
    @Nullable
    SeasonalThresholds seasonal() {
        return seasonal;
    }

    /** Returns the threshold by which a case is judged. */
    double threshold(int index) {
        return seasonal == null ? threshold.value() : thresholds[index];
    }

    /** Shifts scores so that {@link #threshold()} judges each as its own threshold does. */
    double[] comparable(double[] all) {
        double[] moved = all.clone();
        for (int i = 0; seasonal != null && i < moved.length; i++) {
            moved[i] += threshold.value() - thresholds[i];
        }
        return moved;
    }

    /** Returns whether the scores of the test part, in its order, still resemble those of validation. */
    Drift drift() {
        return drift;
    }

    int sequenceLength() {
        return detector.views().sequenceLength();
    }

    /** Returns what training learnt of a log of sessions as a whole. */
    StreamEvidence wholeLog() {
        return wholeLog;
    }

    /** Returns what training learnt of the lines without a session key, if it did. */
    Optional<KeylessLines> keyless() {
        return detector.keyless();
    }

    /** Returns an explainer of sessions in the numbers of {@link #table()}. */
    Explainer explainer() {
        return new Explainer(detector, new MessageTable(table, detector.known()));
    }

    Feedback feedback() {
        return feedback;
    }

    AlertId ids() {
        return ids;
    }

    @Override
    public void close() {
        sessions.close();
        table.close();
        detector.close();
    }
}
