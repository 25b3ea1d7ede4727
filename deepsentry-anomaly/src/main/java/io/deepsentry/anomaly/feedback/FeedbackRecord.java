package io.deepsentry.anomaly.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.View;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One acknowledgement: an alert was normal.
 *
 * @param id its number, from 1 on; never given twice
 * @param time when it was given
 * @param alert the id of the alert
 * @param session the alert's session, or null in a stream
 * @param score the alert's score
 * @param reason why it was raised, in words
 * @param comment what the user said of it, or null
 * @param revoked when it was taken back; null while it is in force
 * @param steps what surprised, and is normal from now on
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
        List<AnomalousStep> steps) {
    public FeedbackRecord {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(alert, "alert");
        if (id < 1) {
            throw new IllegalArgumentException("id must be at least 1, but was " + id);
        }
        steps = List.copyOf(steps);
    }

    /** Whether it counts. */
    public boolean inForce() {
        return revoked == null;
    }

    FeedbackRecord revokedAt(Instant when) {
        return new FeedbackRecord(id, time, alert, session, score, reason, comment, when, steps);
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
        map.put("steps", steps.stream().map(FeedbackRecord::stepMap).toList());
        return map;
    }

    public static Map<String, @Nullable Object> stepMap(AnomalousStep step) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("view", step.view().name().toLowerCase(Locale.ROOT));
        map.put("message", step.message());
        map.put("occurrence", step.occurrence());
        map.put("required", step.required());
        map.put("required_occurrence", step.requiredOccurrence());
        map.put("after", step.after());
        map.put("surprise", step.nats());
        return map;
    }

    /** @throws IllegalArgumentException if it is no acknowledgement */
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
                    steps(json.path("steps")));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time must be one like 2026-01-31T12:00:00Z", e);
        }
    }

    /** @throws IllegalArgumentException if these are no steps */
    static List<AnomalousStep> steps(JsonNode json) {
        if (!json.isArray()) {
            throw new IllegalArgumentException("it has no list of steps");
        }
        List<AnomalousStep> steps = new ArrayList<>();
        for (JsonNode step : json) {
            if (!step.path("surprise").isNumber()) {
                throw new IllegalArgumentException("a step has no surprise");
            }
            steps.add(new AnomalousStep(
                    View.valueOf(step.path("view").asText().toUpperCase(Locale.ROOT)),
                    text(step, "message"),
                    step.path("occurrence").asInt(),
                    text(step, "required"),
                    step.path("required_occurrence").asInt(),
                    text(step, "after"),
                    step.path("surprise").asDouble()));
        }
        return steps;
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.asText() : null;
    }
}
