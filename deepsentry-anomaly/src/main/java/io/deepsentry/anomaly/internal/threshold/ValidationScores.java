package io.deepsentry.anomaly.internal.threshold;

import io.deepsentry.core.ModelException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scores of normal validation data with their times, in the order of the log. They are kept beside a detector as
 * the baseline of drift and seasonal thresholds. Of many scores every n-th is kept, at most {@link #MOST}. Immutable.
 *
 * @param scores the scores
 */
public record ValidationScores(List<Scored> scores) {
    /** The file, in the detector's folder. */
    public static final String FILE = "validation_scores.csv";

    static final int MOST = 50_000;

    private static final String HEADER = "time,score";

    /**
     * A score.
     *
     * @param time the time of the line, or of the session's first line; null if it has none
     */
    record Scored(@Nullable Instant time, double score) {}

    public ValidationScores {
        scores = List.copyOf(scores);
    }

    /** Collects scores in the order of the log. For one thread. */
    public static final class Collector {
        private final long step;
        private final List<Scored> kept = new ArrayList<>();
        private long next;

        /** Starts a collection of which {@code count} scores will come. */
        public Collector(long count) {
            step = Math.max(1, (count + MOST - 1) / MOST);
        }

        /** Adds the next score, which is kept or left out. */
        public void add(@Nullable Instant time, double score) {
            if (next++ % step == 0) {
                kept.add(new Scored(time, score));
            }
        }

        /** Returns the scores kept so far. */
        public ValidationScores scores() {
            return new ValidationScores(kept);
        }
    }

    /** Returns the scores without their times. */
    public double[] values() {
        return scores.stream().mapToDouble(Scored::score).toArray();
    }

    /** Writes the file that {@link #read} reads. */
    public void write(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(HEADER + "\n");
            for (Scored scored : scores) {
                out.write((scored.time == null ? "" : scored.time.toString()) + "," + scored.score + "\n");
            }
        }
    }

    /**
     * Reads the file.
     *
     * @throws ModelException if it is not what {@link #write} writes
     */
    public static ValidationScores read(Path file) {
        List<Scored> scores = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            String line = in.readLine();
            if (!HEADER.equals(line)) {
                throw corrupt(file, 1, String.valueOf(line), null);
            }
            for (line = in.readLine(); line != null; line = in.readLine()) {
                scores.add(scored(file, scores.size() + 2, line));
            }
        } catch (IOException e) {
            throw new ModelException("the validation scores " + file + " cannot be read: " + e.getMessage(), e);
        }
        return new ValidationScores(scores);
    }

    private static Scored scored(Path file, int number, String line) {
        int comma = line.indexOf(',');
        try {
            double score = Double.parseDouble(line.substring(comma + 1));
            if (comma >= 0 && Double.isFinite(score)) {
                return new Scored(comma == 0 ? null : Instant.parse(line.substring(0, comma)), score);
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw corrupt(file, number, line, e);
        }
        throw corrupt(file, number, line, null);
    }

    private static ModelException corrupt(Path file, int number, String line, @Nullable Exception cause) {
        String message = file + ":" + number + " must be a time and a score, but is '"
                + line.substring(0, Math.min(80, line.length())) + "'; train again";
        return cause == null ? new ModelException(message) : new ModelException(message, cause);
    }
}
