package io.deepsentry.anomaly.internal.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Messages as numbers, in the order in which they first came. */
final class Names {
    /** Messages beyond so many are told apart no more. */
    static final int MOST = 4096;

    private static final int LONGEST_SHOWN = 100;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    int size() {
        return texts.size();
    }

    String text(int message) {
        return texts.get(message);
    }

    List<String> texts() {
        return List.copyOf(texts);
    }

    /** The number of a message, or {@link Line#UNKNOWN}. */
    int of(String text) {
        Integer number = numbers.get(text);
        return number == null ? Line.UNKNOWN : number;
    }

    /** Adds a message that is not there yet, while there is room. */
    void add(String text) {
        if (texts.size() < MOST && numbers.putIfAbsent(text, texts.size()) == null) {
            texts.add(text);
        }
    }

    /** A message as reasons quote it. */
    static String quoted(String text) {
        boolean isLong = text.length() > LONGEST_SHOWN;
        return "\"" + (isLong ? text.substring(0, LONGEST_SHOWN - 3) + "..." : text) + "\"";
    }
}
