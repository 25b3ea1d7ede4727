package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.threshold.ThresholdRule;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The score of a line without a session key, beside the sessions, in nats.
 *
 * <p>Such lines are few and of many writers: start and stop of services, disks, timers. What came before tells little
 * about them, so no network learns them. A message that training had is as odd as its share of these lines, and no
 * odder than the threshold. One that training never had has the rate of new ones of its severity, as in {@link
 * LineScores}: those that came once, and those that validation said first, spread over e times as many messages as are
 * known. New errors count for two nats more, new remarks in the normal course for two less.
 *
 * <p>Messages are told apart by their text, masked. Immutable, safe for use by several threads.
 */
public final class KeylessLines {
    /** The file in the detector's folder. */
    public static final String FILE = "keyless_lines.json";

    /** Further messages are new as often as they come. */
    private static final int MOST_MESSAGES = 100_000;

    private static final double SEVERITY_NATS = 2;
    private static final int LEAST_KINDS = 20;
    private static final double FALSE_ALARM_RATE = 0.05;
    private static final int RADIX = 16;

    /** How often each message came, by the hash of its text. */
    private final Map<Long, Long> counts;

    private final long[] newKinds;
    private final long lines;
    private final double threshold;

    private KeylessLines(Map<Long, Long> counts, long[] newKinds, long lines, double threshold) {
        this.counts = counts;
        this.newKinds = newKinds;
        this.lines = lines;
        this.threshold = threshold;
    }

    /** Learns from training and validation, which is taken to be normal. */
    public static KeylessLines learn(PreparedData keyless) {
        Map<Long, Long> counts = new HashMap<>();
        Map<Long, Severity> severities = new HashMap<>();
        forEach(keyless, Split.TRAIN, (message, origin) -> {
            long hash = SessionTable.hash(message);
            if (counts.size() < MOST_MESSAGES || counts.containsKey(hash)) {
                counts.merge(hash, 1L, Long::sum);
                severities.put(hash, Severity.of(origin.level(), message));
            }
        });
        long trained = keyless.rows(Split.TRAIN);
        long lines = trained + keyless.rows(Split.VAL);
        long[] newKinds = new long[Severity.values().length];
        counts.forEach((hash, count) -> {
            Severity severity = severities.get(hash);
            if (count == 1 && severity != null) {
                newKinds[severity.code()]++;
            }
        });
        Set<Long> met = new HashSet<>(counts.keySet());
        forEach(keyless, Split.VAL, (message, origin) -> {
            if (met.add(SessionTable.hash(message))) {
                newKinds[Severity.of(origin.level(), message).code()]++;
            }
        });
        // Each line of validation as its past has it: what is new there is new once.
        double[] scores = new double[Math.toIntExact(lines - trained)];
        int[] next = {0};
        forEach(keyless, Split.VAL, (message, origin) -> {
            long hash = SessionTable.hash(message);
            KeylessLines past = new KeylessLines(counts, newKinds, lines, Double.MAX_VALUE);
            scores[next[0]++] = past.score(message, Severity.of(origin.level(), message));
            if (counts.size() < MOST_MESSAGES || counts.containsKey(hash)) {
                counts.merge(hash, 1L, Long::sum);
            }
        });
        SurpriseRule.Seen seen = new SurpriseRule.Seen(lines, lines);
        double threshold = new ThresholdRule(seen.threshold(false), SurpriseRule.Seen.method(false), FALSE_ALARM_RATE)
                .of(scores)
                .value();
        return new KeylessLines(counts, newKinds, lines, threshold);
    }

    /** Takes a line with its masked message. */
    public interface LineVisitor {
        void visit(String message, IndexRow origin);
    }

    /** Hands over the lines of a part, in order. */
    public static void forEach(PreparedData keyless, Split split, LineVisitor visitor) {
        try (PreparedData.Rows<String> messages = keyless.messages(split);
                PreparedData.Rows<IndexRow> origins = keyless.origins(split)) {
            for (String message = messages.next(); message != null; message = messages.next()) {
                IndexRow origin = origins.next();
                if (origin == null) {
                    throw new DataException(keyless.index(split) + " has fewer rows than " + keyless.text(split)
                            + "; run prepare again");
                }
                visitor.visit(message, origin);
            }
        }
    }

    /** The score above which a line is anomalous. */
    public double threshold() {
        return threshold;
    }

    /** The score of a line. */
    public double score(String message, Severity severity) {
        Long count = counts.get(SessionTable.hash(message));
        if (count != null) {
            return Math.min(threshold, -Math.log((double) count / lines));
        }
        double rate = (newKinds[severity.code()] + 0.5) / (lines + 1.0);
        double which = 1 + Math.log(1.0 + Math.max(LEAST_KINDS, counts.size()));
        double meant =
                switch (severity) {
                    case LOW -> -SEVERITY_NATS;
                    case PLAIN -> 0;
                    case HIGH -> SEVERITY_NATS;
                };
        return Math.max(0, Math.min(TrainingMessages.MAX_NATS, -Math.log(rate) + which + meant));
    }

    public AtomicFile.PathWriter writer() {
        Map<String, Long> messages = new TreeMap<>();
        counts.forEach((hash, count) -> messages.put(Long.toUnsignedString(hash, RADIX), count));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("lines", lines);
        map.put("threshold", threshold);
        map.put("new_messages", newKinds.clone());
        map.put("messages", messages);
        return JsonFile.compact(map);
    }

    /**
     * Reads what {@link #writer} wrote.
     *
     * @throws ModelException if it is not that
     */
    public static KeylessLines read(Path file) {
        ModelDirectory.verify(file);
        JsonNode json = JsonFile.read(file);
        JsonNode kinds = json.path("new_messages");
        long lines = json.path("lines").asLong();
        double threshold = json.path("threshold").asDouble(Double.NaN);
        if (kinds.size() != Severity.values().length || lines < 1 || !(threshold > 0)) {
            throw new ModelException(file + " must have lines, threshold and new_messages, but has not; train again");
        }
        long[] newKinds = new long[kinds.size()];
        for (int i = 0; i < newKinds.length; i++) {
            newKinds[i] = kinds.path(i).asLong();
        }
        Map<Long, Long> counts = new HashMap<>();
        for (Map.Entry<String, JsonNode> each : json.path("messages").properties()) {
            counts.put(
                    Long.parseUnsignedLong(each.getKey(), RADIX),
                    each.getValue().asLong());
        }
        return new KeylessLines(counts, newKinds, lines, threshold);
    }
}
