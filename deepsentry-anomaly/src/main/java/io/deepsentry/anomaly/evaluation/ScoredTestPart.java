package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelDirectory;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.encode.EncodedMeta;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The test part with a score a case: what evaluation and analysis start from. For one thread. */
final class ScoredTestPart implements AutoCloseable {
    private final VectorTable table;
    private final EncodedSessions sessions;
    private final double[] scores;
    private final Threshold threshold;
    private final @Nullable SeasonalThresholds seasonal;
    private final double[] thresholds;
    private final Drift drift;
    private final SessionScorer scorer;
    private final Feedback feedback;
    private final AlertId ids;

    private ScoredTestPart(
            VectorTable table,
            EncodedSessions sessions,
            double[] scores,
            Threshold threshold,
            @Nullable SeasonalThresholds seasonal,
            double[] thresholds,
            Drift drift,
            SessionScorer scorer,
            Feedback feedback,
            AlertId ids) {
        this.table = table;
        this.sessions = sessions;
        this.scores = scores;
        this.threshold = threshold;
        this.seasonal = seasonal;
        this.thresholds = thresholds;
        this.drift = drift;
        this.scorer = scorer;
        this.feedback = feedback;
        this.ids = ids;
    }

    /**
     * Scores the test part.
     *
     * @throws ModelException if the detector is not one for these vectors, or not the one that is asked for
     * @throws DataException if vectors and prepared data do not belong together
     */
    static ScoredTestPart of(EvalSettings settings, PreparedData prepared, TestPart cases, RunContext context) {
        requireSameEncoder(settings, prepared);
        // Read before the long work, so that a broken file is told at once.
        Feedback feedback = Feedback.read(settings.feedbackFile());
        SessionScorer scorer = SessionScorer.open(settings.anomalyModel(), settings.device(), settings.runtime());
        VectorTable table = null;
        EncodedSessions sessions = null;
        boolean done = false;
        try {
            Integer asked = settings.sequenceLength();
            if (asked != null && asked != scorer.sequenceLength()) {
                throw new ModelException("sequence_length must be that of the detector " + settings.anomalyModel()
                        + ", which is " + scorer.sequenceLength() + ", but was " + asked
                        + "; leave it out, or train a detector with it");
            }
            table = new VectorTable(scorer.dimension());
            sessions = EncodedSessions.read(settings.encodedTestData(), prepared, Split.TEST, table, context);
            double[] scores = scorer.scoreAll(sessions, table, context);
            if (scores.length != cases.count()) {
                throw new DataException("the test part of " + prepared.directory() + " has " + cases.count() + " "
                        + cases.unit() + "s, but " + scores.length
                        + " were scored; was it prepared again meanwhile? Run encode again");
            }
            Threshold threshold = scorer.threshold(settings.threshold(), settings.maxAlarmsPerDay());
            AlertId ids = AlertId.of(settings.textEncoderModel(), settings.anomalyModel());
            EvalSettings.Season season = settings.season();
            SeasonalThresholds seasonal = season == null ? null : scorer.seasonal(season.zone(), season.weekly());
            ScoredTestPart scored = new ScoredTestPart(
                    table,
                    sessions,
                    scores,
                    threshold,
                    seasonal,
                    seasonal == null ? new double[0] : thresholds(seasonal, cases, prepared),
                    drift(scorer.driftDetector(), scores),
                    scorer,
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
                scorer.close();
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

    /** A detector knows the vectors of one encoder; those of another mean something else to it. */
    private static void requireSameEncoder(EvalSettings settings, PreparedData prepared) {
        Path vectors = settings.encodedTestData();
        EncodedMeta encoded = EncodedMeta.of(vectors).orElse(null);
        if (encoded != null) {
            encoded.requireData(vectors, prepared);
        }
        Path detector = settings.anomalyModel();
        Path folder = detector.toAbsolutePath().getParent();
        if (folder == null || !Files.exists(folder.resolve(ModelDirectory.METADATA))) {
            return;
        }
        JsonNode trainedOn = ModelDirectory.read(folder).path(DetectorTraining.ENCODER_DIGEST);
        if (!trainedOn.isTextual()) {
            return;
        }
        String expected = trainedOn.asText();
        if (encoded != null && !encoded.encoderDigest().equals(expected)) {
            throw new ModelException("the detector " + detector
                    + " must be used with vectors of the text encoder it was trained on, whose SHA-256 is " + expected
                    + ", but those in " + vectors + " were made by one with " + encoded.encoderDigest()
                    + "; run encode with that encoder, or train-detector again");
        }
        String found = digest(settings.textEncoderModel());
        if (!found.equals(expected)) {
            throw new ModelException(
                    "the detector " + detector + " must be used with the text encoder it was trained on, whose"
                            + " SHA-256 is " + expected + ", but " + settings.textEncoderModel() + " has " + found
                            + "; name that encoder, or run encode and train-detector again");
        }
    }

    private static String digest(Path encoder) {
        if (!Files.isRegularFile(encoder)) {
            throw new MissingDataException("there is no text encoder " + encoder
                    + " to compare with the one that the detector was trained on; check text_encoder_model");
        }
        try {
            return ModelDirectory.digestOf(encoder);
        } catch (IOException e) {
            throw new MissingDataException(
                    "the text encoder " + encoder + " cannot be read: " + e.getMessage() + "; check its permissions",
                    e);
        }
    }

    /** The table that the numbers of the messages refer to. */
    VectorTable table() {
        return table;
    }

    EncodedSessions sessions() {
        return sessions;
    }

    /** One score a case; not to be changed. */
    double[] scores() {
        return scores;
    }

    /** The threshold for all cases, or for those whose hour has none of its own. */
    Threshold threshold() {
        return threshold;
    }

    /** The thresholds by hour, if they were asked for. */
    @Nullable
    SeasonalThresholds seasonal() {
        return seasonal;
    }

    /** The threshold by which a case is judged. */
    double threshold(int index) {
        return seasonal == null ? threshold.value() : thresholds[index];
    }

    /** Scores, one a case, moved so far that {@link #threshold()} judges each as its own threshold does. */
    double[] comparable(double[] all) {
        double[] moved = all.clone();
        for (int i = 0; seasonal != null && i < moved.length; i++) {
            moved[i] += threshold.value() - thresholds[i];
        }
        return moved;
    }

    /** Whether the scores of the test part, in its order, are still like those of validation. */
    Drift drift() {
        return drift;
    }

    int sequenceLength() {
        return scorer.sequenceLength();
    }

    /** Explains sessions in the numbers of {@link #table()}. */
    Explainer explainer() {
        return new Explainer(scorer, new MessageTable(table, scorer.known()));
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
        scorer.close();
    }
}
