package io.deepsentry.text.train;

import io.deepsentry.core.RunContext;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.internal.token.TokenIds;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.token.Vocabulary;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distinct messages of a text file with their counts, in the order of their first appearance, in bounded memory.
 * When there are more than {@code capacity}, messages seen at least {@value #FREQUENT} times stay, and of the rarer
 * ones a uniform sample: those whose hash lies below a bound that is halved whenever the room is used up (distinct
 * sampling, Gibbons, 2001).
 */
final class DistinctMessages {
    static final int CAPACITY = 1 << 16;

    private static final int FREQUENT = 10;
    private static final int CHECK_EVERY = 4096;

    private final int capacity;
    private final Map<String, Count> counts = new LinkedHashMap<>();
    private long frequent = FREQUENT;
    private int halvings;
    private long rows;

    /** How often a message was seen. */
    static final class Count {
        private long value;

        long value() {
            return value;
        }
    }

    private DistinctMessages(int capacity) {
        this.capacity = capacity;
    }

    static DistinctMessages of(PreparedData data, Split split, RunContext context) {
        DistinctMessages messages = new DistinctMessages(CAPACITY);
        messages.addAll(data, split, 0, Long.MAX_VALUE, context);
        return messages;
    }

    /** Those of the rows {@code from} to below {@code to} of the training and the validation part together. */
    static DistinctMessages ofRows(PreparedData data, long from, long to, RunContext context) {
        DistinctMessages messages = new DistinctMessages(CAPACITY);
        long before = messages.addAll(data, Split.TRAIN, from, to, context);
        messages.addAll(data, Split.VAL, from - before, to - before, context);
        return messages;
    }

    private long addAll(PreparedData data, Split split, long from, long to, RunContext context) {
        long row = 0;
        try (PreparedData.Rows<String> messages = data.messages(split)) {
            for (@Nullable String text = messages.next(); text != null; text = messages.next()) {
                if (row >= from && row < to) {
                    add(text);
                }
                if (++row % CHECK_EVERY == 0) {
                    context.cancellation().check();
                }
            }
        }
        return row;
    }

    static DistinctMessages ofCapacity(int capacity) {
        return new DistinctMessages(capacity);
    }

    void add(String message) {
        rows++;
        Count count = counts.get(message);
        if (count == null) {
            if (!isSampled(message)) {
                return;
            }
            count = new Count();
            counts.put(message, count);
        }
        count.value++;
        while (counts.size() > capacity) {
            halvings++;
            counts.entrySet().removeIf(entry -> entry.getValue().value < frequent && !isSampled(entry.getKey()));
            if (halvings % 8 == 0) {
                frequent *= 2;
            }
        }
    }

    private boolean isSampled(String message) {
        return halvings == 0 || (halvings < 64 && SessionTable.hash(message) >>> (64 - halvings) == 0);
    }

    /** The messages, in the order of their first appearance. */
    Map<String, Count> counts() {
        return counts;
    }

    /** Rows of the file. */
    long rows() {
        return rows;
    }

    /** Whether some rare messages were left out. */
    boolean isSample() {
        return halvings > 0;
    }

    /** The messages as token ids, cut to a length; messages that become equal are one. */
    static Map<TokenIds, Long> asIds(Map<String, Count> counts, Vocabulary vocabulary, int maxTokens) {
        Map<TokenIds, Long> ids = new LinkedHashMap<>();
        counts.forEach((message, count) ->
                ids.merge(new TokenIds(vocabulary.ids(message, maxTokens)), count.value, Long::sum));
        return ids;
    }
}
