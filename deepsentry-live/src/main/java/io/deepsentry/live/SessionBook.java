package io.deepsentry.live;

import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.Verdict;
import io.deepsentry.parse.LogEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a log that is followed. Each is judged with every message, and once more whenever it seems to have ended;
 * it gives one alert at most. One that has ended stays remembered, so that a late line continues it as it would in a batch,
 * until room is needed: then the one that ended longest ago is forgotten; if none has, the one that has been idle longest is
 * judged and forgotten.
 */
final class SessionBook {
    static final int LONGEST_KEY = 1_000;
    /** Messages of all remembered sessions together; a score and an explanation need about 28 bytes of each. */
    static final long MOST_MESSAGES = 5_000_000;

    /** Begins the score of a session. */
    private final Supplier<SessionScoring> scoring;

    private final double threshold;
    private final int contextSize;
    private final long idleNanos;
    private final int maxSessions;
    private final long maxMessages;
    private final @Nullable Pattern endMark;
    private final AlertMaker alerts;
    private final Consumer<Alert> onAlert;
    private final Consumer<SessionVerdict> onEnd;
    private final Consumer<Alert> onMoreKnown;

    /** Both in the order in which their last messages came, resp. in which they ended. */
    private final Map<String, Session> open = new LinkedHashMap<>();

    private final Map<String, Session> ended = new LinkedHashMap<>();

    private long remembered;
    private long begun;
    private long evicted;

    SessionBook(
            Supplier<SessionScoring> scoring,
            double threshold,
            int contextSize,
            @Nullable Duration idleTimeout,
            int maxSessions,
            long maxMessages,
            @Nullable Pattern endMark,
            AlertMaker alerts,
            Consumer<Alert> onAlert,
            Consumer<SessionVerdict> onEnd,
            Consumer<Alert> onMoreKnown) {
        this.scoring = scoring;
        this.threshold = threshold;
        this.contextSize = contextSize;
        this.idleNanos = idleTimeout == null ? Long.MAX_VALUE : idleTimeout.toNanos();
        this.maxSessions = maxSessions;
        this.maxMessages = maxMessages;
        this.endMark = endMark;
        this.alerts = alerts;
        this.onAlert = onAlert;
        this.onEnd = onEnd;
        this.onMoreKnown = onMoreKnown;
    }

    /** One message of a session. */
    Verdict add(String longKey, LogEvent event, float[] vector, long now) {
        String key = bounded(longKey);
        Session session = open.remove(key);
        if (session == null) {
            session = ended.remove(key);
        }
        if (session == null) {
            while (open.size() + ended.size() >= maxSessions) {
                forgetOne();
            }
            begun++;
            session = new Session(key);
        }
        open.put(key, session);
        remembered++;
        Verdict verdict = session.add(event, vector, now);
        if (endMark != null && endMark.matcher(event.message()).find()) {
            verdict = end(session, SessionVerdict.Ending.MARKED);
        }
        while (remembered > maxMessages) {
            forgetOne();
        }
        return verdict;
    }

    /** Judges the sessions for which nothing came for the idle timeout. */
    void endIdle(long now) {
        while (!open.isEmpty()) {
            Session idlest = open.values().iterator().next();
            if (now - idlest.lastSeen < idleNanos) {
                return;
            }
            end(idlest, SessionVerdict.Ending.IDLE);
        }
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
        Verdict verdict = session.judge(session.score.ended(), true);
        onEnd.accept(new SessionVerdict(session.key, session.events, verdict, ending));
        return verdict;
    }

    private void forgetOne() {
        if (ended.isEmpty()) {
            end(open.values().iterator().next(), SessionVerdict.Ending.EVICTED);
            evicted++;
        }
        Iterator<Session> oldest = ended.values().iterator();
        remembered -= oldest.next().events;
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

    private final class Session {
        private final String key;
        private final SessionScoring score = scoring.get();
        private final Context context = new Context(contextSize);
        private long lastSeen;
        private long events;
        private boolean alerted;
        private @Nullable LogEvent last;
        private AlertMaker.@Nullable First first;
        private final Places places = new Places();

        Session(String key) {
            this.key = key;
        }

        Verdict add(LogEvent event, float[] vector, long now) {
            lastSeen = now;
            events++;
            last = AlertMaker.slim(event);
            context.add(event.message());
            places.add(event.origin());
            first = first == null ? AlertMaker.First.of(event) : first;
            return judge(score.add(vector, event.message()), false);
        }

        Verdict judge(double scored, boolean ended) {
            Verdict verdict = Verdict.of(scored, threshold);
            if (verdict instanceof Verdict.Anomalous) {
                if (!alerted && score.acknowledged(threshold, ended)) {
                    return new Verdict.Normal(scored, threshold);
                }
                if (!alerted || ended) {
                    alert(verdict, ended);
                }
            }
            return verdict;
        }

        private void alert(Verdict verdict, boolean ended) {
            LogEvent decisive = last;
            AlertMaker.First begin = first;
            if (decisive == null || begin == null) {
                return;
            }
            Alert alert = alerts.make(
                    verdict,
                    decisive,
                    begin,
                    key,
                    context.messages(),
                    score.explain(threshold, ended, steps -> places.lines(steps, context.messages(), key)));
            (alerted ? onMoreKnown : onAlert).accept(alert);
            alerted = true;
        }
    }
}
