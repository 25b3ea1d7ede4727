package io.deepsentry.text.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The identifiers that stand at one place, and when each came. One thread at a time. */
final class KeyGroup {
    /** An identifier that is written in more ways is too vague. */
    private static final int MOST_WAYS = 6;

    private static final int FEWEST_VALUES = 20;
    private static final int FEWEST_LINES = 3;
    /**
     * More than half of a session's lines lie within this share of the log; those of a host or a user lie all over it.
     */
    private static final double BOUNDED = 0.05;
    /** Sessions begin to the end of the log: at least this share of them in its later half. */
    private static final double BEGIN_LATE = 0.15;

    private final Place place;
    private final Set<String> ways = new TreeSet<>();
    private final Map<String, Life> lives = new HashMap<>();
    private @Nullable Shape shape;
    private int lines;
    private int lastLine = -1;

    private static final class Life {
        private final long words;
        private int[] at = new int[4];
        private int lines;
        private boolean varied;

        Life(long words) {
            this.words = words;
        }

        boolean add(int line, long newWords) {
            if (lines > 0 && at[lines - 1] == line) {
                return false;
            }
            if (lines == at.length) {
                at = Arrays.copyOf(at, lines * 2);
            }
            at[lines++] = line;
            varied |= words != newWords;
            return true;
        }

        /** The shortest stretch that holds more than half of the lines. */
        int halfStretch() {
            int half = lines / 2;
            int shortest = Integer.MAX_VALUE;
            for (int i = 0; i + half < lines; i++) {
                shortest = Math.min(shortest, at[i + half] - at[i]);
            }
            return shortest;
        }
    }

    KeyGroup(Place place) {
        this.place = place;
    }

    Place place() {
        return place;
    }

    /** Adds a value in a line, and returns whether it was not there yet. */
    boolean add(String before, String value, Shape newShape, int line, long words) {
        Life life = lives.computeIfAbsent(value, name -> new Life(words));
        if (ways.size() <= MOST_WAYS) {
            ways.add(before);
        }
        shape = shape == null ? newShape : shape.with(newShape);
        if (line != lastLine) {
            lastLine = line;
            lines++;
        }
        return life.add(line, words);
    }

    /** What this would make of a log of so many events, if its values make sessions. */
    Optional<KeyProposal> proposal(int events) {
        int n = lives.size();
        Shape widest = shape;
        if (n < FEWEST_VALUES || widest == null || ways.size() > MOST_WAYS) {
            return Optional.empty();
        }
        int[] lengths =
                lives.values().stream().mapToInt(life -> life.lines).sorted().toArray();
        int median = lengths[n / 2];
        if (median < FEWEST_LINES) {
            return Optional.empty();
        }
        long varied = lives.values().stream().filter(life -> life.varied).count();
        long inAll = Arrays.stream(lengths).asLongStream().sum();
        long inBounded = lives.values().stream()
                .filter(life -> life.halfStretch() <= BOUNDED * events)
                .mapToLong(life -> life.lines)
                .sum();
        long late =
                lives.values().stream().filter(life -> life.at[0] * 2 > events).count();
        if (varied * 2 < n || inBounded * 2 < inAll || late < BEGIN_LATE * n) {
            return Optional.empty();
        }
        return Optional.of(
                new KeyProposal(place.key(widest, ways), n, median, (double) lines / events, example(median)));
    }

    /** The first value of a usual length. */
    private String example(int median) {
        return lives.entrySet().stream()
                .filter(each -> each.getValue().lines == median)
                .min(Map.Entry.comparingByValue((one, other) -> Integer.compare(one.at[0], other.at[0])))
                .map(Map.Entry::getKey)
                .orElseThrow();
    }
}
