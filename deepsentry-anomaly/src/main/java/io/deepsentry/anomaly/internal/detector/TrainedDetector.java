package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.threshold.AlarmBudget;
import io.deepsentry.anomaly.internal.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.internal.threshold.ValidationScores;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the folder of a trained detector holds: its views, the messages, texts and sessions that training saw, and the
 * thresholds that follow from validation.
 *
 * <p>Immutable and safe for use by several threads. {@link #close()} frees the networks.
 */
public final class TrainedDetector implements AutoCloseable {
    /** The name of the order view's file. */
    public static final String DETECTOR = "detector.h5";
    /** The name of the content view's file. */
    public static final String SESSION_DETECTOR = sessionFile(DETECTOR);
    /** The file of the vectors that training saw. */
    public static final String KNOWN_VECTORS = "known_vectors.npy";
    /** In the metadata, the share of the log's sessions that training had; absent if it had all. */
    public static final String SHARE = "share";

    /**
     * Scores that differ by less than this share of the threshold are alike: drift is what brings scores nearer to it.
     */
    private static final double DRIFT_TOLERANCE = 0.1;

    private static final System.Logger LOG = System.getLogger(TrainedDetector.class.getName());

    private final DetectorMetadata metadata;
    private final LearnedViews views;
    private final TrainingTexts texts;
    private final TrainingSessions sessions;
    private final StreamEvidence evidence;
    private final StreamEvidence wholeLog;
    private final @Nullable KeylessLines keyless;
    private final Path validationFile;
    private final double share;

    private TrainedDetector(
            DetectorMetadata metadata,
            LearnedViews views,
            TrainingTexts texts,
            TrainingSessions sessions,
            StreamEvidence evidence,
            StreamEvidence wholeLog,
            @Nullable KeylessLines keyless,
            Path validationFile,
            double share) {
        this.metadata = metadata;
        this.views = views;
        this.texts = texts;
        this.sessions = sessions;
        this.evidence = evidence;
        this.wholeLog = wholeLog;
        this.keyless = keyless;
        this.validationFile = validationFile;
        this.share = share;
    }

    /**
     * Opens a trained detector.
     *
     * @param detectorFile the order view's file in the folder that {@code train-detector} wrote
     * @throws MissingDataException if it, or a file that belongs to it, is not there
     * @throws ModelException if one is corrupt, is not what its metadata says, or if there is no metadata: a detector
     *     of others scores windows only
     */
    public static TrainedDetector open(Path detectorFile, Device device, ModelRuntime runtime) {
        return open(detectorFile, device, runtime, OptionalInt.empty());
    }

    /** Opens each member of a trained detector as a detector of its own. */
    public static List<TrainedDetector> openMembers(Path detectorFile, Device device) {
        List<TrainedDetector> members = new ArrayList<>();
        boolean done = false;
        try {
            int count = 1;
            for (int member = 1; member <= count; member++) {
                members.add(open(detectorFile, device, ModelRuntime.AUTO, OptionalInt.of(member)));
                count = members.get(0).metadata.members();
            }
            done = true;
            return members;
        } finally {
            if (!done) {
                members.forEach(TrainedDetector::close);
            }
        }
    }

    /** The file of a member's network, where the first one's is {@code file}. */
    public static String memberFile(String file, int member) {
        int dot = file.lastIndexOf('.');
        return member == 1 ? file : file.substring(0, dot) + "_" + member + file.substring(dot);
    }

    /** The content view's file, where the order view's is {@code file}. */
    private static String sessionFile(String file) {
        return "session_" + file;
    }

    private static TrainedDetector open(
            Path detectorFile, Device device, ModelRuntime runtime, OptionalInt onlyMember) {
        Path directory = Objects.requireNonNull(detectorFile.toAbsolutePath().getParent(), "a file lies in a folder");
        ModelDirectory.verify(detectorFile);
        if (!Files.exists(directory.resolve(ModelDirectory.METADATA))) {
            throw new ModelException("there is no " + ModelDirectory.METADATA + " beside " + detectorFile
                    + ": a detector from elsewhere scores windows, but sessions need what train-detector writes");
        }
        JsonNode json = ModelDirectory.read(directory);
        DetectorMetadata metadata = DetectorMetadata.of(json, directory);
        Path vectors = directory.resolve(KNOWN_VECTORS);
        ModelDirectory.verify(vectors);
        TrainingMessages known =
                TrainingMessages.of(Npy.read(vectors).toMatrix(), metadata.noveltyRate(), metadata.scale());
        TrainingTexts texts = TrainingTexts.read(directory, known.count());
        TrainingSessions sessions = TrainingSessions.read(directory, known.count());
        return new TrainedDetector(
                metadata,
                views(detectorFile, directory, json, metadata, known, device, runtime, onlyMember),
                texts,
                sessions,
                evidence(json, directory, StreamEvidence.FILE),
                evidence(json, directory, StreamEvidence.WHOLE_LOG_FILE),
                keyless(json, directory),
                directory.resolve(ValidationScores.FILE),
                json.path(SHARE).asDouble(1));
    }

    private static LearnedViews views(
            Path detectorFile,
            Path directory,
            JsonNode json,
            DetectorMetadata metadata,
            TrainingMessages known,
            Device device,
            ModelRuntime runtime,
            OptionalInt onlyMember) {
        String name = String.valueOf(detectorFile.getFileName());
        List<Predictor> order = new ArrayList<>();
        List<Predictor> content = new ArrayList<>();
        int first = onlyMember.orElse(1);
        int last = onlyMember.orElse(metadata.members());
        boolean opened = false;
        try {
            for (int member = first; member <= last; member++) {
                Path orderFile = member == 1 ? detectorFile : directory.resolve(memberFile(name, member));
                order.add(predictor(orderFile, metadata, device, runtime));
                if (metadata.sessions()) {
                    Path contentFile = directory.resolve(memberFile(sessionFile(name), member));
                    content.add(predictor(contentFile, metadata, device, runtime));
                }
            }
            int length = metadata.sequenceLength();
            ViewModel orderView = new ViewModel(View.ORDER, order, known, length);
            LearnedViews views = metadata.sessions()
                    ? LearnedViews.ofSessions(
                            known,
                            kinds(json, directory),
                            new SurpriseRule(
                                    SupportRule.read(directory, known.count()),
                                    metadata.rule().base()),
                            SessionEdges.read(directory, known.count()),
                            length,
                            orderView,
                            new ViewModel(View.CONTENT, content, known, length))
                    : LearnedViews.ofStreams(
                            known, length, orderView, LineScores.read(json.path("lines"), directory, known));
            opened = true;
            return views;
        } finally {
            if (!opened) {
                order.forEach(Predictor::close);
                content.forEach(Predictor::close);
            }
        }
    }

    private static @Nullable KeylessLines keyless(JsonNode json, Path directory) {
        return json.path("files").has(KeylessLines.FILE)
                ? KeylessLines.read(directory.resolve(KeylessLines.FILE))
                : null;
    }

    /** Folders that were written before there was a memory of kinds have none. */
    private static SessionKinds kinds(JsonNode json, Path directory) {
        Path file = directory.resolve(SessionKinds.FILE);
        if (!json.path("files").has(SessionKinds.FILE)) {
            return SessionKinds.NONE;
        }
        ModelDirectory.verify(file);
        return SessionKinds.read(file);
    }

    /**
     * Folders that were written before there were kinds of evidence have none, nor had those of sessions long after.
     */
    private static StreamEvidence evidence(JsonNode json, Path directory, String name) {
        Path file = directory.resolve(name);
        if (!json.path("files").has(name)) {
            return StreamEvidence.NONE;
        }
        ModelDirectory.verify(file);
        return StreamEvidence.read(JsonFile.read(file));
    }

    private static Predictor predictor(Path file, DetectorMetadata metadata, Device device, ModelRuntime runtime) {
        Predictor predictor = OpenModel.open(file, device, runtime).predictor();
        List<Integer> expected = List.of(metadata.sequenceLength(), metadata.dimension());
        if (predictor.takesIds()
                || !predictor.inputShape().equals(expected)
                || !predictor.outputShape().equals(expected)) {
            predictor.close();
            throw new ModelException("the detector " + file + " must map windows of shape " + expected
                    + " to windows as its metadata says, but maps " + predictor.inputShape() + " to "
                    + predictor.outputShape() + "; train again");
        }
        return predictor;
    }

    /** The figures of its metadata. */
    public DetectorMetadata metadata() {
        return metadata;
    }

    public LearnedViews views() {
        return views;
    }

    public TrainingMessages known() {
        return views.known();
    }

    /** The texts of the messages that training saw. */
    public TrainingTexts texts() {
        return texts;
    }

    /** The sessions that training saw. */
    public TrainingSessions sessions() {
        return sessions;
    }

    /** What the kinds of evidence beside the network learnt of streams, or of the lines of sessions. */
    public StreamEvidence evidence() {
        return evidence;
    }

    /** What training learnt of a log of sessions as a whole; nothing for streams. */
    public StreamEvidence wholeLog() {
        return wholeLog;
    }

    /**
     * What training learnt of the lines without a session key; empty for streams, and where training had no such line.
     */
    public Optional<KeylessLines> keyless() {
        return Optional.ofNullable(keyless);
    }

    /** The threshold recommended from normal validation data, in nats. */
    public Threshold threshold() {
        return metadata.threshold();
    }

    /**
     * The threshold that somebody chose, or that keeps a budget of false alarms, else the recommended one. A budget
     * puts the threshold of a stream below the score of a new error. What single lines can no longer raise an alarm is
     * logged as a warning.
     *
     * @param given an absolute score, or null
     * @param maxAlarmsPerDay false alarms a day that normal data may give, above 0, or null
     * @throws ConfigException if both are given, or training had too little validation data, or none with times, to
     *     tell
     */
    public Threshold threshold(@Nullable Double given, @Nullable Double maxAlarmsPerDay) {
        if (given != null && maxAlarmsPerDay != null) {
            throw new ConfigException(
                    "threshold and max_alarms_per_day exclude each other, but both are given; leave one out");
        }
        if (maxAlarmsPerDay == null && given == null) {
            return threshold();
        }
        Threshold chosen = given == null ? ofBudget(Objects.requireNonNull(maxAlarmsPerDay)) : Threshold.given(given);
        views.lines()
                .flatMap(lines -> lines.unreachable(chosen.value()))
                .ifPresent(silent -> LOG.log(
                        System.Logger.Level.WARNING,
                        "the threshold of " + (float) chosen.value() + " by "
                                + (given == null ? "max_alarms_per_day" : "threshold") + " is so high that " + silent));
        return chosen;
    }

    private Threshold ofBudget(double alarmsPerDay) {
        ValidationScores scores = Files.exists(validationFile) ? validationScores() : new ValidationScores(List.of());
        // Of a sample, each case stands for those that it left out.
        long cases = Math.round(threshold().validationCount() / share);
        Threshold wanted = AlarmBudget.of(scores, cases).threshold(alarmsPerDay);
        double most = views.lines().map(LineScores::mostSensible).orElse(Double.POSITIVE_INFINITY);
        return wanted.value() <= most
                ? wanted
                : new Threshold(
                        most, wanted.method() + ", held below the score of a new error", wanted.validationCount());
    }

    /** A detector of drift away from the scores of validation data, which has seen nothing yet. */
    public DriftDetector driftDetector() {
        double tolerance = DRIFT_TOLERANCE * threshold().value();
        if (!Files.exists(validationFile)) {
            ScoreStatistics validation = metadata.validation();
            return DriftDetector.of(validation.mean(), validation.std(), tolerance);
        }
        double[] scores = validationScores().values();
        return scores.length == 0 ? DriftDetector.of(0, 0, tolerance) : DriftDetector.of(scores, tolerance);
    }

    /**
     * The thresholds by hour.
     *
     * @throws MissingDataException if the file of validation scores is not there
     */
    public SeasonalThresholds seasonal(ZoneId zone, boolean weekly) {
        if (!Files.exists(validationFile)) {
            throw new MissingDataException("thresholds by hour need " + validationFile
                    + ", which train-detector writes beside the detector, but it does not exist; train again");
        }
        return SeasonalThresholds.learn(validationScores(), zone, weekly, metadata.rule(), threshold());
    }

    private ValidationScores validationScores() {
        ModelDirectory.verify(validationFile);
        return ValidationScores.read(validationFile);
    }

    /** Waits for the calls under way, then frees the networks. */
    @Override
    public void close() {
        views.close();
    }
}
