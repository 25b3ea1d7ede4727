package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Scores sessions and streams of vectors with a trained detector: what {@code train-detector} wrote into its folder.
 * {@link io.deepsentry.anomaly.Sentry} takes messages and opens the encoder as well.
 *
 * <p>Every message, and the end of a session, has a surprise: minus the logarithm of the probability it had after what
 * came before it. A session is looked at in two {@linkplain io.deepsentry.anomaly.explain.View views}. Its content
 * score is that of the surprises beyond one nat, but no more than the rarity of its kind in training; half the largest
 * surprise in the order of arrival is added, and what it does that hardly any training session did. A message of a
 * stream scores how rare it is and how unexpected.
 *
 * <pre>{@code
 * try (SessionScorer scorer = SessionScorer.open(Path.of("data/anomaly_trained_model/detector.h5"))) {
 *     SessionScore score = scorer.score(vectors);
 *     boolean anomalous = score.value() > scorer.threshold().value();
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; the states of single sessions and streams are not. {@link #close()} frees native
 * memory.
 */
public final class SessionScorer implements AutoCloseable {
    private final TrainedDetector detector;
    private final StreamEvidence evidence;
    private final StreamEvidence wholeLog;
    private final LiveMessages live;

    SessionScorer(TrainedDetector detector, Set<EvidenceKind> kinds) {
        this.detector = detector;
        this.evidence = detector.evidence().only(kinds);
        this.wholeLog = detector.wholeLog().only(kinds);
        this.live = new LiveMessages(detector);
    }

    /**
     * Opens a trained detector.
     *
     * @param detectorFile {@code detector.h5} in the folder that {@code train-detector} wrote
     * @return the scorer, to be closed
     * @throws MissingDataException if it, or a file that belongs to it, is not there
     * @throws ModelException if one is corrupt, is not what its metadata says, or if there is no metadata: a
     *     detector of others scores windows only
     */
    public static SessionScorer open(Path detectorFile) {
        return open(detectorFile, Device.AUTO);
    }

    /**
     * Opens a trained detector on a device, see {@link #open(Path)}.
     *
     * @param detectorFile the file of the detector
     * @param device where to compute
     * @return the scorer, to be closed
     */
    public static SessionScorer open(Path detectorFile, Device device) {
        return open(detectorFile, device, ModelRuntime.AUTO);
    }

    /**
     * Opens a trained detector on a device and with a runtime of choice, see {@link #open(Path)}.
     *
     * @param detectorFile the file of the detector
     * @param device where to compute
     * @param runtime the library that computes
     * @return the scorer, to be closed
     */
    public static SessionScorer open(Path detectorFile, Device device, ModelRuntime runtime) {
        return open(detectorFile, device, runtime, EvidenceKind.OF_STREAMS);
    }

    /**
     * Opens a trained detector that hears the named kinds of evidence, see {@link #open(Path)}.
     *
     * @param detectorFile the file of the detector
     * @param device where to compute
     * @param runtime the library that computes
     * @param kinds of {@link EvidenceKind#OF_STREAMS}; of sessions, those of {@link EvidenceKind#OF_SESSIONS} can
     *     be left out
     * @return the scorer, to be closed
     */
    public static SessionScorer open(Path detectorFile, Device device, ModelRuntime runtime, Set<EvidenceKind> kinds) {
        return new SessionScorer(TrainedDetector.open(detectorFile, device, runtime), kinds);
    }

    /** Opens each member of a trained detector as a detector of its own. */
    static List<SessionScorer> openMembers(Path detectorFile, Device device) {
        return TrainedDetector.openMembers(detectorFile, device).stream()
                .map(member -> new SessionScorer(member, EvidenceKind.OF_STREAMS))
                .toList();
    }

    /** {@return the threshold recommended from normal validation data, in nats} */
    public Threshold threshold() {
        return detector.threshold();
    }

    /**
     * {@return the given threshold, or the one that keeps a budget of false alarms, or else the recommended one}
     *
     * @param given an absolute score, or null
     * @param maxAlarmsPerDay the most false alarms a day on normal data, above 0, or null
     * @throws ConfigException if both are given, or if training had too few validation scores with times for a budget
     */
    public Threshold threshold(@Nullable Double given, @Nullable Double maxAlarmsPerDay) {
        return detector.threshold(given, maxAlarmsPerDay);
    }

    /**
     * {@return the thresholds by hour: from the time of a line, or of a session's first line, to its threshold} A time
     * of null, and an hour with too few validation scores, has the recommended one.
     *
     * @param zone the zone whose clock gives the hour
     * @param weekly whether each day of the week has hours of its own
     * @throws MissingDataException if the validation scores are not there
     */
    public Function<@Nullable Instant, Threshold> seasonal(ZoneId zone, boolean weekly) {
        return detector.seasonal(zone, weekly)::at;
    }

    /** {@return the score of a new error in a stream, the largest without further evidence; +infinity for sessions} */
    public double largestScore() {
        return detector.views().lines().map(LineScores::largest).orElse(Double.POSITIVE_INFINITY);
    }

    /** {@return the statistics of the validation scores} */
    public ScoreStatistics validation() {
        return detector.metadata().validation();
    }

    /** {@return the kinds of evidence that lines are judged by} */
    public Set<EvidenceKind> kinds() {
        return evidence.heard();
    }

    /** {@return whether values of messages are judged, or tell lines apart} */
    public boolean needsValues() {
        return !scoresSessions() || evidence.judgesLines() || judgesWholeLog();
    }

    /** {@return whether a log of sessions is judged as a whole, too: see {@link #beginWholeLog}} */
    public boolean judgesWholeLog() {
        return scoresSessions() && wholeLog.judgesStreams();
    }

    /**
     * Begins a log of sessions as a whole.
     *
     * @return the log
     */
    public WholeLogState beginWholeLog() {
        return new WholeLogState(wholeLog, detector.threshold().value());
    }

    /** {@return a new detector of drift away from the validation scores} */
    public DriftDetector driftDetector() {
        return detector.driftDetector();
    }

    /** {@return the number of rows of a window} */
    public int sequenceLength() {
        return detector.views().sequenceLength();
    }

    /** {@return the number of values of a vector} */
    public int dimension() {
        return detector.known().dimension();
    }

    /** {@return whether the detector was trained on sessions; otherwise it was trained on streams} */
    public boolean scoresSessions() {
        return detector.views().scoresSessions();
    }

    /** {@return the scorer of lines without a session key; empty for streams, and where training had no such line} */
    public Optional<KeylessScorer> keyless() {
        return detector.keyless().map(KeylessScorer::new);
    }

    /** {@return a sentence that says how scores are computed} */
    public String scoreDescription() {
        return detector.metadata().description();
    }

    /**
     * Scores a whole session.
     *
     * @param vectors of its messages, in order, each of {@link #dimension()} values
     * @return the score
     */
    public SessionScore score(List<float[]> vectors) {
        SessionState state = begin();
        vectors.forEach(state::add);
        return state.end();
    }

    /** Returns the score of a session; a detector of streams scores the last line of the sequence. */
    double scoreOf(List<float[]> sequence) {
        if (scoresSessions()) {
            return score(sequence).value();
        }
        StreamState stream = beginStream();
        double last = 0;
        for (float[] vector : sequence) {
            last = stream.add(vector);
        }
        return last;
    }

    /**
     * Begins a session whose messages come one by one.
     *
     * @return the session
     * @throws ModelException if the detector was trained on streams: call {@link #beginStream()}
     */
    public SessionState begin() {
        return begin(null);
    }

    /**
     * Begins a session of a log whose begin was seen. If sessions hardly ever begin with its first message, and the one
     * before it often comes longer before it than the log goes back, then it began before the log: what it lacks does
     * not count.
     *
     * @param time from the beginning of the log to its first message, or null if lines have no times
     * @param messages how many messages of sessions the log has before it
     * @return the session
     * @throws ModelException if the detector was trained on streams: call {@link #beginStream()}
     */
    public SessionState beginOfLog(@Nullable Duration time, long messages) {
        return begin(new SessionEdges.Stretch(time, messages));
    }

    private SessionState begin(SessionEdges.@Nullable Stretch sinceLogBegan) {
        if (!scoresSessions()) {
            throw new ModelException("begin() is for sessions, but the detector was trained on a log without a"
                    + " session key and judges the lines of streams; call beginStream()");
        }
        return new SessionState(
                live, sequenceLength(), sinceLogBegan, detector.threshold().value(), evidence);
    }

    /**
     * Begins a stream without sessions.
     *
     * @return the stream
     * @throws ModelException if the detector was trained on sessions: call {@link #begin()}
     */
    public StreamState beginStream() {
        if (scoresSessions()) {
            throw new ModelException("beginStream() is for lines without sessions, but the detector was trained on a"
                    + " log with a session key and judges sessions; call begin()");
        }
        return new StreamState(live, sequenceLength(), detector.threshold().value(), evidence);
    }

    /**
     * Computes the surprises of messages that are about to be added to their states. This changes no score, since a
     * window's surprise does not depend on the windows it is computed with. Many windows together take a fraction of
     * the time.
     *
     * @param pending the messages to come
     */
    public void precompute(List<PendingMessages> pending) {
        live.precompute(pending);
    }

    /** {@return how many windows the states needed that the memo did not have} */
    public long liveComputed() {
        return live.computed();
    }

    /** {@return how many distinct messages are remembered for states, at some hundred bytes each} */
    public int liveMessages() {
        return live.size();
    }

    /**
     * Forgets the remembered messages. A state brings its own along when it is given the next one, and scores the same
     * to the bit.
     */
    public void forgetLive() {
        live.forget();
    }

    TrainedDetector detector() {
        return detector;
    }

    /** Waits for running calls, then frees the models. */
    @Override
    public void close() {
        detector.close();
    }
}
