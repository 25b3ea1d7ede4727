package io.deepsentry.anomaly.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.DetectorMetadata;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.detector.SessionKinds;
import io.deepsentry.anomaly.internal.detector.TrainingSessions;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.detector.ViewModel;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.anomaly.threshold.AlarmBudget;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.ThresholdRule;
import io.deepsentry.anomaly.threshold.ValidationScores;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelDirectory;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Scores sessions and streams with a trained detector: what {@code train-detector} wrote into its folder.
 *
 * <p>Every message, and the end of a session, is given its surprise: minus the logarithm of the probability it had after what came before it. A session is looked at in
 * two {@linkplain View views}. Its content score is the sum over steps of the surprise beyond one nat, but no more than the rarity of its kind in training; half the largest
 * surprise in the order of arrival is added. A message of a
 * stream scores how rare it is and how unexpected.
 *
 * <p>Safe for use by several threads; the states of single sessions and streams are not. {@link #close()} frees native memory.
 */
public final class SessionScorer implements AutoCloseable {
    public static final String SESSION_DETECTOR = "session_detector.h5";
    public static final String KNOWN_VECTORS = "known_vectors.npy";
    /** Surprise of a step below this is not held against a session: such steps are an even choice among a few. */
    public static final double FREE_NATS = 1;
    /** What the largest surprise in order of arrival counts beside the content: lines interleave by chance, so it is the weaker evidence. */
    private static final double ORDER_SHARE = 0.5;
    /** The order's part of a normal session's score seldom exceeds this share of ln(steps). */
    private static final double USUAL_ORDER = 1.0 / 3;

    /** However many units training saw: one in so many is rare enough to be told. */
    private static final long MOST_UNITS = 10_000;

    private static final int CHUNK_ROWS = 1 << 14;
    private static final int ALL_MEMBERS = 0;
    private static final int UNKNOWN_TEXTS = 10_000;

    private final TrainingMessages known;
    private final SessionKinds sessions;
    private final int length;
    private final ViewModel order;
    private final @Nullable ViewModel content;
    /** Of a detector of streams; null for one of sessions, and while one of streams is being made. */
    private final @Nullable LineScores lines;

    private final Threshold threshold;
    private final ScoreStatistics validation;
    private final String description;
    private final ThresholdRule rule;
    private final @Nullable Path validationFile;
    /** What was met in states that are scored message by message; replaced as a whole, under {@link #liveLock}. */
    private MessageTable live;

    private final Object liveLock = new Object();
    private long computedBefore;

    private final TrainingTexts texts;
    private final TrainingSessions normalSessions;
    private final Cache<Integer, String> unknownTexts =
            CacheBuilder.newBuilder().maximumSize(UNKNOWN_TEXTS).build();

    public SessionScorer(
            TrainingMessages known,
            SessionKinds sessions,
            int length,
            ViewModel order,
            @Nullable ViewModel content,
            @Nullable LineScores lines,
            Threshold threshold,
            ScoreStatistics validation,
            String description,
            ThresholdRule rule,
            @Nullable Path validationFile,
            TrainingTexts texts,
            TrainingSessions normalSessions) {
        this.texts = texts;
        this.normalSessions = normalSessions;
        this.known = known;
        this.sessions = sessions;
        this.length = length;
        this.order = order;
        this.content = content;
        this.lines = lines;
        this.threshold = threshold;
        this.validation = validation;
        this.description = description;
        this.rule = rule;
        this.validationFile = validationFile;
        this.live = new MessageTable(new VectorTable(known.dimension()), known);
    }

    /**
     * What training saw, from which follows what is rare.
     *
     * @param units sessions (lines of streams)
     * @param steps steps in all of them
     */
    public record Allowance(long units, long steps) {
        /** The threshold where validation gives no reason for another: content rarer than once in e times as many units, in a usual order. */
        public double threshold(boolean keyed) {
            double rare = Math.log((double) Math.max(1, Math.min(units, MOST_UNITS))) + 1;
            return keyed ? rare + Math.log((double) Math.max(1, steps)) * USUAL_ORDER : rare;
        }

        /** What {@link #threshold} is, in a word. */
        public static String method(boolean keyed) {
            String rare = "ln(seen_units, at most 10000) + 1";
            return keyed ? rare + " + ln(seen_steps) / 3" : rare;
        }
    }

    /**
     * Opens a trained detector.
     *
     * @param detectorFile {@code detector.h5} in the folder that {@code train-detector} wrote
     * @throws MissingDataException if it, or a file that belongs to it, is not there
     * @throws ModelException if one is corrupt, is not what its metadata says, or if there is no metadata: a detector of others scores windows only
     */
    public static SessionScorer open(Path detectorFile) {
        return open(detectorFile, Device.AUTO);
    }

    /** Opens a trained detector on a device, see {@link #open(Path)}. */
    public static SessionScorer open(Path detectorFile, Device device) {
        return open(detectorFile, device, ModelRuntime.AUTO);
    }

    /** Opens a trained detector on a device and with a runtime of choice, see {@link #open(Path)}. */
    public static SessionScorer open(Path detectorFile, Device device, ModelRuntime runtime) {
        return open(detectorFile, device, runtime, ALL_MEMBERS);
    }

    /** Opens each member of a trained detector as a detector of its own. */
    static List<SessionScorer> openMembers(Path detectorFile, Device device) {
        List<SessionScorer> members = new ArrayList<>();
        boolean done = false;
        try {
            int count = 1;
            for (int member = 1; member <= count; member++) {
                members.add(open(detectorFile, device, ModelRuntime.AUTO, member));
                count = DetectorMetadata.of(directoryOf(detectorFile)).members();
            }
            done = true;
            return members;
        } finally {
            if (!done) {
                members.forEach(SessionScorer::close);
            }
        }
    }

    /** The file of a member's network, where the first one's is {@code file}. */
    public static String memberFile(String file, int member) {
        int dot = file.lastIndexOf('.');
        return member == 1 ? file : file.substring(0, dot) + "_" + member + file.substring(dot);
    }

    private static Path directoryOf(Path detectorFile) {
        return Objects.requireNonNull(detectorFile.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    /** The content view's network, where the order view's is {@code file}. */
    static String sessionFile(String file) {
        return "session_" + file;
    }

    private static SessionScorer open(Path detectorFile, Device device, ModelRuntime runtime, int onlyMember) {
        Path directory = directoryOf(detectorFile);
        ModelDirectory.verify(detectorFile);
        if (!Files.exists(directory.resolve(ModelDirectory.METADATA))) {
            throw new ModelException("there is no " + ModelDirectory.METADATA + " beside " + detectorFile
                    + ": a detector from elsewhere scores windows, but sessions need what train-detector writes");
        }
        DetectorMetadata metadata = DetectorMetadata.of(directory);
        Path vectors = directory.resolve(KNOWN_VECTORS);
        ModelDirectory.verify(vectors);
        TrainingMessages known = TrainingMessages.of(Npy.read(vectors).toMatrix(), metadata.noveltyRate());
        TrainingTexts texts = TrainingTexts.read(directory, known.count());
        TrainingSessions normalSessions = TrainingSessions.read(directory, known.count());
        String name = String.valueOf(detectorFile.getFileName());
        List<Predictor> order = new ArrayList<>();
        List<Predictor> content = new ArrayList<>();
        boolean opened = false;
        try {
            for (int member = 1; member <= metadata.members(); member++) {
                if (onlyMember == ALL_MEMBERS || onlyMember == member) {
                    Path orderFile = member == 1 ? detectorFile : directory.resolve(memberFile(name, member));
                    order.add(predictor(orderFile, metadata, device, runtime));
                    if (metadata.keyed()) {
                        Path contentFile = directory.resolve(memberFile(sessionFile(name), member));
                        content.add(predictor(contentFile, metadata, device, runtime));
                    }
                }
            }
            opened = true;
        } finally {
            if (!opened) {
                order.forEach(Predictor::close);
                content.forEach(Predictor::close);
            }
        }
        return new SessionScorer(
                known,
                sessions(ModelDirectory.read(directory), directory),
                metadata.sequenceLength(),
                new ViewModel(View.ORDER, order, known, metadata.sequenceLength()),
                content.isEmpty() ? null : new ViewModel(View.CONTENT, content, known, metadata.sequenceLength()),
                metadata.keyed()
                        ? null
                        : LineScores.read(ModelDirectory.read(directory).path("lines"), directory, known),
                metadata.threshold(),
                metadata.validation(),
                metadata.description(),
                metadata.rule(),
                directory.resolve(ValidationScores.FILE),
                texts,
                normalSessions);
    }

    /** Folders that were written before there was a memory of sessions have none. */
    private static SessionKinds sessions(JsonNode json, Path directory) {
        Path file = directory.resolve(SessionKinds.FILE);
        if (!json.path("files").has(SessionKinds.FILE)) {
            return SessionKinds.NONE;
        }
        ModelDirectory.verify(file);
        return SessionKinds.read(file);
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

    /** The threshold recommended from normal validation data, in nats. */
    public Threshold threshold() {
        return threshold;
    }

    /**
     * The threshold that somebody chose, or that keeps a budget of false alarms, else the recommended one.
     *
     * @param given an absolute score, or null
     * @param maxAlarmsPerDay false alarms a day that normal data may give, above 0, or null
     * @throws ConfigException if both are given, or training had too little validation data, or none with times, to tell
     */
    public Threshold threshold(@Nullable Double given, @Nullable Double maxAlarmsPerDay) {
        if (given != null && maxAlarmsPerDay != null) {
            throw new ConfigException(
                    "threshold and max_alarms_per_day exclude each other, but both are given; leave one out");
        }
        if (maxAlarmsPerDay == null) {
            return given == null ? threshold : Threshold.given(given);
        }
        ValidationScores scores = validationFile == null || !Files.exists(validationFile)
                ? new ValidationScores(List.of())
                : validationScores(validationFile);
        return AlarmBudget.of(scores, threshold.validationCount()).threshold(maxAlarmsPerDay);
    }

    /** The scores of validation data. */
    public ScoreStatistics validation() {
        return validation;
    }

    /** A detector of drift away from the scores of validation data, which has seen nothing yet. */
    public DriftDetector driftDetector() {
        if (validationFile == null || !Files.exists(validationFile)) {
            return DriftDetector.of(validation.mean(), validation.std());
        }
        double[] scores = validationScores(validationFile).values();
        return scores.length == 0 ? DriftDetector.of(0, 0) : DriftDetector.of(scores);
    }

    /**
     * The thresholds by hour.
     *
     * @throws MissingDataException if the file of validation scores is not there
     */
    public SeasonalThresholds seasonal(ZoneId zone, boolean weekly) {
        if (validationFile == null || !Files.exists(validationFile)) {
            throw new MissingDataException("thresholds by hour need " + validationFile
                    + ", which train-detector writes beside the detector, but it is not there; train again");
        }
        return SeasonalThresholds.learn(validationScores(validationFile), zone, weekly, rule, threshold);
    }

    private static ValidationScores validationScores(Path file) {
        ModelDirectory.verify(file);
        return ValidationScores.read(file);
    }

    /** How many rows a window has. */
    public int sequenceLength() {
        return length;
    }

    /** How many values a vector has. */
    public int dimension() {
        return known.dimension();
    }

    /** Whether it was trained on sessions; else on streams. */
    public boolean keyed() {
        return content != null;
    }

    /** How scores are made, in a sentence. */
    public String scoreDescription() {
        return description;
    }

    /**
     * Scores a part of a data set.
     *
     * @param table the one the sessions were read with
     * @return for sessions one score each, in their order; for streams one a row
     */
    public double[] scoreAll(EncodedSessions sessions, VectorTable table, RunContext context) {
        requireSame(sessions.keyed());
        MessageTable messages = new MessageTable(table, known);
        double[] scores = new double[Math.toIntExact(sessions.keyed() ? sessions.count() : sessions.rows())];
        try (Progress.Stage stage = context.progress().begin("score", sessions.rows(), "rows")) {
            if (sessions.keyed()) {
                SessionChunk chunk = new SessionChunk(messages, scores, stage);
                sessions.forEach(session -> {
                    context.cancellation().check();
                    chunk.add(session);
                });
                chunk.flush();
            } else {
                int[] next = {0};
                sessions.forEach(stream -> next[0] = scoreStream(stream, messages, scores, next[0], context, stage));
            }
        }
        return scores;
    }

    private int scoreStream(
            EncodedSession stream,
            MessageTable messages,
            double[] scores,
            int from,
            RunContext context,
            Progress.Stage stage) {
        for (int start = 0; start < stream.length(); start += CHUNK_ROWS) {
            context.cancellation().check();
            int count = Math.min(CHUNK_ROWS, stream.length() - start);
            // The rows that windows at the start of this chunk look back on.
            int back = Math.min(start, length);
            int[] sequence = new int[1 + back + count];
            sequence[0] = Windows.BEGIN;
            for (int i = 0; i < back + count; i++) {
                sequence[1 + i] = stream.id(start - back + i);
            }
            List<int[]> windows = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                windows.add(Windows.endingAt(sequence, 1 + back + i, length));
            }
            double[] nats = order.surprises(windows, messages);
            for (int i = 0; i < count; i++) {
                scores[from + start + i] = lines == null
                        ? nats[i]
                        : lines.score(messages, stream.id(start + i), stream.severity(start + i), nats[i]);
            }
            stage.advance(count);
        }
        return from + stream.length();
    }

    /**
     * Scores a whole session.
     *
     * @param vectors of its messages, in order, each of {@link #dimension()} values
     */
    public SessionScore score(List<float[]> vectors) {
        SessionState state = begin();
        vectors.forEach(state::append);
        return state.end();
    }

    /** The score of a session or, of a detector of streams, of the last line of a sequence. */
    double scoreOf(List<float[]> sequence) {
        if (keyed()) {
            return score(sequence).value();
        }
        StreamState stream = beginStream();
        double last = 0;
        for (float[] vector : sequence) {
            last = stream.add(vector);
        }
        return last;
    }

    /** Begins a session whose messages come one by one. */
    public SessionState begin() {
        requireSame(true);
        return new SessionState(this);
    }

    /** Begins a stream without sessions. */
    public StreamState beginStream() {
        return new StreamState(this);
    }

    private void requireSame(boolean sessions) {
        if (sessions != keyed()) {
            throw new ModelException("the detector was trained on " + (keyed() ? "sessions" : "streams")
                    + ", but is to score " + (sessions ? "sessions" : "streams")
                    + "; use the session_key it was trained with, or train again");
        }
    }

    /**
     * Messages that a session or a stream is about to be given.
     *
     * @param before the vectors that came before them, oldest first, at least as many as a window has or all
     * @param fromBegin whether those are all
     * @param next their own vectors
     */
    public record Upcoming(List<float[]> before, boolean fromBegin, List<float[]> next) {
        public Upcoming {
            before = List.copyOf(before);
            next = List.copyOf(next);
        }
    }

    /**
     * Computes what messages will score before they are added to their states one by one. That changes no score, as a window's surprise does not depend on which
     * windows it is computed with, but many together take a fraction of the time.
     */
    public void foresee(List<Upcoming> upcoming) {
        synchronized (liveLock) {
            List<int[]> windows = new ArrayList<>();
            for (Upcoming one : upcoming) {
                int first = one.fromBegin() ? 1 : 0;
                int known = first + one.before().size();
                int[] sequence = new int[known + one.next().size()];
                sequence[0] = Windows.BEGIN;
                for (int i = 0; i < one.before().size(); i++) {
                    sequence[first + i] = live.table().intern(one.before().get(i));
                }
                for (int i = 0; i < one.next().size(); i++) {
                    sequence[known + i] = live.table().intern(one.next().get(i));
                    windows.add(Windows.endingAt(sequence, known + i, length));
                }
            }
            order.surprises(windows, live);
        }
    }

    /** How many windows had to be computed for the states so far, as the memo did not have them. */
    public long liveComputed() {
        synchronized (liveLock) {
            return computedBefore + live.computed();
        }
    }

    /** How many distinct messages the states of sessions and streams have met. What is remembered of them, some hundred bytes each, grows with that. */
    public int liveMessages() {
        synchronized (liveLock) {
            return live.table().size();
        }
    }

    /** Forgets them. States begun before are of no use afterwards: begin them anew with the messages that they had, and they score the same to the bit. */
    public void forgetLive() {
        synchronized (liveLock) {
            live.table().close();
            computedBefore += live.computed();
            live = new MessageTable(new VectorTable(known.dimension()), known);
            unknownTexts.invalidateAll();
        }
    }

    /** Keeps the text of a message that training never saw, which nothing else knows. */
    void remember(int id, Supplier<String> text) {
        synchronized (liveLock) {
            if (live.row(id) < 0 && unknownTexts.getIfPresent(id) == null) {
                unknownTexts.put(id, TrainingTexts.shortened(text.get()));
            }
        }
    }

    private String liveText(int id) {
        int row = live.row(id);
        String text = row >= 0 ? texts.of(row) : unknownTexts.getIfPresent(id);
        return text == null ? "a message that training never saw" : text;
    }

    Explainer.Oddities oddities(int[] ids, double of) {
        synchronized (liveLock) {
            return new Explainer(this, live).session(ids, of);
        }
    }

    Explainer.Oddities runningOddities(int[] ids, double[] nats, int[] steps, Map<Integer, ScoredStep> computed) {
        synchronized (liveLock) {
            return new Explainer(this, live).running(ids, ids.length, nats, steps, computed);
        }
    }

    @Nullable
    FeedbackRecord acknowledgedBy(Feedback feedback, Explainer.Oddities oddities, double of, boolean ended) {
        synchronized (liveLock) {
            List<AnomalousStep> steps = oddities.steps().stream()
                    .map(odd -> odd.named(this::liveText, texts))
                    .toList();
            return feedback.forgive(oddities, steps, Double.POSITIVE_INFINITY, of, ended)
                    .by();
        }
    }

    @Nullable
    FeedbackRecord acknowledgedBy(Feedback feedback, int[] messages, double score) {
        synchronized (liveLock) {
            ScoredStep odd = new Explainer(this, live).inOrder(messages, messages.length - 1, score, false);
            return feedback.forgiving(odd.named(this::liveText, texts));
        }
    }

    Explanation explain(int[] ids, boolean ended, Explainer.Oddities oddities, Explanation.Lines lines) {
        synchronized (liveLock) {
            return new Explainer(this, live).explain(ids, 0, ids.length, ended, oddities, this::liveText, lines);
        }
    }

    Explanation explainLine(int[] messages, double score, Explanation.Lines lines) {
        synchronized (liveLock) {
            Explainer explainer = new Explainer(this, live);
            int last = messages.length - 1;
            List<ScoredStep> odd = List.of(explainer.inOrder(messages, last, score, false));
            return explainer.explain(
                    messages, last, messages.length, true, new Explainer.Oddities(odd, 0, 0, 0), this::liveText, lines);
        }
    }

    int liveId(float[] vector) {
        synchronized (liveLock) {
            return live.table().intern(vector);
        }
    }

    /** The surprise of the last row of a window of live codes. */
    double liveSurprise(int[] window) {
        synchronized (liveLock) {
            return order.surprise(window, live);
        }
    }

    /** The score of a live stream's line, the last of a window of live codes. */
    double liveLine(int[] window, int id, Severity severity) {
        synchronized (liveLock) {
            double nats = order.surprise(window, live);
            return lines == null ? nats : lines.score(live, id, severity, nats);
        }
    }

    /** The content view's surprises of a live session: one for each message in canonical order, then the end. */
    double[] liveContent(int[] ids) {
        synchronized (liveLock) {
            return contentModel().surprises(contentWindows(ids, live), live);
        }
    }

    int[] liveCanonical(int[] ids) {
        synchronized (liveLock) {
            return live.canonical(ids);
        }
    }

    /** The most content score that a session of these messages can have: that of how often training saw its kind. */
    public double mostContentScore(int[] ids, MessageTable messages) {
        return sessions.surprise(messages.rows(messages.canonical(ids)));
    }

    public TrainingMessages known() {
        return known;
    }

    public TrainingTexts texts() {
        return texts;
    }

    public TrainingSessions normalSessions() {
        return normalSessions;
    }

    public ViewModel order() {
        return order;
    }

    public ViewModel contentModel() {
        if (content == null) {
            throw new IllegalStateException("a detector of streams has no content view");
        }
        return content;
    }

    public static double orderScore(double largestNats) {
        return ORDER_SHARE * largestNats;
    }

    /** What a message adds to its session's content score wherever it comes: an unknown one at least its rarity, a known one perhaps nothing. */
    double leastContentScore(int id) {
        synchronized (liveLock) {
            return live.row(id) >= 0
                    ? 0
                    : Math.max(0, Math.min(TrainingMessages.MAX_NATS, known.noveltyNats()) - FREE_NATS);
        }
    }

    double liveContentScore(int[] ids, double[] nats) {
        synchronized (liveLock) {
            return contentScore(ids, live, nats, 0);
        }
    }

    /** Of a session of these messages, whose surprises in canonical order, and its end's, stand from a place on. */
    double contentScore(int[] ids, MessageTable messages, double[] nats, int from) {
        double sum = 0;
        for (int i = from; i <= from + ids.length; i++) {
            sum += Math.max(0, nats[i] - FREE_NATS);
        }
        return Math.min(sum, sessions.surprise(messages.rows(messages.canonical(ids))));
    }

    public List<int[]> contentWindows(int[] ids, MessageTable messages) {
        int[] sequence = sequence(messages.canonical(ids));
        return windows(sequence, sequence.length);
    }

    /** One for each message. A session's end is judged in canonical order only: when lines interleave by chance, so do the last ones. */
    public List<int[]> orderWindows(int[] ids) {
        int[] sequence = sequence(ids);
        return windows(sequence, sequence.length - 1);
    }

    private List<int[]> windows(int[] sequence, int end) {
        List<int[]> windows = new ArrayList<>(end - 1);
        for (int last = 1; last < end; last++) {
            windows.add(Windows.endingAt(sequence, last, length));
        }
        return windows;
    }

    public static int[] sequence(int[] ids) {
        int[] sequence = new int[ids.length + 2];
        sequence[0] = Windows.BEGIN;
        System.arraycopy(ids, 0, sequence, 1, ids.length);
        sequence[ids.length + 1] = Windows.END;
        return sequence;
    }

    /** Sessions that are scored together, so that their windows go through the models in batches. */
    private final class SessionChunk {
        private final MessageTable messages;
        private final double[] scores;
        private final Progress.Stage stage;
        private final List<int[]> orderWindows = new ArrayList<>();
        private final List<int[]> contentWindows = new ArrayList<>();
        private final List<int[]> ids = new ArrayList<>();
        private int done;

        SessionChunk(MessageTable messages, double[] scores, Progress.Stage stage) {
            this.messages = messages;
            this.scores = scores;
            this.stage = stage;
        }

        void add(EncodedSession session) {
            int[] came = new int[session.length()];
            for (int i = 0; i < came.length; i++) {
                came[i] = session.id(i);
            }
            orderWindows.addAll(SessionScorer.this.orderWindows(came));
            contentWindows.addAll(SessionScorer.this.contentWindows(came, messages));
            ids.add(came);
            if (orderWindows.size() >= CHUNK_ROWS) {
                flush();
            }
        }

        void flush() {
            double[] inOrder = order.surprises(orderWindows, messages);
            double[] inContent = contentModel().surprises(contentWindows, messages);
            int from = 0;
            int contentFrom = 0;
            for (int[] came : ids) {
                double largest = 0;
                for (int i = from; i < from + came.length; i++) {
                    largest = Math.max(largest, inOrder[i]);
                }
                scores[done++] = orderScore(largest) + contentScore(came, messages, inContent, contentFrom);
                from += came.length;
                contentFrom += came.length + 1;
                stage.advance(came.length);
            }
            orderWindows.clear();
            contentWindows.clear();
            ids.clear();
        }
    }

    /** Waits for the calls under way, then frees the models. */
    @Override
    public void close() {
        order.close();
        if (content != null) {
            content.close();
        }
        synchronized (liveLock) {
            live.table().close();
        }
    }
}
