package io.deepsentry.anomaly.finding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One anomaly: an anomalous session, or an anomalous line of a stream. Immutable.
 *
 * @param id the id of its alert: the same for the same input and models
 * @param keys what is odd, the most important first; at least one
 * @param time when the line that decided it was logged; null if lines have no time
 * @param score its score
 * @param threshold the trained threshold, never an adaptive one
 * @param session the session's key; null in a stream
 * @param source where the line that decided it begins
 * @param message the line that decided it as it was logged, without its header
 * @param severity the level of that line as it was logged; null if it has none
 * @param component what wrote the line; null if it is not known
 * @param host the host that the line names; null if it names none
 * @param fields the further fields of the line, at most {@value #MAX_FIELDS}, long values cut
 * @param confirmed whether users said that its finding is a real fault
 * @param explanation why; null where it is one of many alike and was not worked out
 */
public record Occurrence(
        String id,
        List<FindingKey> keys,
        @Nullable Instant time,
        double score,
        double threshold,
        @Nullable String session,
        Origin source,
        String message,
        @Nullable String severity,
        @Nullable String component,
        @Nullable String host,
        Map<String, String> fields,
        boolean confirmed,
        @Nullable Explanation explanation) {
    /** The most fields that are kept. */
    public static final int MAX_FIELDS = 20;

    private static final int LONGEST_VALUE = 200;
    private static final int KEPT_STEPS = 20;
    private static final Set<String> HOSTS = Set.of("host", "hostname", "host.name", "_hostname", "node", "server");

    public Occurrence {
        Objects.requireNonNull(id, "id");
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys must hold at least what is odd, but was empty");
        }
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(message, "message");
        fields = bounded(fields);
    }

    /**
     * {@return the occurrence that an explained event is}
     *
     * @param id the id of the alert
     * @param event the event it came with
     * @param score the score
     * @param threshold the threshold
     * @param session the key of the session; null for none
     * @param why why it is anomalous
     */
    public static Occurrence of(
            String id, LogEvent event, double score, double threshold, @Nullable String session, Explanation why) {
        return new Occurrence(
                id,
                FindingKey.all(why),
                event.time(),
                score,
                threshold,
                session,
                event.origin(),
                event.message(),
                event.level(),
                event.component(),
                hostOf(event.fields()),
                event.fields(),
                false,
                why);
    }

    /** {@return the first and most important of the keys} */
    public FindingKey key() {
        return keys.get(0);
    }

    /**
     * {@return the same occurrence with its explanation}
     *
     * @param why why it is anomalous
     */
    public Occurrence explainedBy(Explanation why) {
        return new Occurrence(
                id, keys, time, score, threshold, session, source, message, severity, component, host, fields,
                confirmed, why);
    }

    /** Returns the same occurrence with another of its keys the first; if it is none of them, as it is. */
    Occurrence under(FindingKey first) {
        return first.equals(key()) || !keys.contains(first)
                ? this
                : new Occurrence(
                        id,
                        List.of(first),
                        time,
                        score,
                        threshold,
                        session,
                        source,
                        message,
                        severity,
                        component,
                        host,
                        fields,
                        confirmed,
                        explanation);
    }

    /** Returns the same occurrence, its explanation in little memory. */
    Occurrence slim() {
        Explanation why = explanation;
        return why == null || why.oddSteps().size() <= KEPT_STEPS
                ? this
                : new Occurrence(
                        id,
                        keys,
                        time,
                        score,
                        threshold,
                        session,
                        source,
                        message,
                        severity,
                        component,
                        host,
                        fields,
                        confirmed,
                        why.withFewerSteps(KEPT_STEPS));
    }

    void write(ObjectNode node, JsonMapper json) {
        node.put("id", id);
        node.set("keys", json.valueToTree(keys));
        CountedFinding.put(node, "time", time);
        node.put("score", score);
        node.put("threshold", threshold);
        node.put("session", session);
        node.set("source", json.valueToTree(source));
        node.put("message", message);
        node.put("severity", severity);
        node.put("component", component);
        node.put("host", host);
        node.set("fields", json.valueToTree(fields));
        node.put("confirmed", confirmed);
        node.set("explanation", json.valueToTree(explanation));
    }

    static Occurrence read(JsonNode node, JsonMapper json) throws IOException {
        List<FindingKey> keys = new ArrayList<>();
        for (JsonNode each : node.path("keys")) {
            keys.add(json.treeToValue(each, FindingKey.class));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        node.path("fields")
                .properties()
                .forEach(each -> fields.put(each.getKey(), each.getValue().asText()));
        JsonNode why = node.path("explanation");
        return new Occurrence(
                node.path("id").asText(),
                keys,
                CountedFinding.time(node, "time"),
                node.path("score").asDouble(),
                node.path("threshold").asDouble(),
                text(node, "session"),
                json.treeToValue(node.path("source"), Origin.class),
                node.path("message").asText(),
                text(node, "severity"),
                text(node, "component"),
                text(node, "host"),
                fields,
                node.path("confirmed").asBoolean(),
                why.isObject() ? json.treeToValue(why, Explanation.class) : null);
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isTextual() ? value.asText() : null;
    }

    /** Returns the same occurrence without its explanation. */
    Occurrence unexplained() {
        return new Occurrence(
                id, keys, time, score, threshold, session, source, message, severity, component, host, fields,
                confirmed, null);
    }

    /**
     * {@return the same occurrence with every text of the log replaced, such as by a redaction}
     *
     * @param replacement gives the new text of a text
     */
    public Occurrence withTexts(UnaryOperator<String> replacement) {
        Map<String, String> replaced = new LinkedHashMap<>();
        fields.forEach((name, value) -> replaced.put(name, replacement.apply(value)));
        return new Occurrence(
                id,
                keys.stream().map(key -> key.withTexts(replacement)).toList(),
                time,
                score,
                threshold,
                session == null ? null : replacement.apply(session),
                source,
                replacement.apply(message),
                severity,
                component == null ? null : replacement.apply(component),
                host == null ? null : replacement.apply(host),
                replaced,
                confirmed,
                explanation == null ? null : explanation.withTexts(replacement));
    }

    /**
     * {@return the host that the fields of a line name; null if they name none}
     *
     * @param fields the fields of an event
     */
    public static @Nullable String hostOf(Map<String, String> fields) {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (HOSTS.contains(field.getKey().toLowerCase(Locale.ROOT))
                    && !field.getValue().isBlank()) {
                return field.getValue();
            }
        }
        return null;
    }

    private static Map<String, String> bounded(Map<String, String> fields) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (kept.size() == MAX_FIELDS) {
                break;
            }
            kept.put(cut(field.getKey()), cut(field.getValue()));
        }
        return Collections.unmodifiableMap(kept);
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_VALUE) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_VALUE - 1)) ? LONGEST_VALUE - 1 : LONGEST_VALUE;
        return text.substring(0, end) + "...";
    }
}
