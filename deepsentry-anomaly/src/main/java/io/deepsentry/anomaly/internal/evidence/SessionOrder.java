package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a session always come before which others, all of the one before the first of the other. The kind
 * of evidence {@code order} of sessions; a part of {@link SupportRule}.
 *
 * <p>Lines that race change places now and then, even where thousands of sessions had one order. So each training
 * session is judged by what the others did, and as many broken orders make a violation as hardly any of them has: one,
 * two or three. Where training sessions break more, no order means anything.
 *
 * <p>Memory is bounded by the {@value #MOST_MESSAGES} most common messages. Immutable, safe for use by several threads.
 */
final class SessionOrder {
    /** Knows no order. */
    static final SessionOrder NONE = new SessionOrder(new int[0], 1, new long[0], new long[0]);

    /** The most common messages of sessions; of others the order is not learnt. */
    static final int MOST_MESSAGES = 128;

    /**
     * An order is fixed if no larger share of the sessions with both messages breaks it; and no larger share of all may
     * break as many as make a violation.
     */
    private static final double SELDOM = 1.0 / 5_000;

    private static final int MOST_BROKEN = 3;

    /**
     * Known rows, ascending. A pair of their places has the number {@code place of the first * rows + place of the
     * second}.
     */
    private final int[] rows;
    /** So many broken orders are a violation. */
    private final int least;
    /** How many training sessions have both messages of a pair whose order is fixed; 0 for others. */
    private final long[] of;
    /** How many of them break the order. */
    private final long[] broken;

    private SessionOrder(int[] rows, int least, long[] of, long[] broken) {
        this.rows = rows;
        this.least = least;
        this.of = of;
        this.broken = broken;
    }

    /**
     * Learns from sessions.
     *
     * @param sessions that can be gone through again
     * @param rows the known rows whose order counts, ascending, at most {@value #MOST_MESSAGES}
     * @param rate what a larger share of the sessions with two messages may do is no violation
     */
    static SessionOrder learn(SupportRule.Sessions sessions, int[] rows, double rate) {
        int count = rows.length;
        long[] together = new long[count * count];
        long[] late = new long[count * count];
        long[] all = new long[1];
        Ends ends = new Ends(rows);
        sessions.forEach(codes -> {
            all[0]++;
            ends.forEachPair(codes, (pair, isLate) -> {
                together[pair]++;
                late[pair] += isLate ? 1 : 0;
            });
        });
        // How many sessions break so many orders, or more, as the other sessions have them.
        long[] breaking = new long[MOST_BROKEN + 1];
        sessions.forEach(codes -> {
            int[] breaks = new int[1];
            ends.forEachPair(
                    codes,
                    (pair, isLate) -> breaks[0] += isLate && isFixed(late[pair] - 1, together[pair] - 1, rate) ? 1 : 0);
            for (int i = 1; i <= Math.min(MOST_BROKEN, breaks[0]); i++) {
                breaking[i]++;
            }
        });
        int least = 1;
        while (least <= MOST_BROKEN && !isSeldom(least, breaking[least], all[0])) {
            least++;
        }
        if (least > MOST_BROKEN) {
            return NONE;
        }
        for (int pair = 0; pair < together.length; pair++) {
            if (!isFixed(late[pair], together[pair], rate)) {
                together[pair] = 0;
                late[pair] = 0;
            }
        }
        return new SessionOrder(rows, least, together, late);
    }

    private static boolean isFixed(long late, long together, double rate) {
        return (late + 1) <= rate * (together + 1) && late <= SELDOM * together;
    }

    /** Whether few enough sessions break so many orders. One is so little that as many sessions must have shown it. */
    private static boolean isSeldom(int orders, long breaking, long sessions) {
        return orders == 1 ? breaking + 1 <= SELDOM * sessions : breaking <= SELDOM * sessions;
    }

    /** Takes a pair of messages that a session has. */
    private interface Pairs {
        /**
         * One pair.
         *
         * @param late whether a message of the first kind comes after one of the second
         */
        void next(int pair, boolean late);
    }

    /** Where each kind of message begins and ends in a session. For one thread. */
    private static final class Ends {
        private final int[] rows;
        private final int[] first;
        private final int[] last;

        Ends(int[] rows) {
            this.rows = rows;
            this.first = new int[rows.length];
            this.last = new int[rows.length];
        }

        void forEachPair(int[] codes, Pairs pairs) {
            Arrays.fill(first, -1);
            int[] present = new int[rows.length];
            int count = 0;
            for (int i = 0; i < codes.length; i++) {
                int place = Arrays.binarySearch(rows, codes[i]);
                if (place >= 0) {
                    if (first[place] < 0) {
                        first[place] = i;
                        present[count++] = place;
                    }
                    last[place] = i;
                }
            }
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    if (i != j) {
                        int a = present[i];
                        int b = present[j];
                        pairs.next(a * rows.length + b, last[a] > first[b]);
                    }
                }
            }
        }
    }

    /** Begins a session. */
    Watch begin() {
        return new Watch(this);
    }

    /**
     * Finds the violations of a whole session, or of one so far: later messages do not undo them.
     *
     * @return how many orders it breaks, see {@link Watch#hints}
     */
    @CanIgnoreReturnValue
    int violations(int[] codes, Consumer<SupportRule.Violation> found) {
        Watch watch = begin();
        for (int code : codes) {
            SupportRule.Violation violation = watch.next(code);
            if (violation != null) {
                found.accept(violation);
            }
        }
        return watch.hints();
    }

    /**
     * The orders that one session breaks, message by message. What one message that came too early does to all that
     * come after it is one violation. For one thread.
     */
    static final class Watch {
        private final SessionOrder order;
        private final BitSet came = new BitSet();
        private final BitSet early = new BitSet();
        private final BitSet broken = new BitSet();
        private int brokenOrders;

        private Watch(SessionOrder order) {
            this.order = order;
        }

        /** How many orders are broken, those aside that make a violation of the others. */
        int hints() {
            return Math.min(order.least - 1, brokenOrders);
        }

        /** Takes the next message; returns the violation that it makes, null for none. */
        SupportRule.@Nullable Violation next(int code) {
            int late = Arrays.binarySearch(order.rows, code);
            if (late < 0) {
                return null;
            }
            int strongest = -1;
            boolean explained = false;
            for (int other = came.nextSetBit(0); other >= 0; other = came.nextSetBit(other + 1)) {
                int pair = late * order.rows.length + other;
                if (order.of[pair] > 0 && !broken.get(pair)) {
                    broken.set(pair);
                    brokenOrders++;
                    explained |= early.get(other);
                    strongest = strongest < 0 || order.nats(pair) > order.nats(strongest) ? pair : strongest;
                }
            }
            came.set(late);
            if (strongest < 0 || brokenOrders < order.least || explained) {
                return null;
            }
            int first = strongest % order.rows.length;
            early.set(first);
            return new SupportRule.Violation(
                    SupportRule.Kind.ORDER, code, order.rows[first], 1, order.broken[strongest], order.of[strongest]);
        }
    }

    private double nats(int pair) {
        return Math.log((of[pair] + 1.0) / (broken[pair] + 1.0));
    }

    /** Its content in the file of the rule. */
    Map<String, Object> toMap() {
        List<long[]> pairs = new ArrayList<>();
        for (int pair = 0; pair < of.length; pair++) {
            if (of[pair] > 0) {
                pairs.add(new long[] {rows[pair / rows.length], rows[pair % rows.length], of[pair], broken[pair]});
            }
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("least_broken", least);
        map.put("pairs", pairs);
        return map;
    }

    /**
     * Reads what {@link #toMap} wrote.
     *
     * @param known how many known messages there are
     * @throws IllegalArgumentException if it is something else; the message says what
     */
    static SessionOrder of(JsonNode json, int known) {
        JsonNode pairs = json.path("pairs");
        Set<Integer> met = new HashSet<>();
        for (JsonNode pair : pairs) {
            for (int i = 0; i < 2; i++) {
                int row = pair.path(i).asInt(-1);
                if (row < 0 || row >= known) {
                    throw new IllegalArgumentException(
                            "message " + pair.path(i) + " is none of the " + known + " known ones");
                }
                met.add(row);
            }
        }
        int least = json.path("least_broken").asInt();
        if (met.isEmpty()) {
            return NONE;
        }
        if (met.size() > MOST_MESSAGES || least < 1 || least > MOST_BROKEN) {
            throw new IllegalArgumentException("it orders " + met.size() + " messages, " + least + " to be broken");
        }
        int[] rows = met.stream().mapToInt(Integer::intValue).sorted().toArray();
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < rows.length; i++) {
            places.put(rows[i], i);
        }
        long[] of = new long[rows.length * rows.length];
        long[] broken = new long[of.length];
        for (JsonNode each : pairs) {
            int pair = places.getOrDefault(each.path(0).asInt(), 0) * rows.length
                    + places.getOrDefault(each.path(1).asInt(), 0);
            of[pair] = each.path(2).asLong();
            broken[pair] = each.path(3).asLong();
            if (of[pair] < 1 || broken[pair] < 0 || broken[pair] > of[pair]) {
                throw new IllegalArgumentException(
                        broken[pair] + " of " + of[pair] + " sessions cannot break an order");
            }
        }
        return new SessionOrder(rows, least, of, broken);
    }
}
