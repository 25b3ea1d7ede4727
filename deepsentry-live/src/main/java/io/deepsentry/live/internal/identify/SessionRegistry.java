package io.deepsentry.live.internal.identify;

import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.live.internal.tail.LineSplitter;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a log that is followed. Each is judged with every message, and once more whenever it seems to have
 * ended; it gives one alert at most. One that has ended stays remembered, so that a late line continues it as it would
 * in a batch, until room is needed: then the one that ended longest ago is forgotten; if none has, the one that has
 * been idle longest is judged and forgotten.
 */
final class SessionRegistry {
    private static final System.Logger LOG = System.getLogger(SessionRegistry.class.getName());
    static final int LONGEST_KEY = 1_000;
    /** Sessions that one line may give alerts of; a line that names a thousand says no more by a thousand alerts. */
    static final int MOST_ALERTS_OF_A_LINE = 100;
    /** Messages of all remembered sessions together; a score and an explanation need about 40 bytes of each. */
    static final long MOST_MESSAGES = 5_000_000;
    /** Distinct vectors of all of them; each is some hundred bytes. */
    static final int MOST_VECTORS = 200_000;

    private static final byte[] NO_EVIDENCE = {};

    private final Scoring scoring;

    /** The threshold of a session by the time of its first line. */
    private final ToDoubleFunction<@Nullable Instant> threshold;

    private final int contextSize;
    private final SessionRules rules;
    private final long idleNanos;
    private final long maxMessages;
    private final VectorPool vectors;
    private final AlertFactory alerts;
    private final IdentifierListener listener;

    /** Both in the order in which their last messages came, resp. in which they ended. */
    private final Map<String, Session> open = new LinkedHashMap<>();

    private final Map<String, Session> ended = new LinkedHashMap<>();

    /** The time of the first message of a session, and the latest of all; null where lines have none. */
    private @Nullable Instant firstTime;

    private @Nullable Instant latestTime;
    /** How many messages of sessions came. */
    private long seen;

    /** The line that is judged, and the sessions that it gave alerts of. */
    private @Nullable Origin line;

    private int alertsOfLine;
    private long remembered;
    private long begun;
    private long evicted;

    /** Begins the score of a session. */
    interface Scoring {
        /**
         * Begins one.
         *
         * @param time from the beginning of the log to its first message, or null if lines have no times
         * @param messages how many messages of sessions came before it
         */
        SessionScoring begin(@Nullable Duration time, long messages);
    }

    /**
     * @param contextSize how many messages lead up to an alert
     * @param maxMessages how many messages of all sessions together are remembered
     */
    SessionRegistry(
            Scoring scoring,
            ToDoubleFunction<@Nullable Instant> threshold,
            int contextSize,
            SessionRules rules,
            long maxMessages,
            VectorPool vectors,
            AlertFactory alerts,
            IdentifierListener listener) {
        this.scoring = scoring;
        this.threshold = threshold;
        this.contextSize = contextSize;
        this.rules = rules;
        this.idleNanos = rules.idleTimeout() == null
                ? Long.MAX_VALUE
                : rules.idleTimeout().toNanos();
        this.maxMessages = maxMessages;
        this.vectors = vectors;
        this.alerts = alerts;
        this.listener = listener;
    }

    /** One message of a session. */
    Verdict add(String longKey, ReadMessage read, long now) {
        LogEvent event = read.event();
        Instant time = event.time();
        if (seen == 0) {
            firstTime = time;
        }
        latestTime = time != null && (latestTime == null || time.isAfter(latestTime)) ? time : latestTime;
        seen++;
        if (!event.origin().equals(line)) {
            line = event.origin();
            alertsOfLine = 0;
        }
        String key = bounded(longKey);
        Session session = open.remove(key);
        if (session == null) {
            session = ended.remove(key);
        }
        if (session == null) {
            while (open.size() + ended.size() >= rules.maxSessions()) {
                forgetOne();
            }
            begun++;
            session = new Session(key);
        }
        open.put(key, session);
        remembered++;
        Verdict verdict = session.add(read, longKey, now);
        Pattern endMark = rules.endMark();
        if (endMark != null && endMark.matcher(event.message()).find()) {
            verdict = end(session, SessionVerdict.Ending.MARKED);
        }
        while (remembered > maxMessages || vectors.size() > MOST_VECTORS) {
            forgetOne();
        }
        return verdict;
    }

    /** Judges the sessions for which nothing came for the idle timeout. */
    void endIdle(long now) {
        while (anyIdle(now)) {
            end(open.values().iterator().next(), SessionVerdict.Ending.IDLE);
        }
    }

    /** Whether there is such a session. */
    boolean anyIdle(long now) {
        return !open.isEmpty() && now - open.values().iterator().next().lastSeen >= idleNanos;
    }

    /** Judges all sessions that have not ended: the input has. */
    void endAll() {
        while (!open.isEmpty()) {
            end(open.values().iterator().next(), SessionVerdict.Ending.INPUT_ENDED);
        }
    }

    private Verdict end(Session session, SessionVerdict.Ending ending) {
        open.remove(session.key);
        ended.put(session.key, session);
        SessionScoring score = session.score();
        double scored = ending == SessionVerdict.Ending.INPUT_ENDED
                ? score.endedWithLog(between(session.firstTime(), latestTime), seen - 1 - session.firstPlace)
                : score.ended();
        Verdict verdict = session.judge(scored, true);
        listener.sessionEnded(new SessionVerdict(session.key, session.count, verdict, ending));
        return verdict;
    }

    private static @Nullable Duration between(@Nullable Instant from, @Nullable Instant to) {
        if (from == null || to == null) {
            return null;
        }
        // In milliseconds, as training counts.
        return Duration.ofMillis(Math.max(0, to.toEpochMilli() - from.toEpochMilli()));
    }

    private void sayLeftOut(Origin origin) {
        if (alertsOfLine == MOST_ALERTS_OF_A_LINE + 1) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}:{1} makes more than {2} sessions anomalous; the others raise no alert",
                    origin.file(),
                    Long.toString(origin.lineNumber()),
                    Integer.toString(MOST_ALERTS_OF_A_LINE));
        }
    }

    private void forgetOne() {
        if (ended.isEmpty()) {
            end(open.values().iterator().next(), SessionVerdict.Ending.EVICTED);
            evicted++;
        }
        Iterator<Session> oldest = ended.values().iterator();
        Session session = oldest.next();
        remembered -= session.count;
        session.releaseAll();
        oldest.remove();
    }

    /** A key is remembered, so its length is bounded; two long ones stay two. */
    private static String bounded(String key) {
        return key.length() <= LONGEST_KEY
                ? key
                : LineSplitter.cut(key, LONGEST_KEY - 20)
                        + "..."
                        + Hashing.sha256()
                                .hashString(key, StandardCharsets.UTF_8)
                                .toString()
                                .substring(0, 16);
    }

    /** Whether a session of this key is remembered. */
    boolean knows(String longKey) {
        String key = bounded(longKey);
        return open.containsKey(key) || ended.containsKey(key);
    }

    /** Sessions seen; one that was forgotten and came again counts twice. */
    long begun() {
        return begun;
    }

    /** Sessions that have not ended. */
    int open() {
        return open.size();
    }

    /** Sessions that had to be judged and forgotten before they seemed to have ended. */
    long evicted() {
        return evicted;
    }

    /** What is about to come for a session, with what its score depends on. */
    PendingMessages pending(String longKey, List<float[]> next) {
        String key = bounded(longKey);
        Session session = open.get(key);
        session = session == null ? ended.get(key) : session;
        return session == null ? new PendingMessages(List.of(), true, next) : session.pending(next);
    }

    /** Forgets the scores of all sessions, which are computed again when they are next asked for. */
    void forgetScores() {
        open.values().forEach(Session::forgetScore);
        ended.values().forEach(Session::forgetScore);
    }

    /** Writes all that is remembered. */
    void write(StateOutput out) throws IOException {
        out.number(begun);
        out.number(evicted);
        out.time(firstTime);
        out.time(latestTime);
        out.number(seen);
        for (Map<String, Session> sessions : List.of(open, ended)) {
            out.number(sessions.size());
            for (Session session : sessions.values()) {
                session.write(out);
            }
        }
    }

    /** Reads it into an empty book. */
    void read(StateInput in, VectorPool.Reader known) throws IOException {
        begun = in.number();
        evicted = in.number();
        if (in.hasEdges()) {
            firstTime = in.time();
            latestTime = in.time();
            seen = in.number();
        }
        for (Map<String, Session> sessions : List.of(open, ended)) {
            int count = in.count();
            for (int i = 0; i < count; i++) {
                Session session = new Session(in.text());
                session.read(in, known);
                sessions.put(session.key, session);
                remembered += session.count;
            }
        }
    }

    private final class Session {
        private final String key;
        private final RecentMessages context = new RecentMessages(contextSize);
        /** The messages so far, as numbers of the vector book: from which the score can be computed again. */
        private int[] messages = new int[4];

        private int count;
        private @Nullable SessionScoring score;
        /** What the kinds of evidence said, while there is no score. */
        private byte[] evidence = NO_EVIDENCE;

        private long lastSeen;
        /** How many messages of sessions came before its first one. */
        private long firstPlace;

        private boolean alerted;
        private @Nullable LogEvent last;
        private AlertFactory.@Nullable First first;
        private final MessageLocations places = new MessageLocations();

        Session(String key) {
            this.key = key;
        }

        Verdict add(ReadMessage read, String longKey, long now) {
            LogEvent event = read.event();
            if (count == 0) {
                firstPlace = seen - 1;
                first = AlertFactory.First.of(event);
            }
            SessionScoring scored = score();
            remember(read.vector());
            lastSeen = now;
            last = AlertFactory.withoutPayload(event);
            context.add(event);
            places.add(event.origin());
            return judge(scored.add(read, longKey), false);
        }

        private void remember(float[] vector) {
            if (count == messages.length) {
                messages = Arrays.copyOf(messages, 2 * count);
            }
            messages[count++] = vectors.use(vector);
        }

        SessionScoring score() {
            SessionScoring known = score;
            if (known == null) {
                known = scoring.begin(between(SessionRegistry.this.firstTime, firstTime()), firstPlace);
                List<LogEvent> events = context.events();
                for (int i = 0; i < count; i++) {
                    int at = events.size() - (count - i);
                    float[] vector = vectors.vector(messages[i]);
                    double unused = at < 0 ? known.add(vector) : known.repeat(vector, events.get(at));
                }
                readEvidence(known);
                score = known;
            }
            return known;
        }

        void forgetScore() {
            evidence = evidence();
            score = null;
        }

        private byte[] evidence() {
            SessionScoring known = score;
            if (known == null) {
                return evidence;
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                known.writeEvidence(new DataOutputStream(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        private void readEvidence(SessionScoring into) {
            try {
                if (evidence.length > 0) {
                    into.readEvidence(new DataInputStream(new ByteArrayInputStream(evidence)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            evidence = NO_EVIDENCE;
        }

        @Nullable
        Instant firstTime() {
            return first == null ? null : first.time();
        }

        PendingMessages pending(List<float[]> next) {
            boolean fresh = score == null;
            List<float[]> before = new ArrayList<>();
            for (int i = fresh ? 0 : Math.max(0, count - contextSize); i < count; i++) {
                before.add(vectors.vector(messages[i]));
            }
            if (!fresh) {
                return new PendingMessages(before, count <= contextSize, next);
            }
            before.addAll(next);
            return new PendingMessages(List.of(), true, before);
        }

        void releaseAll() {
            for (int i = 0; i < count; i++) {
                vectors.release(messages[i]);
            }
        }

        void write(StateOutput out) throws IOException {
            out.text(key);
            out.number(count);
            for (int i = 0; i < count; i++) {
                vectors.write(messages[i], out);
            }
            out.number(lastSeen);
            out.number(firstPlace);
            out.bytes(evidence());
            out.flag(alerted);
            LogEvent newest = last;
            out.flag(newest != null);
            if (newest != null) {
                out.event(newest);
            }
            context.write(out);
            places.write(out);
            AlertFactory.First begin = first;
            out.flag(begin != null);
            if (begin != null) {
                out.time(begin.time());
                out.text(begin.origin().file());
                out.number(begin.origin().lineNumber());
                out.number(begin.origin().byteOffset());
            }
        }

        void read(StateInput in, VectorPool.Reader known) throws IOException {
            int messagesThere = in.count();
            for (int i = 0; i < messagesThere; i++) {
                remember(known.read(in));
            }
            lastSeen = in.number();
            if (in.hasEdges()) {
                firstPlace = in.number();
            }
            if (in.hasSessionEvidence()) {
                evidence = in.bytes();
            }
            alerted = in.flag();
            last = in.flag() ? in.event() : null;
            context.read(in);
            places.read(in);
            first = in.flag()
                    ? new AlertFactory.First(in.time(), new Origin(in.text(), in.number(), in.number()))
                    : null;
        }

        Verdict judge(double scored, boolean ended) {
            double limit = threshold.applyAsDouble(first == null ? null : first.time());
            Verdict verdict = Verdict.of(scored, limit);
            if (verdict instanceof Verdict.Anomalous) {
                if (!alerted && score().acknowledged(limit, ended)) {
                    return new Verdict.Normal(scored, limit);
                }
                if (!alerted || ended) {
                    alert(verdict, ended);
                }
            }
            return verdict;
        }

        private void alert(Verdict verdict, boolean ended) {
            LogEvent decisive = last;
            AlertFactory.First begin = first;
            if (decisive == null || begin == null) {
                return;
            }
            if (!alerted && !ended && decisive.origin().equals(line)) {
                alertsOfLine++;
                if (alertsOfLine > MOST_ALERTS_OF_A_LINE) {
                    sayLeftOut(decisive.origin());
                    alerted = true;
                    return;
                }
            }
            Alert alert = alerts.make(
                    verdict,
                    decisive,
                    begin,
                    key,
                    context.messages(),
                    score().explain(verdict.threshold(), ended, steps -> places.lines(steps, context.messages(), key)));
            if (alerted) {
                listener.moreKnown(alert);
            } else {
                listener.found(alerts.session(verdict, decisive, begin, alert));
            }
            alerted = true;
        }
    }
}
