package io.deepsentry.live;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.Verdict;
import io.deepsentry.parse.LogEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes alerts of findings, with an id that is the same whenever the same input meets the same models. */
final class AlertMaker {
    static final int LONGEST_MESSAGE = 4_000;
    private static final int ID_DIGITS = 16;

    private final List<String> modelDigests;
    private final Pace pace;

    AlertMaker(List<String> modelDigests, Pace pace) {
        this.modelDigests = List.copyOf(modelDigests);
        this.pace = pace;
    }

    /** What an alert needs of an event, in bounded memory; alerts are made of nothing else. */
    static LogEvent slim(LogEvent event) {
        if (event.message().length() <= LONGEST_MESSAGE && event.sessionKeys().size() <= 1) {
            return event;
        }
        return new LogEvent(
                event.time(),
                Context.shortened(event.message(), LONGEST_MESSAGE),
                event.level(),
                event.component(),
                event.origin(),
                List.of(),
                event.label());
    }

    /** @param event as {@link #slim} made it */
    Alert make(Verdict verdict, LogEvent event, @Nullable String session, List<String> context) {
        return new Alert(
                event.time() == null ? pace.now() : event.time(),
                verdict.score(),
                verdict.threshold(),
                event.message(),
                context,
                session,
                id(event, session),
                event.origin());
    }

    /**
     * A file that is rotated has the same positions again and again, so the line itself counts too. The time of reading, which stands in for one that is not
     * there, does not.
     */
    private String id(LogEvent event, @Nullable String session) {
        Hasher hasher = Hashing.sha256().newHasher();
        put(hasher, event.origin().file());
        hasher.putLong(event.origin().byteOffset());
        hasher.putBoolean(session != null);
        put(hasher, session == null ? "" : session);
        put(hasher, event.time() == null ? "" : event.time().toString());
        put(hasher, event.message());
        modelDigests.forEach(digest -> put(hasher, digest));
        return hasher.hash().toString().substring(0, ID_DIGITS);
    }

    /** With its length, so that no two lists of texts look alike. */
    private static void put(Hasher hasher, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        hasher.putInt(bytes.length).putBytes(bytes);
    }
}
