package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorRows;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The score of a line of a stream, in nats.
 *
 * <p>Streams of many writers interleave by chance, and a line there is odd for what it says more than for what it follows. A known message has a mixture of two
 * probabilities: the network's, after the lines before, and its share of all lines; how much the network counts is what makes validation most probable. A message that
 * only validation had has its share of all lines.
 *
 * <p>A message never seen has the rate of new ones of its severity: messages that came once in training (Good, 1953) and those that validation said and training did not,
 * each counted once, however often it came. That is spread over e times as many messages as are known; where no level says how
 * it is meant, one less than two nats from a known one is partly taken for a variant of that. New errors count for more
 * and new remarks in the normal course for less, by two nats. The same message has the same score as often as it comes: a burst
 * is all of it an anomaly. Messages of words that are all unknown may have one vector: an error is new where only remarks had
 * its vector.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class LineScores {
    /** The file of the messages that only validation had, in the detector's folder. */
    public static final String FILE = "later_vectors.npy";

    /** From this distance on a message without a level is no variant of its nearest known one. */
    private static final double UNLIKE_NATS = 2;

    private static final double SEVERITY_NATS = 2;
    /** A log could have said so many things at least. */
    private static final int LEAST_KINDS = 20;

    private static final int ROUNDS = 50;

    private final TrainingMessages known;
    private final long[] counts;
    private final VectorRows later;
    private final long[] laterCounts;
    /** The code of the highest severity with which each came. */
    private final int[] laterSeverities;

    private final double contextWeight;
    private final long[] newKinds;
    private final long trained;
    private final long validated;

    private LineScores(
            TrainingMessages known,
            long[] counts,
            VectorRows later,
            long[] laterCounts,
            int[] laterSeverities,
            double contextWeight,
            long[] newKinds,
            long trained,
            long validated) {
        this.known = known;
        this.counts = counts;
        this.later = later;
        this.laterCounts = laterCounts;
        this.laterSeverities = laterSeverities;
        this.contextWeight = contextWeight;
        this.newKinds = newKinds;
        this.trained = trained;
        this.validated = validated;
    }

    /** What was learnt, with the scores of validation lines: each as its past would have it, so that what is new there is new once. */
    public static final class Learnt {
        private final LineScores lines;
        private final double[] validation;

        private Learnt(LineScores lines, double[] validation) {
            this.lines = lines;
            this.validation = validation;
        }

        public LineScores lines() {
            return lines;
        }

        public double[] validation() {
            return validation;
        }
    }

    /**
     * Learns from streams.
     *
     * @param contextNats the network's surprise at each validation line
     */
    public static Learnt learn(
            TrainingMessages known,
            EncodedSessions train,
            EncodedSessions validation,
            double[] contextNats,
            MessageTable messages) {
        long[] counts = new long[known.count()];
        int[] severities = new int[known.count()];
        train.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int row = messages.row(stream.id(i));
                if (row >= 0) {
                    counts[row]++;
                    severities[row] = stream.severity(i).code();
                }
            }
        });
        long[] newKinds = new long[Severity.values().length];
        for (int row = 0; row < counts.length; row++) {
            newKinds[severities[row]] += counts[row] == 1 ? 1 : 0;
        }
        Map<Integer, Integer> laterRows = new LinkedHashMap<>();
        List<float[]> later = new ArrayList<>();
        long[] laterCounts = new long[TrainingMessages.MAX_KNOWN];
        int[] laterSeverities = new int[TrainingMessages.MAX_KNOWN];
        Met met = new Met();
        validation.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int id = stream.id(i);
                if (messages.row(id) >= 0) {
                    continue;
                }
                int severity = stream.severity(i).code();
                if (met.times(id, stream.severity(i)) == 0) {
                    newKinds[severity]++;
                }
                Integer at = laterRows.get(id);
                if (at == null && later.size() < TrainingMessages.MAX_KNOWN) {
                    at = later.size();
                    laterRows.put(id, at);
                    later.add(messages.table().vector(id));
                }
                if (at != null) {
                    laterCounts[at]++;
                    laterSeverities[at] = Math.max(laterSeverities[at], severity);
                }
            }
        });
        float[] laterVectors = new float[later.size() * known.dimension()];
        for (int i = 0; i < later.size(); i++) {
            System.arraycopy(later.get(i), 0, laterVectors, i * known.dimension(), known.dimension());
        }
        LineScores lines = new LineScores(
                known,
                counts,
                new VectorRows(known.dimension(), later.size(), laterVectors),
                Arrays.copyOf(laterCounts, later.size()),
                Arrays.copyOf(laterSeverities, later.size()),
                contextWeight(counts, train.rows(), validation, contextNats, messages),
                newKinds,
                train.rows(),
                validation.rows());
        return new Learnt(lines, lines.asThePastHadIt(validation, contextNats, messages));
    }

    /** The unknown messages met so far. One of a higher severity than all before it is another. */
    private static final class Met {
        private final Map<Integer, Long> counts = new HashMap<>();
        private final Map<Integer, Integer> severities = new HashMap<>();

        /** How often it came before, and once more now. */
        long times(int id, Severity severity) {
            boolean higher = severity.code() > severities.getOrDefault(id, -1);
            severities.merge(id, severity.code(), Math::max);
            long count = counts.merge(id, 1L, Long::sum) - 1;
            return higher ? 0 : count;
        }
    }

    /** The weight under which the known messages of validation are most probable (expectation maximisation). */
    private static double contextWeight(
            long[] counts, long trained, EncodedSessions validation, double[] contextNats, MessageTable messages) {
        double[] own = new double[contextNats.length];
        int[] next = {0};
        validation.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int row = messages.row(stream.id(i));
                own[next[0]++] = row < 0 ? Double.NaN : share(counts[row], trained);
            }
        });
        double weight = 0.5;
        for (int round = 0; round < ROUNDS; round++) {
            double sum = 0.5;
            double lines = 1;
            for (int i = 0; i < own.length; i++) {
                if (!Double.isNaN(own[i])) {
                    double context = weight * Math.exp(-contextNats[i]);
                    sum += context / (context + (1 - weight) * own[i]);
                    lines++;
                }
            }
            weight = sum / lines;
        }
        return weight;
    }

    private static double share(long count, long all) {
        return Math.max(1, count) / (double) Math.max(1, all);
    }

    private double[] asThePastHadIt(EncodedSessions validation, double[] contextNats, MessageTable messages) {
        double[] scores = new double[contextNats.length];
        Met met = new Met();
        int[] next = {0};
        validation.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int at = next[0]++;
                int id = stream.id(i);
                int row = messages.row(id);
                if (row >= 0) {
                    scores[at] = ofKnown(row, contextNats[at]);
                } else {
                    long before = met.times(id, stream.severity(i));
                    scores[at] = before == 0
                            ? ofNew(messages.nearestNats(id), stream.severity(i))
                            : -Math.log(share(before, trained + at));
                }
            }
        });
        return scores;
    }

    /** The score of a line whose surprise after the lines before it is known. */
    public double score(MessageTable messages, int id, Severity severity, double contextNats) {
        int row = messages.row(id);
        if (row >= 0) {
            return ofKnown(row, contextNats);
        }
        int laterRow = messages.laterRow(id, later);
        return laterRow >= 0 && severity.code() <= laterSeverities[laterRow]
                ? -Math.log(share(laterCounts[laterRow], trained + validated))
                : ofNew(messages.nearestNats(id), severity);
    }

    private double ofKnown(int row, double contextNats) {
        double probability = contextWeight * Math.exp(-contextNats) + (1 - contextWeight) * share(counts[row], trained);
        return Math.max(0, Math.min(TrainingMessages.MAX_NATS, -Math.log(probability)));
    }

    private double ofNew(double nearestNats, Severity severity) {
        double rate = (newKinds[severity.code()] + 0.5) / (trained + validated + 1.0);
        double possible = Math.E * (1.0 + Math.max(LEAST_KINDS, known.count()));
        double unlike = severity == Severity.PLAIN ? Math.min(1, nearestNats / UNLIKE_NATS) : 1;
        double which = Math.log(possible) * unlike;
        double meant =
                switch (severity) {
                    case LOW -> -SEVERITY_NATS;
                    case PLAIN -> 0;
                    case HIGH -> SEVERITY_NATS;
                };
        return Math.max(0, Math.min(TrainingMessages.MAX_NATS, -Math.log(rate) + which + meant));
    }

    /** The figures under their names in {@code metadata.json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> kinds = new LinkedHashMap<>();
        for (Severity severity : Severity.values()) {
            kinds.put(severity.name().toLowerCase(Locale.ROOT), newKinds[severity.code()]);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("context_weight", contextWeight);
        map.put("training_lines", trained);
        map.put("validation_lines", validated);
        map.put("new_messages", kinds);
        map.put("counts", counts.clone());
        map.put("later_counts", laterCounts.clone());
        map.put("later_severities", laterSeverities.clone());
        return map;
    }

    /** Writes the messages that only validation had. */
    public void write(Path file) throws IOException {
        Npy.write(file, FloatArray.of(later.matrix()));
    }

    /**
     * Reads what {@link #toMap} and {@link #write} wrote.
     *
     * @param json the value under which the map was kept
     * @throws ModelException if it is not complete
     */
    public static LineScores read(JsonNode json, Path directory, TrainingMessages known) {
        Path file = directory.resolve(FILE);
        ModelDirectory.verify(file);
        Matrix vectors = Npy.read(file).toMatrix();
        long[] counts = longs(json.path("counts"));
        long[] laterCounts = longs(json.path("later_counts"));
        int[] laterSeverities = Arrays.stream(longs(json.path("later_severities")))
                .mapToInt(code -> (int) code)
                .toArray();
        double weight = json.path("context_weight").asDouble(Double.NaN);
        long[] newKinds = new long[Severity.values().length];
        for (Severity severity : Severity.values()) {
            newKinds[severity.code()] = json.path("new_messages")
                    .path(severity.name().toLowerCase(Locale.ROOT))
                    .asLong(-1);
        }
        if (counts.length != known.count()
                || laterCounts.length != vectors.rows()
                || laterSeverities.length != vectors.rows()
                || vectors.columns() != known.dimension()
                || !(weight >= 0 && weight <= 1)
                || Arrays.stream(newKinds).anyMatch(kinds -> kinds < 0)) {
            throw new ModelException("the metadata in " + directory + " must say under lines how often each of the "
                    + known.count() + " known and " + vectors.rows()
                    + " later messages came and how severe those were, the weight of context and the new messages,"
                    + " but does not; train again");
        }
        return new LineScores(
                known,
                counts,
                later(vectors, file),
                laterCounts,
                laterSeverities,
                weight,
                newKinds,
                json.path("training_lines").asLong(),
                json.path("validation_lines").asLong());
    }

    private static VectorRows later(Matrix vectors, Path file) {
        try {
            return VectorRows.of(vectors);
        } catch (IllegalArgumentException e) {
            throw new ModelException(
                    file + " is not what train-detector wrote: " + e.getMessage() + "; train again", e);
        }
    }

    private static long[] longs(JsonNode array) {
        long[] values = new long[array.size()];
        Arrays.setAll(values, i -> array.path(i).asLong());
        return values;
    }
}
