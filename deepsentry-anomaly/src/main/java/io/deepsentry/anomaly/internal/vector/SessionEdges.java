package io.deepsentry.anomaly.internal.vector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a session was cut off by the begin or the end of its log: what training sessions begin and end with, and how long it takes from one of their messages to
 * the next.
 *
 * <p>A session is open at the end of the log if sessions hardly ever end with its last message, and if the log ends before the next one is overdue: within the pause that
 * 95 of 100 such messages are followed in. It was open at the begin of the log by the same rule, backwards. Pauses are times where every line has one, and else counted in
 * messages of sessions. Each message has pauses of its own, as some are followed at once and others after hours. Immutable, safe for use by several threads.
 */
public final class SessionEdges {
    /** The file's name in the model folder. */
    public static final String FILE = "session_edges.json";
    /** Knows nothing: no session is cut off. */
    public static final SessionEdges NONE = new SessionEdges(false, Map.of());

    /** Of a smaller share of a message's occurrences it is hardly ever the first, or the last, of a session. */
    private static final double HARDLY_EVER = 0.05;

    private static final double USUAL = 0.95;
    /** A pause is known by the power of two that it does not exceed. */
    private static final int BUCKETS = 63;

    private static final int LEAST_PAUSES = 10;
    private static final long LARGEST_FILE = 64L << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private final boolean timed;
    private final Map<Integer, Edge> edges;

    private SessionEdges(boolean timed, Map<Integer, Edge> edges) {
        this.timed = timed;
        this.edges = Map.copyOf(edges);
    }

    /**
     * What is known of a message.
     *
     * @param begins whether sessions begin with it
     * @param ends whether they end with it
     * @param before the pause that usually lies before it at most, -1 if not known
     * @param after the pause that usually follows it at most, -1 if not known
     */
    private record Edge(boolean begins, boolean ends, long before, long after) {}

    /**
     * A stretch of a log.
     *
     * @param time how long it took, or null if that is not known
     * @param messages how many messages of sessions came in it
     */
    public record Pause(@Nullable Duration time, long messages) {}

    /** Which edges of a session were not seen. */
    public enum CutOff {
        /** It is whole. */
        NEITHER(false, false),
        /** It began before the log. */
        BEGIN(true, false),
        /** It was still open when the log ended. */
        END(false, true),
        /** Both. */
        BOTH(true, true);

        private final boolean begin;
        private final boolean end;

        CutOff(boolean begin, boolean end) {
            this.begin = begin;
            this.end = end;
        }

        /** The one with these edges. */
        public static CutOff of(boolean begin, boolean end) {
            return begin ? (end ? BOTH : BEGIN) : end ? END : NEITHER;
        }

        /** Whether it began before the log. */
        public boolean begin() {
            return begin;
        }

        /** Whether it was still open when the log ended. */
        public boolean end() {
            return end;
        }
    }

    /**
     * Whether a session that begins with a message began before the log did.
     *
     * @param row the known row of its first message, -1 if it is not known
     * @param sinceLogBegan from the begin of the log to this message
     */
    public boolean cutAtBegin(int row, Pause sinceLogBegan) {
        Edge edge = edges.get(row);
        return edge != null && !edge.begins && within(sinceLogBegan, edge.before);
    }

    /**
     * Whether a session that has come to a message may go on when the log ends.
     *
     * @param row the known row of its last message, -1 if it is not known
     * @param untilLogEnded from this message to the end of the log
     */
    public boolean cutAtEnd(int row, Pause untilLogEnded) {
        Edge edge = edges.get(row);
        return edge != null && !edge.ends && within(untilLogEnded, edge.after);
    }

    private boolean within(Pause pause, long usual) {
        Duration time = pause.time();
        if (!timed) {
            return pause.messages() <= usual;
        }
        return time != null && time.toMillis() <= usual;
    }

    /** Counts the edges of sessions. For one thread. */
    static final class Counter {
        private final Map<Integer, Counts> of = new HashMap<>();
        private boolean timed = true;

        private static final class Counts {
            private long occurrences;
            private long begins;
            private long ends;
            private final int[] timesBefore = new int[BUCKETS + 1];
            private final int[] timesAfter = new int[BUCKETS + 1];
            private final int[] messagesBefore = new int[BUCKETS + 1];
            private final int[] messagesAfter = new int[BUCKETS + 1];
        }

        private @Nullable Counts counts(int id) {
            // Bounded: what is met late in a log of many different messages is rare, and is no edge that anything is
            // known of.
            return of.size() < TrainingMessages.MAX_KNOWN ? of.computeIfAbsent(id, unused -> new Counts()) : of.get(id);
        }

        /** A message begins a session. */
        void begin(int id) {
            Counts counts = counts(id);
            if (counts != null) {
                counts.occurrences++;
                counts.begins++;
            }
        }

        /** A message follows another one of its session. */
        void next(int before, int id, Pause pause) {
            Counts counts = counts(id);
            if (counts != null) {
                counts.occurrences++;
            }
            Duration time = pause.time();
            timed &= time != null;
            int inTime = time == null ? 0 : bucket(time.toMillis());
            int inMessages = bucket(pause.messages());
            if (counts != null) {
                counts.timesBefore[inTime]++;
                counts.messagesBefore[inMessages]++;
            }
            Counts earlier = counts(before);
            if (earlier != null) {
                earlier.timesAfter[inTime]++;
                earlier.messagesAfter[inMessages]++;
            }
        }

        /** A message ended a session. */
        void end(int id) {
            Counts counts = counts(id);
            if (counts != null) {
                counts.ends++;
            }
        }

        /** What was counted, by the known rows of the messages. */
        SessionEdges edges(MessageTable messages) {
            Map<Integer, Edge> edges = new HashMap<>();
            of.forEach((id, counts) -> {
                int row = messages.row(id);
                if (row >= 0) {
                    edges.put(
                            row,
                            new Edge(
                                    counts.begins >= HARDLY_EVER * counts.occurrences,
                                    counts.ends >= HARDLY_EVER * counts.occurrences,
                                    usual(timed ? counts.timesBefore : counts.messagesBefore),
                                    usual(timed ? counts.timesAfter : counts.messagesAfter)));
                }
            });
            return new SessionEdges(timed, edges);
        }

        private static int bucket(long pause) {
            return pause <= 0 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(pause - 1);
        }

        private static long usual(int[] buckets) {
            long all = 0;
            for (int count : buckets) {
                all += count;
            }
            long sum = 0;
            for (int i = 0; i <= BUCKETS && all >= LEAST_PAUSES; i++) {
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
        List<Map<String, Object>> messages = new ArrayList<>();
        edges.keySet().stream().sorted().forEach(row -> {
            Edge edge = edges.get(row);
            if (edge != null) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("message", row);
                entry.put("begins", edge.begins);
                entry.put("ends", edge.ends);
                entry.put("pause_before", edge.before);
                entry.put("pause_after", edge.after);
                messages.add(entry);
            }
        });
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("pauses_in", timed ? "milliseconds" : "messages");
        content.put("messages", messages);
        return path -> JSON.writeValue(path.toFile(), content);
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
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw corrupt(file, "it has more than " + LARGEST_FILE + " bytes", null);
            }
            JsonNode json = JSON.readTree(file.toFile());
            Map<Integer, Edge> edges = new HashMap<>();
            for (JsonNode entry : json.path("messages")) {
                int row = entry.path("message").asInt(-1);
                if (row < 0 || row >= known) {
                    throw corrupt(file, "message " + row + " is none of the " + known + " known ones", null);
                }
                edges.put(
                        row,
                        new Edge(
                                entry.path("begins").asBoolean(true),
                                entry.path("ends").asBoolean(true),
                                entry.path("pause_before").asLong(-1),
                                entry.path("pause_after").asLong(-1)));
            }
            return new SessionEdges(json.path("pauses_in").asText().equals("milliseconds"), edges);
        } catch (JsonProcessingException e) {
            throw corrupt(file, "it is not valid JSON", e);
        } catch (IOException e) {
            throw corrupt(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static ModelException corrupt(Path file, String why, @Nullable IOException cause) {
        return new ModelException(
                file + " cannot be read: " + why + "; copy the whole folder again, or train again", cause);
    }
}
