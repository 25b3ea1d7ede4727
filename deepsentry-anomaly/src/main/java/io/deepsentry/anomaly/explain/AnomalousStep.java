package io.deepsentry.anomaly.explain;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A surprising step of a session, described so that the same step is recognised in another session. Immutable.
 *
 * @param view the order of messages in which it surprised
 * @param message the masked message, or null for the end of the session
 * @param occurrence the ordinal of this message within its session (1 = first); 0 if it does not matter
 * @param required the message that should have come before it, or in its place; null if the message itself surprised
 * @param requiredOccurrence the ordinal that the required message would have had; 0 if it does not matter
 * @param after the message before it, if the order surprised; null otherwise
 * @param nats its surprise in nats, 0 or more
 * @param evidence the kind of evidence beside the network that spoke of it, {@code required} then being its subject;
 *     null where the network or the message's rarity did
 */
public record AnomalousStep(
        View view,
        @Nullable String message,
        int occurrence,
        @Nullable String required,
        int requiredOccurrence,
        @Nullable String after,
        double nats,
        @Nullable EvidenceKind evidence) {
    public AnomalousStep {
        Objects.requireNonNull(view, "view");
        if (occurrence < 0 || requiredOccurrence < 0) {
            throw new IllegalArgumentException(
                    "occurrences must not be negative, but were " + occurrence + " and " + requiredOccurrence);
        }
        if (!(nats >= 0) || Double.isInfinite(nats)) {
            throw new IllegalArgumentException("nats must be a number from 0 on, but was " + nats);
        }
    }

    /**
     * A step of which the network, or the rarity of its message, speaks.
     *
     * @param view the order of messages in which it surprised
     * @param message the masked message, or null for the end of the session
     * @param occurrence the ordinal of this message within its session (1 = first); 0 if it does not matter
     * @param required the message that should have come before it, or in its place; null if the message itself
     *     surprised
     * @param requiredOccurrence the ordinal that the required message would have had; 0 if it does not matter
     * @param after the message before it, if the order surprised; null otherwise
     * @param nats its surprise in nats, 0 or more
     */
    public AnomalousStep(
            View view,
            @Nullable String message,
            int occurrence,
            @Nullable String required,
            int requiredOccurrence,
            @Nullable String after,
            double nats) {
        this(view, message, occurrence, required, requiredOccurrence, after, nats, null);
    }

    /**
     * {@return the step of which a piece of evidence speaks}
     *
     * @param evidence the evidence
     */
    public static AnomalousStep of(Evidence evidence) {
        return new AnomalousStep(
                View.ORDER,
                evidence.message(),
                0,
                evidence.subject(),
                0,
                null,
                Math.max(0, Math.log(evidence.strength())),
                evidence.kind());
    }

    /** Returns the same step with its texts replaced. */
    AnomalousStep withTexts(UnaryOperator<String> replacement) {
        return new AnomalousStep(
                view,
                message == null ? null : replacement.apply(message),
                occurrence,
                required == null ? null : replacement.apply(required),
                requiredOccurrence,
                after == null ? null : replacement.apply(after),
                nats,
                evidence);
    }

    /** {@return the step under its names in JSON} */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("view", view.name().toLowerCase(Locale.ROOT));
        map.put("message", message);
        map.put("occurrence", occurrence);
        map.put("required", required);
        map.put("required_occurrence", requiredOccurrence);
        map.put("after", after);
        map.put("surprise", nats);
        if (evidence != null) {
            map.put("evidence", evidence.key());
        }
        return map;
    }

    /**
     * Reads steps that {@link #toMap} wrote.
     *
     * @param json the JSON
     * @return the steps
     * @throws IllegalArgumentException if these are no steps
     */
    public static List<AnomalousStep> list(JsonNode json) {
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
                    step.path("surprise").asDouble(),
                    kind(text(step, "evidence"))));
        }
        return steps;
    }

    private static @Nullable EvidenceKind kind(@Nullable String key) {
        return key == null ? null : EvidenceKind.valueOf(key.toUpperCase(Locale.ROOT));
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.asText() : null;
    }
}
