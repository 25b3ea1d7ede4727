package io.deepsentry.anomaly.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.explain.AnomalousStep;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One judgement of a user on an alert: that it was normal, or a real fault. Immutable.
 *
 * @param id its number, 1 or more; never used twice
 * @param time when it was given
 * @param alert the id of the alert
 * @param session the alert's session, or null in a stream and where a program gave the messages
 * @param score the alert's score
 * @param reason the reason of the alert in words
 * @param comment the remark of the user, or null
 * @param revoked when it was revoked; null while it is in force
 * @param steps the surprising steps of the alert, which no longer count if it was normal
 * @param finding the id of the alert's finding, or null if it is not known
 * @param real whether it was a real fault, which nothing silences
 */
public record FeedbackRecord(
        int id,
        Instant time,
        String alert,
        @Nullable String session,
        double score,
        String reason,
        @Nullable String comment,
        @Nullable Instant revoked,
        List<AnomalousStep> steps,
        @Nullable String finding,
        boolean real) {
    public FeedbackRecord {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(alert, "alert");
        if (id < 1) {
            throw new IllegalArgumentException("id must be at least 1, but was " + id);
        }
        steps = List.copyOf(steps);
    }

    /** {@return whether it makes alerts normal: it says so and has not been revoked} */
    public boolean silences() {
        return inForce() && !real;
    }

    /** {@return whether it has not been revoked} */
    public boolean inForce() {
        return revoked == null;
    }

    FeedbackRecord revokedAt(Instant when) {
        return new FeedbackRecord(id, time, alert, session, score, reason, comment, when, steps, finding, real);
    }

    FeedbackRecord commented(String remark) {
        return new FeedbackRecord(id, time, alert, session, score, reason, remark, revoked, steps, finding, real);
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("time", time.toString());
        map.put("alert", alert);
        map.put("session", session);
        map.put("score", score);
        map.put("reason", reason);
        map.put("comment", comment);
        map.put("revoked", revoked == null ? null : revoked.toString());
        map.put("finding", finding);
        map.put("real", real);
        map.put("steps", steps.stream().map(AnomalousStep::toMap).toList());
        return map;
    }

    /**
     * Reads an acknowledgement.
     *
     * @throws IllegalArgumentException if it is none
     */
    static FeedbackRecord of(JsonNode json) {
        try {
            String revoked = text(json, "revoked");
            return new FeedbackRecord(
                    json.path("id").asInt(),
                    Instant.parse(json.path("time").asText()),
                    json.path("alert").asText(),
                    text(json, "session"),
                    json.path("score").asDouble(),
                    json.path("reason").asText(),
                    text(json, "comment"),
                    revoked == null ? null : Instant.parse(revoked),
                    AnomalousStep.list(json.path("steps")),
                    text(json, "finding"),
                    json.path("real").asBoolean());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time must be one like 2026-01-31T12:00:00Z", e);
        }
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.asText() : null;
    }
}
