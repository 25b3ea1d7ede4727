package io.deepsentry.live.identify;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.score.SessionState;
import io.deepsentry.anomaly.score.StreamState;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.Redaction;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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

    /** Inputs that are judged as streams of their own at once. */
    private static final int MOST_STREAMS = 1_000;
    /** Distinct messages that the scorer remembers before it begins anew. */
    private static final int MOST_LIVE_MESSAGES = 100_000;

    private final LoadedModels models;
    private final @Nullable SessionKey sessionKey;
    private final @Nullable SessionRegistry sessions;
    /** Where no sessions are judged: one judge for each input. */
    private final Map<String, StreamJudge> streams = new LinkedHashMap<>();

    private final Supplier<StreamJudge> newStream;
    private final VectorPool vectors = new VectorPool();
    private final double sessionThreshold;
    private final LogClock clock;
    private final AlertFactory maker;
    private final LiveClock pace;
    private final FeedbackFile feedback;
    private final Redaction redaction;
    private final DriftDetector drift;
    /** What was judged since it was last asked for, for another identifier to judge it again; null where nobody will ask. */
    private @Nullable JudgementJournal steps;
    /** Whether the next batch is likely to have windows that were never seen. */
    private boolean foresee = true;

    private long messages;
    private long anomalous;
    private long withoutKey;
    private long alerts;
    private long texts;
    private boolean closed;

    private AnomalyIdentifier(Builder settings, LoadedModels models) {
        this.models = models;
        this.pace = settings.pace;
        this.feedback = new FeedbackFile(settings.feedback);
        this.redaction = settings.redaction;
        this.sessionKey = settings.sessionKey == null ? models.sessionKey() : settings.sessionKey;
        this.clock = new LogClock(settings.idleTimeout == null ? DEFAULT_IDLE_TIMEOUT : settings.idleTimeout);
        this.maker = new AlertFactory(models.ids());
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
            newStream = () -> {
                throw new IllegalStateException("sessions are judged, not streams");
            };
            sessions = new SessionRegistry(
                    () -> new LearnedScore(scorer.begin(), this::explained, feedback),
                    sessionThreshold,
                    sequenceLength,
                    settings.idleTimeout,
                    settings.maxSessions,
                    SessionRegistry.MOST_MESSAGES,
                    vectors,
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
            newStream = () -> new StreamJudge(
                    () -> new LearnedStream(scorer.beginStream(), this::explained, feedback),
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
        if (events.isEmpty()) {
            return List.of();
        }
        feedback.refresh();
        boundMemory();
        List<float[]> encoded = models.encode(events);
        List<List<String>> keys = events.stream().map(this::keysOf).toList();
        long wall = pace.nanoTime();
        Instant now = pace.now();
        JudgementJournal log = steps;
        if (log != null) {
            log.judged(clock, wall, now, events, keys, encoded);
        }
        maker.readAt(now);
        long computed = models.scorer().liveComputed();
        if (foresee && events.size() > 1) {
            foresee(events, keys, encoded);
        }
        List<Verdict> verdicts = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            verdicts.add(judge(events.get(i), keys.get(i), encoded.get(i), wall));
        }
        // Worth its while as long as there are windows that were never seen; most logs soon have none.
        foresee = models.scorer().liveComputed() - computed > events.size() / 64;
        return verdicts;
    }

    /** Has all that is to be scored computed together: the verdicts do not depend on it. */
    private void foresee(List<LogEvent> events, List<List<String>> keys, List<float[]> encoded) {
        Map<String, List<float[]>> next = new LinkedHashMap<>();
        for (int i = 0; i < events.size(); i++) {
            List<String> units =
                    sessions == null ? List.of(events.get(i).origin().file()) : keys.get(i);
            for (String unit : units) {
                next.computeIfAbsent(unit, unused -> new ArrayList<>()).add(encoded.get(i));
            }
        }
        List<PendingMessages> upcoming = new ArrayList<>();
        next.forEach((unit, vectorsOfUnit) -> upcoming.add(
                sessions == null ? stream(unit).upcoming(vectorsOfUnit) : sessions.upcoming(unit, vectorsOfUnit)));
        models.scorer().precompute(upcoming);
    }

    private Verdict judge(LogEvent event, List<String> keys, float[] vector, long wall) {
        Verdict verdict =
                sessions == null ? judgeStream(event, vector) : judgeSessions(sessions, event, keys, vector, wall);
        messages++;
        anomalous += verdict instanceof Verdict.Anomalous ? 1 : 0;
        return verdict;
    }

    private Verdict judgeStream(LogEvent event, float[] vector) {
        Verdict verdict = stream(event.origin().file()).judge(event, vector);
        drift.update(verdict.score());
        return verdict;
    }

    private Verdict judgeSessions(SessionRegistry book, LogEvent event, List<String> keys, float[] vector, long wall) {
        clock.event(event.time(), wall);
        book.endIdle(clock.elapsed());
        Verdict highest = null;
        for (String key : keys) {
            Verdict verdict = book.add(key, event, vector, clock.elapsed());
            highest = highest == null || verdict.score() > highest.score() ? verdict : highest;
        }
        if (highest == null) {
            withoutKey++;
            return new Verdict.Normal(0, sessionThreshold);
        }
        return highest;
    }

    /** The judge of an input. Of too many, the one that was not heard of for longest is forgotten. */
    private StreamJudge stream(String input) {
        StreamJudge judge = streams.remove(input);
        if (judge == null) {
            judge = newStream.get();
            if (streams.size() >= MOST_STREAMS) {
                streams.remove(streams.keySet().iterator().next());
            }
        }
        streams.put(input, judge);
        return judge;
    }

    /** In a log that never repeats itself, what the scorer remembers of messages grows without end; it is begun anew, and scores are made anew where they are needed. */
    private void boundMemory() {
        if (models.scorer().liveMessages() > MOST_LIVE_MESSAGES) {
            models.scorer().forgetLive();
            if (sessions != null) {
                sessions.forgetScores();
            }
            streams.values().forEach(StreamJudge::forgetScores);
        }
    }

    /** A stream that was not told the session key leaves it to us to find the keys, at least those of the message. */
    private List<String> keysOf(LogEvent event) {
        return event.sessionKeys().isEmpty() && sessionKey != null
                ? sessionKey.keysOf(event.message())
                : event.sessionKeys();
    }

    /** The rule by which a message belongs to sessions, for the {@link io.deepsentry.live.tail.DataStream} whose events are checked; empty if a stream is judged. */
    public Optional<SessionKey> sessionKey() {
        return Optional.ofNullable(sessionKey);
    }

    /** Says that all there is at the moment has been checked: from now on time goes by on the wall, and sessions for which nothing comes end. */
    public void caughtUp() {
        if (sessions == null) {
            return;
        }
        feedback.refresh();
        long wall = pace.nanoTime();
        clock.caughtUp(wall);
        if (sessions.anyIdle(clock.elapsed())) {
            Instant now = pace.now();
            if (steps != null) {
                steps.quiet(clock, wall, now);
            }
            maker.readAt(now);
            sessions.endIdle(clock.elapsed());
        }
    }

    /** Says that the input has ended: judges all sessions that have not. */
    public void endSessions() {
        if (sessions != null) {
            Instant now = pace.now();
            if (steps != null) {
                steps.ended(now);
            }
            maker.readAt(now);
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
        if (sessions == null) {
            List<float[]> encoded = models.encode(seen);
            for (int i = 0; i < encoded.size(); i++) {
                stream(seen.get(i).origin().file()).prime(seen.get(i), encoded.get(i));
            }
            before.streams.forEach((input, judge) -> stream(input).goOnFrom(judge));
        }
    }

    boolean hasModelsOf(AnomalyIdentifier other) {
        return models.ids().models().equals(other.models.ids().models());
    }

    int sequenceLength() {
        return models.scorer().sequenceLength();
    }

    /** From now on keeps what is judged, so that it can be asked for by {@link #takeSteps}. */
    public void keepSteps() {
        steps = new JudgementJournal(vectors);
    }

    /** Keeps nothing any more of what is judged. */
    void forgetSteps() {
        steps = null;
    }

    /** What was judged since it was last asked for; empty for nothing. */
    public byte[] takeSteps() {
        return steps == null ? new byte[0] : steps.take();
    }

    /** Judges again what another identifier kept, with the same alerts if the models are the same. */
    public void replay(StateInput in, VectorPool.Reader known) throws IOException {
        JudgementJournal.replay(in, known, new JudgementJournal.Judge() {
            @Override
            public void judged(LogEvent event, List<String> keys, float[] vector, long wall) {
                judge(event, keys, vector, wall);
            }

            @Override
            public void quiet() {
                if (sessions != null) {
                    sessions.endIdle(clock.elapsed());
                }
            }

            @Override
            public void ended() {
                if (sessions != null) {
                    sessions.endAll();
                }
            }

            @Override
            public long clock(StateInput at, Instant now) throws IOException {
                long wall = pace.nanoTime();
                clock.read(at, wall);
                maker.readAt(now);
                return wall;
            }
        });
    }

    /** What the state depends on: the models, and how sessions are told. */
    public String fingerprint() {
        return String.join(" ", models.ids().models()) + (sessionKey == null ? " stream" : " " + sessionKey.regex());
    }

    /** Writes all state; what is kept from now on is read after it. */
    public void writeState(StateOutput out) throws IOException {
        vectors.beginWriting();
        for (long count : new long[] {messages, anomalous, withoutKey, alerts, texts}) {
            out.number(count);
        }
        clock.write(out, pace.nanoTime());
        out.drift(drift.state());
        if (sessions != null) {
            sessions.write(out);
        }
        out.number(streams.size());
        for (Map.Entry<String, StreamJudge> stream : streams.entrySet()) {
            out.text(stream.getKey());
            stream.getValue().write(out);
        }
    }

    /** Reads state that an identifier with the same {@link #fingerprint} wrote, into one that has judged nothing. */
    public void readState(StateInput in, VectorPool.Reader known) throws IOException {
        messages = in.number();
        anomalous = in.number();
        withoutKey = in.number();
        alerts = in.number();
        texts = in.number();
        clock.read(in, pace.nanoTime());
        drift.restore(in.drift());
        if (sessions != null) {
            sessions.read(in, known);
        }
        int count = in.count();
        for (int i = 0; i < count; i++) {
            stream(in.text()).read(in);
        }
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

    /** A message as it stands in explanations. */
    private String explained(String message) {
        return models.masked(redaction.apply(message));
    }

    private record LearnedScore(SessionState state, UnaryOperator<String> explained, FeedbackFile feedback)
            implements SessionScoring {
        @Override
        public double add(float[] vector) {
            return state.add(vector);
        }

        @Override
        public double add(float[] vector, String message) {
            return state.add(vector, () -> explained.apply(message));
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

    private record LearnedStream(StreamState state, UnaryOperator<String> explained, FeedbackFile feedback)
            implements StreamScoring {
        @Override
        public double add(float[] vector, @Nullable String level) {
            return state.add(vector, level);
        }

        @Override
        public double add(float[] vector, @Nullable String level, String message) {
            return state.add(vector, level, () -> explained.apply(message));
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
        private Redaction redaction = Redaction.of(List.of());
        private LiveClock pace = LiveClock.ofSystem();

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

        /**
         * What is replaced in a message before its words stand in an explanation; nothing unless set. Masking takes away the signs by which a password is
         * recognised, so afterwards would be too late.
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

        public Builder pace(LiveClock newPace) {
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
         * @throws io.deepsentry.core.MissingDataException if one does not exist
         * @throws ModelException if one is corrupt, they do not fit each other, or the detector was trained on
         *     sessions where a stream is to be judged, or the other way round
         */
        public AnomalyIdentifier open() {
            if (textEncoder == null || anomalyModel == null) {
                throw new IllegalArgumentException("textEncoder and anomalyModel must both be set, but "
                        + (textEncoder == null ? "textEncoder" : "anomalyModel") + " was not");
            }
            LoadedModels models = LoadedModels.open(textEncoder, vocabulary, anomalyModel, device, runtime);
            try {
                requireSequenceLength(models.scorer().sequenceLength());
                requireSessions(models.scorer().scoresSessions());
                return new AnomalyIdentifier(this, models);
            } catch (RuntimeException e) {
                models.close();
                throw e;
            }
        }
    }
}
