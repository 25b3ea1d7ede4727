package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of training were made of: the most frequent distinct ones, as how many of which known message, and
 * in how many sessions each known message is. Bounded however long the log. Immutable.
 */
public final class TrainingSessions {
    /** The file's name in the model folder. */
    public static final String FILE = "normal_sessions.json";
    /** Nothing known: a model folder without the file, or one of streams. */
    public static final TrainingSessions NONE = new TrainingSessions(0, new long[0], List.of());

    static final int MAX_DISTINCT = 2_000;
    private static final int MAX_WATCHED = 20_000;
    private static final int MAX_KINDS = 500;

    private final long sessions;
    private final long[] sessionsWith;
    private final List<Distinct> distinct;

    private TrainingSessions(long sessions, long[] sessionsWith, List<Distinct> distinct) {
        this.sessions = sessions;
        this.sessionsWith = sessionsWith;
        this.distinct = distinct;
    }

    /**
     * A kind of session.
     *
     * @param counts how often each known message is in it, by row
     * @param seen how many sessions of training were of it
     */
    public record Distinct(Map<Integer, Integer> counts, long seen) {
        public Distinct {
            counts = Map.copyOf(counts);
        }
    }

    /** Counts the sessions of training. */
    public static TrainingSessions count(EncodedSessions train, MessageTable messages, int known) {
        if (!train.keyed()) {
            return NONE;
        }
        long[] with = new long[known];
        Map<Map<Integer, Integer>, long[]> seen = new HashMap<>();
        train.forEach(session -> {
            Map<Integer, Integer> counts = new TreeMap<>();
            for (int i = 0; i < session.length(); i++) {
                int row = messages.row(session.id(i));
                if (row >= 0) {
                    counts.merge(row, 1, Integer::sum);
                }
            }
            counts.keySet().forEach(row -> with[row]++);
            if (counts.size() <= MAX_KINDS) {
                seen.computeIfAbsent(counts, unused -> new long[1])[0]++;
            }
            if (seen.size() > MAX_WATCHED) {
                // What came once so far makes room; a frequent kind is soon there again.
                seen.values().removeIf(times -> times[0] <= 1);
                if (seen.size() > MAX_WATCHED / 2) {
                    long median = median(seen);
                    seen.values().removeIf(times -> times[0] <= median);
                }
            }
        });
        List<Distinct> distinct = seen.entrySet().stream()
                .map(entry -> new Distinct(entry.getKey(), entry.getValue()[0]))
                .sorted(Comparator.comparingLong(Distinct::seen)
                        .reversed()
                        .thenComparing(kind -> new TreeMap<>(kind.counts()).toString()))
                .limit(MAX_DISTINCT)
                .toList();
        return new TrainingSessions(train.count(), with, distinct);
    }

    private static long median(Map<Map<Integer, Integer>, long[]> seen) {
        long[] times =
                seen.values().stream().mapToLong(each -> each[0]).sorted().toArray();
        return times[times.length / 2];
    }

    /** The share of training sessions that have a known message; 1 where nothing is known of sessions. */
    public double share(int row) {
        return sessions == 0 || row >= sessionsWith.length ? 1 : (double) sessionsWith[row] / sessions;
    }

    /** In how many training sessions a known message is. */
    public long sessionsWith(int row) {
        return row < sessionsWith.length ? sessionsWith[row] : 0;
    }

    /** How many sessions training saw. */
    public long sessions() {
        return sessions;
    }

    /** The share of the sessions of known kinds that have a known message at least so many times. */
    public double shareOfAtLeast(int row, int times) {
        long all = 0;
        long enough = 0;
        for (Distinct kind : distinct) {
            all += kind.seen();
            enough += kind.counts().getOrDefault(row, 0) >= times ? kind.seen() : 0;
        }
        return all == 0 ? 1 : (double) enough / all;
    }

    /**
     * The kind of session that differs least from one: by the fewest messages missing or surplus, then by how often
     * training saw it.
     *
     * @param counts of its known messages
     * @param ended whether it has ended; what a session under way does not have yet is not missing
     * @return null if nothing is known
     */
    @Nullable
    public Distinct nearest(Map<Integer, Integer> counts, boolean ended) {
        Distinct best = null;
        long least = Long.MAX_VALUE;
        for (Distinct kind : distinct) {
            long distance = 0;
            for (Map.Entry<Integer, Integer> entry : kind.counts().entrySet()) {
                int surplus = counts.getOrDefault(entry.getKey(), 0) - entry.getValue();
                distance += ended ? Math.abs(surplus) : Math.max(0, surplus);
            }
            for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
                distance += kind.counts().containsKey(entry.getKey()) ? 0 : entry.getValue();
            }
            if (distance < least) {
                least = distance;
                best = kind;
            }
        }
        return best;
    }

    public AtomicFile.PathWriter writer() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("sessions", sessions);
        content.put("sessions_with", sessionsWith);
        List<Map<String, Object>> kinds = new ArrayList<>();
        for (Distinct kind : distinct) {
            List<int[]> pairs = new ArrayList<>();
            new TreeMap<>(kind.counts()).forEach((row, times) -> pairs.add(new int[] {row, times}));
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("seen", kind.seen());
            entry.put("messages", pairs);
            kinds.add(entry);
        }
        content.put("distinct", kinds);
        return JsonFile.compact(content);
    }

    /**
     * Reads the sessions of a model folder.
     *
     * @param known how many known messages there are
     * @return {@link #NONE} if the folder has none
     * @throws ModelException if the file is corrupt or belongs to other messages
     */
    public static TrainingSessions read(Path folder, int known) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        ModelDirectory.verify(file);
        JsonNode json = JsonFile.read(file);
        JsonNode with = json.path("sessions_with");
        if (with.size() != known && with.size() != 0) {
            throw corrupt(file, "it counts " + with.size() + " messages where " + known + " are known");
        }
        long[] sessionsWith = new long[with.size()];
        Arrays.setAll(sessionsWith, i -> with.get(i).asLong());
        List<Distinct> distinct = new ArrayList<>();
        for (JsonNode kind : json.path("distinct")) {
            Map<Integer, Integer> counts = new HashMap<>();
            for (JsonNode pair : kind.path("messages")) {
                int row = pair.path(0).asInt(-1);
                int times = pair.path(1).asInt(0);
                if (row < 0 || row >= known || times < 1) {
                    throw corrupt(file, "a session cannot have message " + row + " " + times + " times");
                }
                counts.put(row, times);
            }
            distinct.add(new Distinct(counts, kind.path("seen").asLong()));
        }
        return new TrainingSessions(json.path("sessions").asLong(), sessionsWith, List.copyOf(distinct));
    }

    private static ModelException corrupt(Path file, String why) {
        return new ModelException(file + " cannot be read: " + why + "; copy the whole folder again, or train again");
    }
}
