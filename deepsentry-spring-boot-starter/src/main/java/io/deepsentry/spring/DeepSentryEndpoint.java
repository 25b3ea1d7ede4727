package io.deepsentry.spring;

import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.live.LiveSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.lang.Nullable;

/**
 * Serves the findings in the application's log: {@code GET /actuator/deepsentry}, and {@code /actuator/deepsentry/ID}
 * for one finding. {@code POST} to the latter marks it as normal. Texts of the log are redacted as in alerts. Safe
 * for use by several threads.
 */
@Endpoint(id = "deepsentry")
public final class DeepSentryEndpoint {
    private final LogWatch watch;

    DeepSentryEndpoint(LogWatch watch) {
        this.watch = watch;
    }

    /**
     * Returns the state of the watch and its findings.
     *
     * @return the state, the failure if there is one, and under {@code findings} the findings, the most important
     *     first
     */
    @ReadOperation
    public Map<String, Object> findings() {
        Map<String, Object> state = new LinkedHashMap<>(WatchDetails.of(watch));
        watch.failure().ifPresent(failure -> state.put("failure", failure));
        List<Map<String, @org.jspecify.annotations.Nullable Object>> findings =
                watch.findings().stream().map(Finding::toMap).toList();
        state.put("findings", findings);
        return state;
    }

    /**
     * Returns a finding.
     *
     * @param id the finding's id
     * @return its values by name, or null if there is no such finding
     */
    @ReadOperation
    public @Nullable Map<String, @org.jspecify.annotations.Nullable Object> finding(@Selector String id) {
        return watch.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .findFirst()
                .map(Finding::toMap)
                .orElse(null);
    }

    /**
     * Marks a finding as normal. From now on similar events are normal, here and for every program that reads the
     * data folder.
     *
     * @param id the finding's id
     * @param comment a remark, or null
     * @return the number of the acknowledgement, by which {@code deepsentry feedback} revokes it; null if there is no
     *     such finding
     */
    @WriteOperation
    public @Nullable Map<String, Object> normal(@Selector String id, @Nullable String comment) {
        if (finding(id) == null) {
            return null;
        }
        LiveSettings live = watch.settings().live();
        Path records = live.alertRecords();
        FeedbackRecord record = Feedback.acknowledge(
                live.feedbackFile(),
                AlertRecords.find(id, List.of(records, FeedbackSettings.earlier(records))),
                comment,
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        return Map.of("acknowledged", record.id());
    }
}
