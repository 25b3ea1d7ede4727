package io.deepsentry.anomaly.internal.evidence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counts the lines of a stream in one stretch of time after the other, such as its minutes or hours.
 *
 * <p>A stretch that is over is handed over some seconds later, as lines of it may come late, and as the clock may turn
 * out to have jumped ahead of it. What a clock that jumps cuts off is not handed over: neither the stretch before a jump
 * back, nor the first after it, nor a gap that leads to times that came before. For one thread.
 */
final class TimeStretch {
    /** Takes a stretch that is over. */
    interface Ended {
        /**
         * Takes it.
         *
         * @param stretch its number, counted from 1970
         * @param counts its lines by message, up to the last that came; none where messages are not counted
         */
        void stretch(long stretch, int[] counts, int lines);
    }

    private static final long NONE = Long.MIN_VALUE;
    private static final int[] NOTHING = {};
    /** How long lines may come late, or a clock that jumped ahead may keep its time. */
    private static final double WAIT_SECONDS = 10;
    /** So many lines must follow a gap of a minute or more: those of one host alone may be of a clock that is ahead. */
    private static final int WAIT_LINES = 10;

    private static final double GAP_SECONDS = 60;

    private final int length;
    private final long longestPause;
    private final boolean ofMessages;

    private long stretch = NONE;
    /** Whether it was followed from its beginning. */
    private boolean isWhole;

    private int[] counts;
    private int lines;

    /** The stretch before it while it waits; all between the two are empty. */
    private long over = NONE;

    private boolean isOverWhole;
    private int[] overCounts;
    private int overLines;
    /** When the first line after it was logged, and the last one of it. */
    private double arrival = Double.NaN;

    private double gapBegin = Double.NaN;
    /** How many more lines what waits waits for. */
    private int linesLeft;

    /** When the first line since the clock last jumped back was logged, and the latest one. */
    private double from = Double.NaN;

    private double latest = Double.NaN;
    /** The last stretch that there was before the clock jumped back. */
    private long seen = NONE;

    /**
     * Begins.
     *
     * @param length of a stretch in seconds
     * @param longestPause stretches without a line after which another time begins
     * @param ofMessages whether the lines of each message are counted, and each empty stretch is handed over; else the
     *     first of a gap is
     */
    TimeStretch(int length, long longestPause, boolean ofMessages) {
        this.length = length;
        this.longestPause = longestPause;
        this.ofMessages = ofMessages;
        this.counts = ofMessages ? new int[16] : NOTHING;
        this.overCounts = ofMessages ? new int[16] : NOTHING;
    }

    /** Counts a line, and hands over what is certain now; returns whether the line has a time. */
    boolean add(Line line, Ended ended) {
        if (!line.isTimed()) {
            return false;
        }
        if (line.isRestart) {
            restart();
        }
        if (Double.isNaN(from)) {
            from = line.seconds;
        }
        // What follows a few seconds of another clock was not followed from its beginning.
        double before = latest;
        boolean isJump = latest - from < WAIT_SECONDS && line.seconds - latest > WAIT_SECONDS;
        latest = line.seconds;
        if (over != NONE) {
            linesLeft = Math.max(0, linesLeft - 1);
            if (line.seconds >= arrival + WAIT_SECONDS && linesLeft == 0) {
                release(ended);
            } else if (of(line.logged) < stretch && over + 1 < stretch) {
                // The clock had jumped ahead: there was no gap.
                over = NONE;
            } else if (of(line.logged) == over) {
                overLines++;
                gapBegin = Math.max(gapBegin, line.logged);
                overCounts = counted(overCounts, line.message);
                return true;
            }
        }
        long wasOver = over;
        advance(line.seconds, ended);
        if (over != wasOver && over != NONE) {
            gapBegin = before;
            linesLeft = line.seconds - before >= GAP_SECONDS ? WAIT_LINES : 0;
        }
        isWhole &= !isJump;
        lines++;
        counts = counted(counts, line.message);
        return true;
    }

    /** Takes that there was no line until a time, and hands over what is over. */
    void quiet(double until, Ended ended) {
        advance(until, ended);
        release(ended);
    }

    private int[] counted(int[] of, int message) {
        if (!ofMessages || message < 0) {
            return of;
        }
        int[] all = message < of.length ? of : Arrays.copyOf(of, Math.max(2 * of.length, message + 1));
        all[message]++;
        return all;
    }

    private void restart() {
        if (latest - from >= WAIT_SECONDS) {
            seen = Math.max(seen, over != NONE && over + 1 < stretch ? over : stretch);
        }
        begin();
    }

    /** Begins again with the next line. */
    void begin() {
        over = NONE;
        stretch = NONE;
        isWhole = false;
        from = Double.NaN;
    }

    private void advance(double seconds, Ended ended) {
        long next = of(seconds);
        if (next <= stretch) {
            return;
        }
        release(ended);
        boolean follows = stretch != NONE && next - stretch <= longestPause && (next == stretch + 1 || stretch >= seen);
        if (follows) {
            over = stretch;
            isOverWhole = isWhole;
            overLines = lines;
            arrival = seconds;
            int[] free = overCounts;
            overCounts = counts;
            counts = free;
        }
        Arrays.fill(counts, 0);
        lines = 0;
        isWhole = follows;
        stretch = next;
    }

    private void release(Ended ended) {
        if (over == NONE) {
            return;
        }
        if (isOverWhole) {
            ended.stretch(over, overCounts, overLines);
        }
        long last = ofMessages ? stretch - 1 : Math.min(stretch - 1, over + 1);
        for (long empty = over + 1; empty <= last; empty++) {
            ended.stretch(empty, NOTHING, 0);
        }
        over = NONE;
    }

    private long of(double seconds) {
        return Math.floorDiv((long) Math.floor(seconds), (long) length);
    }

    /** Whether a whole stretch has had no line until a time. */
    boolean hasEmpty(double until) {
        return stretch != NONE && of(until) > stretch + 1;
    }

    /** The stretch under way; meaningless before the first line. */
    long stretch() {
        return stretch;
    }

    int lines() {
        return lines;
    }

    int count(int message) {
        return message < counts.length ? counts[message] : 0;
    }

    /** When the last line before the first one after the stretch that was handed over last was logged. */
    double gapBegin() {
        return gapBegin;
    }

    /** Writes what is known of the gap, and for how many lines it waits. */
    void writeGap(DataOutput out) throws IOException {
        out.writeDouble(gapBegin);
        out.writeInt(linesLeft);
    }

    void readGap(DataInput in) throws IOException {
        gapBegin = in.readDouble();
        linesLeft = in.readInt();
    }

    /** When the first line after the stretch that was handed over last was logged. */
    double gapEnd() {
        return arrival;
    }

    /** Writes the stretch under way. */
    void write(DataOutput out) throws IOException {
        out.writeLong(stretch);
        out.writeBoolean(isWhole);
        out.writeInt(lines);
        write(counts, out);
    }

    /** Reads it; counts of more messages than there are are left out. */
    void read(DataInput in, int messages) throws IOException {
        stretch = in.readLong();
        isWhole = in.readBoolean();
        lines = in.readInt();
        counts = readCounts(in, messages);
    }

    /** Writes the stretch under way as versions before {@link #writeWaiting} did where messages are not counted. */
    void writeLines(DataOutput out) throws IOException {
        out.writeLong(stretch);
        out.writeInt(lines);
        out.writeBoolean(isWhole);
    }

    void readLines(DataInput in) throws IOException {
        stretch = in.readLong();
        lines = in.readInt();
        isWhole = in.readBoolean();
    }

    /** Writes what waits. */
    void writeWaiting(DataOutput out) throws IOException {
        out.writeLong(over);
        out.writeBoolean(isOverWhole);
        out.writeInt(overLines);
        write(overCounts, out);
        out.writeDouble(arrival);
        out.writeDouble(from);
        out.writeDouble(latest);
        out.writeLong(seen);
    }

    void readWaiting(DataInput in, int messages) throws IOException {
        over = in.readLong();
        isOverWhole = in.readBoolean();
        overLines = in.readInt();
        overCounts = readCounts(in, messages);
        arrival = in.readDouble();
        from = in.readDouble();
        latest = in.readDouble();
        seen = in.readLong();
    }

    private static void write(int[] counts, DataOutput out) throws IOException {
        out.writeInt((int) Arrays.stream(counts).filter(count -> count > 0).count());
        for (int message = 0; message < counts.length; message++) {
            if (counts[message] > 0) {
                out.writeInt(message);
                out.writeInt(counts[message]);
            }
        }
    }

    private int[] readCounts(DataInput in, int messages) throws IOException {
        int[] read = ofMessages ? new int[Math.max(16, messages)] : NOTHING;
        for (int counted = in.readInt(); counted > 0; counted--) {
            int message = in.readInt();
            int count = in.readInt();
            if (message >= 0 && message < read.length) {
                read[message] = count;
            }
        }
        return read;
    }
}
