package io.deepsentry.anomaly.internal.vector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells what of a session the begin or the end of its log cut off: what training sessions begin and end with, and how
 * long they take to come to each message.
 *
 * <p>A session is over at the end of the log if training sessions end with its last message. Else it is held to have
 * come to what is overdue only: to what 95 of 100 training sessions that have it had come to at its age. It began
 * before the log if sessions hardly ever begin with its first message, and the log had not lasted longer than
 * twice the longest pause before that message. Times are counted where every line has one, and else messages of
 * sessions. Immutable, safe for use by several threads.
 */
public final class SessionEdges {
    /** The file's name in the model folder. */
    public static final String FILE = "session_edges.json";
    /** Knows nothing: no session is cut off. */
    public static final SessionEdges NONE = new SessionEdges(false, -1, Map.of(), Map.of());

    /** So many of a kind in a session are told apart. */
    private static final int MOST_OCCURRENCES = 8;
    /** Of a smaller share of a message's occurrences it is hardly ever the first, or the last, of a session. */
    private static final double HARDLY_EVER = 0.05;

    private static final double USUAL = 0.95;
    /** A time, or a number of messages, is known by the power of two that it does not exceed. */
    private static final int BUCKETS = 63;
    /** Fewer say nothing. */
    private static final int LEAST_COUNTED = 10;

    private static final int BITS = 6;

    private final boolean timed;
    /** The age that sessions reach at most, usually; -1 if not known. */
    private final long usualAge;
    /** Of known messages. */
    private final Map<Integer, Edge> begins;
    /** Of known messages and their occurrence in the session. */
    private final Map<Integer, Edge> ends;

    private SessionEdges(boolean timed, long usualAge, Map<Integer, Edge> begins, Map<Integer, Edge> ends) {
        this.timed = timed;
        this.usualAge = usualAge;
        this.begins = Map.copyOf(begins);
        this.ends = Map.copyOf(ends);
    }

    /**
     * What is known of a message.
     *
     * @param edge whether sessions begin, or end, with it
     * @param usual twice the longest pause before it, or the age at which sessions usually have come to it; -1 if that
     *     is not known
     */
    private record Edge(boolean edge, long usual) {}

    private static int key(int row, int occurrence) {
        return row * MOST_OCCURRENCES + Math.min(MOST_OCCURRENCES, occurrence) - 1;
    }

    /**
     * A stretch of a log.
     *
     * @param time how long it took, or null if that is not known
     * @param messages how many messages of sessions came in it
     */
    public record Stretch(@Nullable Duration time, long messages) {}

    /**
     * What of a session was not seen. Immutable.
     *
     * @param begin whether it began before the log
     * @param end whether it may have been open when the log ended
     * @param edges tells what it had to come to, if it may have been open
     * @param age its age when the log ended, if it may have been open
     */
    public record CutOff(
            boolean begin,
            boolean end,
            @Nullable SessionEdges edges,
            @Nullable Stretch age) {
        /** It is whole: what it lacks is missing. */
        public static final CutOff NEITHER = new CutOff(false, false, null, null);
        /** It is under way: nothing is missing yet. */
        public static final CutOff UNDER_WAY = new CutOff(false, true, null, null);

        /** Whether begin and end were seen. */
        public boolean isWhole() {
            return !begin && !end;
        }

        /**
         * Whether the session lacks a message, rather than that the log does.
         *
         * @param row the known row of the message
         * @param occurrence which of its kind in the session, from 1
         */
        public boolean lacks(int row, int occurrence) {
            return isWhole() || (!begin && edges != null && age != null && edges.overdue(row, occurrence, age));
        }
    }

    /**
     * Whether a session that begins with a message began before the log did.
     *
     * @param row the known row of its first message, -1 if it is not known
     * @param sinceLogBegan from the beginning of the log to this message
     */
    public boolean cutAtBegin(int row, Stretch sinceLogBegan) {
        Edge edge = begins.get(row);
        return edge != null && !edge.edge && within(sinceLogBegan, edge.usual);
    }

    /**
     * What of a session was not seen when the log ended.
     *
     * @param rows the known rows of its messages, -1 for those that are not known
     * @param cutAtBegin whether it began before the log
     * @param age from its first message to the end of the log
     */
    public CutOff cutOff(int[] rows, boolean cutAtBegin, Stretch age) {
        int last = rows[rows.length - 1];
        int occurrence = 0;
        for (int row : rows) {
            occurrence += row == last ? 1 : 0;
        }
        Edge edge = last < 0 ? null : ends.get(key(last, occurrence));
        boolean over = edge == null || edge.edge || !within(age, usualAge);
        return over
                ? (cutAtBegin ? new CutOff(true, false, null, null) : CutOff.NEITHER)
                : new CutOff(cutAtBegin, true, this, age);
    }

    private boolean overdue(int row, int occurrence, Stretch age) {
        Edge edge = ends.get(key(row, occurrence));
        long usual = edge == null ? -1 : edge.usual;
        return !within(age, usual < 0 ? usualAge : usual);
    }

    private boolean within(Stretch stretch, long usual) {
        Duration time = stretch.time();
        if (!timed) {
            return stretch.messages() <= usual;
        }
        return time != null && time.toMillis() <= usual;
    }

    /** Counts the edges of sessions. For one thread. */
    static final class Counter {
        private static final int MESSAGES = BITS;
        private static final int AGE = 2 * BITS;
        private static final int UNTIMED = 1 << (4 * BITS);

        private final Map<Integer, Counts> before = new HashMap<>();
        private final Map<Integer, Counts> at = new HashMap<>();
        private final Counts ages = new Counts();
        private boolean timed = true;

        private static final class Counts {
            private long occurrences;
            private long edges;
            private final int[] times = new int[BUCKETS + 1];
            private final int[] messages = new int[BUCKETS + 1];

            void stretch(int packed) {
                times[packed & BUCKETS]++;
                messages[packed >> MESSAGES & BUCKETS]++;
            }

            boolean edge() {
                return edges >= HARDLY_EVER * occurrences;
            }

            /** Training may have seen its longest pauses cut off, so twice as much as the longest. */
            long twiceTheLongest(boolean timed) {
                int[] buckets = timed ? times : messages;
                int longest = BUCKETS;
                while (longest >= 0 && buckets[longest] == 0) {
                    longest--;
                }
                return longest < 0 || Arrays.stream(buckets).sum() < LEAST_COUNTED
                        ? -1
                        : 1L << Math.min(longest + 1, BUCKETS - 1);
            }

            long usual(boolean timed) {
                return SessionEdges.Counter.usual(timed ? times : messages);
            }
        }

        /** What is met late in a log of many different messages is rare, and nothing is known of it. */
        private static @Nullable Counts counts(Map<Integer, Counts> of, int key) {
            return of.size() < TrainingMessages.MAX_KNOWN
                    ? of.computeIfAbsent(key, unused -> new Counts())
                    : of.get(key);
        }

        /**
         * A session comes to a message.
         *
         * @param occurrence which of its kind it is there, from 1
         * @param first whether it is the session's first one
         * @param last whether it is the session's last one
         * @param stretches as {@link #packed} gives them
         */
        void add(int id, int occurrence, boolean first, boolean last, int stretches) {
            timed &= (stretches & UNTIMED) == 0;
            Counts pauses = counts(before, id);
            if (pauses != null) {
                pauses.occurrences++;
                pauses.edges += first ? 1 : 0;
                if (!first) {
                    pauses.stretch(stretches);
                }
            }
            Counts reached = counts(at, key(id, occurrence));
            if (reached != null) {
                reached.occurrences++;
                reached.edges += last ? 1 : 0;
                reached.stretch(stretches >> AGE);
            }
            if (last) {
                ages.stretch(stretches >> AGE);
            }
        }

        /** What was counted, by the known rows of the messages. */
        SessionEdges edges(MessageTable messages) {
            Map<Integer, Edge> begins = new HashMap<>();
            before.forEach((id, counts) -> {
                int row = messages.row(id);
                if (row >= 0) {
                    begins.put(row, new Edge(counts.edge(), counts.twiceTheLongest(timed)));
                }
            });
            Map<Integer, Edge> ends = new HashMap<>();
            at.forEach((key, counts) -> {
                int row = messages.row(key / MOST_OCCURRENCES);
                if (row >= 0) {
                    ends.put(key(row, key % MOST_OCCURRENCES + 1), new Edge(counts.edge(), counts.usual(timed)));
                }
            });
            return new SessionEdges(timed, ages.usual(timed), begins, ends);
        }

        /** What is counted of the pause before a message and of the session's age, in one number. */
        static int packed(Stretch pause, Stretch age) {
            return pack(pause) | pack(age) << AGE | (age.time() == null || pause.time() == null ? UNTIMED : 0);
        }

        private static int pack(Stretch stretch) {
            Duration time = stretch.time();
            return (time == null ? 0 : bucket(time.toMillis())) | bucket(stretch.messages()) << MESSAGES;
        }

        private static int bucket(long amount) {
            return amount <= 0 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(amount - 1);
        }

        private static long usual(int[] buckets) {
            long all = 0;
            for (int count : buckets) {
                all += count;
            }
            long sum = 0;
            for (int i = 0; i <= BUCKETS && all >= LEAST_COUNTED; i++) {
                sum += buckets[i];
                if (sum >= USUAL * all) {
                    return 1L << Math.min(i, BUCKETS - 1);
                }
            }
            return -1;
        }
    }

    /** The content of its file. */
    public AtomicFile.PathWriter writer() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("counted_in", timed ? "milliseconds" : "messages");
        content.put("usual_age", usualAge);
        content.put("begins", entries(begins));
        content.put("ends", entries(ends));
        return JsonFile.compact(content);
    }

    private static List<List<Object>> entries(Map<Integer, Edge> edges) {
        List<List<Object>> entries = new ArrayList<>();
        new TreeMap<>(edges).forEach((key, edge) -> entries.add(List.of(key, edge.edge, edge.usual)));
        return entries;
    }

    /**
     * Reads the edges of a model folder.
     *
     * @param known how many known messages there are
     * @return {@link #NONE} if the folder has none
     * @throws ModelException if the file is corrupt or belongs to other messages
     */
    public static SessionEdges read(Path folder, int known) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        ModelDirectory.verify(file);
        JsonNode json = JsonFile.read(file);
        return new SessionEdges(
                json.path("counted_in").asText().equals("milliseconds"),
                json.path("usual_age").asLong(-1),
                edges(json.path("begins"), known, file),
                edges(json.path("ends"), known * MOST_OCCURRENCES, file));
    }

    private static Map<Integer, Edge> edges(JsonNode entries, int keys, Path file) {
        Map<Integer, Edge> edges = new HashMap<>();
        for (JsonNode entry : entries) {
            int key = entry.path(0).asInt(-1);
            if (key < 0 || key >= keys) {
                throw corrupt(file, "message " + key + " is none of the " + keys + " known ones");
            }
            edges.put(key, new Edge(entry.path(1).asBoolean(true), entry.path(2).asLong(-1)));
        }
        return edges;
    }

    private static ModelException corrupt(Path file, String why) {
        return new ModelException(file + " cannot be read: " + why + "; copy the whole folder again, or train again");
    }
}
