package io.deepsentry.anomaly.internal.detector;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each kind of session came in training: sessions of the same messages, each as often, whatever their order.
 *
 * <p>A network that met a kind a handful of times among thousands gives it less probability than it had. What was
 * counted is known better than what was learnt, so a counted kind's surprise is at most that of its own frequency: the
 * larger of two estimates, as in a mixture of a network and its memory (Khandelwal et al., 2020, "Generalization
 * through memorization"). At most {@link #MAX_KINDS} kinds are remembered, the frequent ones first. Immutable once
 * filled; then safe for several threads.
 */
public final class SessionKinds {
    /** The file's name in the model folder. */
    public static final String FILE = "known_sessions.txt";
    /** A memory of nothing. */
    public static final SessionKinds NONE = new SessionKinds();

    static final int MAX_KINDS = 100_000;
    /**
     * Taken off a count: a kind that came once is somewhat rarer than one in all sessions (absolute discounting, Ney et
     * al., 1994).
     */
    private static final double DISCOUNT = 0.5;

    private static final String HEADER = "sessions ";

    private final Map<Long, Integer> counts = new HashMap<>();
    private long sessions;

    /** Counts a session by the known rows of its messages in canonical order. */
    public void add(int[] rows) {
        sessions++;
        long kind = kind(rows);
        if (kind == 0) {
            return;
        }
        counts.merge(kind, 1, Integer::sum);
        int least = 1;
        while (counts.size() > MAX_KINDS) {
            // What came seldom makes room; a frequent kind is soon there again.
            int upTo = least++;
            counts.values().removeIf(count -> count <= upTo);
        }
    }

    /** Forgets kinds that came fewer times, as what came once among unlabelled sessions may be an anomaly. */
    public void forgetRarerThan(int times) {
        counts.values().removeIf(count -> count < times);
    }

    /**
     * The most surprise a session can have.
     *
     * @param rows the known rows of its messages in canonical order, -1 for one that is not known
     * @return nats; infinite if its kind is not remembered
     */
    public double surprise(int[] rows) {
        if (counts.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        Integer count = counts.get(kind(rows));
        return count == null ? Double.POSITIVE_INFINITY : Math.log(sessions / (count - DISCOUNT));
    }

    /** 0 for a session with an unknown message, which is of no kind. */
    private static long kind(int[] rows) {
        Hasher hasher = Hashing.farmHashFingerprint64().newHasher(4 * rows.length + 4);
        for (int row : rows) {
            if (row < 0) {
                return 0;
            }
            hasher.putInt(row);
        }
        long hash = hasher.putInt(rows.length).hash().asLong();
        return hash == 0 ? 1 : hash;
    }

    /** The file's lines: the number of sessions, then a kind and its count a line. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(HEADER + sessions);
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> lines.add(Long.toHexString(entry.getKey()) + " " + entry.getValue()));
        return lines;
    }

    /**
     * Reads {@link #lines()}.
     *
     * @throws ModelException if the file is not one of these
     */
    public static SessionKinds read(Path file) {
        SessionKinds known = new SessionKinds();
        int number = 1;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            if (line == null || !line.startsWith(HEADER)) {
                throw new NumberFormatException("no line that begins with \"" + HEADER.strip() + "\"");
            }
            known.sessions = positive(line.substring(HEADER.length()));
            for (line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                int space = line.indexOf(' ');
                if (space < 0 || known.counts.size() >= MAX_KINDS) {
                    throw new NumberFormatException(space < 0 ? "no count" : "more kinds than the most, " + MAX_KINDS);
                }
                known.counts.put(
                        Long.parseUnsignedLong(line.substring(0, space), 16),
                        Math.toIntExact(positive(line.substring(space + 1))));
            }
            return known;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new ModelException(
                    file + ", line " + number + " is not a count of sessions: " + e.getMessage() + "; train again", e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static long positive(String text) {
        long number = Long.parseLong(text);
        if (number < 1) {
            throw new NumberFormatException(text + " is not above 0");
        }
        return number;
    }
}
