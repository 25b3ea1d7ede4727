package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.internal.alert.SourceLines;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the messages of a session or a stream stand: 16 bytes each. Their lines are read back from the log when they
 * are asked for, as far as it still has them.
 */
final class MessageLocations {
    private long[] numbers = new long[8];
    private long[] offsets = new long[8];
    private int count;
    private String file = "";

    void add(Origin origin) {
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        file = origin.file();
        numbers[count] = origin.lineNumber();
        offsets[count++] = origin.byteOffset();
    }

    /** Forgets all but the last messages. */
    void keepLast(int most) {
        if (count > most) {
            numbers = Arrays.copyOfRange(numbers, count - most, count + 8);
            offsets = Arrays.copyOfRange(offsets, count - most, count + 8);
            count = most;
        }
    }

    /** Writes all of them. */
    void write(StateOutput out) throws IOException {
        out.text(file);
        out.number(count);
        for (int i = 0; i < count; i++) {
            out.number(numbers[i]);
            out.number(offsets[i]);
        }
    }

    /** Reads them into empty ones. */
    void read(StateInput in) throws IOException {
        String of = in.text();
        int there = in.count();
        for (int i = 0; i < there; i++) {
            add(new Origin(of, in.number(), in.number()));
        }
    }

    /**
     * The lines of messages.
     *
     * @param steps which, from 0
     * @param lastTexts the texts of the last messages, which stand in for lines that cannot be read back
     * @param key what a line must hold to be the one that was read, as the log may be another one by now
     */
    Map<Integer, SourceLine> lines(int[] steps, List<String> lastTexts, String key) {
        List<SourceLines.Place> places = new ArrayList<>();
        for (int step : steps) {
            places.add(new SourceLines.Place(file, offsets[step]));
        }
        Map<SourceLines.Place, String> read = SourceLines.readPlain(places);
        Map<Integer, SourceLine> lines = new HashMap<>();
        for (int step : steps) {
            String text = read.get(new SourceLines.Place(file, offsets[step]));
            if (text == null || !text.contains(key)) {
                int back = count - step;
                text = back <= lastTexts.size() ? lastTexts.get(lastTexts.size() - back) : null;
            }
            lines.put(step, new SourceLine(file, numbers[step], offsets[step], text));
        }
        return lines;
    }
}
