package io.deepsentry.text.internal.prepare;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of times in one input: whether an older part follows a newer one, as in rotated logs joined in the wrong
 * order, or the newest line comes first. Threads and hosts that overtake each other by a moment are neither. In
 * constant memory.
 */
public final class TimeOrder {
    /** A part is taken for one only if it holds so many events, and a hundredth of all. */
    private static final int SMALLEST_PART = 5;

    private static final int MOST_PARTS = 64;

    /** Parts in the order of the input; the times of each are all before those of the part before it. */
    private final List<Part> parts = new ArrayList<>();

    private long events;
    private long forward;
    private long backward;
    private boolean tooMany;
    private @Nullable Instant first;
    private @Nullable Instant last;
    private @Nullable Instant latest;
    private Duration longestWayBack = Duration.ZERO;
    private long lineOfLongest;

    /** A stretch of lines. */
    public static final class Part {
        private final long firstLine;
        private Instant from;
        private Instant to;
        private long events;

        private Part(long firstLine, Instant time) {
            this.firstLine = firstLine;
            this.from = time;
            this.to = time;
        }

        /** Returns the number of its first line. */
        public long firstLine() {
            return firstLine;
        }

        /** Returns its earliest time. */
        public Instant from() {
            return from;
        }

        /** Returns its latest time. */
        public Instant to() {
            return to;
        }
    }

    /** Takes the time of the next event, and the number of its line. */
    public void add(Instant time, long line) {
        events++;
        Instant before = last;
        if (before != null) {
            forward += time.isAfter(before) ? 1 : 0;
            backward += time.isBefore(before) ? 1 : 0;
        }
        first = first == null ? time : first;
        last = time;
        Instant highest = latest;
        if (highest == null || time.isAfter(highest)) {
            latest = time;
        } else if (Duration.between(time, highest).compareTo(longestWayBack) > 0) {
            longestWayBack = Duration.between(time, highest);
            lineOfLongest = line;
        }
        if (!tooMany) {
            place(time, line);
        }
    }

    private void place(Instant time, long line) {
        if (parts.isEmpty() || time.isBefore(lastPart().from)) {
            parts.add(new Part(line, time));
            tooMany = parts.size() > MOST_PARTS;
        }
        Part part = lastPart();
        part.events++;
        if (time.isAfter(part.to)) {
            part.to = time;
            while (parts.size() > 1 && !part.to.isBefore(parts.get(parts.size() - 2).from)) {
                // It runs into the part before it: the two are one, in which lines overtake each other.
                parts.remove(parts.size() - 1);
                Part earlier = lastPart();
                earlier.from = part.from;
                earlier.to = part.to.isAfter(earlier.to) ? part.to : earlier.to;
                earlier.events += part.events;
                part = earlier;
            }
        }
    }

    private Part lastPart() {
        return parts.get(parts.size() - 1);
    }

    /** Returns the first time; null if there is none. */
    public @Nullable Instant first() {
        return first;
    }

    /** Returns the last time; null if there is none. */
    public @Nullable Instant last() {
        return last;
    }

    /** Whether the lines run from the newest to the oldest. */
    public boolean isNewestFirst() {
        return backward >= SMALLEST_PART && backward > 9 * forward;
    }

    /** Returns the parts, each older than the one before it; one or none where the order is right or cannot be told. */
    public List<Part> parts() {
        if (tooMany) {
            return List.of();
        }
        long smallest = Math.max(SMALLEST_PART, events / 100);
        return parts.stream().allMatch(part -> part.events >= smallest) ? List.copyOf(parts) : List.of();
    }

    /** Returns the longest way that a time lies behind one before it. */
    public Duration longestWayBack() {
        return longestWayBack;
    }

    /** Returns the number of the line with that time. */
    public long lineOfLongestWayBack() {
        return lineOfLongest;
    }
}
