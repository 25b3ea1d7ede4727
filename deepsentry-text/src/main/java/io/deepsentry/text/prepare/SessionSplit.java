package io.deepsentry.text.prepare;

import io.deepsentry.text.internal.prepare.SessionTable;
import java.util.Arrays;

/** Which part each session of a table belongs to: by the time of its first line, equals by their order in the log. */
final class SessionSplit {
    private final SplitSizes sizes;
    private final boolean ordered;
    private final byte[] splits;

    private SessionSplit(SplitSizes sizes, boolean ordered, byte[] splits) {
        this.sizes = sizes;
        this.ordered = ordered;
        this.splits = splits;
    }

    static SessionSplit of(SessionTable sessions, SplitSizes sizes) {
        boolean ordered = true;
        for (int i = 1; i < sessions.size() && ordered; i++) {
            ordered = sessions.firstTime(i) >= sessions.firstTime(i - 1);
        }
        return new SessionSplit(sizes, ordered, ordered ? new byte[0] : byTime(sessions, sizes));
    }

    /** Inputs that were named out of order. */
    private static byte[] byTime(SessionTable sessions, SplitSizes sizes) {
        int n = sessions.size();
        long[] times = new long[n];
        for (int i = 0; i < n; i++) {
            times[i] = sessions.firstTime(i);
        }
        Arrays.sort(times);
        byte[] splits = new byte[n];
        // Sessions that began in the same instant as the first of a part go to either part by their order in the log.
        long[] before = new long[2];
        long[] starts = {sizes.train(), sizes.train() + sizes.val()};
        long[] limits = new long[2];
        for (int b = 0; b < 2; b++) {
            limits[b] = starts[b] < n ? times[(int) starts[b]] : Long.MAX_VALUE;
            int first = Arrays.binarySearch(times, limits[b]);
            while (first > 0 && times[first - 1] == limits[b]) {
                first--;
            }
            before[b] = starts[b] < n ? starts[b] - first : 0;
        }
        long[] seen = new long[2];
        for (int i = 0; i < n; i++) {
            long time = sessions.firstTime(i);
            int position = 0;
            for (int b = 0; b < 2; b++) {
                boolean past = time > limits[b] || (time == limits[b] && seen[b]++ >= before[b]);
                position += past && starts[b] < n ? 1 : 0;
            }
            splits[i] = (byte) position;
        }
        return splits;
    }

    Split of(int ordinal) {
        if (ordered) {
            return sizes.of(ordinal);
        }
        return switch (splits[ordinal]) {
            case 0 -> Split.TRAIN;
            case 1 -> Split.VAL;
            default -> Split.TEST;
        };
    }
}
