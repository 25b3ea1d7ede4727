package io.deepsentry.anomaly.train;

import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.parse.Excerpt;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the sessions that do what hardly any does, and that training without labels therefore leaves out, and says why.
 * For one thread.
 */
final class Suspects {
    private static final int MOST_REASONS = 1_000;
    private static final int SHOWN = 5;
    private static final int SHOWN_LENGTH = 120;

    private final SupportRule support;
    private final Map<Reason, Integer> reasons = new HashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    Suspects(SupportRule support) {
        this.support = support;
    }

    /** What a session was left out for: the rarest thing that it did. */
    private record Reason(SupportRule.Kind kind, int code, int before) {
        String text(TrainingTexts texts) {
            String message = code < 0
                    ? "a message that training does not have"
                    : '"' + Excerpt.of(texts.of(code), SHOWN_LENGTH) + '"';
            return switch (kind) {
                case UNKNOWN -> "it has " + message;
                case RARE -> "hardly any session has " + message;
                case TOO_MANY -> "hardly any session has so many of " + message;
                case TOO_FEW -> "hardly any session has so few of " + message;
                case MISSING -> "hardly any session lacks " + message;
                case ORDER ->
                    "hardly any session has " + message + " after \"" + Excerpt.of(texts.of(before), SHOWN_LENGTH)
                            + '"';
            };
        }
    }

    /** The places of the suspects among sessions of a part, which is named in the figures. */
    BitSet in(String part, EncodedSessions sessions, SessionEdges edges, MessageTable messages) {
        BitSet suspects = new BitSet();
        int[] place = new int[1];
        sessions.forEach(session -> {
            List<SupportRule.Violation> violations =
                    support.violations(messages.codes(session.ids()), session.cutOff(edges, messages));
            if (!violations.isEmpty()) {
                suspects.set(place[0]);
                SupportRule.Violation rarest = violations.get(0);
                Reason reason = new Reason(rarest.kind(), Math.max(-1, rarest.code()), rarest.before());
                if (reasons.size() < MOST_REASONS || reasons.containsKey(reason)) {
                    reasons.merge(reason, 1, Integer::sum);
                }
            }
            place[0]++;
        });
        counts.put(part, suspects.cardinality());
        return suspects;
    }

    /** How many sessions of a part were left out. */
    int count(String part) {
        return counts.getOrDefault(part, 0);
    }

    /** The commonest reasons, each with how many sessions were left out for it. */
    Map<String, Integer> reasons(TrainingTexts texts) {
        Map<String, Integer> commonest = new LinkedHashMap<>();
        reasons.entrySet().stream()
                .sorted(Map.Entry.<Reason, Integer>comparingByValue().reversed().thenComparing(entry -> entry.getKey()
                        .text(texts)))
                .limit(SHOWN)
                .forEach(entry -> commonest.merge(entry.getKey().text(texts), entry.getValue(), Integer::sum));
        return commonest;
    }

    /** The figures under their names in the metadata. */
    Map<String, Object> toMap(TrainingTexts texts) {
        Map<String, Object> map = new LinkedHashMap<>(counts);
        map.put("reasons", reasons(texts));
        return map;
    }
}
