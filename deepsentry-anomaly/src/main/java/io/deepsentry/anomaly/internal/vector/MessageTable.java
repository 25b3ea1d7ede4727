package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.anomaly.explain.View;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The messages met, as numbers of a {@link VectorTable}: which known message each is and where it stands in the
 * canonical order; and the surprises that windows of such numbers were found to have. For one thread.
 */
public final class MessageTable {
    private static final int MEMO_ENTRIES = 200_000;
    /** Probabilities remembered for explanations, of all windows together: each is eight bytes. */
    private static final long MEMO_PROBABILITIES = 2_000_000;

    private static final int NOT_LOOKED_FOR = -2;

    private final VectorTable table;
    private final TrainingMessages known;
    private final Map<View, WindowMemo<Double>> memo = new EnumMap<>(View.class);
    private final Map<View, WindowMemo<double[]>> probabilities = new EnumMap<>(View.class);
    private int[] rows = new int[64];
    private int[] ranks = new int[64];
    private int[] laterRows = new int[64];
    private int resolved;
    private long computed;

    public MessageTable(VectorTable table, TrainingMessages known) {
        this.table = table;
        this.known = known;
        for (View view : View.values()) {
            memo.put(view, new WindowMemo<>(MEMO_ENTRIES));
            probabilities.put(view, new WindowMemo<>((int) Math.max(2, MEMO_PROBABILITIES / (known.count() + 1))));
        }
    }

    /** So many windows were not in the memo. */
    public void addComputed(int windows) {
        computed += windows;
    }

    /** How many windows were not in the memo. */
    public long computed() {
        return computed;
    }

    /** How many known messages there are. */
    public int known() {
        return known.count();
    }

    public VectorTable table() {
        return table;
    }

    /** The surprises of windows. */
    public WindowMemo<Double> memo(View view) {
        return Objects.requireNonNull(memo.get(view));
    }

    /** What was how likely as the last row of windows: alerts of one kind ask the same again and again. */
    public WindowMemo<double[]> probabilities(View view) {
        return Objects.requireNonNull(probabilities.get(view));
    }

    /** The known row of a message, -1 if it is not known. */
    public int row(int id) {
        resolve(id);
        return rows[id];
    }

    /** The known rows of messages, -1 for those that are not known. */
    public int[] rows(int[] ids) {
        int[] known = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            known[i] = row(ids[i]);
        }
        return known;
    }

    /** The known rows of messages, and the complements of the numbers of those that are not known. */
    public int[] codes(int[] ids) {
        int[] codes = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int row = row(ids[i]);
            codes[i] = row >= 0 ? row : ~ids[i];
        }
        return codes;
    }

    /**
     * The row of a message among those that only validation had, -1 if it is not there; {@code later} is always the
     * same.
     */
    public int laterRow(int id, VectorRows later) {
        resolve(id);
        if (laterRows[id] == NOT_LOOKED_FOR) {
            laterRows[id] = later.find(table.vector(id));
        }
        return laterRows[id];
    }

    /**
     * The messages of a session in canonical order: as the known ones stand, an unknown one after its nearest known
     * one.
     */
    public int[] canonical(int[] ids) {
        long[] keyed = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            keyed[i] = ((long) rank(ids[i]) << 32) | ids[i];
        }
        Arrays.sort(keyed);
        int[] ordered = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ordered[i] = (int) keyed[i];
        }
        orderUnknown(ordered);
        return ordered;
    }

    /** For each message in canonical order its place among those that came: like messages keep their order. */
    public static int[] places(int[] came, int[] canonical) {
        Map<Integer, Deque<Integer>> waiting = new HashMap<>();
        for (int i = 0; i < came.length; i++) {
            waiting.computeIfAbsent(came[i], unused -> new ArrayDeque<>()).add(i);
        }
        int[] places = new int[canonical.length];
        for (int i = 0; i < canonical.length; i++) {
            places[i] = waiting.getOrDefault(canonical[i], new ArrayDeque<>()).remove();
        }
        return places;
    }

    /** Unknown messages of one rank go by content: their numbers tell only who was met first. */
    private void orderUnknown(int[] ordered) {
        int from = 0;
        while (from < ordered.length) {
            int to = from + 1;
            while (to < ordered.length && ranks[ordered[to]] == ranks[ordered[from]]) {
                to++;
            }
            if (ordered[from] != ordered[to - 1]) {
                int[] sorted = Arrays.stream(ordered, from, to)
                        .boxed()
                        .sorted((a, b) -> Arrays.compare(table.vector(a), table.vector(b)))
                        .mapToInt(Integer::intValue)
                        .toArray();
                System.arraycopy(sorted, 0, ordered, from, sorted.length);
            }
            from = to;
        }
    }

    /** Looks up all messages there are, so that several threads may ask for their rows until there are more. */
    public void resolveAll() {
        resolve(table.size() - 1);
    }

    /** Where a message stands among the known ones. */
    private int rank(int id) {
        int row = row(id);
        if (ranks[id] == NOT_LOOKED_FOR) {
            ranks[id] = row >= 0 ? row * 2 : known.nearest(table.vector(id)) * 2 + 1;
        }
        return ranks[id];
    }

    private void resolve(int id) {
        while (resolved <= id) {
            if (resolved == rows.length) {
                rows = Arrays.copyOf(rows, resolved * 2);
                ranks = Arrays.copyOf(ranks, resolved * 2);
                laterRows = Arrays.copyOf(laterRows, resolved * 2);
            }
            rows[resolved] = known.find(table.vector(resolved));
            ranks[resolved] = NOT_LOOKED_FOR;
            laterRows[resolved] = NOT_LOOKED_FOR;
            resolved++;
        }
    }
}
