package io.deepsentry.anomaly;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.AlertRecord;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.score.KeylessScorer;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.encode.CachedEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges log messages by what was learned from a log: the front door for Java programs. It owns the text encoder and
 * the detector of a data folder, and what users acknowledged there.
 *
 * <pre>{@code
 * try (Sentry sentry = Sentry.open(Path.of("deepsentry-data"))) {
 *     Verdict verdict = sentry.judge(List.of("opened req-7", "disk error on req-7", "closed req-7"));
 *     System.out.println(verdict.isAnomalous() ? verdict.reason() : "normal");
 * }
 * }</pre>
 *
 * <p>A folder whose log had a session key judges sessions, see {@link #begin()}; one without judges the lines of a
 * stream, see {@link #beginStream()}. {@link #judge} works with both. Lines that belong to no session are judged beside
 * the sessions by {@link #judgeLine}. Messages are given without the header of their
 * line, that is without time, level and logger. The verdicts are those of {@code deepsentry eval} and {@code live}.
 *
 * <p>Safe for use by several threads. {@link #close()} waits for the calls under way, then frees native memory. After
 * that, every call of the Sentry, of its sessions and of its streams throws {@link IllegalStateException}, as does the
 * first request for the explanation of a verdict.
 */
public final class Sentry implements AutoCloseable {
    private static final String TEXT_FOLDER = "text_autoencoder_model";
    private static final String DETECTOR_FOLDER = "anomaly_trained_model";
    /** What a model may be called in its folder: as trained, and as quantize writes it. */
    private static final List<String> ENDINGS = List.of(".h5", "_quantized.onnx", ".onnx");

    private final Path folder;
    private final TextEncoderHandle encoder;
    private final Redaction redaction;
    private final CachedEncoder cached;
    private final SessionScorer scorer;
    private final Threshold threshold;
    private final String modelDigest;
    private final Object feedbackLock = new Object();
    /** Written under its lock. */
    private volatile Feedback feedback;

    /**
     * Calls share it, and close takes it alone. Whoever takes the lock of a session or stream too takes this one first.
     */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private boolean closed;

    private Sentry(
            Path folder,
            TextEncoderHandle encoder,
            SessionScorer scorer,
            Feedback feedback,
            Threshold threshold,
            String modelDigest) {
        this.folder = folder;
        this.encoder = encoder;
        this.redaction = encoder.identity().masking().redaction();
        this.cached = new CachedEncoder(encoder);
        this.scorer = scorer;
        this.feedback = feedback;
        this.threshold = threshold;
        this.modelDigest = modelDigest;
    }

    /**
     * Opens what {@code deepsentry run}, or {@link SentryTraining}, has learned.
     *
     * @param dataFolder the data folder, or one that {@code quantize} made of it
     * @return the models, to be closed
     * @throws MissingDataException if a file is not there
     * @throws ModelException if one is corrupt, or the detector was not trained with the encoder
     */
    public static Sentry open(Path dataFolder) {
        return builder(dataFolder).open();
    }

    /**
     * Opens a data folder with settings of choice, see {@link #open(Path)}.
     *
     * @param dataFolder the data folder
     * @return a builder
     */
    public static Builder builder(Path dataFolder) {
        return new Builder(dataFolder);
    }

    /**
     * Begins to learn from messages.
     *
     * @param history messages in the order of their time, without the headers of their lines, mostly normal; gone
     *     through once
     * @return the training, to be completed with its settings
     */
    public static SentryTraining train(Iterable<String> history) {
        return SentryTraining.ofMessages(required("history", history).iterator());
    }

    /**
     * Begins to learn from messages, see {@link #train(Iterable)}. Whoever opened the stream closes it.
     *
     * @param history the messages, in order
     * @return the training, to be completed with its settings
     */
    public static SentryTraining train(Stream<String> history) {
        return SentryTraining.ofMessages(required("history", history).iterator());
    }

    /**
     * Begins to learn from events, which have times and levels too. Events that bring session keys keep these.
     *
     * @param history the events, in order
     * @return the training, to be completed with its settings
     */
    public static SentryTraining trainOnEvents(Iterable<LogEvent> history) {
        return SentryTraining.ofEvents(required("history", history).iterator());
    }

    /**
     * Begins to learn from log files, plain or compressed, in the order of their time.
     *
     * @param logs the files
     * @return the training, to be completed with its settings
     */
    public static SentryTraining trainOnFiles(Path... logs) {
        List<Path> files = withoutNull("logs", Arrays.asList(required("logs", logs)));
        if (files.isEmpty()) {
            throw new IllegalArgumentException("logs must name at least one file, but is empty");
        }
        return SentryTraining.ofFiles(files);
    }

    /** How a data folder is opened. For one thread. */
    public static final class Builder {
        private final Path folder;
        private Device device = Device.AUTO;
        private ModelRuntime runtime = ModelRuntime.AUTO;
        private @Nullable Double threshold;
        private @Nullable Double maxAlarmsPerDay;

        private Builder(Path folder) {
            this.folder = required("folder", folder);
        }

        /**
         * Sets where the models compute; {@link Device#AUTO} unless set.
         *
         * @param newDevice where to compute
         * @return this builder
         */
        public Builder device(Device newDevice) {
            device = required("device", newDevice);
            return this;
        }

        /**
         * Sets what runs the models; {@link ModelRuntime#AUTO} unless set.
         *
         * @param newRuntime the library that computes
         * @return this builder
         */
        public Builder runtime(ModelRuntime newRuntime) {
            runtime = required("runtime", newRuntime);
            return this;
        }

        /**
         * Sets the score above which a session or line is anomalous, in nats, at least 0; the one recommended by
         * training unless set.
         *
         * @param score the score above which it is anomalous
         * @return this builder
         */
        public Builder threshold(double score) {
            if (!(score >= 0) || Double.isInfinite(score)) {
                throw new IllegalArgumentException("threshold must be a finite number of at least 0, but was " + score);
            }
            threshold = score;
            return this;
        }

        /**
         * Sets how many false alarms a day normal data may give, above 0; the threshold follows. Excludes {@link
         * #threshold}. It needs history with times: events or files, see {@link SentryTraining#maxAlarmsPerDay}.
         *
         * @param alarms above 0
         * @return this builder
         */
        public Builder maxAlarmsPerDay(double alarms) {
            if (!(alarms > 0) || Double.isInfinite(alarms)) {
                throw new IllegalArgumentException(
                        "maxAlarmsPerDay must be a finite number above 0, but was " + alarms);
            }
            maxAlarmsPerDay = alarms;
            return this;
        }

        /** Takes the threshold or the budget that settings name. */
        Builder judging(EvalSettings settings) {
            if (settings.threshold() != null) {
                threshold(settings.threshold());
            }
            return settings.maxAlarmsPerDay() == null ? this : maxAlarmsPerDay(settings.maxAlarmsPerDay());
        }

        /**
         * Opens the folder, see {@link Sentry#open(Path)}.
         *
         * @return the models, to be closed
         * @throws ConfigException if both a threshold and a budget of false alarms are set, or training had too few
         *     validation cases with times for a budget
         */
        public Sentry open() {
            Path encoderFile = model(TEXT_FOLDER, "encoder");
            Path detectorFile = model(DETECTOR_FOLDER, "detector");
            EncoderMatch.require(encoderFile, detectorFile);
            Feedback feedback = Feedback.read(folder.resolve(Feedback.FILE));
            TextEncoderHandle encoder = TextEncoderHandle.open(encoderFile, null, device, runtime);
            SessionScorer scorer = null;
            boolean fit = false;
            try {
                scorer = SessionScorer.open(detectorFile, device, runtime);
                EncoderMatch.requireDimension(encoderFile, encoder.dimension(), detectorFile, scorer.dimension());
                Threshold limit = scorer.threshold(threshold, maxAlarmsPerDay);
                Sentry sentry = new Sentry(folder, encoder, scorer, feedback, limit, modelDigest(folder));
                fit = true;
                return sentry;
            } finally {
                if (!fit) {
                    if (scorer != null) {
                        scorer.close();
                    }
                    encoder.close();
                }
            }
        }

        private Path model(String in, String name) {
            Path models = folder.resolve(in);
            return ENDINGS.stream()
                    .map(ending -> models.resolve(name + ending))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new MissingDataException("there is no " + name + ENDINGS.get(0) + " in " + models
                            + "; name the data folder that deepsentry run wrote"
                            + (Files.isDirectory(folder) ? "" : ", as " + folder + " is not a folder")));
        }
    }

    /**
     * {@return the digest of the models of a data folder: the SHA-256 of the names and contents of their files, as 64
     * hexadecimal digits} Acknowledgements and settings do not change it.
     *
     * @param dataFolder the data folder
     * @throws MissingDataException if there are no models
     * @throws DataException if a file cannot be read
     */
    public static String modelDigest(Path dataFolder) {
        Hasher hasher = Hashing.sha256().newHasher();
        for (String in : List.of(TEXT_FOLDER, DETECTOR_FOLDER)) {
            Path models = dataFolder.resolve(in);
            if (!Files.isDirectory(models)) {
                throw new MissingDataException("there is no folder " + models);
            }
            try (Stream<Path> files = Files.list(models)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    HashCode content = MoreFiles.asByteSource(file).hash(Hashing.sha256());
                    hasher.putUnencodedChars(in + "/" + file.getFileName() + "\n")
                            .putBytes(content.asBytes());
                }
            } catch (IOException e) {
                throw new DataException("the models in " + models + " cannot be read: " + e.getMessage(), e);
            }
        }
        return hasher.hash().toString();
    }

    /** {@return the digest of the models that were opened, see {@link #modelDigest(Path)}} */
    public String modelDigest() {
        return modelDigest;
    }

    /** {@return whether sessions are judged; else lines of streams} */
    public boolean judgesSessions() {
        return whileOpen(scorer::scoresSessions);
    }

    /** {@return the threshold that verdicts are judged by, in nats, and how it was found} */
    public Threshold threshold() {
        return whileOpen(() -> threshold);
    }

    /**
     * Judges messages that belong together: a whole session from its beginning to its end or, of a folder without
     * sessions, consecutive lines of a stream, of which the most anomalous one decides.
     *
     * @param messages in their order, at least one, without the headers of their lines
     * @return the verdict
     */
    public Verdict judge(List<String> messages) {
        List<String> given = withoutNull("messages", messages);
        return whileOpen(() -> {
            if (given.isEmpty()) {
                throw new IllegalArgumentException("messages must hold at least one message, but is empty");
            }
            return scorer.scoresSessions() ? judgeSession(given) : judgeLines(given);
        });
    }

    private Verdict judgeSession(List<String> messages) {
        SentrySession session = begin();
        messages.forEach(message -> session.append(GivenMessages.event(message, null)));
        return session.end();
    }

    private Verdict judgeLines(List<String> messages) {
        SentryStream stream = beginStream();
        Verdict highest = stream.add(messages.get(0));
        for (String message : messages.subList(1, messages.size())) {
            Verdict verdict = stream.add(message);
            boolean higher = verdict.isAnomalous() == highest.isAnomalous()
                    ? verdict.score() > highest.score()
                    : verdict.isAnomalous();
            highest = higher ? verdict : highest;
        }
        return highest;
    }

    /**
     * Begins a session whose messages come one by one.
     *
     * @return the session, to which messages are added
     * @throws ModelException if the folder judges streams: call {@link #beginStream()}
     */
    public SentrySession begin() {
        return whileOpen(() -> new SentrySession(this, scorer.begin()));
    }

    /**
     * Begins a stream of lines, such as those of one log file.
     *
     * @return the stream, to which messages are added
     * @throws ModelException if the folder judges sessions: call {@link #begin()}
     */
    public SentryStream beginStream() {
        return whileOpen(() -> new SentryStream(this, scorer.beginStream()));
    }

    /**
     * Continues a session where its {@link SentrySession#state()} was taken. Further messages, and its end, are judged
     * as if it had never stopped, to the bit.
     *
     * @param state the state
     * @return the session, to which messages are added
     * @throws ModelException if it began with another model, or is a stream
     */
    public SentrySession resume(SavedState state) {
        requireOfThis(state, false);
        return whileOpen(() -> new SentrySession(this, scorer.begin(), state));
    }

    /**
     * Continues a stream where its {@link SentryStream#state()} was taken, see {@link #resume}.
     *
     * @param state the state
     * @return the stream, to which messages are added
     * @throws ModelException if it began with another model, or is a session
     */
    public SentryStream resumeStream(SavedState state) {
        requireOfThis(state, true);
        return whileOpen(() -> new SentryStream(this, scorer.beginStream(), state));
    }

    private void requireOfThis(SavedState state, boolean stream) {
        if (required("state", state).isStream() != stream) {
            throw new ModelException(
                    "the state is one of a " + (stream ? "session; call resume" : "stream; call resumeStream"));
        }
        if (!state.model().equals(modelDigest)) {
            throw new ModelException("the state began with the model " + state.model() + ", but " + folder
                    + " holds the model " + modelDigest + "; open the folder that it began with");
        }
    }

    int sequenceLength() {
        return scorer.sequenceLength();
    }

    /**
     * {@return whether {@link #beginWholeLog} can judge: sessions are judged, and training learnt how their log is as a
     * whole}
     */
    public boolean judgesWholeLog() {
        return whileOpen(scorer::judgesWholeLog);
    }

    /**
     * Begins a log of sessions as a whole, such as that of one service: bursts, drops, silences and shares of errors,
     * beside the sessions.
     *
     * @return the log, to which events are added
     * @throws ModelException if the folder cannot judge it, see {@link #judgesWholeLog()}
     */
    public SentryWholeLog beginWholeLog() {
        return whileOpen(() -> {
            if (!scorer.judgesWholeLog()) {
                throw new ModelException("the folder " + folder + " cannot judge a log as a whole: "
                        + (scorer.scoresSessions()
                                ? "training learnt nothing of it; train again"
                                : "it judges streams; call beginStream()"));
            }
            return new SentryWholeLog(this, scorer.beginWholeLog());
        });
    }

    /**
     * {@return whether {@link #judgeLine} can judge: sessions are judged, and training had lines that belong to none}
     */
    public boolean judgesLines() {
        return whileOpen(() -> scorer.keyless().isPresent());
    }

    /**
     * Judges a line that belongs to no session, such as the start of a service between the requests it serves. It is
     * judged by its message and its level alone, against a threshold of its own.
     *
     * <pre>{@code
     * Verdict verdict = sentry.judgeLine("disk is full", "ERROR");
     * }</pre>
     *
     * @param message without the header of its line
     * @param level its level as the log has it, or null
     * @return the verdict
     * @throws ModelException if the folder cannot judge such lines, see {@link #judgesLines()}
     */
    public Verdict judgeLine(String message, @Nullable String level) {
        return judgeLine(GivenMessages.event(required("message", message), level));
    }

    /**
     * Judges an event that belongs to no session, see {@link #judgeLine(String, String)}.
     *
     * @param event the event
     * @return the verdict
     */
    public Verdict judgeLine(LogEvent event) {
        required("event", event);
        return whileOpen(() -> {
            KeylessScorer lines = scorer.keyless()
                    .orElseThrow(() -> new ModelException("the folder " + folder
                            + " cannot judge lines without a session: "
                            + (scorer.scoresSessions()
                                    ? "training had none; train on a log that has them"
                                    : "it judges streams; call beginStream()")));
            String identity = identity(event);
            double score = lines.score(identity, event.level());
            if (!(score > lines.threshold()) || lines.acknowledgedBy(feedback, identity, score) != null) {
                return new Verdict.Normal(score, lines.threshold());
            }
            SourceLine line = new SourceLine(
                    event.origin().file(),
                    event.origin().lineNumber(),
                    event.origin().byteOffset(),
                    shown(event.message()));
            return Verdict.Anomalous.explainedBy(score, lines.threshold(), () -> lines.explain(identity, score, line));
        });
    }

    /**
     * Acknowledges a verdict without a remark, see {@link #acknowledge(Verdict, String)}.
     *
     * @param verdict the verdict to acknowledge
     * @return the record
     */
    public FeedbackRecord acknowledge(Verdict verdict) {
        return acknowledge(verdict, null);
    }

    /**
     * Says that what was found anomalous is normal. From then on the same anomaly is judged normal, here and by whoever
     * reads the folder, such as {@code deepsentry live}; {@link Feedback} says what counts as the same. Nothing is
     * trained, and scores stay as they are.
     *
     * <pre>{@code
     * Verdict verdict = sentry.judge(messages);
     * if (verdict.isAnomalous()) {
     *     FeedbackRecord record = sentry.acknowledge(verdict, "nightly backup");
     * }
     * }</pre>
     *
     * <p>Acknowledge a session by its verdict at the end rather than by one before it, which knows less.
     *
     * @param verdict an anomalous one with an explanation
     * @param comment a remark, or null
     * @return the acknowledgement, written to {@code feedback.jsonl} in the folder, or an equal one that was there
     * @throws IllegalArgumentException if the verdict is not anomalous or cannot be explained
     * @throws DataException if its finding is on record as a real fault, or the file is broken or cannot be written
     */
    public FeedbackRecord acknowledge(Verdict verdict, @Nullable String comment) {
        required("verdict", verdict);
        requireOpen();
        // Outside of whileOpen: the explanation takes the lock itself, perhaps in another thread that is waited for.
        AlertRecord alert = AlertRecord.of(verdict, null);
        return changeFeedback(file -> Feedback.acknowledge(file, alert, comment, now()));
    }

    /**
     * Revokes an acknowledgement: what it silenced is anomalous again.
     *
     * @param record as {@link #acknowledge(Verdict, String)} returned it
     * @return the same, revoked
     * @throws DataException if it is not in force, or the file is broken or cannot be written
     */
    public FeedbackRecord revoke(FeedbackRecord record) {
        String id = Integer.toString(required("record", record).id());
        return changeFeedback(file -> Feedback.revoke(file, id, now()).get(0));
    }

    private FeedbackRecord changeFeedback(Function<Path, FeedbackRecord> change) {
        return whileOpen(() -> {
            synchronized (feedbackLock) {
                Path file = folder.resolve(Feedback.FILE);
                FeedbackRecord record = change.apply(file);
                feedback = Feedback.read(file);
                return record;
            }
        });
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Returns which message an event is, in the words of training. */
    String identity(LogEvent event) {
        return encoder.identity().of(event);
    }

    /** Returns a message as explanations quote it. */
    String shown(String message) {
        return redaction.apply(message);
    }

    /** Returns which message an event is, with its values. */
    IdentifiedMessage identify(LogEvent event) {
        return encoder.identity().identify(event);
    }

    float[] encode(String identity) {
        return cached.vectors(List.of(identity)).get(0);
    }

    Feedback feedback() {
        return feedback;
    }

    /** The score above which something is anomalous. */
    double limit() {
        return threshold.value();
    }

    /**
     * Makes a call during which the models stay open.
     *
     * @throws IllegalStateException if this is closed
     */
    <T> T whileOpen(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the Sentry of " + folder + " is closed; open the folder again");
            }
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void requireOpen() {
        Threshold unused = threshold();
    }

    private static <T> List<T> withoutNull(String name, List<T> values) {
        List<T> copy = new ArrayList<>(required(name, values));
        for (int i = 0; i < copy.size(); i++) {
            requireElement(name, i, copy.get(i));
        }
        return copy;
    }

    /** Refuses null, by the name of the argument. */
    @CanIgnoreReturnValue
    static <T> T required(String name, @Nullable T value) {
        return Objects.requireNonNull(value, () -> name + " must not be null");
    }

    /** Refuses null at a place of an argument, counted from 0. */
    @CanIgnoreReturnValue
    static <T> T requireElement(String name, long index, @Nullable T value) {
        return Objects.requireNonNull(value, () -> name + "[" + index + "] must not be null");
    }

    /** Waits for the calls under way, then frees the models. A second call does nothing. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                scorer.close();
                encoder.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
