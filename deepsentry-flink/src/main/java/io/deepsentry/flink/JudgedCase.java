package io.deepsentry.flink;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What was judged: a session, or a line of a stream or of no session.
 *
 * @param id the same whenever the same is judged by the same models
 * @param key the session, or the source of the line
 * @param unit "session" or "line", in lower case
 * @param ended whether the session had ended; else it was anomalous already before
 * @param score in nats
 * @param threshold the score above which it is anomalous
 * @param reason why it is anomalous; empty if it is not
 * @param message the line that says so most, as in the log, or null
 * @param firstTime of its first line, in milliseconds since 1970
 * @param lastTime of its last line so far
 * @param lines how many it had
 * @param model the digest of the models that judged it
 */
public record JudgedCase(
        String id,
        String key,
        String unit,
        boolean ended,
        boolean anomalous,
        double score,
        double threshold,
        String reason,
        @Nullable String message,
        long firstTime,
        long lastTime,
        long lines,
        String model) {
    static String id(String model, String key, String unit, long firstTime, long lastTime, long lines) {
        String all = String.join("\n", model, key, unit, firstTime + " " + lastTime + " " + lines);
        return Hashing.sha256()
                .hashString(all, StandardCharsets.UTF_8)
                .toString()
                .substring(0, 16);
    }
}
