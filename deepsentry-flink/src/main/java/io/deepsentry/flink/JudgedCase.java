package io.deepsentry.flink;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A judged session, or a judged line of a stream or of no session. Immutable.
 *
 * @param id the same whenever the same is judged by the same models
 * @param key the session, or the source of the line
 * @param unit what was judged, "session" or "line"
 * @param ended whether the session had ended; otherwise it was anomalous already before
 * @param anomalous whether the verdict is anomalous
 * @param score in nats
 * @param threshold the score above which it is anomalous
 * @param reason why it is anomalous; empty if it is not
 * @param message the line that shows it best, as in the log, or null
 * @param firstTime the time of its first line, in milliseconds since 1970
 * @param lastTime the time of its last line so far, in milliseconds since 1970
 * @param lines how many lines it had
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
