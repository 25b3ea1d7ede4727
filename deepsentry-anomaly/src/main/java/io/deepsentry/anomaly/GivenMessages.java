package io.deepsentry.anomaly;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a program gave, as the lines that explanations show: numbered from 1, the latest with their texts.
 * For one thread.
 */
final class GivenMessages {
    /** What explanations call the place of a message. */
    static final String PLACE = "message";

    private static final int MOST_TEXTS = 10_000;

    private final List<String> texts = new ArrayList<>();
    /** How many came before the first of the texts. */
    private int dropped;

    /** A message that a program gave, as an event. */
    static LogEvent event(String message, @Nullable String level) {
        return new LogEvent(null, message, level, null, new Origin(PLACE, 1, 0), List.of(), null);
    }

    GivenMessages() {}

    /** The messages of a state: the last ones, and how many there were. */
    GivenMessages(SavedState state) {
        texts.addAll(state.lines());
        dropped = Math.toIntExact(state.length() - state.lines().size());
    }

    /** How many came so far. */
    int count() {
        return dropped + texts.size();
    }

    /** The texts of the last messages, as far as they are known. */
    List<String> texts(int most) {
        return List.copyOf(texts.subList(Math.max(0, texts.size() - most), texts.size()));
    }

    void add(String message) {
        if (texts.size() == 2 * MOST_TEXTS) {
            texts.subList(0, MOST_TEXTS).clear();
            dropped += MOST_TEXTS;
        }
        texts.add(message);
    }

    /** Knows the first messages, step 0 being the first of all. */
    Explanation.Lines upTo(int count) {
        return lines(step -> line(Math.min(step, count - 1)));
    }

    /** Knows the last messages, step 0 being the first of them; further ones may come meanwhile. */
    Explanation.Lines last(int count) {
        int from = dropped + texts.size() - count;
        List<SourceLine> last = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            last.add(line(from + i));
        }
        return lines(last::get);
    }

    private static Explanation.Lines lines(IntFunction<SourceLine> line) {
        return steps -> {
            Map<Integer, SourceLine> found = new HashMap<>();
            for (int step : steps) {
                found.put(step, line.apply(step));
            }
            return found;
        };
    }

    private SourceLine line(int index) {
        @Nullable String text = index < dropped ? null : texts.get(index - dropped);
        return new SourceLine(PLACE, index + 1L, 0, text);
    }
}
