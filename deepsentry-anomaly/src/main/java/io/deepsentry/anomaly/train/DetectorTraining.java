package io.deepsentry.anomaly.train;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.detector.DetectorMetadata;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.internal.detector.KeylessLines;
import io.deepsentry.anomaly.internal.detector.LearnedViews;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.detector.SessionKinds;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.detector.TrainingSessions;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.detector.ViewModel;
import io.deepsentry.anomaly.internal.evidence.ObservedLines;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.evidence.WholeLog;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.threshold.ThresholdRule;
import io.deepsentry.anomaly.internal.threshold.ValidationScores;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.internal.vector.WindowBatches;
import io.deepsentry.anomaly.internal.vector.WindowCounts;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.tensorflow.TensorFlow;
import io.deepsentry.core.tensorflow.Trainer;
import io.deepsentry.core.tensorflow.TrainingResult;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.internal.encode.EncodedMeta;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.HourRow;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Learns which sequences of messages are normal, and up to which score.
 *
 * <p>Trains two networks of one architecture, see {@link DetectorNetwork}. The first learns windows of messages in the
 * order they came. The second exists only for sessions and learns each one in a canonical order. Both learn by a
 * softmax over the known messages: where several messages may follow, the output with the least squared error is their
 * average, which is none of them. Labels play no part.
 *
 * <pre>{@code
 * DetectorTrainingResult result = DetectorTraining.run(
 *         DetectorTrainSettings.builder().dataDir(folder).epochs(20).build(), RunContext.quiet());
 * }</pre>
 */
public final class DetectorTraining {
    /** The name of the file of the network that sees messages in the order they came. */
    public static final String DETECTOR = TrainedDetector.DETECTOR;

    private static final System.Logger LOG = System.getLogger(DetectorTraining.class.getName());

    private static final int MIN_STEPS = 300;
    private static final int MAX_STEPS = 2000;
    private static final int VALIDATION_BATCHES = 256;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** Keeps the expected vector near the met ones, so that a window's mean absolute error says something too. */
    private static final float SQUARED_ERROR_SHARE = 0.1F;

    /** The distance between the seeds of two members: users number their seeds 1, 2, 3. */
    private static final long MEMBER_SEEDS = 1_000_003;

    private static final double FINAL_LEARNING_RATE_SHARE = 0.05;

    /**
     * Trained without labels, the share of the sessions that may be suspects: if more are, they are no faults but how
     * the log is.
     */
    private static final double MOST_SUSPECTS = 0.15;

    private static final String ADDED =
            "nats; per session the sum over its messages in canonical order, and its end, of the surprise beyond 1"
                    + " nat, or minus the logarithm of the share of training sessions that had the same messages if that"
                    + " is less; and half the largest surprise of a message in the order they came.";
    private static final String DESCRIPTION =
            "nats; per session what its messages in canonical order, and its end, surprise beyond 1 nat, by halves, or"
                    + " minus the logarithm of the share of training sessions that had the same messages if that is less;"
                    + " half the largest surprise of a message in the order they came; and what it does that hardly any"
                    + " training session did, ln((n + 1) / (k + 1)) each, by halves, scaled to be at least the base of the"
                    + " threshold, and 0.1 of the base for each order of messages that it breaks, if these are fewer than"
                    + " make a violation. By halves: the largest whole, the next one half, and so on; a step counts at"
                    + " most 0.6 of the base.";
    private static final String SURPRISE =
            " Surprise is -ln of the probability after what came before, a softmax over the known messages of -scale *"
                    + " squared distance from the expected vector.";
    private static final String STREAM_DESCRIPTION =
            "nats; per line -ln of the share of all lines that its message had in training, or the network's surprise"
                    + " after the lines before if that is less, but at most 1 nat below the limit of rarity; above the"
                    + " limit: 1 to 4 nats for a new message by its severity, if it is an error or the log seldom says new"
                    + " things, and up to 1 nat for a known one that is far less likely after the lines before than"
                    + " validation lines are.";

    private DetectorTraining() {}

    /**
     * Trains on encoded data and writes the model folder.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was trained, and how well
     * @throws MissingDataException if there is no training data
     * @throws io.deepsentry.core.DataException if it is corrupt, or the model cannot be written
     * @throws io.deepsentry.core.TrainingException if training diverges
     */
    public static DetectorTrainingResult run(DetectorTrainSettings settings, RunContext context) {
        long start = System.nanoTime();
        TensorFlow.requireDevice(settings.device());
        PreparedData prepared = PreparedData.open(settings.preparedDataDir());
        Path trainFile = settings.encodedDataDir().resolve(Split.TRAIN.encodedFile());
        Path validationFile = settings.encodedDataDir().resolve(Split.VAL.encodedFile());
        // Before hours of training, not after them.
        String encoderDigest = requireSameEncoder(settings, prepared);
        try (VectorTable table = new VectorTable(dimension(trainFile));
                EncodedSessions train = EncodedSessions.read(trainFile, prepared, Split.TRAIN, table, context);
                EncodedSessions validation =
                        EncodedSessions.read(validationFile, prepared, Split.VAL, table, context)) {
            if (train.rows() == 0) {
                throw new MissingDataException("there is nothing to train on: " + trainFile
                        + " has no rows; prepare more data, or a larger training_log_data_fraction");
            }
            return new Run(settings, context, prepared, encoderDigest, table, train, validation).train(start);
        }
    }

    private static int dimension(Path vectors) {
        try (VectorFile file = VectorFile.open(vectors)) {
            return file.columns();
        }
    }

    /** One training. For one thread. */
    private static final class Run {
        private final DetectorTrainSettings settings;
        private final RunContext context;
        private final PreparedData prepared;
        private final @Nullable String encoderDigest;
        private final VectorTable table;
        /** All of training. */
        private final EncodedSessions all;
        /** What is learnt from, without suspects. */
        private final EncodedSessions train;

        private final EncodedSessions validation;
        private final int length;
        private final double noveltyRate;
        private final TrainingMessages known;
        private final MessageTable messages;
        private final SessionEdges edges;
        private final SupportRule support;
        private final Suspects suspects;
        /** The suspects by their places in training and validation. */
        private final Map<Split, BitSet> leftOut;

        private final List<String> log = new ArrayList<>();
        /** What a sample of streams could not teach. */
        private List<String> notLearnt = List.of();

        Run(
                DetectorTrainSettings settings,
                RunContext context,
                PreparedData prepared,
                @Nullable String encoderDigest,
                VectorTable table,
                EncodedSessions train,
                EncodedSessions validation) {
            this.settings = settings;
            this.context = context;
            this.prepared = prepared;
            this.encoderDigest = encoderDigest;
            this.table = table;
            this.all = train;
            this.length = settings.sequenceLength();
            Matrix vectors = knownVectors(train, table);
            TrainingMessages ofAll = TrainingMessages.of(vectors, 1);
            MessageTable rows = new MessageTable(table, ofAll);
            this.edges = train.edges(rows);
            this.support = train.keyed() ? support(train, validation, rows) : SupportRule.NONE;
            Suspects found = new Suspects(support);
            BitSet inTraining = filtered() ? new BitSet() : found.in("train", train, edges, rows);
            BitSet inValidation = filtered() ? new BitSet() : found.in("val", validation, edges, rows);
            this.suspects = found;
            this.leftOut = Map.of(Split.TRAIN, inTraining, Split.VAL, inValidation);
            this.train = inTraining.isEmpty() ? train : train.without(inTraining);
            this.validation = inValidation.isEmpty() ? validation : validation.without(inValidation);
            this.noveltyRate = noveltyRate(vectors, this.validation, table);
            this.known = ofAll.withNoveltyRate(noveltyRate);
            this.messages = new MessageTable(table, known);
        }

        /** What training sessions do; where labels kept anomalies out, hardly any of them may be a violation. */
        private SupportRule support(EncodedSessions train, EncodedSessions validation, MessageTable rows) {
            long[] unknown = new long[1];
            validation.forEach(session ->
                    unknown[0] += Arrays.stream(rows.rows(session.ids())).anyMatch(row -> row < 0) ? 1 : 0);
            return SupportRule.learn(
                    sessions -> train.forEach(session -> {
                        context.cancellation().check();
                        if (session.cutOff(edges, rows).isWhole()) {
                            sessions.accept(rows.codes(session.ids()));
                        }
                    }),
                    rows.known(),
                    falseAlarmRate(),
                    filtered() ? falseAlarmRate() : MOST_SUSPECTS,
                    (double) unknown[0] / Math.max(1, validation.count()));
        }

        DetectorTrainingResult train(long start) {
            boolean keyed = train.keyed();
            WindowCounts orderWindows = windows(train, View.ORDER);
            WindowCounts contentWindows = keyed ? windows(train, View.CONTENT) : null;
            Task inOrder = task("detector", View.ORDER, orderWindows, settings.bidirectional());
            Task inContent =
                    contentWindows == null ? null : task("session_detector", View.CONTENT, contentWindows, false);
            messages.resolveAll();
            List<Fitted> fitted = fit(inOrder, inContent);
            fitted.forEach(each -> log.addAll(each.log()));
            List<Model> order = fitted.get(0).members();
            List<Model> content = fitted.size() == 1 ? List.of() : fitted.get(1).members();
            long units = keyed ? train.count() : train.rows();
            long steps = keyed ? train.rows() + train.count() : train.rows();
            SurpriseRule.Seen seen = new SurpriseRule.Seen(
                    seen(units, contentWindows == null ? orderWindows : contentWindows), seen(steps, orderWindows));
            SessionKinds sessions = keyed ? sessions() : SessionKinds.NONE;
            double base = seen.threshold(keyed);
            double[] scores = validationScores(order, content, sessions, new SurpriseRule(support, base));
            LineScores lines = null;
            if (!keyed) {
                LineScores.Learnt learnt =
                        LineScores.learn(known, train, validation, scores, messages, seen.threshold(false));
                lines = learnt.lines();
                scores = learnt.validation();
            }
            DetectorMetadata metadata = new DetectorMetadata(
                    length,
                    table.dimension(),
                    settings.members(),
                    keyed,
                    noveltyRate,
                    OptionalDouble.of(known.scale()),
                    seen,
                    new ThresholdRule(base, SurpriseRule.Seen.method(keyed), falseAlarmRate()).of(scores),
                    scores.length == 0 ? ScoreStatistics.NONE : ScoreStatistics.of(scores),
                    keyed ? (support.isEmpty() ? ADDED : DESCRIPTION) + SURPRISE : STREAM_DESCRIPTION,
                    falseAlarmRate());
            TrainingTexts texts =
                    TrainingTexts.find(prepared, settings.encodedDataDir().resolve(Split.TRAIN.encodedFile()), known);
            if (suspects.count("train") > 0) {
                log.add(String.format(
                        Locale.ROOT,
                        "left out %d of %s that do what hardly any session does: %s",
                        suspects.count("train"),
                        Counted.of(all.count(), "training session"),
                        suspects.reasons(texts)));
            }
            DetectorTrainingResult result = new DetectorTrainingResult(
                    units,
                    steps,
                    known.count(),
                    orderWindows.size(),
                    metadata.threshold(),
                    metadata.validation(),
                    suspects.count("train"),
                    suspects.reasons(texts),
                    (System.nanoTime() - start) / 1e9);
            write(order, content, sessions, lines, timed(scores), texts, metadata, result);
            return result;
        }

        /**
         * How many of them training came to see: of a log of many different windows it draws a part, and what it never
         * drew it has not learnt to be rare.
         */
        private long seen(long all, WindowCounts windows) {
            double drawn = (double) settings.epochs() * steps(windows) * settings.batchSize();
            return (long) Math.ceil(all * Math.min(1, drawn / WindowBatches.shares(windows)));
        }

        private double[] validationScores(
                List<Model> order, List<Model> content, SessionKinds sessions, SurpriseRule rule) {
            if (validation.rows() == 0) {
                return new double[0];
            }
            ViewModel inOrder = new ViewModel(View.ORDER, order, known, length, settings.device());
            try (LearnedViews views = content.isEmpty()
                    ? LearnedViews.ofStreams(known, length, inOrder, null)
                    : LearnedViews.ofSessions(
                            known,
                            sessions,
                            rule,
                            edges,
                            length,
                            inOrder,
                            new ViewModel(View.CONTENT, content, known, length, settings.device()))) {
                return views.scoreAll(validation, table, context);
            }
        }

        private double falseAlarmRate() {
            return ThresholdRule.rate(filtered(), all.keyed());
        }

        /** The validation scores with their times. */
        private ValidationScores timed(double[] scores) {
            ValidationScores.Collector collector = new ValidationScores.Collector(scores.length);
            int[] next = {0};
            if (scores.length > 0 && validation.keyed()) {
                validation.forEach(session -> collector.add(session.time(), scores[next[0]++]));
            } else if (scores.length > 0) {
                try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.VAL)) {
                    for (double score : scores) {
                        IndexRow origin = origins.next();
                        collector.add(origin == null ? null : origin.time(), score);
                    }
                }
            }
            return collector.scores();
        }

        private SessionKinds sessions() {
            SessionKinds sessions = new SessionKinds();
            train.forEach(session -> {
                if (session.cutOff(edges, messages).isWhole()) {
                    sessions.add(messages.rows(messages.canonical(session.ids())));
                }
            });
            if (!filtered()) {
                sessions.forgetRarerThan(2);
            }
            return sessions;
        }

        /** Whether labels kept anomalies out of training and validation. */
        private boolean filtered() {
            return prepared.meta().labelled() && prepared.meta().trainOn().equals("normal");
        }

        private WindowCounts windows(EncodedSessions sessions, View view) {
            WindowCounts windows = new WindowCounts(length);
            sessions.forEach(session -> {
                context.cancellation().check();
                if (sessions.keyed()) {
                    int[] ids = session.ids();
                    addSession(
                            windows,
                            Windows.sequence(view == View.CONTENT ? messages.canonical(ids) : ids),
                            view,
                            session.cutOff(edges, messages));
                } else {
                    addStream(windows, session, session.isCutAtBegin() ? length : 0);
                }
            });
            return windows;
        }

        private void addSession(WindowCounts windows, int[] sequence, View view, SessionEdges.CutOff cutOff) {
            // What a session that was cut off seems to begin or end with is no begin or end.
            int end = sequence.length - (cutOff.end() ? 1 : 0);
            int begin = !cutOff.begin() ? 1 : view == View.CONTENT ? 2 : length;
            for (int last = begin; last < end; last++) {
                // In canonical order only what comes before counts: early windows teach nothing that the first full one
                // does not.
                boolean early = last < Math.min(length, sequence.length) - 1;
                if (view == View.ORDER || !early) {
                    boolean first = last == Math.min(length, sequence.length) - 1;
                    windows.add(Windows.endingAt(sequence, last, length), view == View.ORDER || first);
                }
            }
        }

        /** What a stream that was cut off seems to begin with is no begin. */
        private void addStream(WindowCounts windows, EncodedSession stream, int from) {
            int[] recent = new int[length + 1];
            for (int i = from; i < stream.length(); i++) {
                int back = Math.min(i + 1, length);
                for (int j = 0; j <= back; j++) {
                    int at = i - back + j;
                    recent[j] = at < 0 ? Windows.BEGIN : stream.id(at);
                }
                windows.add(Windows.endingAt(recent, back, length), true);
            }
        }

        /**
         * What training and validation lines teach the kinds of evidence: each kind allows for what it would have said
         * of them. Nothing is learnt from suspects.
         */
        private StreamEvidence evidence() {
            boolean isCut = !all.keyed() && prepared.meta().share() < 1;
            StreamEvidence.Learner learner = all.keyed()
                    ? StreamEvidence.ofSessions()
                    : isCut ? StreamEvidence.ofStretches() : StreamEvidence.learner();
            for (Split split : List.of(Split.TRAIN, Split.VAL)) {
                SessionTable sessions = new SessionTable();
                BitSet without = leftOut.getOrDefault(split, new BitSet());
                ObservedLines.forEach(prepared, split, "learn evidence, " + split.key(), context, (origin, line) -> {
                    String session = origin.session();
                    if (session == null) {
                        if (origin.stretch() != IndexRow.ALONE) {
                            learner.add(origin.stream(), line);
                        }
                    } else if (!without.get(sessions.add(SessionTable.hash(session), 0))) {
                        learner.addOfSession(session, line);
                    }
                });
            }
            if (isCut) {
                try (PreparedData.Rows<HourRow> hours = prepared.hours()) {
                    learner.addHours(hours::next);
                }
            }
            StreamEvidence learnt = learner.finish();
            notLearnt = learner.notLearnt();
            if (!notLearnt.isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the sample, "
                                + String.format(
                                        Locale.ROOT,
                                        "%.2g%%",
                                        100 * prepared.meta().share())
                                + " of the log, does not teach: " + String.join("; ", notLearnt)
                                + ". Use a larger --size or longer stretches for more");
            }
            return learnt;
        }

        /** The networks of one view that are to be trained, on windows and held-out windows. */
        private record Task(String name, View view, WindowCounts windows, WindowCounts held, boolean bidirectional) {}

        /** Trained networks, and what their training came to. */
        private record Fitted(List<Model> members, List<String> log) {}

        private Task task(String name, View view, WindowCounts windows, boolean bidirectional) {
            return new Task(name, view, windows, windows(validation, view), bidirectional);
        }

        /**
         * Trains both views at once, as steps so small leave a processor idle. Each has a session of its own, so the
         * weights are those of one after the other.
         *
         * @return in the order of the tasks
         */
        private List<Fitted> fit(Task first, @Nullable Task second) {
            if (second == null) {
                return List.of(fit(first, context));
            }
            Cancellation stop = new Cancellation();
            FutureTask<Fitted> other = new FutureTask<>(() -> fit(second, new RunContext(Progress.none(), stop)));
            AtomicBoolean isTaken = new AtomicBoolean();
            ForkJoinPool.commonPool().execute(() -> {
                if (!isTaken.getAndSet(true)) {
                    other.run();
                }
            });
            boolean isHere = false;
            try {
                Fitted fitted = fit(first, context);
                // Where the pool is busy with something else, it has not begun, and this thread does it.
                isHere = !isTaken.getAndSet(true);
                return List.of(fitted, isHere ? fit(second, context) : await(other));
            } finally {
                if (!isHere && isTaken.getAndSet(true)) {
                    stop.cancel();
                    awaitEnd(other);
                }
            }
        }

        /** Whatever it comes to. */
        private static void awaitEnd(FutureTask<Fitted> other) {
            try {
                Object unused = Uninterruptibles.getUninterruptibly(other);
            } catch (ExecutionException e) {
                // Stopped, as it should be; what went wrong is on its way to the caller.
            }
        }

        private Fitted await(FutureTask<Fitted> other) {
            if (!other.isDone()) {
                try (Progress.Stage stage = context.progress().begin("training the second network", 1, "networks")) {
                    while (!isDone(other)) {
                        context.cancellation().check();
                    }
                    stage.advance(1);
                }
            }
            try {
                return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(other));
            } catch (ExecutionException e) {
                Throwables.throwIfUnchecked(Objects.requireNonNull(e.getCause()));
                throw new IllegalStateException(e.getCause());
            }
        }

        /** Waits a moment for it. */
        private static boolean isDone(FutureTask<Fitted> other) {
            try {
                Fitted unused = Uninterruptibles.getUninterruptibly(other, LOOK_EVERY);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                return true;
            }
        }

        private Fitted fit(Task task, RunContext reported) {
            List<Model> members = new ArrayList<>();
            List<String> epochs = new ArrayList<>();
            for (int member = 1; member <= settings.members(); member++) {
                String label = member == 1 ? task.name() : task.name() + "_" + member;
                long seed = (settings.seed() + (member - 1) * MEMBER_SEEDS) * 2 + (task.view() == View.CONTENT ? 1 : 0);
                TrainingResult result = fit(label, seed, task, reported);
                members.add(result.best());
                for (EpochLog epoch : result.epochs()) {
                    epochs.add(String.format(
                            Locale.ROOT,
                            "%s epoch %d loss %.5f val_loss %s seconds %.1f",
                            label,
                            epoch.epoch(),
                            epoch.trainLoss(),
                            epoch.validationLoss() == null
                                    ? "none"
                                    : String.format(Locale.ROOT, "%.5f", epoch.validationLoss()),
                            epoch.seconds()));
                }
            }
            return new Fitted(members, epochs);
        }

        private TrainingResult fit(String name, long seed, Task task, RunContext reported) {
            WindowCounts windows = task.windows();
            WindowCounts held = task.held();
            Network network = DetectorNetwork.of(
                    name,
                    length,
                    table.dimension(),
                    settings.lstmHiddenSize(),
                    settings.numLayers(),
                    settings.dropout(),
                    task.bidirectional());
            return Trainer.fit(
                    Model.initialise(network, seed),
                    WindowBatches.drawn(windows, messages, known, settings.batchSize(), steps(windows), seed),
                    held.size() == 0
                            ? null
                            : WindowBatches.once(held, messages, known, settings.batchSize(), VALIDATION_BATCHES),
                    new Loss.Sum(List.of(
                            new Loss.Weighted(1, new Loss.VectorSoftmax(known.table(), known.scale())),
                            new Loss.Weighted(SQUARED_ERROR_SHARE, new Loss.MeanSquaredError()))),
                    TrainingSettings.builder()
                            .epochs(settings.epochs())
                            .learningRate(settings.learningRate())
                            .finalLearningRate(settings.learningRate() * FINAL_LEARNING_RATE_SHARE)
                            .saveBestOnly(settings.saveBestOnly())
                            .seed(seed)
                            .device(settings.device())
                            .build(),
                    reported);
        }

        /** An epoch sees about twice as many windows as are different, but never more than there are. */
        private int steps(WindowCounts windows) {
            long wanted = Math.min(windows.total(), 2L * windows.size()) / settings.batchSize();
            return (int) Math.max(MIN_STEPS, Math.min(MAX_STEPS, wanted));
        }

        private void write(
                List<Model> order,
                List<Model> content,
                SessionKinds sessions,
                @Nullable LineScores lines,
                ValidationScores scores,
                TrainingTexts texts,
                DetectorMetadata metadata,
                DetectorTrainingResult result) {
            Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
            putAll(files, DETECTOR, order);
            putAll(files, TrainedDetector.SESSION_DETECTOR, content);
            if (!content.isEmpty()) {
                files.put(SessionKinds.FILE, path -> Files.write(path, sessions.lines()));
                files.put(SessionEdges.FILE, edges.writer());
                if (!support.isEmpty()) {
                    files.put(SupportRule.FILE, support.writer());
                }
            }
            Matrix vectors = known.vectors();
            files.put(
                    TrainedDetector.KNOWN_VECTORS,
                    path -> Npy.write(
                            path, FloatArray.of(new int[] {vectors.rows(), vectors.columns()}, vectors.toArray())));
            files.put(ValidationScores.FILE, scores::write);
            if (lines != null) {
                files.put(LineScores.FILE, lines::write);
            }
            files.put(StreamEvidence.FILE, JsonFile.compact(evidence().toMap()));
            // A sample of the sessions says nothing of how often the log's lines come.
            if (all.keyed()
                    && prepared.meta().share() == 1
                    && !SessionKey.isOfPath(String.valueOf(prepared.meta().sessionKey()))) {
                StreamEvidence.Learner whole = StreamEvidence.ofWholeLog();
                WholeLog.forEachOfTraining(
                        prepared, "learn the whole log", context, (origin, line) -> whole.add(origin.file(), line));
                files.put(
                        StreamEvidence.WHOLE_LOG_FILE,
                        JsonFile.compact(whole.finish().toMap()));
            }
            prepared.keyless()
                    .filter(keyless -> keyless.rows(Split.TRAIN) > 0)
                    .map(KeylessLines::learn)
                    .ifPresent(keyless -> files.put(KeylessLines.FILE, keyless.writer()));
            files.put(TrainingTexts.FILE, texts.writer());
            files.put(
                    TrainingSessions.FILE,
                    TrainingSessions.count(train, messages, known.count()).writer());
            files.put("training_log.txt", path -> Files.write(path, log));
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("model", "detector");
            all.put("parameters", settings.parameters());
            all.putAll(metadata.toMap());
            if (lines != null) {
                all.put("lines", lines.toMap());
            }
            all.put("training_units", result.trainingUnits());
            all.put("training_steps", result.trainingSteps());
            all.put("known_messages", known.count());
            all.put("distinct_windows", result.distinctWindows());
            if (this.all.keyed()) {
                all.put("suspects", suspects.toMap(texts));
            }
            all.put("data_fingerprint", prepared.meta().fingerprint());
            all.put("session_key", prepared.meta().sessionKey());
            if (prepared.meta().share() < 1) {
                all.put(TrainedDetector.SHARE, prepared.meta().share());
                if (!notLearnt.isEmpty()) {
                    all.put("not_learnt", notLearnt);
                }
            }
            all.put(EncoderMatch.DIGEST, encoderDigest);
            all.put("training_seconds", result.seconds());
            ModelDirectory.write(settings.outputModelDir(), files, all);
        }

        private static void putAll(Map<String, AtomicFile.PathWriter> files, String name, List<Model> models) {
            for (int i = 0; i < models.size(); i++) {
                Model model = models.get(i);
                files.put(TrainedDetector.memberFile(name, i + 1), path -> KerasFile.write(path, model, Map.of()));
            }
        }
    }

    /**
     * The digest of the encoder that made the vectors: as their metadata says, or of the one that is named. Both must
     * be the same.
     */
    private static @Nullable String requireSameEncoder(DetectorTrainSettings settings, PreparedData prepared) {
        Path vectors = settings.encodedDataDir().resolve(Split.TRAIN.encodedFile());
        EncodedMeta encoded = EncodedMeta.of(vectors).orElse(null);
        String named =
                Files.exists(settings.textEncoderModel()) ? EncoderMatch.digest(settings.textEncoderModel()) : null;
        if (encoded == null) {
            return named;
        }
        encoded.requireData(vectors, prepared);
        if (named != null && !named.equals(encoded.encoderDigest())) {
            throw new ModelException("the vectors in " + vectors + " were made by a text encoder with the SHA-256 "
                    + encoded.encoderDigest() + ", but " + settings.textEncoderModel() + " has " + named
                    + "; run encode again, or name the encoder that made them");
        }
        return encoded.encoderDigest();
    }

    /**
     * How often validation says what training did not, one such message more among two more supposed: no log is without
     * surprises.
     */
    private static double noveltyRate(Matrix known, EncodedSessions validation, VectorTable table) {
        long[] unknown = {1};
        try (VectorTable index = new VectorTable(table.dimension())) {
            for (int row = 0; row < known.rows(); row++) {
                int unused = index.intern(known.row(row));
            }
            validation.forEach(session -> {
                for (int i = 0; i < session.length(); i++) {
                    unknown[0] += index.find(table.vector(session.id(i))) < 0 ? 1 : 0;
                }
            });
        }
        return (double) unknown[0] / (validation.rows() + 2);
    }

    /**
     * The messages of training in canonical order: by where in a session they first come on average; the most frequent
     * if there are too many.
     */
    private static Matrix knownVectors(EncodedSessions train, VectorTable table) {
        int distinct = table.size();
        double[] places = new double[distinct];
        long[] sessions = new long[distinct];
        long[] counts = new long[distinct];
        int[] lastSession = new int[distinct];
        int[] ordinal = {0};
        train.forEach(session -> {
            ordinal[0]++;
            for (int i = 0; i < session.length(); i++) {
                int id = session.id(i);
                counts[id]++;
                if (train.keyed() && lastSession[id] != ordinal[0]) {
                    lastSession[id] = ordinal[0];
                    sessions[id]++;
                    places[id] += (double) i / session.length();
                }
            }
        });
        Integer[] ids = java.util.stream.IntStream.range(0, distinct)
                .filter(id -> counts[id] > 0)
                .boxed()
                .toArray(Integer[]::new);
        Arrays.sort(ids, (a, b) -> Long.compare(counts[b], counts[a]));
        Integer[] kept = Arrays.copyOf(ids, Math.min(ids.length, TrainingMessages.MAX_KNOWN));
        Arrays.sort(
                kept,
                (a, b) -> Double.compare(places[a] / Math.max(1, sessions[a]), places[b] / Math.max(1, sessions[b])));
        float[] vectors = new float[kept.length * table.dimension()];
        for (int i = 0; i < kept.length; i++) {
            table.copy(kept[i], vectors, i * table.dimension());
        }
        return Matrix.of(kept.length, table.dimension(), vectors);
    }
}
