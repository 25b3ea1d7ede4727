package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Anomalies of order alone, made of real sessions: in a normal session of the test part two messages change places
 * whose order is fixed, one always coming before the other in the normal sessions of training. Each swapped session has
 * an unswapped twin of the same counts, so a method that counts cannot tell them apart.
 *
 * @param originals normal sessions
 * @param swapped the same sessions, each with two messages swapped
 */
record OrderSwaps(List<MessageSequence> originals, List<MessageSequence> swapped) {
    private static final int MAX_SESSIONS = 2_000;
    private static final int TRIES = 1_000;
    /** Orders are looked at among so many of the messages that most sessions have. */
    private static final int MAX_MESSAGES = 200;
    /**
     * Two messages must be together in so many training sessions, and in this share of them, before their order says
     * anything.
     */
    private static final int MIN_TOGETHER = 10;

    private static final double MIN_SHARE = 0.01;

    OrderSwaps {
        originals = List.copyOf(originals);
        swapped = List.copyOf(swapped);
    }

    /** Makes the sessions of a division; none if no order is fixed, or no test session has such messages. */
    static OrderSwaps of(Corpus corpus, Division division) {
        FixedOrders orders = FixedOrders.of(corpus, division);
        List<Integer> normal = new ArrayList<>();
        for (int i = 0; i < division.test().size(); i++) {
            if (!corpus.isAnomaly(division.test().get(i))) {
                normal.add(division.test().get(i));
            }
        }
        Random random = new Random(division.seed());
        Collections.shuffle(normal, random);
        List<MessageSequence> originals = new ArrayList<>();
        List<MessageSequence> swapped = new ArrayList<>();
        for (int number : normal.subList(0, Math.min(MAX_SESSIONS, normal.size()))) {
            MessageSequence session = corpus.sequence(corpus.sequenceOf(number));
            int[] messages = session.messages().clone();
            if (swap(messages, orders, random)) {
                originals.add(session);
                swapped.add(new MessageSequence(messages));
            }
        }
        return new OrderSwaps(originals, swapped);
    }

    /** Swaps a pair drawn among those of fixed order; whether one was found. */
    private static boolean swap(int[] messages, FixedOrders orders, Random random) {
        for (int i = 0; i < TRIES && messages.length > 1; i++) {
            int a = random.nextInt(messages.length);
            int b = random.nextInt(messages.length);
            int first = Math.min(a, b);
            int second = Math.max(a, b);
            if (orders.isFixed(messages[first], messages[second])) {
                int moved = messages[first];
                messages[first] = messages[second];
                messages[second] = moved;
                return true;
            }
        }
        return false;
    }

    /** Which messages always come before which others, all of the one before all of the other. */
    private static final class FixedOrders {
        private final Map<Long, Integer> together = new HashMap<>();
        private final Map<Long, Integer> before = new HashMap<>();
        private final double least;

        private FixedOrders(double least) {
            this.least = least;
        }

        static FixedOrders of(Corpus corpus, Division division) {
            Examples examples = Examples.of(corpus, true, division.train(), division.validation());
            Set<Integer> frequent = examples.documentCounts().entrySet().stream()
                    .sorted(Map.Entry.<Integer, Integer>comparingByValue(Collections.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(MAX_MESSAGES)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            FixedOrders orders = new FixedOrders(Math.max(MIN_TOGETHER, MIN_SHARE * examples.total()));
            for (int i = 0; i < examples.size(); i++) {
                orders.add(examples.messages(i), examples.count(i), frequent);
            }
            return orders;
        }

        private void add(int[] messages, int count, Set<Integer> frequent) {
            Map<Integer, int[]> ends = new LinkedHashMap<>();
            for (int i = 0; i < messages.length; i++) {
                int at = i;
                if (frequent.contains(messages[i])) {
                    ends.computeIfAbsent(messages[i], unused -> new int[] {at, at})[1] = at;
                }
            }
            ends.forEach((a, ofA) -> ends.forEach((b, ofB) -> {
                if (!a.equals(b)) {
                    together.merge(pair(a, b), count, Integer::sum);
                    if (ofA[1] < ofB[0]) {
                        before.merge(pair(a, b), count, Integer::sum);
                    }
                }
            }));
        }

        boolean isFixed(int first, int second) {
            int both = together.getOrDefault(pair(first, second), 0);
            return both >= least && both == before.getOrDefault(pair(first, second), 0);
        }

        private static long pair(int first, int second) {
            return ((long) first << 32) | second;
        }
    }
}
