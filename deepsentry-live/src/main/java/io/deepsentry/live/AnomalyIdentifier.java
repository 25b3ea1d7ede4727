package io.deepsentry.live;

import io.deepsentry.anomaly.AdaptiveThreshold;
import io.deepsentry.anomaly.DriftDetector;
import io.deepsentry.anomaly.Explanation;
import io.deepsentry.anomaly.SessionScorer;
import io.deepsentry.anomaly.SessionState;
import io.deepsentry.anomaly.StreamState;
import io.deepsentry.anomaly.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the messages of a log as they come, by a trained text encoder and a trained detector.
 *
 * <p>With a detector of sessions, a message is judged with the session it belongs to, by the trained threshold; otherwise the log
 * is one stream, and a message is judged with the window of messages it ends, by a threshold that adapts. The state is that
 * of one log, in memory bounded by the settings: use one identifier a log, from one thread at a time.
 */
public final class AnomalyIdentifier implements AutoCloseable {
    /** How long nothing must come for a session before it is judged as ended, unless set otherwise. */
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(10);
    /** Sessions remembered at once, unless set otherwise. */
    public static final int DEFAULT_MAX_SESSIONS = 20_000;

    private final Models models;
    private final @Nullable SessionKey sessionKey;
    private final @Nullable SessionBook sessions;
    private final @Nullable StreamJudge stream;
    private final double sessionThreshold;
    private final LogClock clock;
    private final Pace pace;
    private final FeedbackFile feedback;
    private final DriftDetector drift;

    private long messages;
    private long anomalous;
    private long withoutKey;
    private long alerts;
    private long texts;
    private boolean closed;

    private AnomalyIdentifier(Builder settings, Models models) {
        this.models = models;
        this.pace = settings.pace;
        this.feedback = new FeedbackFile(settings.feedback);
        this.sessionKey = settings.sessionKey == null ? models.sessionKey() : settings.sessionKey;
        this.clock = new LogClock(settings.idleTimeout == null ? DEFAULT_IDLE_TIMEOUT : settings.idleTimeout);
        AlertMaker maker = new AlertMaker(models.ids(), pace);
        Consumer<Alert> onAlert = alert -> {
            alerts++;
            settings.onAlert.accept(alert);
        };
        SessionScorer scorer = models.scorer();
        this.drift = scorer.driftDetector();
        int sequenceLength = scorer.sequenceLength();
        if (sessionKey != null) {
            sessionThreshold = scorer.threshold(settings.threshold, settings.maxAlarmsPerDay)
                    .value();
            stream = null;
            sessions = new SessionBook(
                    () -> new LearnedScore(scorer.begin(), models, feedback),
                    sessionThreshold,
                    sequenceLength,
                    settings.idleTimeout,
                    settings.maxSessions,
                    SessionBook.MOST_MESSAGES,
                    settings.sessionEnd,
                    maker,
                    onAlert,
                    end -> {
                        drift.update(end.verdict().score());
                        settings.onSessionEnd.accept(end);
                    },
                    settings.onMoreKnown);
        } else {
            if (settings.sessionEnd != null) {
                throw new ConfigException("session_end ('" + settings.sessionEnd
                        + "') needs sessions, but the detector was trained on streams and session_key is not set");
            }
            sessionThreshold = Double.NaN;
            sessions = null;
            stream = new StreamJudge(
                    new LearnedStream(scorer.beginStream(), models, feedback),
                    sequenceLength,
                    settings.maxAlarmsPerDay == null
                            ? settings.threshold
                            : Double.valueOf(scorer.threshold(settings.threshold, settings.maxAlarmsPerDay)
                                    .value()),
                    new AdaptiveThreshold(settings.windowSize, settings.thresholdMultiplier, scorer.threshold()),
                    maker,
                    onAlert);
        }
    }

    /** An identifier with all settings at their defaults. */
    public static AnomalyIdentifier open(Path textEncoder, Path anomalyModel) {
        return builder().textEncoder(textEncoder).anomalyModel(anomalyModel).open();
    }

    /** Starts the settings of an identifier. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Judges a message. Its sessions are those that the session key finds in it.
     *
     * @param message without the header of its line
     */
    public Verdict check(String message) {
        texts++;
        return check(new LogEvent(null, message, null, null, new Origin("message", texts, texts - 1), List.of(), null));
    }

    /**
     * Judges an event. Where it belongs to several sessions, the verdict is that of the one furthest beyond the threshold;
     * where sessions are judged and it belongs to none, it counts in no score and its verdict is normal with the score 0.
     */
    public Verdict check(LogEvent event) {
        return checkAll(List.of(event)).get(0);
    }

    /** Judges events in their order, with the same verdicts as one by one, but faster. */
    public List<Verdict> checkAll(List<LogEvent> events) {
        if (closed) {
            throw new IllegalStateException("the AnomalyIdentifier is closed");
        }
        feedback.refresh();
        List<float[]> vectors = models.encode(events);
        List<Verdict> verdicts = new ArrayList<>(events.size());
        long wall = pace.nanoTime();
        for (int i = 0; i < events.size(); i++) {
            LogEvent event = events.get(i);
            Verdict verdict = stream != null
                    ? judgeStream(stream, event, vectors.get(i))
                    : judgeSessions(event, vectors.get(i), wall);
            messages++;
            anomalous += verdict instanceof Verdict.Anomalous ? 1 : 0;
            verdicts.add(verdict);
        }
        return verdicts;
    }

    private Verdict judgeStream(StreamJudge judge, LogEvent event, float[] vector) {
        Verdict verdict = judge.judge(event, vector);
        drift.update(verdict.score());
        return verdict;
    }

    private Verdict judgeSessions(LogEvent event, float[] vector, long wall) {
        clock.event(event.time(), wall);
        Verdict highest = null;
        if (sessions != null) {
            sessions.endIdle(clock.elapsed());
            for (String key : keysOf(event)) {
                Verdict verdict = sessions.add(key, event, vector, clock.elapsed());
                highest = highest == null || verdict.score() > highest.score() ? verdict : highest;
            }
        }
        if (highest == null) {
            withoutKey++;
            return new Verdict.Normal(0, sessionThreshold);
        }
        return highest;
    }

    /** A stream that was not told the session key leaves it to us to find the keys, at least those of the message. */
    private List<String> keysOf(LogEvent event) {
        return event.sessionKeys().isEmpty() && sessionKey != null
                ? sessionKey.keysOf(event.message())
                : event.sessionKeys();
    }

    /** The rule by which a message belongs to sessions, for the {@link DataStream} whose events are checked; empty if a stream is judged. */
    public Optional<SessionKey> sessionKey() {
        return Optional.ofNullable(sessionKey);
    }

    /** Says that all there is at the moment has been checked: from now on time goes by on the wall, and sessions for which nothing comes end. */
    public void caughtUp() {
        if (sessions != null) {
            feedback.refresh();
            clock.caughtUp(pace.nanoTime());
            sessions.endIdle(clock.elapsed());
        }
    }

    /** Says that the input has ended: judges all sessions that have not. */
    public void endSessions() {
        if (sessions != null) {
            sessions.endAll();
        }
    }

    /** The share of messages so far whose vector was remembered, 0 to 1. */
    public double cacheHitRatio() {
        return models.cacheHitRatio();
    }

    /** Computes something once, so that the first message does not wait for what is only set up then. Changes no state. */
    void warmUp() {
        models.warmUp();
    }

    /** Whether a session of this key is remembered. */
    boolean knows(String key) {
        return sessions != null && sessions.knows(key);
    }

    /** A message that others judge tells how late it is, and with that which sessions have ended. */
    void passes(LogEvent event) {
        if (sessions != null) {
            clock.event(event.time(), pace.nanoTime());
            sessions.endIdle(clock.elapsed());
        }
    }

    /** Takes a stream over from another identifier: sees its last messages, without judging them. */
    void prime(List<LogEvent> seen, AnomalyIdentifier before) {
        if (stream != null && before.stream != null) {
            stream.prime(seen, models.encode(seen), before.stream);
        }
    }

    boolean hasModelsOf(AnomalyIdentifier other) {
        return models.ids().models().equals(other.models.ids().models());
    }

    int sequenceLength() {
        return models.scorer().sequenceLength();
    }

    /** What was seen so far. */
    public IdentifierStats stats() {
        return new IdentifierStats(
                messages,
                anomalous,
                withoutKey,
                alerts,
                sessions == null ? 0 : sessions.begun(),
                sessions == null ? 0 : sessions.open(),
                sessions == null ? 0 : sessions.evicted(),
                drift.detect());
    }

    /** What is to be kept over a restart, so that drift is measured on. */
    public DriftDetector.State driftState() {
        return drift.state();
    }

    /** Goes on measuring drift where an identifier with the same models was. */
    public void restoreDrift(DriftDetector.State state) {
        drift.restore(state);
    }

    /** Frees the models. Sessions that have not ended are forgotten without being judged. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            models.close();
        }
    }

    private record LearnedScore(SessionState state, Models models, FeedbackFile feedback) implements SessionScoring {
        @Override
        public double add(float[] vector) {
            return state.add(vector);
        }

        @Override
        public double add(float[] vector, String message) {
            return state.add(vector, () -> models.masked(message));
        }

        @Override
        public double ended() {
            return state.end().value();
        }

        @Override
        public boolean acknowledged(double threshold, boolean ended) {
            return state.acknowledgedBy(feedback.feedback(), threshold, ended) != null;
        }

        @Override
        public Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
            return state.explain(threshold, ended, lines);
        }
    }

    private record LearnedStream(StreamState state, Models models, FeedbackFile feedback) implements StreamScoring {
        @Override
        public double add(float[] vector, @Nullable String level) {
            return state.add(vector, level);
        }

        @Override
        public double add(float[] vector, @Nullable String level, String message) {
            return state.add(vector, level, () -> models.masked(message));
        }

        @Override
        public boolean acknowledged() {
            return state.acknowledgedBy(feedback.feedback()) != null;
        }

        @Override
        public Explanation explain(Explanation.Lines lines) {
            return state.explain(lines);
        }

        @Override
        public int remembered() {
            return state.remembered();
        }
    }

    /** The settings of an {@link AnomalyIdentifier}. The two models must be named. */
    public static final class Builder {
        private @Nullable Path textEncoder;
        private @Nullable Path anomalyModel;
        private @Nullable Path vocabulary;
        private @Nullable SessionKey sessionKey;
        private @Nullable Pattern sessionEnd;
        private @Nullable Duration idleTimeout = DEFAULT_IDLE_TIMEOUT;
        private int maxSessions = DEFAULT_MAX_SESSIONS;
        private @Nullable Integer sequenceLength;
        private Device device = Device.AUTO;
        private ModelRuntime runtime = ModelRuntime.AUTO;
        private int windowSize = AdaptiveThreshold.DEFAULT_WINDOW_SIZE;
        private double thresholdMultiplier = AdaptiveThreshold.DEFAULT_MULTIPLIER;
        private @Nullable Double threshold;
        private @Nullable Double maxAlarmsPerDay;
        private Consumer<Alert> onAlert = alert -> {};
        private Consumer<SessionVerdict> onSessionEnd = end -> {};
        private Consumer<Alert> onMoreKnown = alert -> {};
        private @Nullable Path feedback;
        private Pace pace = Pace.ofSystem();

        private Builder() {}

        /** The encoder's file, {@code encoder.h5}, or its folder. */
        public Builder textEncoder(Path newTextEncoder) {
            textEncoder = newTextEncoder;
            return this;
        }

        /** The detector's file, {@code detector.h5}, or its folder. */
        public Builder anomalyModel(Path newAnomalyModel) {
            anomalyModel = newAnomalyModel;
            return this;
        }

        /** The vocabulary of an encoder that does not carry its own; null, the default, for one that does. */
        public Builder vocabulary(@Nullable Path newVocabulary) {
            vocabulary = newVocabulary;
            return this;
        }

        /** The rule that finds the sessions of a message; null, the default, for the one the detector was trained with, if any. */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /** What is found in the last message of a session; null, the default, where nothing marks it. */
        public Builder sessionEnd(@Nullable Pattern newSessionEnd) {
            sessionEnd = newSessionEnd;
            return this;
        }

        /** How long nothing must come for a session before it is judged as ended; null for ever. */
        public Builder idleTimeout(@Nullable Duration newIdleTimeout) {
            if (newIdleTimeout != null && (newIdleTimeout.isNegative() || newIdleTimeout.isZero())) {
                throw new IllegalArgumentException("idleTimeout must be positive, but was " + newIdleTimeout);
            }
            idleTimeout = newIdleTimeout;
            return this;
        }

        /** How many sessions are remembered at once, at least 1. */
        public Builder maxSessions(int newMaxSessions) {
            maxSessions = atLeast("maxSessions", newMaxSessions, 1);
            return this;
        }

        /** The window that the detector must have been trained with; null, the default, for whatever it has. */
        public Builder sequenceLength(@Nullable Integer newSequenceLength) {
            sequenceLength =
                    newSequenceLength == null ? null : (Integer) atLeast("sequenceLength", newSequenceLength, 2);
            return this;
        }

        /** Where the models compute; {@link Device#AUTO} unless set. */
        public Builder device(Device newDevice) {
            device = Objects.requireNonNull(newDevice, "newDevice");
            return this;
        }

        /** What computes; {@link ModelRuntime#AUTO} unless set. */
        public Builder runtime(ModelRuntime newRuntime) {
            runtime = Objects.requireNonNull(newRuntime, "newRuntime");
            return this;
        }

        /** Scores the adaptive threshold looks back on, at least 2. */
        public Builder windowSize(int newWindowSize) {
            windowSize = atLeast("windowSize", newWindowSize, 2);
            return this;
        }

        /** Standard deviations above the mean of those scores, positive. */
        public Builder thresholdMultiplier(double newThresholdMultiplier) {
            if (!(newThresholdMultiplier > 0) || Double.isInfinite(newThresholdMultiplier)) {
                throw new IllegalArgumentException(
                        "thresholdMultiplier must be a positive number, but was " + newThresholdMultiplier);
            }
            thresholdMultiplier = newThresholdMultiplier;
            return this;
        }

        /** False alarms a day that the threshold is to keep to, learnt from validation data, above 0; null, the default, for no budget. */
        public Builder maxAlarmsPerDay(@Nullable Double newMaxAlarmsPerDay) {
            if (newMaxAlarmsPerDay != null && !(newMaxAlarmsPerDay > 0)) {
                throw new IllegalArgumentException("maxAlarmsPerDay must be above 0, but was " + newMaxAlarmsPerDay);
            }
            maxAlarmsPerDay = newMaxAlarmsPerDay;
            return this;
        }

        /** An absolute score in place of the trained and the adaptive threshold; null, the default, for those. */
        public Builder threshold(@Nullable Double newThreshold) {
            if (newThreshold != null && !Double.isFinite(newThreshold)) {
                throw new IllegalArgumentException("threshold must be a finite number, but was " + newThreshold);
            }
            threshold = newThreshold;
            return this;
        }

        /** What is given each alert, on the checking thread. */
        public Builder onAlert(Consumer<Alert> newOnAlert) {
            onAlert = Objects.requireNonNull(newOnAlert, "newOnAlert");
            return this;
        }

        /** What is given the verdict on each session at its end, on the checking thread. */
        public Builder onSessionEnd(Consumer<SessionVerdict> newOnSessionEnd) {
            onSessionEnd = Objects.requireNonNull(newOnSessionEnd, "newOnSessionEnd");
            return this;
        }

        /** What is given the alert of a session again at the session's end, when more is known of it, on the checking thread. */
        public Builder onMoreKnown(Consumer<Alert> newOnMoreKnown) {
            onMoreKnown = Objects.requireNonNull(newOnMoreKnown, "newOnMoreKnown");
            return this;
        }

        /** The alerts that users said were normal, {@code feedback.jsonl}, read again when it changes; it need not exist. Null, the default, for none. */
        public Builder feedback(@Nullable Path newFeedback) {
            feedback = newFeedback;
            return this;
        }

        Builder pace(Pace newPace) {
            pace = newPace;
            return this;
        }

        private static int atLeast(String name, int value, int least) {
            if (value < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ", but was " + value);
            }
            return value;
        }

        private void requireSequenceLength(int trained) {
            if (sequenceLength != null && sequenceLength != trained) {
                throw new ModelException("sequence_length must be that of the detector " + anomalyModel + ", which is "
                        + trained + ", but was " + sequenceLength + "; leave it out, or train a detector with it");
            }
        }

        private void requireSessions(boolean trained) {
            if (sessionKey != null && !trained) {
                throw new ModelException("session_key must not be set, as the detector " + anomalyModel
                        + " was trained on streams, but was '" + sessionKey
                        + "'; leave it out, or train a detector with it");
            }
        }

        /**
         * Opens the models.
         *
         * @throws MissingDataException if one does not exist
         * @throws ModelException if one is corrupt, they do not fit each other, or the detector was trained on
         *     sessions where a stream is to be judged, or the other way round
         */
        public AnomalyIdentifier open() {
            if (textEncoder == null || anomalyModel == null) {
                throw new IllegalArgumentException("textEncoder and anomalyModel must both be set, but "
                        + (textEncoder == null ? "textEncoder" : "anomalyModel") + " was not");
            }
            Models models = Models.open(textEncoder, vocabulary, anomalyModel, device, runtime);
            try {
                requireSequenceLength(models.scorer().sequenceLength());
                requireSessions(models.scorer().keyed());
                return new AnomalyIdentifier(this, models);
            } catch (RuntimeException e) {
                models.close();
                throw e;
            }
        }
    }
}
