package io.deepsentry.text.identity;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the values of fields, and says from them which fields tell messages apart. One thread at a time. */
final class FieldStatistics {
    /** A field of more values, masked, is counted no further. */
    private static final int MOST_VALUES = 256;

    /** The most values that a telling field has, unless hardly one of them came once. */
    private static final int FEW_OF_TELLING = 20;

    /** The most values of a field whose name says nothing, and how often each comes at least. */
    private static final int FEW = 8;

    private static final int RECURS = 10;

    private final Map<String, Values> fields = new TreeMap<>();
    private long events;

    private static final class Values {
        private final Map<String, Long> words = new HashMap<>();
        private final Map<String, Long> typed = new HashMap<>();
        private long count;
        private boolean many;
    }

    void add(OpenForm form, long count) {
        events += count;
        form.fields().forEach((name, value) -> {
            Values values = fields.computeIfAbsent(name, key -> new Values());
            values.count += count;
            Map<String, Long> into = OpenForm.isTypedOnly(value) ? values.typed : values.words;
            if (into.size() < MOST_VALUES || into.containsKey(value)) {
                into.merge(value, count, Long::sum);
            } else {
                values.many = true;
            }
        });
    }

    Map<String, LearnedField> learn() {
        Map<String, LearnedField> learned = new TreeMap<>();
        fields.forEach((name, values) -> learned.put(name, learn(name, values)));
        return learned;
    }

    private LearnedField learn(String name, Values values) {
        int distinct = values.words.size();
        long once = values.words.values().stream().filter(count -> count == 1).count();
        if (FieldNames.isTelling(name)) {
            if (values.many || (distinct > FEW_OF_TELLING && 2 * once > distinct)) {
                return new LearnedField(LearnedField.Use.PRESENCE, null);
            }
            return new LearnedField(LearnedField.Use.WORDS, usual(values));
        }
        boolean few = !values.many
                && distinct > 1
                && distinct <= FEW
                && values.typed.isEmpty()
                && 2 * once <= distinct
                && values.count >= (long) RECURS * distinct;
        return new LearnedField(
                few && !FieldNames.isPlace(name) ? LearnedField.Use.WORDS : LearnedField.Use.VALUE, null);
    }

    private @Nullable String usual(Values values) {
        boolean constant = values.words.size() == 1 && values.typed.isEmpty() && 2 * values.count >= events;
        return constant ? values.words.keySet().iterator().next() : null;
    }
}
