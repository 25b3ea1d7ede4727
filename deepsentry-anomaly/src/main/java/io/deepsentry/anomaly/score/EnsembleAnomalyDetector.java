package io.deepsentry.anomaly.score;

import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Several detectors that score as one. Their scores are brought to one scale and averaged; the less they agree, the
 * lower the confidence.
 *
 * <p>{@link #open(Path)} takes the members that {@code train-detector --members} wrote. They score sessions or streams
 * in nats, which is one scale already. {@link #builder()} takes window detectors from anywhere. Each score becomes its
 * rarity among the scores that the same detector gives to normal windows, in nats too. A sequence is {@code [n, d]},
 * float32, one row a message: a session, the last lines of a stream, or a window of the detector's length.
 *
 * <pre>{@code
 * try (EnsembleAnomalyDetector ensemble = EnsembleAnomalyDetector.open(detectorFile)) {
 *     EnsembleScore score = ensemble.scoreWithConfidence(session);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. {@link #close()} frees the members.
 */
public final class EnsembleAnomalyDetector implements AutoCloseable {
    private final List<Member> members;

    private record Member(ToDoubleFunction<float[][]> score, Runnable close) {}

    private EnsembleAnomalyDetector(List<Member> members) {
        this.members = List.copyOf(members);
    }

    /**
     * Opens the members of a trained detector.
     *
     * @param detectorFile {@code detector.h5} in the folder that {@code train-detector} wrote
     * @return the ensemble, to be closed
     * @throws io.deepsentry.core.MissingDataException if it, or a file that belongs to it, is not there
     * @throws io.deepsentry.core.ModelException if one is corrupt, is not what its metadata says, or if there is no
     *     metadata
     */
    public static EnsembleAnomalyDetector open(Path detectorFile) {
        return open(detectorFile, Device.AUTO);
    }

    /**
     * Opens the members of a trained detector on a device, see {@link #open(Path)}.
     *
     * @param detectorFile the file of the detector
     * @param device where to compute
     * @return the ensemble, to be closed
     */
    public static EnsembleAnomalyDetector open(Path detectorFile, Device device) {
        return new EnsembleAnomalyDetector(SessionScorer.openMembers(detectorFile, device).stream()
                .map(scorer -> new Member(sequence -> scorer.scoreOf(Arrays.asList(sequence)), scorer::close))
                .toList());
    }

    /**
     * Starts an ensemble of window detectors.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the number of members} */
    public int size() {
        return members.size();
    }

    /**
     * {@return the mean of the members' scores for a sequence {@code [n][d]}, in nats}
     *
     * @param sequence the vectors, one a message
     */
    public double score(float[][] sequence) {
        return scoreWithConfidence(sequence).score();
    }

    /**
     * {@return the mean of the members' scores for a sequence {@code [n, d]}, in nats}
     *
     * @param sequence the vectors, one a message
     */
    public double score(Matrix sequence) {
        return score(rows(sequence));
    }

    /**
     * {@return the mean of the members' scores for a sequence {@code [n][d]}, in nats, with its confidence}
     *
     * @param sequence the vectors, one a message
     */
    public EnsembleScore scoreWithConfidence(float[][] sequence) {
        if (sequence.length == 0) {
            throw new IllegalArgumentException("a sequence must have at least one row, but has none");
        }
        List<Double> scores = new ArrayList<>();
        for (Member member : members) {
            scores.add(member.score.applyAsDouble(sequence));
        }
        return EnsembleScore.of(scores);
    }

    /**
     * {@return the mean of the members' scores for a sequence {@code [n, d]}, in nats, with its confidence}
     *
     * @param sequence the vectors, one a message
     */
    public EnsembleScore scoreWithConfidence(Matrix sequence) {
        return scoreWithConfidence(rows(sequence));
    }

    private static float[][] rows(Matrix sequence) {
        return IntStream.range(0, sequence.rows()).mapToObj(sequence::row).toArray(float[][]::new);
    }

    @Override
    public void close() {
        members.forEach(member -> member.close.run());
    }

    /** Collects the members of an ensemble of window detectors. Not thread-safe. */
    public static final class Builder {
        private final List<Function<Device, Member>> openings = new ArrayList<>();
        private Device device = Device.AUTO;

        private Builder() {}

        /**
         * Adds a member.
         *
         * @param detectorFile any detector that {@link BidirectionalLstmAnomalyDetectorHandle} opens
         * @param normalWindows {@code [n][length][d]}, at least 20, which this member did not learn from: their
         *     scores tell what its scores mean
         * @return this builder
         */
        public Builder add(Path detectorFile, float[][][] normalWindows) {
            if (normalWindows.length < TailScale.LEAST_SCORES) {
                throw new IllegalArgumentException("normalWindows of " + detectorFile + " must be at least "
                        + TailScale.LEAST_SCORES + " windows, but were " + normalWindows.length);
            }
            openings.add(on -> standardised(detectorFile, normalWindows, on));
            return this;
        }

        /**
         * Sets where the members compute; {@link Device#AUTO} by default.
         *
         * @param newDevice where to compute
         * @return this builder
         */
        public Builder device(Device newDevice) {
            device = newDevice;
            return this;
        }

        /**
         * Opens the members and scores their normal windows.
         *
         * @return the ensemble, to be closed
         * @throws io.deepsentry.core.MissingDataException if a file is not there
         * @throws io.deepsentry.core.ModelException if one is corrupt or no detector
         */
        public EnsembleAnomalyDetector open() {
            if (openings.isEmpty()) {
                throw new IllegalStateException("an ensemble must have at least one member, but has none; add one");
            }
            List<Member> opened = new ArrayList<>();
            boolean done = false;
            try {
                openings.forEach(opening -> opened.add(opening.apply(device)));
                done = true;
                return new EnsembleAnomalyDetector(opened);
            } finally {
                if (!done) {
                    opened.forEach(member -> member.close.run());
                }
            }
        }

        private static Member standardised(Path file, float[][][] normalWindows, Device device) {
            BidirectionalLstmAnomalyDetectorHandle handle = BidirectionalLstmAnomalyDetectorHandle.open(file, device);
            boolean done = false;
            try {
                TailScale scale = TailScale.of(handle.batchScore(normalWindows));
                done = true;
                return new Member(window -> scale.nats(handle.anomalyScore(window)), handle::close);
            } finally {
                if (!done) {
                    handle.close();
                }
            }
        }
    }
}
