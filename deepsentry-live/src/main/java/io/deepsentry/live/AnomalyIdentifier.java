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
 * <p>With a detector of sessions, a message is judged with the session it belongs to; otherwise the log is one stream, and a
 * message is judged with the window of messages it ends. The trained threshold decides, as in {@code eval}, unless another is
 * set. The state is that of one log, in memory bounded by the settings: use one identifier a log, from one thread at a time.
 */
public final class AnomalyIdentifier implements AutoCloseable {
    /** How long nothing must come for a session before it is judged as ended, unless set otherwise. */
    public static final Duration DEFAULT_IDLE_TIMEOUT = IdentifierEngine.DEFAULT_IDLE_TIMEOUT;
    /** Sessions remembered at once, unless set otherwise. */
    public static final int DEFAULT_MAX_SESSIONS = 20_000;

    private final IdentifierEngine engine;

    private AnomalyIdentifier(IdentifierEngine engine) {
        this.engine = engine;
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
        return engine.judge(message);
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
        return engine.judge(events);
    }

    /** The rule by which a message belongs to sessions, for the {@link DataStream} whose events are checked; empty if a stream is judged. */
    public Optional<SessionKey> sessionKey() {
        return engine.sessionKey();
    }

    /** Says that all there is at the moment has been checked: from now on time goes by on the wall, and sessions for which nothing comes end. */
    public void caughtUp() {
        engine.caughtUp();
    }

    /** Says that the input has ended: judges all sessions that have not. */
    public void endSessions() {
        engine.endSessions();
    }

    /** The share of messages so far whose vector was remembered, 0 to 1. */
    public double cacheHitRatio() {
        return engine.cacheHitRatio();
    }

    /** What was seen so far. */
    public IdentifierStats stats() {
        return engine.stats();
    }

    /** Frees the models. Sessions that have not ended are forgotten without being judged. */
    @Override
    public void close() {
        engine.close();
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

        /** Scores the adaptive threshold looks back on, at least 2; they count only with {@link #thresholdMultiplier}. */
        public Builder windowSize(int newWindowSize) {
            windowSize = atLeast("windowSize", newWindowSize, 2);
            return this;
        }

        /**
         * Lets the threshold of a stream adapt: so many standard deviations above the mean of the last scores, positive, but never below the trained threshold, nor more
         * than half the way from there to the score of a new error. Null, the default, for the trained threshold.
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

        /** False alarms a day that the threshold is to keep to, learnt from validation data, above 0; null, the default, for no budget. */
        public Builder maxAlarmsPerDay(@Nullable Double newMaxAlarmsPerDay) {
            if (newMaxAlarmsPerDay != null && !(newMaxAlarmsPerDay > 0)) {
                throw new IllegalArgumentException("maxAlarmsPerDay must be above 0, but was " + newMaxAlarmsPerDay);
            }
            maxAlarmsPerDay = newMaxAlarmsPerDay;
            return this;
        }

        /** The hours that have thresholds of their own, learnt from validation data; null, the default, for one threshold. */
        public Builder season(@Nullable Season newSeason) {
            season = newSeason;
            return this;
        }

        /** The kinds of evidence that are heard, of {@link EvidenceKind#OF_STREAMS}; all unless set. */
        public Builder kinds(Set<EvidenceKind> newKinds) {
            kinds = EvidenceKind.ofStreams(EvidenceKind.keys(newKinds));
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

        /** Sets the callback for alerts. It runs on the thread that calls check(). */
        public Builder onAlert(Consumer<Alert> newOnAlert) {
            onAlert = Objects.requireNonNull(newOnAlert, "newOnAlert");
            return this;
        }

        /** Sets the callback for the verdict on each session at its end. It runs on the checking thread. */
        public Builder onSessionEnd(Consumer<SessionVerdict> newOnSessionEnd) {
            onSessionEnd = Objects.requireNonNull(newOnSessionEnd, "newOnSessionEnd");
            return this;
        }

        /** Sets the callback that takes the alert of a session again at the session's end, when more is known of it. It runs on the checking thread. */
        public Builder onMoreKnown(Consumer<Alert> newOnMoreKnown) {
            onMoreKnown = Objects.requireNonNull(newOnMoreKnown, "newOnMoreKnown");
            return this;
        }

        /**
         * Sets what is replaced by {@code <redacted>} in alerts; everything that {@link Redaction} knows unless set. The ids of alerts and the recognition of
         * acknowledged ones do not depend on it as long as it stays the same.
         */
        public Builder redaction(Redaction newRedaction) {
            redaction = Objects.requireNonNull(newRedaction, "newRedaction");
            return this;
        }

        /** The alerts that users said were normal, {@code feedback.jsonl}, read again when it changes; it need not exist. Null, the default, for none. */
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
         * @throws io.deepsentry.core.MissingDataException if one does not exist
         * @throws ModelException if one is corrupt, they do not fit each other, or the detector was trained on
         *     sessions where a stream is to be judged, or the other way round
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
