package io.deepsentry.anomaly.report;

import java.util.Arrays;

/** Equal stretches of an axis of time or of line numbers, few enough to draw. Immutable. */
final class Buckets {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    /** The stretches of time that people count in. */
    private static final long[] TIMES = {
        1,
        2,
        5,
        10,
        20,
        50,
        100,
        200,
        500,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY
    };

    /** What places are. */
    enum Scale {
        /** Numbers of lines. */
        LINES,
        /** Milliseconds, all of whole seconds. */
        SECONDS,
        /** Milliseconds. */
        TIMES
    }

    private final long start;
    private final long step;
    private final int count;

    private Buckets(long start, long step, int count) {
        this.start = start;
        this.step = step;
        this.count = count;
    }

    /**
     * Divides a range.
     *
     * @param first its first place
     * @param last its last place
     * @param scale what places are
     * @param most the most buckets
     */
    static Buckets of(long first, long last, Scale scale, int most) {
        long step = scale == Scale.LINES
                ? ofLines(last - first, most)
                : ofTime(last - first, scale == Scale.SECONDS ? SECOND : 1, most);
        long start = Math.floorDiv(first, step) * step;
        return new Buckets(start, step, (int) ((last - start) / step) + 1);
    }

    private static long ofTime(long length, long least, int most) {
        return Arrays.stream(TIMES)
                .filter(step -> step >= least && length / step + 2 <= most)
                .findFirst()
                .orElseGet(() -> (length / most / DAY + 1) * DAY);
    }

    private static long ofLines(long length, int most) {
        long ten = 1;
        while (true) {
            for (long step : new long[] {ten, 2 * ten, 5 * ten}) {
                if (length / step + 2 <= most) {
                    return step;
                }
            }
            ten *= 10;
        }
    }

    long start() {
        return start;
    }

    long step() {
        return step;
    }

    int count() {
        return count;
    }

    /** The bucket of a place, or -1 outside the range. */
    int of(long place) {
        long index = Math.floorDiv(place - start, step);
        return index < 0 || index >= count ? -1 : (int) index;
    }
}
