package io.deepsentry.anomaly.finding;

import java.util.Locale;
import java.util.Objects;

/**
 * Something about a finding that people should hear of. Immutable.
 *
 * @param finding as it was then
 * @param reason why now
 * @param id the same for the same input and models: that of the anomaly that gave rise to it, or one of its own for an
 *     end
 * @param occurrence what gave rise to it; the first one where the finding ended
 */
public record Notification(Finding finding, Reason reason, String id, Occurrence occurrence) {
    public Notification {
        Objects.requireNonNull(finding, "finding");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(occurrence, "occurrence");
    }

    /** Why people hear of a finding. */
    public enum Reason {
        /** It came for the first time. */
        NEW,
        /** It came again after it had ended. */
        AGAIN,
        /** It became more urgent, or its score doubled. */
        WORSE,
        /** It has come ten times as often as when it was last told of. */
        TENFOLD,
        /** It lasts, and nothing was said of it for a while. */
        STILL,
        /** It has not come for a while. */
        ENDED;

        /** {@return the name in JSON and output, such as {@code tenfold}} */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
