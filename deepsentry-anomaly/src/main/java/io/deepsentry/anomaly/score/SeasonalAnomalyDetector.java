package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.internal.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A detector whose threshold depends on the hour: what is normal during the nightly backup may be odd at noon. The
 * score is that of {@link SessionScorer}. An hour with at least 50 normal validation scores has a threshold of its own;
 * the others have the global one.
 *
 * <pre>{@code
 * try (var detector = SeasonalAnomalyDetector.open(detectorFile, ZoneId.of("Europe/Berlin"), false)) {
 *     Verdict verdict = detector.score(vectors, Instant.now());
 * }
 * }</pre>
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
     * @param zone the zone whose clock gives the hour
     * @param weekly whether each day of the week has hours of its own
     * @return the detector, to be closed
     * @throws io.deepsentry.core.MissingDataException if a file is not there
     * @throws io.deepsentry.core.ModelException if one is corrupt
     */
    public static SeasonalAnomalyDetector open(Path detectorFile, ZoneId zone, boolean weekly) {
        return open(detectorFile, zone, weekly, Device.AUTO);
    }

    /**
     * Opens a trained detector on a device, see {@link #open(Path, ZoneId, boolean)}.
     *
     * @param detectorFile the file of the detector
     * @param zone the time zone of the hours
     * @param weekly whether days of the week count
     * @param device where to compute
     * @return the detector, to be closed
     */
    public static SeasonalAnomalyDetector open(Path detectorFile, ZoneId zone, boolean weekly, Device device) {
        SessionScorer scorer = SessionScorer.open(detectorFile, device);
        return new SeasonalAnomalyDetector(scorer, scorer.detector().seasonal(zone, weekly));
    }

    /**
     * Scores a sequence and judges it by the threshold of its hour.
     *
     * @param sequence the vectors of a session's messages in order; for a detector of streams, the last lines up to
     *     the one to judge
     * @param time when the session began or the line was logged; null if unknown
     * @return the verdict
     */
    public Verdict score(List<float[]> sequence, @Nullable Instant time) {
        return Verdict.of(scorer.scoreOf(sequence), threshold(time).value());
    }

    /**
     * {@return the threshold at a time}
     *
     * @param time the time; null if it is unknown
     */
    public Threshold threshold(@Nullable Instant time) {
        return thresholds.at(time);
    }

    /** {@return how many hours have a threshold of their own: at most 24, or 168 with {@code weekly}} */
    public int hours() {
        return thresholds.size();
    }

    @Override
    public void close() {
        scorer.close();
    }
}
