package io.deepsentry.live;

import io.deepsentry.anomaly.evaluation.EvalSettings.Season;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.identify.FoundAlert;
import io.deepsentry.live.internal.identify.IdentifierEngine;
import io.deepsentry.live.internal.identify.IdentifierListener;
import io.deepsentry.live.internal.identify.ModelFiles;
import io.deepsentry.live.internal.identify.SessionRules;
import io.deepsentry.live.internal.identify.ThresholdRules;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the messages of a log as they come, by a trained text encoder and a trained detector.
 *
 * <pre>{@code
 * try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
 *         .textEncoder(Path.of("data/text_autoencoder_model"))
 *         .anomalyModel(Path.of("data/anomaly_trained_model"))
 *         .onAlert(alert -> System.out.println(AlertFormat.JSON.write(alert)))
 *         .open()) {
 *     Verdict verdict = identifier.check("order 17 accepted");
 * }
 * }</pre>
 *
 * <p>With a detector of sessions, a message is judged with the session it belongs to; otherwise the log is one
 * stream, and a message is judged with the window of messages it ends. The trained threshold decides, as in
 * {@code eval}, unless another is set.
 *
 * <p>It keeps the state of one log, in memory bounded by the settings. Use one identifier for each log, from one
 * thread at a time.
 */
public final class AnomalyIdentifier implements AutoCloseable {
    /** The silence after which a session is judged as ended, unless set otherwise. */
    public static final Duration DEFAULT_IDLE_TIMEOUT = IdentifierEngine.DEFAULT_IDLE_TIMEOUT;
    /** The number of sessions remembered at once, unless set otherwise. */
    public static final int DEFAULT_MAX_SESSIONS = 20_000;

    private final IdentifierEngine engine;

    private AnomalyIdentifier(IdentifierEngine engine) {
        this.engine = engine;
    }

    /**
     * Opens an identifier with all other settings at their defaults.
     *
     * @param textEncoder the encoder's file, {@code encoder.h5}, or its folder
     * @param anomalyModel the detector's file, {@code detector.h5}, or its folder
     * @return the open identifier; close it
     * @throws io.deepsentry.core.MissingDataException if a model does not exist
     * @throws ModelException if a model is corrupt, or they do not fit each other
     */
    public static AnomalyIdentifier open(Path textEncoder, Path anomalyModel) {
        return builder().textEncoder(textEncoder).anomalyModel(anomalyModel).open();
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder; set both models before you call {@link Builder#open}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Judges a message. Its sessions are those that the session key finds in it.
     *
     * @param message the message, without the header of its line
     * @return the verdict; {@link Verdict.WarmingUp} while there are too few messages for one
     * @throws IllegalStateException if the identifier is closed
     */
    public Verdict check(String message) {
        return engine.judge(message);
    }

    /**
     * Judges an event. Where it belongs to several sessions, the verdict is that of the one furthest beyond the
     * threshold; where sessions are judged and it belongs to none, it counts in no score and its verdict is normal
     * with the score 0.
     *
     * @param event an event, in the order of the log
     * @return the verdict
     * @throws IllegalStateException if the identifier is closed
     */
    public Verdict check(LogEvent event) {
        return checkAll(List.of(event)).get(0);
    }

    /**
     * Judges events in their order. The verdicts are the same as if they were checked one by one, but come faster.
     *
     * @param events events, in the order of the log
     * @return one verdict for each event, in the same order
     * @throws IllegalStateException if the identifier is closed
     */
    public List<Verdict> checkAll(List<LogEvent> events) {
        return engine.judge(events);
    }

    /**
     * Returns the rule by which a message belongs to sessions. Give it to the {@link DataStream} whose events are
     * checked.
     *
     * @return the rule; empty if the log is judged as one stream
     */
    public Optional<SessionKey> sessionKey() {
        return engine.sessionKey();
    }

    /**
     * Reports that every available message has been checked. From now on the wall clock counts, and sessions that
     * stay silent end.
     */
    public void caughtUp() {
        engine.caughtUp();
    }

    /** Reports the end of the input: judges all sessions that have not ended. */
    public void endSessions() {
        engine.endSessions();
    }

    /**
     * Returns the share of messages so far whose vector was remembered.
     *
     * @return 0 to 1
     */
    public double cacheHitRatio() {
        return engine.cacheHitRatio();
    }

    /**
     * Returns the counts so far.
     *
     * @return messages, sessions and alerts
     */
    public IdentifierStats stats() {
        return engine.stats();
    }

    /** Frees the models. Sessions that have not ended are discarded without a verdict. */
    @Override
    public void close() {
        engine.close();
    }

    /** Collects the settings of an {@link AnomalyIdentifier}. The two models must be set. Not thread-safe. */
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
        private @Nullable Double thresholdMultiplier;
        private @Nullable Double threshold;
        private @Nullable Double maxAlarmsPerDay;
        private Set<EvidenceKind> kinds = EvidenceKind.OF_STREAMS;
        private @Nullable Season season;
        private Consumer<Alert> onAlert = alert -> {};
        private Consumer<SessionVerdict> onSessionEnd = end -> {};
        private Consumer<Alert> onMoreKnown = alert -> {};
        private @Nullable Path feedback;
        private Redaction redaction = Redaction.ofAll();

        private Builder() {}

        /**
         * Sets the text encoder.
         *
         * @param newTextEncoder its file, {@code encoder.h5}, or its folder
         * @return this builder
         */
        public Builder textEncoder(Path newTextEncoder) {
            textEncoder = newTextEncoder;
            return this;
        }

        /**
         * Sets the anomaly detector.
         *
         * @param newAnomalyModel its file, {@code detector.h5}, or its folder
         * @return this builder
         */
        public Builder anomalyModel(Path newAnomalyModel) {
            anomalyModel = newAnomalyModel;
            return this;
        }

        /**
         * Sets the vocabulary of an encoder that does not carry its own.
         *
         * @param newVocabulary the vocabulary; null, the default, for an encoder that carries its own
         * @return this builder
         */
        public Builder vocabulary(@Nullable Path newVocabulary) {
            vocabulary = newVocabulary;
            return this;
        }

        /**
         * Sets the rule that finds the sessions of a message.
         *
         * @param newSessionKey the rule; null, the default, for the one that the detector was trained with, if any
         * @return this builder
         */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /**
         * Sets what marks the end of a session.
         *
         * @param newSessionEnd a pattern found in its last message; null, the default, if nothing marks it
         * @return this builder
         */
        public Builder sessionEnd(@Nullable Pattern newSessionEnd) {
            sessionEnd = newSessionEnd;
            return this;
        }

        /**
         * Sets the silence after which a session is judged as ended.
         *
         * @param newIdleTimeout above zero, or null: silence never ends a session; {@link #DEFAULT_IDLE_TIMEOUT}
         *     unless set
         * @return this builder
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder idleTimeout(@Nullable Duration newIdleTimeout) {
            if (newIdleTimeout != null && (newIdleTimeout.isNegative() || newIdleTimeout.isZero())) {
                throw new IllegalArgumentException("idleTimeout must be positive, but was " + newIdleTimeout);
            }
            idleTimeout = newIdleTimeout;
            return this;
        }

        /**
         * Sets how many sessions are remembered at once.
         *
         * @param newMaxSessions at least 1; {@value #DEFAULT_MAX_SESSIONS} unless set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxSessions(int newMaxSessions) {
            maxSessions = atLeast("maxSessions", newMaxSessions, 1);
            return this;
        }

        /**
         * Sets the window that the detector must have been trained with.
         *
         * @param newSequenceLength messages, at least 2; null, the default, for any
         * @return this builder
         * @throws IllegalArgumentException if it is less than 2
         */
        public Builder sequenceLength(@Nullable Integer newSequenceLength) {
            sequenceLength =
                    newSequenceLength == null ? null : (Integer) atLeast("sequenceLength", newSequenceLength, 2);
            return this;
        }

        /**
         * Sets where the models compute.
         *
         * @param newDevice {@link Device#AUTO} unless set
         * @return this builder
         */
        public Builder device(Device newDevice) {
            device = Objects.requireNonNull(newDevice, "newDevice");
            return this;
        }

        /**
         * Sets the library that computes.
         *
         * @param newRuntime {@link ModelRuntime#AUTO} unless set
         * @return this builder
         */
        public Builder runtime(ModelRuntime newRuntime) {
            runtime = Objects.requireNonNull(newRuntime, "newRuntime");
            return this;
        }

        /**
         * Sets how many scores the adaptive threshold looks back on. It matters only with
         * {@link #thresholdMultiplier}.
         *
         * @param newWindowSize at least 2; {@value AdaptiveThreshold#DEFAULT_WINDOW_SIZE} unless set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 2
         */
        public Builder windowSize(int newWindowSize) {
            windowSize = atLeast("windowSize", newWindowSize, 2);
            return this;
        }

        /**
         * Lets the threshold of a stream adapt to its last scores. It never falls below the trained threshold, nor
         * rises more than half the way from there to the score of a new error.
         *
         * @param newThresholdMultiplier standard deviations above the mean, above 0; null, the default, for the
         *     trained threshold
         * @return this builder
         * @throws IllegalArgumentException if it is not a positive finite number
         */
        public Builder thresholdMultiplier(@Nullable Double newThresholdMultiplier) {
            if (newThresholdMultiplier != null
                    && (!(newThresholdMultiplier > 0) || Double.isInfinite(newThresholdMultiplier))) {
                throw new IllegalArgumentException(
                        "thresholdMultiplier must be a positive number, but was " + newThresholdMultiplier);
            }
            thresholdMultiplier = newThresholdMultiplier;
            return this;
        }

        /**
         * Sets the false alarms a day that a threshold learnt from validation data allows.
         *
         * @param newMaxAlarmsPerDay above 0; null, the default, for no budget
         * @return this builder
         * @throws IllegalArgumentException if it is not above 0
         */
        public Builder maxAlarmsPerDay(@Nullable Double newMaxAlarmsPerDay) {
            if (newMaxAlarmsPerDay != null && !(newMaxAlarmsPerDay > 0)) {
                throw new IllegalArgumentException("maxAlarmsPerDay must be above 0, but was " + newMaxAlarmsPerDay);
            }
            maxAlarmsPerDay = newMaxAlarmsPerDay;
            return this;
        }

        /**
         * Sets the hours that have thresholds of their own, learnt from validation data. It excludes any other
         * threshold.
         *
         * @param newSeason the hours; null, the default, for one threshold
         * @return this builder
         */
        public Builder season(@Nullable Season newSeason) {
            season = newSeason;
            return this;
        }

        /**
         * Sets the kinds of evidence to use.
         *
         * @param newKinds of {@link EvidenceKind#OF_STREAMS}; all unless set
         * @return this builder
         * @throws IllegalArgumentException if one is not
         */
        public Builder kinds(Set<EvidenceKind> newKinds) {
            kinds = EvidenceKind.ofStreams(EvidenceKind.keys(newKinds));
            return this;
        }

        /**
         * Sets a score in place of the trained and the adaptive threshold.
         *
         * @param newThreshold finite; scores above it are anomalous; null, the default, for those thresholds
         * @return this builder
         * @throws IllegalArgumentException if it is not finite
         */
        public Builder threshold(@Nullable Double newThreshold) {
            if (newThreshold != null && !Double.isFinite(newThreshold)) {
                throw new IllegalArgumentException("threshold must be a finite number, but was " + newThreshold);
            }
            threshold = newThreshold;
            return this;
        }

        /**
         * Sets the callback for alerts. It runs on the thread that calls {@code check}.
         *
         * @param newOnAlert takes each alert, redacted
         * @return this builder
         */
        public Builder onAlert(Consumer<Alert> newOnAlert) {
            onAlert = Objects.requireNonNull(newOnAlert, "newOnAlert");
            return this;
        }

        /**
         * Sets the callback for the verdict on each session at its end. It runs on the checking thread.
         *
         * @param newOnSessionEnd takes each verdict; session keys are as the log has them
         * @return this builder
         */
        public Builder onSessionEnd(Consumer<SessionVerdict> newOnSessionEnd) {
            onSessionEnd = Objects.requireNonNull(newOnSessionEnd, "newOnSessionEnd");
            return this;
        }

        /**
         * Sets the callback that takes the alert of a session again at the session's end, when more is known of it.
         * It runs on the checking thread.
         *
         * @param newOnMoreKnown takes the alert again, with the same id
         * @return this builder
         */
        public Builder onMoreKnown(Consumer<Alert> newOnMoreKnown) {
            onMoreKnown = Objects.requireNonNull(newOnMoreKnown, "newOnMoreKnown");
            return this;
        }

        /**
         * Sets what is replaced by {@code <redacted>} in alerts. The ids of alerts, and which alerts count as
         * acknowledged, stay the same as long as the redaction does.
         *
         * @param newRedaction everything that {@link Redaction} knows unless set
         * @return this builder
         */
        public Builder redaction(Redaction newRedaction) {
            redaction = Objects.requireNonNull(newRedaction, "newRedaction");
            return this;
        }

        /**
         * Sets what is replaced by {@code <redacted>} in alerts.
         *
         * @param newRedaction everything unless set
         * @return this builder
         * @deprecated use {@link #redaction(Redaction)}
         */
        @Deprecated(since = "0.2.0", forRemoval = true)
        @SuppressWarnings({"removal", "InlineMeSuggester"})
        public Builder redaction(io.deepsentry.live.alert.Redaction newRedaction) {
            return redaction(newRedaction.current());
        }

        /**
         * Sets the file of alerts that users marked as normal, {@code feedback.jsonl}. It is read again when it
         * changes.
         *
         * @param newFeedback the file, which need not exist; null, the default, for none
         * @return this builder
         */
        public Builder feedback(@Nullable Path newFeedback) {
            feedback = newFeedback;
            return this;
        }

        private static int atLeast(String name, int value, int least) {
            if (value < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ", but was " + value);
            }
            return value;
        }

        /**
         * Opens the models.
         *
         * @return the open identifier; close it
         * @throws io.deepsentry.core.MissingDataException if one does not exist
         * @throws ModelException if one is corrupt, they do not fit each other, or the detector was trained on
         *     sessions where a stream is to be judged, or the other way round
         * @throws IllegalArgumentException if a model was not set, or {@code season} and another threshold both were
         */
        public AnomalyIdentifier open() {
            if (textEncoder == null || anomalyModel == null) {
                throw new IllegalArgumentException("textEncoder and anomalyModel must both be set, but "
                        + (textEncoder == null ? "textEncoder" : "anomalyModel") + " was not");
            }
            if (season != null && (threshold != null || maxAlarmsPerDay != null || thresholdMultiplier != null)) {
                throw new IllegalArgumentException("season and "
                        + (threshold != null
                                ? "threshold"
                                : maxAlarmsPerDay != null ? "maxAlarmsPerDay" : "thresholdMultiplier")
                        + " exclude each other, but both are set");
            }
            return new AnomalyIdentifier(IdentifierEngine.open(
                    new ModelFiles(textEncoder, vocabulary, anomalyModel, sequenceLength, kinds, device, runtime),
                    new SessionRules(sessionKey, sessionEnd, idleTimeout, maxSessions),
                    new ThresholdRules(threshold, maxAlarmsPerDay, season, windowSize, thresholdMultiplier),
                    feedback,
                    redaction,
                    new Callbacks(onAlert, onMoreKnown, onSessionEnd),
                    LiveClock.ofSystem()));
        }
    }

    private record Callbacks(
            Consumer<Alert> onAlert, Consumer<Alert> onMoreKnown, Consumer<SessionVerdict> onSessionEnd)
            implements IdentifierListener {
        @Override
        public void found(FoundAlert found) {
            if (found.isNew()) {
                onAlert.accept(found.alert());
            }
        }

        @Override
        public void moreKnown(Alert alert) {
            onMoreKnown.accept(alert);
        }

        @Override
        public void sessionEnded(SessionVerdict verdict) {
            onSessionEnd.accept(verdict);
        }
    }
}
