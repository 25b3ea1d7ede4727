package io.deepsentry.anomaly;

import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.encode.CachedEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges log messages by what was learned from a log: the front door for Java programs. It owns the text encoder and the detector of a data folder, and what users
 * acknowledged there.
 *
 * <pre>{@code
 * try (Sentry sentry = Sentry.open(Path.of("deepsentry-data"))) {
 *     Verdict verdict = sentry.judge(List.of("opened req-7", "disk error on req-7", "closed req-7"));
 *     System.out.println(verdict.isAnomalous() ? verdict.reason() : "normal");
 * }
 * }</pre>
 *
 * <p>A folder whose log had a session key judges sessions, see {@link #begin()}; one without judges the lines of a stream, see {@link #beginStream()}. {@link #judge} works
 * with both. Messages are given without the header of their line, that is without time, level and logger. The verdicts are those of {@code deepsentry eval} and {@code
 * live}.
 *
 * <p>Safe for use by several threads. {@link #close()} waits for the calls under way, then frees native memory; sessions and streams that are still open are of no use
 * afterwards.
 */
public final class Sentry implements AutoCloseable {
    private static final String TEXT_FOLDER = "text_autoencoder_model";
    private static final String DETECTOR_FOLDER = "anomaly_trained_model";
    /** What a model may be called in its folder: as trained, and as quantize writes it. */
    private static final List<String> ENDINGS = List.of(".h5", "_quantized.onnx", ".onnx");

    private final TextEncoderHandle encoder;
    private final CachedEncoder cached;
    private final SessionScorer scorer;
    private final Feedback feedback;
    private final Threshold threshold;

    private Sentry(TextEncoderHandle encoder, SessionScorer scorer, Feedback feedback, Threshold threshold) {
        this.encoder = encoder;
        this.cached = new CachedEncoder(encoder);
        this.scorer = scorer;
        this.feedback = feedback;
        this.threshold = threshold;
    }

    /**
     * Opens what {@code deepsentry run}, or {@link SentryTraining}, has learned.
     *
     * @param dataFolder the data folder, or one that {@code quantize} made of it
     * @throws MissingDataException if a file is not there
     * @throws ModelException if one is corrupt, or the detector was not trained with the encoder
     */
    public static Sentry open(Path dataFolder) {
        return builder(dataFolder).open();
    }

    /** Opens a data folder with settings of choice, see {@link #open(Path)}. */
    public static Builder builder(Path dataFolder) {
        return new Builder(dataFolder);
    }

    /**
     * Begins to learn from messages.
     *
     * @param history messages in the order of their time, without the headers of their lines, mostly normal; gone through once
     */
    public static SentryTraining train(Iterable<String> history) {
        return SentryTraining.ofMessages(history.iterator());
    }

    /** Begins to learn from messages, see {@link #train(Iterable)}. Whoever opened the stream closes it. */
    public static SentryTraining train(Stream<String> history) {
        return SentryTraining.ofMessages(history.iterator());
    }

    /** Begins to learn from events, which have times and levels too. Events that bring session keys keep these. */
    public static SentryTraining trainOnEvents(Iterable<LogEvent> history) {
        return SentryTraining.ofEvents(history.iterator());
    }

    /** Begins to learn from log files, plain or compressed, in the order of their time. */
    public static SentryTraining trainOnFiles(Path... logs) {
        return SentryTraining.ofFiles(List.of(logs));
    }

    /** How a data folder is opened. For one thread. */
    public static final class Builder {
        private final Path folder;
        private Device device = Device.AUTO;
        private ModelRuntime runtime = ModelRuntime.AUTO;
        private @Nullable Double threshold;
        private @Nullable Double maxAlarmsPerDay;

        private Builder(Path folder) {
            this.folder = Objects.requireNonNull(folder, "folder");
        }

        /** Sets where the models compute; {@link Device#AUTO} unless set. */
        public Builder device(Device newDevice) {
            device = Objects.requireNonNull(newDevice, "device");
            return this;
        }

        /** Sets what runs the models; {@link ModelRuntime#AUTO} unless set. */
        public Builder runtime(ModelRuntime newRuntime) {
            runtime = Objects.requireNonNull(newRuntime, "runtime");
            return this;
        }

        /** Sets the score above which a session or line is anomalous, in nats; the one recommended by training unless set. */
        public Builder threshold(double score) {
            threshold = score;
            return this;
        }

        /** Sets how many false alarms a day normal data may give, above 0; the threshold follows. Excludes {@link #threshold}. */
        public Builder maxAlarmsPerDay(double alarms) {
            maxAlarmsPerDay = alarms;
            return this;
        }

        /** Opens the folder, see {@link Sentry#open(Path)}. */
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
                Sentry sentry = new Sentry(encoder, scorer, feedback, scorer.threshold(threshold, maxAlarmsPerDay));
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
                            + (Files.isDirectory(folder) ? "" : ", as " + folder + " is no folder")));
        }
    }

    /** Returns whether sessions are judged; else lines of streams. */
    public boolean judgesSessions() {
        return scorer.scoresSessions();
    }

    /** Returns the threshold that verdicts are judged by, in nats, and how it was found. */
    public Threshold threshold() {
        return threshold;
    }

    /**
     * Judges messages that belong together: a whole session from its begin to its end or, of a folder without sessions, consecutive lines of a stream, of which the most
     * anomalous one decides.
     *
     * @param messages in their order, at least one, without the headers of their lines
     */
    public Verdict judge(List<String> messages) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messages must hold at least one message, but is empty");
        }
        if (judgesSessions()) {
            SentrySession session = begin();
            messages.forEach(session::append);
            return session.end();
        }
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
     * @throws ModelException if the detector was trained on streams
     */
    public SentrySession begin() {
        return new SentrySession(this, scorer.begin());
    }

    /**
     * Begins a stream of lines, such as those of one log file.
     *
     * @throws ModelException if the detector was trained on sessions
     */
    public SentryStream beginStream() {
        return new SentryStream(this, scorer.beginStream());
    }

    float[] encode(String message) {
        return cached.encode(message);
    }

    /** Returns a message as the models see it, with values masked. */
    String masked(String message) {
        return encoder.normalizer().normalize(message);
    }

    Feedback feedback() {
        return feedback;
    }

    /** Waits for the calls under way, then frees the models. */
    @Override
    public void close() {
        scorer.close();
        encoder.close();
    }
}
