package io.deepsentry.live.internal.identify;

import com.google.common.base.Suppliers;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.score.KeylessScorer;
import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.score.SessionState;
import io.deepsentry.anomaly.score.StreamState;
import io.deepsentry.anomaly.score.WholeLogState;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.ModelException;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageValue;
import java.io.DataInput;
import java.io.DataOutput;
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
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Judges the messages of one log by one pair of models, and keeps the state of that: sessions or streams under way,
 * thresholds and drift, in bounded memory. For one thread.
 */
public final class IdentifierEngine implements AutoCloseable {
    /** How long nothing must come for a session before it is judged as ended, unless set otherwise. */
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(10);

    /** Distinct messages that the scorer remembers before it forgets them all. */
    private static final int MOST_LIVE_MESSAGES = 100_000;
    /** So many messages one after the other that cannot be judged are no fault of theirs. */
    private static final int MOST_FAULTS_IN_A_ROW = 100;

    private static final System.Logger LOG = System.getLogger(IdentifierEngine.class.getName());
    private static final Verdict NOT_JUDGED = new Verdict.Normal(0, Double.MAX_VALUE);

    private final LoadedModels models;
    private final @Nullable SessionKey sessionKey;
    private final EventJudge judge;
    private final VectorPool vectors = new VectorPool();
    private final LogClock logClock;
    private final IdentifierListener listener;
    private final AlertFactory alertFactory;
    private final AlertFactory keylessAlerts;
    private final LiveClock clock;
    private final FeedbackFile feedback;
    private final Redaction redaction;
    /** What is taken out of events before anything of them is kept; the rest of it when they leave. */
    private final Redaction secrets;

    private final DriftDetector drift;
    /**
     * What was judged since it was last asked for, for another identifier to judge it again; null where nobody will
     * ask.
     */
    private @Nullable JudgementJournal journal;
    /** Whether the next batch is likely to have windows that were never seen. */
    private boolean precomputing = true;

    private long messages;
    private long anomalous;
    private long withoutKey;
    private long alerts;
    private long texts;
    private long unjudged;
    private int faultsInARow;
    private boolean closed;

    private IdentifierEngine(
            LoadedModels models,
            SessionRules sessionRules,
            ThresholdRules thresholds,
            @Nullable Path feedback,
            Redaction redaction,
            IdentifierListener listener,
            LiveClock clock) {
        this.models = models;
        this.clock = clock;
        this.feedback = new FeedbackFile(feedback);
        this.redaction = redaction;
        this.secrets = redaction.only(Redaction.SECRETS.kinds());
        this.sessionKey = sessionRules.key() == null ? models.sessionKey() : sessionRules.key();
        this.logClock =
                new LogClock(sessionRules.idleTimeout() == null ? DEFAULT_IDLE_TIMEOUT : sessionRules.idleTimeout());
        this.listener = listener;
        Predicate<FindingKey> confirmed = key -> this.feedback.feedback().confirms(key);
        this.alertFactory = new AlertFactory(
                models.ids(), redaction, models.scorer().threshold().value(), confirmed);
        this.keylessAlerts = new AlertFactory(
                models.ids(),
                redaction,
                models.scorer().keyless().map(KeylessScorer::threshold).orElse(0.0),
                confirmed);
        this.drift = models.scorer().driftDetector();
        this.judge = sessionKey == null
                ? streams(sessionRules, thresholds, listener)
                : sessions(sessionRules, thresholds, listener);
    }

    private EventJudge sessions(SessionRules rules, ThresholdRules thresholds, IdentifierListener listener) {
        SessionScorer scorer = models.scorer();
        ToDoubleFunction<@Nullable Instant> threshold = thresholds.byTime(scorer);
        SessionRegistry sessions = new SessionRegistry(
                (time, messages) -> new LearnedScore(scorer.beginOfLog(time, messages), this),
                threshold,
                scorer.sequenceLength(),
                rules,
                SessionRegistry.MOST_MESSAGES,
                vectors,
                alertFactory,
                new Counting(listener));
        JudgedStreams keyless = scorer.keyless()
                .map(lines -> new JudgedStreams(() -> keyless(lines, listener), null))
                .orElse(null);
        JudgedStreams wholeLog = scorer.judgesWholeLog()
                ? new JudgedStreams(() -> wholeLog(scorer.beginWholeLog(), listener), logClock)
                : null;
        return new JudgedSessions(sessions, logClock, threshold, keyless, wholeLog);
    }

    /** Judges an input as a whole, by the threshold of training. */
    private StreamJudge wholeLog(WholeLogState state, IdentifierListener listener) {
        return new StreamJudge(
                () -> new WholeLogStream(state, this),
                1,
                time -> state.threshold(),
                null,
                alertFactory.ofWholeLog(),
                new Counting(listener));
    }

    /** Judges the lines of an input that belong to no session, by the threshold of training. */
    private StreamJudge keyless(KeylessScorer lines, IdentifierListener listener) {
        return new StreamJudge(
                () -> new KeylessStream(lines, this),
                1,
                time -> lines.threshold(),
                null,
                keylessAlerts,
                new Counting(listener));
    }

    private EventJudge streams(SessionRules rules, ThresholdRules thresholds, IdentifierListener listener) {
        if (rules.endMark() != null) {
            throw new ConfigException("session_end ('" + rules.endMark()
                    + "') needs sessions, but the detector was trained on streams and session_key is not set");
        }
        SessionScorer scorer = models.scorer();
        IdentifierListener counting = new Counting(listener);
        ToDoubleFunction<@Nullable Instant> threshold = thresholds.byTime(scorer);
        return new JudgedStreams(
                () -> new StreamJudge(
                        () -> new LearnedStream(scorer.beginStream(), this),
                        scorer.sequenceLength(),
                        threshold,
                        thresholds.adaptive(scorer),
                        alertFactory,
                        counting),
                logClock,
                drift);
    }

    /** Counts alerts and watches for drift before it passes on what is found. */
    private final class Counting implements IdentifierListener {
        private final IdentifierListener next;

        Counting(IdentifierListener next) {
            this.next = next;
        }

        @Override
        public void found(FoundAlert found) {
            alerts += found.isNew() ? 1 : 0;
            next.found(found);
        }

        @Override
        public void over(List<Evidence> outages, @Nullable Instant time) {
            next.over(outages, time);
        }

        @Override
        public void moreKnown(Alert alert) {
            next.moreKnown(alert);
        }

        @Override
        public void sessionEnded(SessionVerdict verdict) {
            drift.update(verdict.verdict().score());
            next.sessionEnded(verdict);
        }
    }

    /**
     * Opens the models.
     *
     * @param feedback the alerts that users said were normal, or null
     * @param redaction what is replaced in alerts, and in a message before its words stand in an explanation: masking
     *     takes away the signs of a secret
     * @throws io.deepsentry.core.MissingDataException if a model does not exist
     * @throws ModelException if one is corrupt, they do not fit each other, or the detector was trained on sessions
     *     where a stream is to be judged, or the other way round
     */
    public static IdentifierEngine open(
            ModelFiles files,
            SessionRules sessions,
            ThresholdRules thresholds,
            @Nullable Path feedback,
            Redaction redaction,
            IdentifierListener listener,
            LiveClock clock) {
        LoadedModels models = LoadedModels.open(files);
        boolean fit = false;
        try {
            requireSequenceLength(files, models.scorer().sequenceLength());
            requireSessions(files, sessions, models.scorer().scoresSessions());
            IdentifierEngine engine =
                    new IdentifierEngine(models, sessions, thresholds, feedback, redaction, listener, clock);
            fit = true;
            return engine;
        } finally {
            if (!fit) {
                models.close();
            }
        }
    }

    private static void requireSequenceLength(ModelFiles files, int trained) {
        if (files.sequenceLength() != null && files.sequenceLength() != trained) {
            throw new ModelException("sequence_length must be that of the detector " + files.anomalyModel()
                    + ", which is " + trained + ", but was " + files.sequenceLength()
                    + "; leave it out, or train a detector with it");
        }
    }

    private static void requireSessions(ModelFiles files, SessionRules sessions, boolean trained) {
        if (sessions.key() != null && !trained) {
            throw new ModelException("session_key must not be set, as the detector " + files.anomalyModel()
                    + " was trained on streams, but was '" + sessions.key()
                    + "'; leave it out, or train a detector with it");
        }
    }

    /** Judges a message without the header of its line. */
    public Verdict judge(String message) {
        texts++;
        return judge(List.of(new LogEvent(
                        null, message, null, null, new Origin("message", texts, texts - 1), List.of(), null)))
                .get(0);
    }

    /** Judges events in their order. */
    public List<Verdict> judge(List<LogEvent> events) {
        return judge(events, null);
    }

    /**
     * Judges events in their order.
     *
     * @param prepared what is known of them already, or null
     */
    public List<Verdict> judge(List<LogEvent> events, @Nullable PreparedEvents prepared) {
        if (closed) {
            throw new IllegalStateException("the AnomalyIdentifier is closed");
        }
        if (events.isEmpty()) {
            return List.of();
        }
        feedback.refresh();
        boundMemory();
        List<ReadMessage> read = readable(events, prepared);
        long wall = clock.nanoTime();
        Instant now = clock.now();
        if (journal != null) {
            journal.judged(logClock, listener, wall, now, read, models.scorer().needsValues());
        }
        readAt(now);
        long computed = models.scorer().liveComputed();
        if (precomputing && events.size() > 1) {
            precompute(read);
        }
        List<Verdict> verdicts = new ArrayList<>(events.size());
        read.forEach(each -> verdicts.add(judgeOrLeaveOut(each, wall)));
        while (verdicts.size() < events.size()) {
            verdicts.add(NOT_JUDGED);
        }
        // Worth its while as long as there are windows that were never seen; most logs soon have none.
        precomputing = models.scorer().liveComputed() - computed > events.size() / 64;
        return verdicts;
    }

    /** Has all that is to be scored computed together: the verdicts do not depend on it. */
    private void precompute(List<ReadMessage> read) {
        Map<String, List<float[]>> next = new LinkedHashMap<>();
        for (ReadMessage each : read) {
            for (String unit : judge.units(each)) {
                next.computeIfAbsent(unit, unused -> new ArrayList<>()).add(each.vector());
            }
        }
        List<PendingMessages> pending = new ArrayList<>();
        next.forEach((unit, vectorsOfUnit) -> pending.add(judge.pending(unit, vectorsOfUnit)));
        models.scorer().precompute(pending);
    }

    private List<ReadMessage> read(List<LogEvent> events, @Nullable PreparedEvents prepared) {
        PreparedEvents mine = prepared != null && prepared.isFor(models) ? prepared : null;
        List<LogEvent> safe = new ArrayList<>(events.size());
        List<IdentifiedMessage> identified = new ArrayList<>(events.size());
        for (LogEvent event : events) {
            PreparedEvents.Prepared known = mine == null ? null : mine.of(event);
            LogEvent without = known == null ? event.redacted(secrets) : known.safe();
            safe.add(without);
            identified.add(known == null ? models.identify(without, searched(event, without)) : known.message());
        }
        List<float[]> vectors = models.encode(identified);
        List<ReadMessage> read = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            read.add(new ReadMessage(safe.get(i), keysOf(events.get(i)), identified.get(i), vectors.get(i)));
        }
        return read;
    }

    /**
     * What replaced nothing in an event, which is then not searched again when it is identified; null if something was
     * replaced.
     */
    @SuppressWarnings("ReferenceEquality") // The same object says that nothing was replaced.
    private @Nullable Redaction searched(LogEvent event, LogEvent safe) {
        return safe == event ? secrets : null;
    }

    /** Returns what another thread may do for events beforehand. It uses nothing that judging changes. */
    PreparedEvents.Preparation preparation() {
        return events -> {
            List<PreparedEvents.Prepared> prepared = new ArrayList<>(events.size());
            for (LogEvent event : events) {
                try {
                    LogEvent safe = event.redacted(secrets);
                    IdentifiedMessage message = models.identifyAhead(safe, searched(event, safe));
                    prepared.add(new PreparedEvents.Prepared(event, safe, message));
                } catch (RuntimeException | StackOverflowError e) {
                    // It fails again when it is judged, and is dealt with there.
                    LOG.log(System.Logger.Level.DEBUG, "preparing a message", e);
                }
            }
            return new PreparedEvents(models, prepared);
        };
    }

    /** Reads events. If one makes that fail, the others are read one by one, and that one is left out. */
    private List<ReadMessage> readable(List<LogEvent> events, @Nullable PreparedEvents prepared) {
        try {
            return read(events, prepared);
        } catch (RuntimeException | StackOverflowError e) {
            requireFaultOfOne(e);
        }
        List<ReadMessage> read = new ArrayList<>(events.size());
        for (LogEvent event : events) {
            try {
                read.addAll(read(List.of(event), null));
                faultsInARow = 0;
            } catch (RuntimeException | StackOverflowError e) {
                leaveOut(event, e);
            }
        }
        return read;
    }

    private Verdict judgeOrLeaveOut(ReadMessage read, long wall) {
        try {
            Verdict verdict = judge(read, wall);
            faultsInARow = 0;
            return verdict;
        } catch (RuntimeException | StackOverflowError e) {
            leaveOut(read.event(), e);
            return NOT_JUDGED;
        }
    }

    /**
     * A fault that one message causes costs that message, not the run; one that they all have is that of the models or
     * the disk.
     */
    private void leaveOut(LogEvent event, Throwable fault) {
        requireFaultOfOne(fault);
        unjudged++;
        faultsInARow++;
        if (faultsInARow > MOST_FAULTS_IN_A_ROW) {
            throw new IllegalStateException("no message can be judged", fault);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "the message of " + event.origin().file() + ":" + event.origin().lineNumber()
                        + " cannot be judged and is skipped",
                fault);
    }

    private static void requireFaultOfOne(Throwable fault) {
        if (fault instanceof DeepSentryException known) {
            throw known;
        }
    }

    private Verdict judge(ReadMessage read, long wall) {
        listener.event(read.event().time(), wall);
        Verdict verdict = judge.judge(read, wall);
        messages++;
        anomalous += verdict instanceof Verdict.Anomalous ? 1 : 0;
        withoutKey += sessionKey != null && read.keys().isEmpty() ? 1 : 0;
        return verdict;
    }

    /**
     * In a log that never repeats itself, what the scorer remembers of messages grows without end; it is forgotten, and
     * scores are computed again where they are needed.
     */
    private void boundMemory() {
        if (models.scorer().liveMessages() > MOST_LIVE_MESSAGES) {
            models.scorer().forgetLive();
            judge.forgetScores();
        }
    }

    /** A stream that was not told the session key leaves it to us to find the keys, at least those of the message. */
    private List<String> keysOf(LogEvent event) {
        return sessionKey == null ? event.sessionKeys() : sessionKey.keysOf(event);
    }

    /** The rule by which a message belongs to sessions; empty if streams are judged. */
    public Optional<SessionKey> sessionKey() {
        return Optional.ofNullable(sessionKey);
    }

    /**
     * Says that all there is at the moment has been judged: from now on time goes by on the wall, and sessions for
     * which nothing comes end.
     */
    public void caughtUp() {
        long wall = clock.nanoTime();
        boolean due = listener.caughtUp(wall);
        feedback.refresh();
        logClock.caughtUp(wall);
        if (judge.anyIdle() || due) {
            Instant now = clock.now();
            if (journal != null) {
                journal.quiet(logClock, listener, wall, now);
            }
            readAt(now);
            judge.endIdle();
            listener.quiet();
        }
    }

    /** Says that the input has ended: judges all sessions that have not. */
    public void endSessions() {
        if (sessionKey == null) {
            return;
        }
        Instant now = clock.now();
        if (journal != null) {
            journal.ended(now);
        }
        readAt(now);
        judge.endAll();
    }

    private void readAt(Instant now) {
        alertFactory.readAt(now);
        keylessAlerts.readAt(now);
    }

    /** The share of messages so far whose vector was remembered, 0 to 1. */
    public double cacheHitRatio() {
        return models.cacheHitRatio();
    }

    /**
     * Computes something once, so that the first message does not wait for what is only set up then. Changes no state.
     */
    void warmUp() {
        models.warmUp();
    }

    /** Whether a session of this key is remembered. */
    boolean knows(String key) {
        return judge.knows(key);
    }

    /** A message that others judge tells how late it is, and with that which sessions have ended. */
    void advanceClock(LogEvent event) {
        if (sessionKey != null) {
            logClock.event(event.time(), clock.nanoTime());
            judge.endIdle();
        }
    }

    /** Sees messages that others judge, as they are lines of the log as a whole, too. */
    void judgeWholeLog(List<LogEvent> events) {
        if (models.scorer().judgesWholeLog()) {
            long wall = clock.nanoTime();
            read(events, null).forEach(each -> judge.judgeWholeLog(each, wall));
        }
    }

    /** Judges the log as a whole no longer: others do. */
    void leaveWholeLog() {
        judge.leaveWholeLog();
    }

    /** Takes streams over from another identifier: sees their last messages, without judging them. */
    void warmWith(List<LogEvent> seen, IdentifierEngine before) {
        if (judge instanceof JudgedStreams mine && before.judge instanceof JudgedStreams theirs) {
            mine.warmWith(read(seen, null), theirs);
        }
    }

    boolean hasModelsOf(IdentifierEngine other) {
        return models.ids().models().equals(other.models.ids().models());
    }

    int sequenceLength() {
        return models.scorer().sequenceLength();
    }

    /** From now on keeps what is judged, so that it can be asked for by {@link #takeJournal}. */
    void keepJournal() {
        journal = new JudgementJournal(vectors);
    }

    /** Keeps nothing any more of what is judged. */
    void dropJournal() {
        journal = null;
    }

    /** What was judged since it was last asked for; empty for nothing. */
    byte[] takeJournal() {
        return journal == null ? new byte[0] : journal.take();
    }

    /**
     * Comes to where another identifier with the same {@link #fingerprint} was, having judged nothing yet.
     *
     * @param snapshot what that one wrote by {@link #writeState}
     * @param steps what it judged since, which is judged again, with the same alerts
     * @param afterEach is called after each of those
     */
    void restore(StateInput snapshot, List<StateInput> steps, Runnable afterEach) throws IOException {
        VectorPool.Reader known = new VectorPool.Reader();
        readState(snapshot, known);
        for (StateInput step : steps) {
            JudgementJournal.replay(step, known, new Replay());
            afterEach.run();
        }
    }

    private final class Replay implements JudgementJournal.Judge {
        @Override
        public void judged(ReadMessage read, long wall) {
            judge(read, wall);
        }

        @Override
        public IdentifiedMessage identify(LogEvent event) {
            return models.identify(event);
        }

        @Override
        public void quiet() {
            judge.endIdle();
            listener.quiet();
        }

        @Override
        public void ended(Instant now) {
            readAt(now);
            judge.endAll();
        }

        @Override
        public long clock(StateInput at, Instant now) throws IOException {
            long wall = clock.nanoTime();
            logClock.read(at, wall);
            if (at.hasFindings()) {
                listener.readClock(at, wall);
            }
            readAt(now);
            return wall;
        }
    }

    /** What the state depends on: the models, how sessions are told, and what evidence is heard. */
    String fingerprint() {
        Set<EvidenceKind> kinds = models.scorer().kinds();
        String some = kinds.equals(EvidenceKind.OF_STREAMS) ? "" : " " + EvidenceKind.keys(kinds);
        return String.join(" ", models.ids().models())
                + (sessionKey == null ? " stream" : " " + sessionKey.regex())
                + some;
    }

    /** Writes all state; what is kept from now on is read after it. */
    void writeState(StateOutput out) throws IOException {
        vectors.beginWriting();
        for (long count : new long[] {messages, anomalous, withoutKey, alerts, texts}) {
            out.number(count);
        }
        logClock.write(out, clock.nanoTime());
        out.drift(drift.state());
        judge.write(out);
    }

    private void readState(StateInput in, VectorPool.Reader known) throws IOException {
        messages = in.number();
        anomalous = in.number();
        withoutKey = in.number();
        alerts = in.number();
        texts = in.number();
        logClock.read(in, clock.nanoTime());
        drift.restore(in.drift());
        judge.read(in, known);
    }

    /** What was seen so far. */
    public IdentifierStats stats() {
        return new IdentifierStats(
                messages,
                anomalous,
                withoutKey,
                alerts,
                judge.begun(),
                judge.open(),
                judge.evicted(),
                drift.detect(),
                unjudged);
    }

    /** Frees the models. Sessions that have not ended are forgotten without being judged. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            models.close();
        }
    }

    /** An event's message, as explanations show it. */
    private String explained(LogEvent event) {
        return models.identity().of(event.redacted(redaction));
    }

    /** Evidence as it may leave the log: without what is redacted in its line. */
    private Evidence redacted(Evidence found, ReadMessage read) {
        String whole = read.event().message() + ' ' + read.event().fields();
        LogEvent safe = read.event().redacted(redaction);
        String allowed = safe.message() + ' ' + safe.fields();
        String reason = found.reason();
        if (!whole.equals(allowed)) {
            for (MessageValue value : read.message().values()) {
                if (!allowed.contains(value.text())) {
                    reason = reason.replace(value.text(), Redaction.MARK);
                }
            }
            String own = explained(read.event());
            reason = reason.replace(read.message().text(), own);
            String message = found.message().equals(read.message().text()) ? own : found.message();
            return new Evidence(found.kind(), found.strength(), message, found.subject(), reason);
        }
        return found;
    }

    private record LearnedScore(SessionState state, IdentifierEngine engine) implements SessionScoring {
        @Override
        public double add(float[] vector) {
            return state.add(vector);
        }

        @Override
        public double add(ReadMessage read, String key) {
            Supplier<String> explained = Suppliers.memoize(() -> engine.explained(read.event()));
            return state.add(
                    read.vector(), read.event(), read.message(), key, explained, found -> engine.redacted(found, read));
        }

        @Override
        public double repeat(float[] vector, LogEvent event) {
            return state.add(vector, () -> engine.explained(event));
        }

        @Override
        public void writeEvidence(DataOutput out) throws IOException {
            state.writeEvidence(out);
        }

        @Override
        public void readEvidence(DataInput in) throws IOException {
            state.readEvidence(in);
        }

        @Override
        public double ended() {
            return state.end().value();
        }

        @Override
        public double endedWithLog(@Nullable Duration age, long messages) {
            return state.endOfLog(age, messages).value();
        }

        @Override
        public boolean acknowledged(double threshold, boolean ended) {
            return state.acknowledgedBy(engine.feedback.feedback(), threshold, ended) != null;
        }

        @Override
        public Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
            return state.explain(threshold, ended, lines);
        }
    }

    /** Scores each line by itself. For one thread. */
    private static final class KeylessStream implements StreamScoring {
        private final KeylessScorer lines;
        private final IdentifierEngine engine;
        private String message = "";
        private @Nullable LogEvent last;
        private double score;
        private boolean repeated;

        KeylessStream(KeylessScorer lines, IdentifierEngine engine) {
            this.lines = lines;
            this.engine = engine;
        }

        @Override
        public double add(ReadMessage read) {
            add(read.message().text(), read.event());
            return score;
        }

        @Override
        public void repeat(float[] vector, LogEvent event) {
            add(engine.models.identity().of(event), event);
        }

        private void add(String next, LogEvent event) {
            last = event;
            repeated = next.equals(message);
            message = next;
            score = lines.score(message, event.level());
        }

        /** Lines beside each other have little to do with each other. */
        @Override
        public boolean continuesRun() {
            return repeated;
        }

        @Override
        public List<FindingKey> keys() {
            return List.of(new FindingKey(EvidenceKind.NEW_MESSAGE, shown(), null));
        }

        /** As explanations show it: that is what feedback remembers. */
        private String shown() {
            return last == null ? message : engine.explained(last);
        }

        @Override
        public boolean acknowledged() {
            Feedback feedback = engine.feedback.feedback();
            return lines.acknowledgedBy(feedback, shown(), score) != null
                    || lines.acknowledgedBy(feedback, message, score) != null;
        }

        @Override
        public Explanation explain(Explanation.Lines found) {
            SourceLine line = found.of(new int[] {0}).get(0);
            return lines.explain(shown(), score, Objects.requireNonNull(line, "the line of the last message"));
        }
    }

    /** Judges the log as a whole beside its sessions. For one thread. */
    private static final class WholeLogStream implements StreamScoring {
        private final WholeLogState state;
        private final IdentifierEngine engine;

        WholeLogStream(WholeLogState state, IdentifierEngine engine) {
            this.state = state;
            this.engine = engine;
        }

        @Override
        public double add(ReadMessage read) {
            return state.add(read.event(), read.message(), found -> engine.redacted(found, read));
        }

        @Override
        public double quiet(double seconds) {
            return state.quiet(seconds);
        }

        @Override
        public List<Evidence> over() {
            return state.over();
        }

        @Override
        public boolean isOut() {
            return state.isOut();
        }

        /** What it remembers is told as evidence. */
        @Override
        public void repeat(float[] vector, LogEvent event) {}

        @Override
        public List<FindingKey> keys() {
            return state.keys();
        }

        @Override
        public boolean acknowledged() {
            return state.acknowledgedBy(engine.feedback.feedback()) != null;
        }

        @Override
        public Explanation explain(Explanation.Lines lines) {
            SourceLine line = lines.of(new int[] {0}).get(0);
            return state.explain(Objects.requireNonNull(line, "the line of the last message"));
        }

        @Override
        public void writeEvidence(DataOutput out) throws IOException {
            state.writeEvidence(out);
        }

        @Override
        public void readEvidence(DataInput in) throws IOException {
            state.readEvidence(in);
        }
    }

    private record LearnedStream(StreamState state, IdentifierEngine engine) implements StreamScoring {
        @Override
        public double add(ReadMessage read) {
            Supplier<String> explained = Suppliers.memoize(() -> engine.explained(read.event()));
            return state.add(
                    read.vector(), read.event(), read.message(), explained, found -> engine.redacted(found, read));
        }

        @Override
        public void repeat(float[] vector, LogEvent event) {
            double unused = state.add(vector, event.level(), () -> engine.explained(event));
        }

        @Override
        public double quiet(double seconds) {
            return state.quiet(seconds);
        }

        @Override
        public List<Evidence> over() {
            return state.over();
        }

        @Override
        public boolean isOut() {
            return state.isOut();
        }

        @Override
        public List<FindingKey> keys() {
            return state.keys();
        }

        @Override
        public boolean acknowledged() {
            return state.acknowledgedBy(engine.feedback.feedback()) != null;
        }

        @Override
        public Explanation explain(Explanation.Lines lines) {
            return state.explain(lines);
        }

        @Override
        public int remembered() {
            return state.remembered();
        }

        @Override
        public void writeEvidence(DataOutput out) throws IOException {
            state.writeEvidence(out);
        }

        @Override
        public void readEvidence(DataInput in) throws IOException {
            state.readEvidence(in);
        }
    }
}
