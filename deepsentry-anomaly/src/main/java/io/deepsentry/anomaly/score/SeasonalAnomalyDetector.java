package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A detector whose threshold depends on the hour: what is normal while the nightly backup runs need not be at noon. The score is that of {@link SessionScorer}; each
 * hour with at least 50 normal validation scores has the threshold that follows from them, the others have the global one.
 *
 * <p>Safe for use by several threads. {@link #close()} frees the detector.
 */
public final class SeasonalAnomalyDetector implements AutoCloseable {
    private final SessionScorer scorer;
    private final SeasonalThresholds thresholds;

    private SeasonalAnomalyDetector(SessionScorer scorer, SeasonalThresholds thresholds) {
        this.scorer = scorer;
        this.thresholds = thresholds;
    }

    /**
     * Opens a trained detector.
     *
     * @param detectorFile {@code detector.h5} in the folder that {@code train-detector} wrote
     * @param zone whose clock tells the hour
     * @param weekly whether the hours of each day of the week are told apart
     * @throws io.deepsentry.core.MissingDataException if a file is not there
     * @throws io.deepsentry.core.ModelException if one is corrupt
     */
    public static SeasonalAnomalyDetector open(Path detectorFile, ZoneId zone, boolean weekly) {
        return open(detectorFile, zone, weekly, Device.AUTO);
    }

    /** Opens a trained detector on a device, see {@link #open(Path, ZoneId, boolean)}. */
    public static SeasonalAnomalyDetector open(Path detectorFile, ZoneId zone, boolean weekly, Device device) {
        SessionScorer scorer = SessionScorer.open(detectorFile, device);
        return new SeasonalAnomalyDetector(scorer, scorer.detector().seasonal(zone, weekly));
    }

    /**
     * Scores a sequence and judges it by the threshold of its hour; both are in the verdict.
     *
     * @param sequence the vectors of a session's messages in order; of a detector of streams, the last lines up to the one to be judged
     * @param time when the session began, or the line was logged; null if that is not known
     */
    public Verdict score(List<float[]> sequence, @Nullable Instant time) {
        return Verdict.of(scorer.scoreOf(sequence), threshold(time).value());
    }

    /** The threshold at a time, and how it was found. */
    public Threshold threshold(@Nullable Instant time) {
        return thresholds.at(time);
    }

    /** How many hours have a threshold of their own: at most 24, or 168 where days are told apart. */
    public int hours() {
        return thresholds.size();
    }

    @Override
    public void close() {
        scorer.close();
    }
}
