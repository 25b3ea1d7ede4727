package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What sessions are made of, judged by how many training sessions did the same: which messages they have, how often,
 * which they lack, and which come before which. The kinds of evidence {@code count} and {@code order} of sessions.
 *
 * <p>Support is counted for each behaviour by itself, not for whole sessions: a session of an unseen kind is normal as
 * long as everything it does is. So neither many variants of what is normal nor a tenth of faults in training mislead
 * it, as long as no single fault is common. What fewer than a share {@link #rate} of the training sessions do is a
 * violation:
 *
 * <ul>
 *   <li>to have a message that so few have;
 * <li>to have a message more often, less often, or another number of times, where at least {@value #FIXED_SHARE} of the
 * sessions with it agree on one number;
 *   <li>to lack a message that nearly all have;
 *   <li>to have messages after others that they always come before, see {@link SessionOrder}.
 * </ul>
 *
 * <p>Learnt in a few passes over training, in memory bounded by the number of known messages. Immutable, safe for use
 * by several threads.
 */
public final class SupportRule {
    /** The file's name in the model folder. */
    public static final String FILE = "session_support.json";
    /**
     * Knows nothing and finds nothing: a folder without the file, streams, or too few sessions to tell what is rare.
     */
    public static final SupportRule NONE = new SupportRule(0, 1, 0, new Behaviour[0], SessionOrder.NONE);

    /** What more sessions than this share agree on is fixed. */
    static final double FIXED_SHARE = 0.85;
    /** Fewer sessions cannot tell that what none of them does is rare. */
    static final int LEAST_SESSIONS = 19;
    /** A message so many times, or more often, counts as so many. */
    private static final int MOST_TIMES = 63;
    /** Messages that nearly all sessions have and whose order is learnt. */
    private static final int MOST_MANDATORY = 64;

    private static final double USUALLY = 0.5;

    private final long sessions;
    private final double rate;
    /** How many of the training sessions would have had a message that the others lack, by validation. */
    private final long withUnknown;

    private final @Nullable Behaviour[] behaviours;
    private final SessionOrder order;

    private SupportRule(
            long sessions, double rate, long withUnknown, @Nullable Behaviour[] behaviours, SessionOrder order) {
        this.order = order;
        this.sessions = sessions;
        this.rate = rate;
        this.withUnknown = withUnknown;
        this.behaviours = behaviours;
    }

    /** What a violation is. */
    public enum Kind {
        /** A message that training never saw. */
        UNKNOWN,
        /** A message that hardly any training session has. */
        RARE,
        /** More of a message. */
        TOO_MANY,
        /** Fewer of a message, or a number between the usual ones. */
        TOO_FEW,
        /** None of a message that nearly all sessions have. */
        MISSING,
        /** A message after another one that it always comes before. */
        ORDER
    }

    /**
     * Something that hardly any training session does. Immutable.
     *
     * @param code the known row of the message, or the complement of the number of one that is not known
     * @param before the known row of the message that came first although this one always does; -1 if it is no
     *     violation of order
     * @param times how often the session has it
     * @param seen how many training sessions did the same, or worse
     * @param of how many it was looked for in
     */
    public record Violation(Kind kind, int code, int before, int times, long seen, long of) {
        /** What is odd about how often a message comes. */
        Violation(Kind kind, int code, int times, long seen, long of) {
            this(kind, code, -1, times, seen, of);
        }

        /** How rare it is, in nats. */
        public double nats() {
            return Math.log((of + 1.0) / (seen + 1.0));
        }
    }

    /** What training sessions do with one message. For building; then not changed. */
    private static final class Behaviour {
        private final long[] times = new long[MOST_TIMES + 1];
        private long with;
        /** Rows that usually come after it, if nearly all sessions have it and them. */
        private int[] later = new int[0];

        private boolean mandatory;
        private boolean fixed;

        /** How many sessions have it at least so often. */
        private long atLeast(int count) {
            long sum = 0;
            for (int i = count; i <= MOST_TIMES; i++) {
                sum += times[i];
            }
            return sum;
        }

        private long atMost(int count) {
            return with - atLeast(count + 1);
        }
    }

    /** Sessions that can be gone through again. */
    public interface Sessions {
        /** Hands over the messages of each session that is whole, as codes like those of {@link Violation}. */
        void forEach(Consumer<int[]> session);
    }

    /**
     * Learns from sessions.
     *
     * @param known how many known messages there are
     * @param rate what a smaller share of the sessions does is a violation; halved until few enough sessions have one
     * @param mostSuspects the share of the sessions that may have a violation
     * @param unknownShare the share of other sessions that had a message which these lack
     */
    public static SupportRule learn(
            Sessions sessions, int known, double rate, double mostSuspects, double unknownShare) {
        Behaviour[] behaviours = new Behaviour[known];
        long[] count = new long[1];
        sessions.forEach(codes -> {
            count[0]++;
            counts(codes).forEach((code, times) -> {
                if (code >= 0) {
                    Behaviour of = behaviours[code];
                    if (of == null) {
                        of = new Behaviour();
                        behaviours[code] = of;
                    }
                    of.with++;
                    of.times[Math.min(MOST_TIMES, times)]++;
                }
            });
        });
        if (count[0] < LEAST_SESSIONS) {
            return NONE;
        }
        for (double tried = rate; rare(0, count[0], tried); tried /= 2) {
            SupportRule rule = of(sessions, count[0], tried, Math.round(unknownShare * count[0]), behaviours);
            BitSet suspects = new BitSet();
            int[] place = new int[1];
            sessions.forEach(codes -> suspects.set(
                    place[0]++,
                    !rule.violations(codes, SessionEdges.CutOff.NEITHER).isEmpty()));
            if (suspects.cardinality() <= mostSuspects * count[0]) {
                return rule.with(SessionOrder.learn(without(suspects, sessions), commonest(behaviours), rule.rate));
            }
        }
        return NONE;
    }

    /** Order is learnt from sessions whose counts are those of others: faults often show in both. */
    private static Sessions without(BitSet suspects, Sessions sessions) {
        return each -> {
            int[] place = new int[1];
            sessions.forEach(codes -> {
                if (!suspects.get(place[0]++)) {
                    each.accept(codes);
                }
            });
        };
    }

    /** The rows that most sessions have, ascending. */
    private static int[] commonest(@Nullable Behaviour[] behaviours) {
        return IntStream.range(0, behaviours.length)
                .filter(row -> behaviours[row] != null)
                .boxed()
                .sorted(Comparator.comparingLong((Integer row) -> -with(behaviours[row])))
                .limit(SessionOrder.MOST_MESSAGES)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    private static long with(@Nullable Behaviour of) {
        return of == null ? 0 : of.with;
    }

    private SupportRule with(SessionOrder learnt) {
        return new SupportRule(sessions, rate, withUnknown, behaviours, learnt);
    }

    private static SupportRule of(
            Sessions sessions, long count, double rate, long withUnknown, Behaviour[] behaviours) {
        List<Integer> mandatory = new ArrayList<>();
        for (int row = 0; row < behaviours.length; row++) {
            Behaviour each = behaviours[row];
            if (each == null) {
                continue;
            }
            long most = Arrays.stream(each.times).max().orElse(0);
            each.fixed = !rare(each.with, count, rate) && most >= FIXED_SHARE * each.with;
            each.mandatory = rare(count - each.with, count, rate);
            each.later = new int[0];
            if (each.mandatory) {
                mandatory.add(row);
            }
        }
        mandatory.sort(Comparator.comparingLong((Integer row) -> -behaviours[row].with));
        int[] rows = mandatory.stream()
                .limit(MOST_MANDATORY)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        long[][] after = new long[rows.length][rows.length];
        sessions.forEach(codes -> {
            int[] first = firsts(codes, rows);
            for (int a = 0; a < rows.length; a++) {
                for (int b = 0; b < rows.length; b++) {
                    after[a][b] += first[a] >= 0 && first[b] > first[a] ? 1 : 0;
                }
            }
        });
        for (int a = 0; a < rows.length; a++) {
            List<Integer> later = new ArrayList<>();
            for (int b = 0; b < rows.length; b++) {
                if (after[a][b] > USUALLY * count) {
                    later.add(rows[b]);
                }
            }
            behaviours[rows[a]].later =
                    later.stream().mapToInt(Integer::intValue).toArray();
        }
        return new SupportRule(count, rate, withUnknown, behaviours.clone(), SessionOrder.NONE);
    }

    private static int[] firsts(int[] codes, int[] rows) {
        int[] first = new int[rows.length];
        Arrays.fill(first, -1);
        for (int i = 0; i < codes.length; i++) {
            int place = Arrays.binarySearch(rows, codes[i]);
            if (place >= 0 && first[place] < 0) {
                first[place] = i;
            }
        }
        return first;
    }

    /** Whether what so many of so many do is rarer than a share: as if one more had done it. */
    private static boolean rare(long seen, long of, double rate) {
        return (seen + 1.0) / (of + 1.0) <= rate;
    }

    private static Map<Integer, Integer> counts(int[] codes) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (int code : codes) {
            counts.merge(code, 1, Integer::sum);
        }
        return counts;
    }

    /** Whether it knows nothing. */
    public boolean isEmpty() {
        return sessions == 0;
    }

    /** The share of training sessions below which what they do is rare. */
    public double rate() {
        return rate;
    }

    /** How many sessions it was learnt from. */
    public long sessions() {
        return sessions;
    }

    /**
     * What a session does that hardly any training session did: the rarest first.
     *
     * @param codes of its messages in the order they came
     * @param cutOff what of it was not seen: that is not missing
     */
    public List<Violation> violations(int[] codes, SessionEdges.CutOff cutOff) {
        if (isEmpty()) {
            return List.of();
        }
        Map<Integer, Integer> counts = counts(codes);
        List<Violation> found = new ArrayList<>();
        counts.forEach((code, times) -> {
            Violation violation = violation(code, times, cutOff);
            if (violation != null) {
                found.add(violation);
            }
        });
        for (int row = 0; row < behaviours.length; row++) {
            Behaviour each = behaviours[row];
            if (each != null && each.mandatory && !counts.containsKey(row) && cutOff.lacks(row, 1)) {
                found.add(new Violation(Kind.MISSING, row, 0, sessions - each.with, sessions));
            }
        }
        order.violations(codes, found::add);
        found.sort(Comparator.comparingDouble((Violation each) -> -each.nats())
                .thenComparing(Violation::kind)
                .thenComparingInt(Violation::code)
                .thenComparingInt(Violation::before));
        return found;
    }

    /**
     * The violations of a session under way, message by message: those that no later message can undo. For one thread.
     */
    public static final class Watch {
        private final SupportRule rule;
        private final Map<Integer, Integer> times = new HashMap<>();
        private final Map<Integer, Violation> ofCounts = new HashMap<>();
        private final List<Violation> ofOrder = new ArrayList<>();
        private final SessionOrder.Watch order;

        private Watch(SupportRule rule) {
            this.rule = rule;
            this.order = rule.order.begin();
        }

        /** How many orders are broken that are no violation by themselves. */
        public int hints() {
            return order.hints();
        }

        /**
         * Takes the next message.
         *
         * @return whether the violations, or the hints, are not as before
         */
        public boolean next(int code) {
            int hints = order.hints();
            Violation outOfOrder = order.next(code);
            if (outOfOrder != null) {
                ofOrder.add(outOfOrder);
            }
            Violation count = rule.certain(code, times.merge(code, 1, Integer::sum));
            return (count != null && !count.equals(ofCounts.put(code, count)))
                    || outOfOrder != null
                    || hints != order.hints();
        }

        /** The violations so far, in no order. */
        public List<Violation> violations() {
            List<Violation> all = new ArrayList<>(ofCounts.values());
            all.addAll(ofOrder);
            return all;
        }
    }

    /** How many orders a session breaks that are no violation by themselves. */
    public int hints(int[] codes) {
        return order.violations(codes, unused -> {});
    }

    /** Begins a session. */
    public Watch begin() {
        return new Watch(this);
    }

    /** The message at which a violation of order shows, by its place among those of a session. */
    public int placeOf(Violation violation, int[] codes) {
        SessionOrder.Watch watch = order.begin();
        for (int i = 0; i < codes.length; i++) {
            if (violation.equals(watch.next(codes[i]))) {
                return i;
            }
        }
        return codes.length;
    }

    /**
     * What a session does with a message that it has so many times so far, and that no later message can undo; null for
     * nothing.
     */
    public @Nullable Violation certain(int code, int times) {
        return isEmpty() ? null : violation(code, times, SessionEdges.CutOff.UNDER_WAY);
    }

    private @Nullable Violation violation(int code, int times, SessionEdges.CutOff cutOff) {
        Behaviour of = code < 0 ? null : behaviours[code];
        if (of == null) {
            return rare(withUnknown, sessions, rate)
                    ? new Violation(Kind.UNKNOWN, code, times, withUnknown, sessions)
                    : null;
        }
        if (rare(of.with, sessions, rate)) {
            return new Violation(Kind.RARE, code, times, of.with, sessions);
        }
        if (!of.fixed) {
            return null;
        }
        int counted = Math.min(MOST_TIMES, times);
        long atLeast = of.atLeast(counted);
        if (rare(atLeast, of.with, rate)) {
            return new Violation(Kind.TOO_MANY, code, times, atLeast, of.with);
        }
        if (!cutOff.lacks(code, times + 1)) {
            return null;
        }
        long atMost = of.atMost(counted);
        if (rare(atMost, of.with, rate)) {
            return new Violation(Kind.TOO_FEW, code, times, atMost, of.with);
        }
        return rare(of.times[counted], of.with, rate)
                ? new Violation(Kind.TOO_FEW, code, times, of.times[counted], of.with)
                : null;
    }

    /** Whether a message is one before which another must come. */
    public boolean comesAfter(int code, int other) {
        Behaviour of = behaviours[other];
        return of != null && Arrays.stream(of.later).anyMatch(row -> row == code);
    }

    /** How often sessions usually have a known message. */
    public int usualTimes(int row) {
        Behaviour of = behaviours[row];
        int usual = 1;
        for (int i = 1; of != null && i <= MOST_TIMES; i++) {
            usual = of.times[i] > of.times[usual] ? i : usual;
        }
        return usual;
    }

    /** How many training sessions have a known message, the suspect ones among them. */
    public long sessionsWith(int row) {
        Behaviour of = row < behaviours.length ? behaviours[row] : null;
        return of == null ? 0 : of.with;
    }

    /** The content of its file. */
    public AtomicFile.PathWriter writer() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("sessions", sessions);
        content.put("rate", rate);
        content.put("with_unknown", withUnknown);
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int row = 0; row < behaviours.length; row++) {
            Behaviour each = behaviours[row];
            if (each != null) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("message", row);
                entry.put("mandatory", each.mandatory);
                entry.put("later", each.later);
                entry.put("fixed", each.fixed);
                List<long[]> times = new ArrayList<>();
                for (int i = 1; i <= MOST_TIMES; i++) {
                    if (each.times[i] > 0) {
                        times.add(new long[] {i, each.times[i]});
                    }
                }
                entry.put("times", times);
                messages.add(entry);
            }
        }
        content.put("messages", messages);
        content.put("order", order.toMap());
        return JsonFile.compact(content);
    }

    /**
     * Reads the rule of a model folder.
     *
     * @param known how many known messages there are
     * @return {@link #NONE} if the folder has none
     * @throws ModelException if the file is corrupt or belongs to other messages
     */
    public static SupportRule read(Path folder, int known) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        ModelDirectory.verify(file);
        JsonNode json = JsonFile.read(file);
        long sessions = json.path("sessions").asLong();
        double rate = json.path("rate").asDouble();
        if (sessions < LEAST_SESSIONS || !(rate > 0 && rate < 1)) {
            throw corrupt(file, "it is of " + sessions + " sessions with the rate " + rate);
        }
        Behaviour[] behaviours = new Behaviour[known];
        for (JsonNode entry : json.path("messages")) {
            int row = row(entry.path("message"), known, file);
            Behaviour of = new Behaviour();
            of.mandatory = entry.path("mandatory").asBoolean();
            of.fixed = entry.path("fixed").asBoolean();
            of.later = new int[entry.path("later").size()];
            for (int i = 0; i < of.later.length; i++) {
                of.later[i] = row(entry.path("later").get(i), known, file);
            }
            for (JsonNode pair : entry.path("times")) {
                int times = pair.path(0).asInt();
                long seen = pair.path(1).asLong();
                if (times < 1 || times > MOST_TIMES || seen < 1) {
                    throw corrupt(file, seen + " sessions cannot have a message " + times + " times");
                }
                of.times[times] = seen;
                of.with += seen;
            }
            behaviours[row] = of;
        }
        return new SupportRule(
                sessions, rate, json.path("with_unknown").asLong(), behaviours, order(json, known, file));
    }

    /** Folders that were written before there was an order have none. */
    private static SessionOrder order(JsonNode json, int known, Path file) {
        try {
            return SessionOrder.of(json.path("order"), known);
        } catch (IllegalArgumentException e) {
            throw corrupt(file, e.getMessage());
        }
    }

    private static int row(JsonNode json, int known, Path file) {
        int row = json.asInt(-1);
        if (row < 0 || row >= known) {
            throw corrupt(file, "message " + json + " is none of the " + known + " known ones");
        }
        return row;
    }

    private static ModelException corrupt(Path file, @Nullable String why) {
        return new ModelException(file + " cannot be read: " + why + "; copy the whole folder again, or train again");
    }
}
