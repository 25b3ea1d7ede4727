package io.deepsentry.text.identity;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns from the lines of a log what tells its messages apart. In one pass, in bounded memory:
 *
 * <pre>{@code
 * SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
 * events.forEach(learner::add);
 * MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learner.learn());
 * }</pre>
 *
 * <p>What is learned depends on the lines and their numbers, not on their order, as long as no more than
 * {@link #MOST_FORMS} distinct masked lines come. One thread at a time.
 */
public final class SlotLearner {
    /** The most distinct masked lines that are held; of more, a sample. */
    public static final int MOST_FORMS = 200_000;

    /** The most messages with variables that are learned. */
    private static final int MOST_TEMPLATES = 50_000;

    /** Kinds of names with more values than these are no codes. */
    private static final int MOST_CODES = 64;

    private final MessageIdentity masking;
    private final int most;
    private final Map<OpenMessage, long[]> forms = new HashMap<>();
    /** Forms that came once are kept if their hash ends in so many zero bits. */
    private int thinned;

    private SlotLearner(NormalizerSettings masking, int most) {
        this.masking = MessageIdentity.of(masking);
        this.most = most;
    }

    /**
     * A learner for lines that are masked like this.
     *
     * @param masking what is masked
     * @return a learner without events
     */
    public static SlotLearner of(NormalizerSettings masking) {
        return new SlotLearner(masking, MOST_FORMS);
    }

    /** A learner that holds at most so many distinct lines. */
    static SlotLearner of(NormalizerSettings masking, int most) {
        return new SlotLearner(masking, most);
    }

    /**
     * Adds a line.
     *
     * @param event the event
     */
    public void add(LogEvent event) {
        add(masking.open(event));
    }

    /**
     * Adds a line that was masked with the settings of this learner.
     *
     * @param message the masked message
     */
    public void add(OpenMessage message) {
        add(message, 1);
    }

    /**
     * Adds so many lines of one masked form.
     *
     * @param message the masked message
     * @param lines how many lines it stands for, at least 1
     */
    public void add(OpenMessage message, long lines) {
        long[] count = forms.get(message);
        if (count != null) {
            count[0] += lines;
            return;
        }
        if (isLeftOut(message)) {
            return;
        }
        forms.put(message, new long[] {lines});
        while (forms.size() > most) {
            thinned++;
            forms.entrySet().removeIf(form -> form.getValue()[0] == 1 && isLeftOut(form.getKey()));
            if (thinned > 24) {
                break;
            }
        }
    }

    private boolean isLeftOut(OpenMessage message) {
        int hash = message.text().hashCode() * 0x9E3779B1;
        return thinned > 0 && (hash >>> Math.max(0, 32 - thinned)) != 0;
    }

    /**
     * {@return whether there were more distinct lines than are held, so that what is learned comes from a sample of
     * them}
     */
    public boolean isSample() {
        return thinned > 0;
    }

    /**
     * The distinct masked lines that are held, with their numbers.
     *
     * @param consumer takes each message, and how many lines it stands for
     */
    public void forEach(ObjLongConsumer<OpenMessage> consumer) {
        forms.forEach((message, count) -> consumer.accept(message, count[0]));
    }

    /**
     * Learns from what was added so far.
     *
     * @return what was learned
     */
    public LearnedSlots learn() {
        LearnedSlots parts = new LearnedSlots(List.of(), List.of(), codes(), null, Map.of(), fields());
        Map<String, Long> bodies = new TreeMap<>();
        forEachForm((form, count) -> bodies.merge(String.join(" ", form.body(parts, true)), count, Long::sum));
        SlotMerging merging = new SlotMerging();
        bodies.forEach((body, count) -> merging.add(Tokens.split(body), count));
        bodies.clear();
        merging.merge();
        return withLevels(parts.with(merging.templates(MOST_TEMPLATES), merging.contexts()));
    }

    /** Takes the forms apart one by one: all at once would take several times the memory of their texts. */
    private void forEachForm(ObjLongConsumer<OpenForm> consumer) {
        forEach((message, count) -> consumer.accept(OpenForm.of(message), count));
    }

    private LearnedSlots withLevels(LearnedSlots slots) {
        MessageIdentity identity = MessageIdentity.of(masking.masking(), slots);
        Map<String, Map<String, Long>> byText = new HashMap<>();
        Map<String, Long> all = new TreeMap<>();
        forEachForm((form, count) -> {
            String level = form.level();
            if (level != null) {
                String text = identity.match(form.body(slots, false)).text();
                byText.computeIfAbsent(text, key -> new TreeMap<>()).merge(level, count, Long::sum);
                all.merge(level, count, Long::sum);
            }
        });
        String usual = mostFrequent(all);
        Map<String, String> levels = new HashMap<>();
        byText.forEach((text, counts) -> {
            String level = mostFrequent(counts);
            if (level != null && !level.equals(usual)) {
                levels.put(text, level);
            }
        });
        return slots.with(usual, levels);
    }

    private static @Nullable String mostFrequent(Map<String, Long> counts) {
        String most = null;
        long count = 0;
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            if (entry.getValue() > count) {
                most = entry.getKey();
                count = entry.getValue();
            }
        }
        return most;
    }

    /** The kinds of candidates of which there are few values that recur. */
    private Set<String> codes() {
        Map<String, Map<String, Long>> kinds = new HashMap<>();
        forEachForm((form, count) -> form.candidates((kind, words) ->
                kinds.computeIfAbsent(kind, k -> new HashMap<>()).merge(words, count, Long::sum)));
        Set<String> codes = new TreeSet<>();
        kinds.forEach((kind, values) -> {
            long times = values.values().stream().mapToLong(count -> count).sum();
            long once = values.values().stream().filter(count -> count == 1).count();
            int distinct = values.size();
            boolean few = distinct < SlotMerging.VALUES || !SlotMerging.keepComing(values.values());
            if (few && distinct <= MOST_CODES && 2 * once <= distinct && times >= 3L * distinct) {
                codes.add(kind);
            }
        });
        return codes;
    }

    private Map<String, LearnedField> fields() {
        FieldStatistics statistics = new FieldStatistics();
        forEachForm(statistics::add);
        return statistics.learn();
    }
}
