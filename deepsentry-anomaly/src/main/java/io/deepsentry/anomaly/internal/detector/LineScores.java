package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorRows;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The score of a line of a stream, in nats.
 *
 * <p>Everything is measured against the limit, the rarity from which a line is anomalous, see {@link
 * SurpriseRule.Seen}. What training saw stays a nat below it, however rare: minus the logarithm of its share of all
 * lines, or less where the network expected it after the lines before. The network raises a score only where validation
 * shows that it can be relied upon: if a message is far less likely in its place than by its share, and clearly more so
 * than all but one in {@value #CONTEXT_LINES} validation lines. With fewer validation lines it only lowers.
 *
 * <p>A message never seen is beyond the limit by its severity. One that is no error is so only if the log seldom says
 * new things that are none: fewer than {@value #MOST_NEW} in {@value #NEW_LINES} lines of the second half of training
 * and validation. The same message has the same score as often as it comes: a burst is all of it an anomaly. Messages
 * of words that are all unknown may have one vector: an error is new where only remarks had its vector.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class LineScores {
    /** The file of the messages that only validation had, in the detector's folder. */
    public static final String FILE = "later_vectors.npy";

    /** Fewer new messages than this in {@link #NEW_LINES} lines are few. */
    private static final int MOST_NEW = 3;

    private static final int NEW_LINES = 1000;

    /** Of so many validation lines one is the most surprising usual one; fewer lines do not tell. */
    private static final int CONTEXT_LINES = 2000;
    /** How much more surprising a line must be: which message follows which changes over the length of a log. */
    private static final double CONTEXT_MARGIN = 1.5;
    /** A message that is less unlikely than this in its place, against its share, is where it may be. */
    private static final double LEAST_EXCESS = 5;

    /** How far below the limit known messages stay. */
    private static final double KNOWN_MARGIN = 1;
    /** How far below the limit new messages stay that do not count. */
    private static final double UNCOUNTED_MARGIN = 0.5;

    /** How far from the limit to the score of a new error a threshold may lie and still let it pass for certain. */
    private static final double SENSIBLE_SHARE = 0.75;

    private final long[] counts;
    private final VectorRows later;
    private final long[] laterCounts;
    /** The code of the highest severity with which each came. */
    private final int[] laterSeverities;

    private final double limit;
    private final double contextExcess;
    private final NewMessages newMessages;
    private final long trained;
    private final long validated;

    private LineScores(
            long[] counts,
            VectorRows later,
            long[] laterCounts,
            int[] laterSeverities,
            double limit,
            double contextExcess,
            NewMessages newMessages,
            long trained,
            long validated) {
        this.counts = counts;
        this.later = later;
        this.laterCounts = laterCounts;
        this.laterSeverities = laterSeverities;
        this.limit = limit;
        this.contextExcess = contextExcess;
        this.newMessages = newMessages;
        this.trained = trained;
        this.validated = validated;
    }

    /**
     * How often the second half of training and validation said something new that was no error.
     *
     * @param messages the new messages
     * @param lines the lines of that half
     */
    private record NewMessages(long messages, long lines) {
        static NewMessages count(EncodedSessions train, EncodedSessions validation) {
            double half = (train.rows() + validation.rows()) / 2.0;
            double share = Math.max(0, half - validation.rows()) / Math.max(1, train.rows());
            // An input of which lines were left out has several streams.
            Map<String, Long> lengths = new HashMap<>();
            train.forEach(stream -> lengths.merge(stream.file(), (long) stream.length(), Long::sum));
            lengths.replaceAll((input, length) -> Math.round(length * (1 - share)));
            BitSet seen = new BitSet();
            Map<String, Long> before = new HashMap<>(lengths);
            train.forEach(stream -> {
                for (int i = 0; i < firstHalf(before, stream); i++) {
                    seen.set(stream.id(i));
                }
                before.merge(stream.file(), (long) -stream.length(), Long::sum);
            });
            long[] counted = new long[2];
            before.putAll(lengths);
            train.forEach(stream -> {
                count(stream, firstHalf(before, stream), seen, counted);
                before.merge(stream.file(), (long) -stream.length(), Long::sum);
            });
            validation.forEach(stream -> count(stream, 0, seen, counted));
            return new NewMessages(counted[0], counted[1]);
        }

        /** How many lines of a stream are among so many that are left of the first half of its input. */
        private static int firstHalf(Map<String, Long> left, EncodedSession stream) {
            return (int) Math.max(0, Math.min(stream.length(), left.getOrDefault(stream.file(), 0L)));
        }

        private static void count(EncodedSession stream, int from, BitSet seen, long[] counted) {
            for (int i = from; i < stream.length(); i++) {
                int id = stream.id(i);
                counted[0] += seen.get(id) || stream.severity(i) == Severity.HIGH ? 0 : 1;
                counted[1]++;
                seen.set(id);
            }
        }

        /**
         * Whether there are so few that each is worth a word. One more is supposed: a few hundred lines do not tell so
         * low a rate.
         */
        boolean few() {
            return messages == 0 || (messages + 1) * NEW_LINES < MOST_NEW * lines;
        }
    }

    /**
     * What was learnt, with the scores of validation lines: each as its past would have it, so that what is new there
     * is new once.
     */
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
     * @param contextNats the network's surprise at each validation line; NaN where it has too few lines before it
     * @param limit the rarity, in nats, from which a line is anomalous
     */
    public static Learnt learn(
            TrainingMessages known,
            EncodedSessions train,
            EncodedSessions validation,
            double[] contextNats,
            MessageTable messages,
            double limit) {
        long[] counts = new long[known.count()];
        train.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int row = messages.row(stream.id(i));
                if (row >= 0) {
                    counts[row]++;
                }
            }
        });
        Map<Integer, Integer> laterRows = new LinkedHashMap<>();
        List<float[]> later = new ArrayList<>();
        long[] laterCounts = new long[TrainingMessages.MAX_KNOWN];
        int[] laterSeverities = new int[TrainingMessages.MAX_KNOWN];
        validation.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int id = stream.id(i);
                if (messages.row(id) >= 0) {
                    continue;
                }
                Integer at = laterRows.get(id);
                if (at == null && later.size() < TrainingMessages.MAX_KNOWN) {
                    at = later.size();
                    laterRows.put(id, at);
                    later.add(messages.table().vector(id));
                }
                if (at != null) {
                    laterCounts[at]++;
                    laterSeverities[at] =
                            Math.max(laterSeverities[at], stream.severity(i).code());
                }
            }
        });
        float[] laterVectors = new float[later.size() * known.dimension()];
        for (int i = 0; i < later.size(); i++) {
            System.arraycopy(later.get(i), 0, laterVectors, i * known.dimension(), known.dimension());
        }
        LineScores lines = new LineScores(
                counts,
                new VectorRows(known.dimension(), later.size(), laterVectors),
                Arrays.copyOf(laterCounts, later.size()),
                Arrays.copyOf(laterSeverities, later.size()),
                limit,
                contextExcess(counts, train.rows(), validation, contextNats, messages),
                NewMessages.count(train, validation),
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

    /**
     * How much less likely a known message must be in its place than by its share; infinite where validation cannot
     * tell.
     */
    private static double contextExcess(
            long[] counts, long trained, EncodedSessions validation, double[] contextNats, MessageTable messages) {
        double[] excesses = new double[contextNats.length];
        int[] next = {0};
        int[] usable = {0};
        validation.forEach(stream -> {
            for (int i = 0; i < stream.length(); i++) {
                int row = messages.row(stream.id(i));
                double nats = contextNats[next[0]++];
                if (row >= 0 && !Double.isNaN(nats)) {
                    excesses[usable[0]++] = nats - rarity(counts[row], trained);
                }
            }
        });
        if (usable[0] < CONTEXT_LINES) {
            return Double.POSITIVE_INFINITY;
        }
        double usual = Threshold.recommend(Arrays.copyOf(excesses, usable[0]), 1.0 / CONTEXT_LINES)
                .value();
        return Math.max(LEAST_EXCESS, usual * CONTEXT_MARGIN);
    }

    private static double rarity(long count, long all) {
        return -Math.log(Math.max(1, count) / (double) Math.max(1, all));
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
                    scores[at] = before == 0 ? ofNew(stream.severity(i)) : ofRare(before, trained + at);
                }
            }
        });
        return scores;
    }

    /**
     * The score of a line.
     *
     * @param contextNats its surprise after the lines before it; NaN if there are too few of them
     */
    public double score(MessageTable messages, int id, Severity severity, double contextNats) {
        int row = messages.row(id);
        if (row >= 0) {
            return ofKnown(row, contextNats);
        }
        int laterRow = messages.laterRow(id, later);
        return laterRow >= 0 && severity.code() <= laterSeverities[laterRow]
                ? ofRare(laterCounts[laterRow], trained + validated)
                : ofNew(severity);
    }

    /** The largest score that a line can have: that of a new error. */
    public double largest() {
        return ofNew(Severity.HIGH);
    }

    /** The greatest threshold that leaves room for new errors. */
    public double mostSensible() {
        return limit + (largest() - limit) * SENSIBLE_SHARE;
    }

    /**
     * What can no longer raise an alarm by its own score, in words, because the threshold is so high; empty if nothing
     * is lost.
     */
    public Optional<String> unreachable(double threshold) {
        List<String> lost = new ArrayList<>();
        if (Double.isFinite(contextExcess) && threshold >= limit + 1) {
            lost.add("messages out of their order");
        }
        for (Severity severity : Severity.values()) {
            if (ofNew(severity) > limit && threshold >= ofNew(severity)) {
                lost.add(
                        switch (severity) {
                            case LOW -> "new remarks";
                            case PLAIN -> "new warnings and messages without a level";
                            case HIGH -> "new errors";
                        });
            }
        }
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        String left = threshold < largest() ? "new errors and strong evidence still do" : "strong evidence still does";
        return Optional.of(String.join(", ", lost) + " can no longer raise an alarm; " + left);
    }

    private double ofKnown(int row, double contextNats) {
        double rare = ofRare(counts[row], trained);
        if (Double.isNaN(contextNats)) {
            return rare;
        }
        double beyond = contextNats - rarity(counts[row], trained) - contextExcess;
        // Above the limit, but below every new message that counts.
        return beyond > 0 ? limit + 1 - Math.exp(-beyond) : Math.min(rare, contextNats);
    }

    private double ofRare(long count, long all) {
        return Math.max(0, Math.min(limit - KNOWN_MARGIN, rarity(count, all)));
    }

    private double ofNew(Severity severity) {
        if (severity != Severity.HIGH && !newMessages.few()) {
            return limit - UNCOUNTED_MARGIN;
        }
        return limit
                + switch (severity) {
                    case LOW -> 1;
                    case PLAIN -> 2;
                    case HIGH -> 4;
                };
    }

    /** The figures under their names in {@code metadata.json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> news = new LinkedHashMap<>();
        news.put("messages", newMessages.messages());
        news.put("lines", newMessages.lines());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("limit", limit);
        if (Double.isFinite(contextExcess)) {
            map.put("context_excess", contextExcess);
        }
        map.put("training_lines", trained);
        map.put("validation_lines", validated);
        map.put("new_in_second_half", news);
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
        double limit = json.path("limit").asDouble(Double.NaN);
        JsonNode news = json.path("new_in_second_half");
        NewMessages newMessages = new NewMessages(
                news.path("messages").asLong(-1), news.path("lines").asLong(-1));
        if (counts.length != known.count()
                || laterCounts.length != vectors.rows()
                || laterSeverities.length != vectors.rows()
                || vectors.columns() != known.dimension()
                || !Double.isFinite(limit)
                || newMessages.messages() < 0
                || newMessages.lines() < 0) {
            throw new ModelException("the metadata in " + directory + " must say under lines how often each of the "
                    + known.count() + " known and " + vectors.rows()
                    + " later messages came and how severe those were, the limit and the new messages,"
                    + " but does not; train again");
        }
        return new LineScores(
                counts,
                later(vectors, file),
                laterCounts,
                laterSeverities,
                limit,
                json.path("context_excess").asDouble(Double.POSITIVE_INFINITY),
                newMessages,
                json.path("training_lines").asLong(),
                json.path("validation_lines").asLong());
    }

    private static VectorRows later(Matrix vectors, Path file) {
        try {
            return VectorRows.of(vectors);
        } catch (IllegalArgumentException e) {
            throw new ModelException(
                    file + " was not written by train-detector: " + e.getMessage() + "; train again", e);
        }
    }

    private static long[] longs(JsonNode array) {
        long[] values = new long[array.size()];
        Arrays.setAll(values, i -> array.path(i).asLong());
        return values;
    }
}
