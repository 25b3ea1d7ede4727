package io.deepsentry.text.pattern;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.OpenLine;
import io.deepsentry.text.identity.OpenMessage;
import io.deepsentry.text.identity.OpenPlace;
import io.deepsentry.text.identity.OpenValue;
import io.deepsentry.text.identity.SlotLearner;
import io.deepsentry.text.token.MaskType;
import io.deepsentry.text.token.NormalizerSettings;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one log, or of the two sides of a comparison, in one pass and in bounded memory.
 *
 * <p>Lines are counted by their open form. What varies is learned, and forms are put together to messages, when there
 * are too many forms to hold, or at the end; what comes later finds its message with what was learned. One thread at a
 * time.
 */
final class PatternTable {
    /** The most open forms that are held before something is learned from them. */
    static final int MOST_FORMS = 50_000;

    private static final int MEMO = 1 << 14;
    /** The values that the tops of all places hold together. */
    private static final int MOST_VALUES = 500_000;

    /** By the number of a token, the key of its values. No name of a field begins like this. */
    private static final String[] TOKENS =
            IntStream.range(0, 257).mapToObj(i -> "\u0001" + i).toArray(String[]::new);

    private final NormalizerSettings masking;
    private final int sides;
    private final int mostPatterns;
    private final int mostForms;
    private final MessageIdentity opener;
    private final TopValues.Budget budget = new TopValues.Budget(MOST_VALUES);
    /** Before something is learned with tallies of their own; afterwards, where their lines are counted. */
    private final Map<OpenMessage, Form> forms = new LinkedHashMap<>();

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final @Nullable Repeat[] memo = new @Nullable Repeat[MEMO];
    private final long[] lines;
    private final Tally[] rest;
    private @Nullable MessageIdentity identity;
    private boolean sampled;

    /** The lines of a message, by side. */
    static final class Group {
        private final Tally[] tallies;

        Group(int sides) {
            tallies = newTallies(sides);
        }

        Tally tally(int side) {
            return tallies[side];
        }

        private long count() {
            return Stream.of(tallies).mapToLong(Tally::count).sum();
        }
    }

    /** The lines of an open form. */
    private static final class Form {
        private final Tally[] tallies;
        /** By the key of a token, the place of its variable; null before anything is learned. */
        private @Nullable Map<String, String> places;
        /** By place, the words of the form that are values. */
        private Map<String, String> words = Map.of();

        Form(Tally[] tallies) {
            this.tallies = tallies;
        }
    }

    /** A line as written, with what it adds when it comes again. */
    private static final class Repeat {
        private final int side;
        private final LogEvent event;
        private final Form form;
        private final OpenLine line;
        private final long at;
        private long pending;
        private @Nullable Instant earliest;
        private @Nullable Instant latest;

        Repeat(int side, LogEvent event, Form form, OpenLine line, long at) {
            this.side = side;
            this.event = event;
            this.form = form;
            this.line = line;
            this.at = at;
        }

        boolean is(int otherSide, LogEvent other) {
            return side == otherSide
                    && event.message().equals(other.message())
                    && Objects.equals(event.level(), other.level())
                    && event.fields().equals(other.fields());
        }

        void again(@Nullable Instant time) {
            pending++;
            if (time == null) {
                return;
            }
            if (latest == null) {
                earliest = time;
                latest = time;
            } else if (time.isAfter(latest)) {
                latest = time;
            } else if (time.isBefore(earliest)) {
                earliest = time;
            }
        }
    }

    PatternTable(NormalizerSettings masking, int sides, int mostPatterns) {
        this(masking, sides, mostPatterns, MOST_FORMS);
    }

    PatternTable(NormalizerSettings masking, int sides, int mostPatterns, int mostForms) {
        this.masking = masking;
        this.sides = sides;
        this.mostPatterns = mostPatterns;
        this.mostForms = mostForms;
        opener = MessageIdentity.of(masking);
        lines = new long[sides];
        rest = newTallies(sides);
    }

    private static Tally[] newTallies(int sides) {
        return IntStream.range(0, sides).mapToObj(side -> new Tally()).toArray(Tally[]::new);
    }

    void add(int side, LogEvent event) {
        long line = lines[side]++;
        int slot = (31 * event.message().hashCode() + event.fields().hashCode() + side) & (MEMO - 1);
        Repeat known = memo[slot];
        if (known != null && known.is(side, event)) {
            known.again(event.time());
            see(known.form, side, line);
            return;
        }
        if (known != null) {
            settle(known);
            memo[slot] = null;
        }
        OpenLine open = opener.openLine(event);
        Form form = forms.get(open.message());
        if (form == null) {
            form = newForm(open.message());
        }
        Tally tally = form.tallies[side];
        tally.add(event);
        see(form, side, line);
        addValues(form, side, open, 1, line);
        memo[slot] = new Repeat(side, event, form, open, line);
    }

    private void see(Form form, int side, long line) {
        if (sides > 1) {
            form.tallies[side].see(line);
        }
    }

    private Form newForm(OpenMessage message) {
        if (forms.size() >= mostForms) {
            if (identity == null) {
                sampled = true;
                learn();
            } else {
                settleAll();
                forms.clear();
            }
        }
        MessageIdentity learned = identity;
        Form form = learned == null ? new Form(newTallies(sides)) : found(message, learned);
        forms.put(message, form);
        return form;
    }

    private Form found(OpenMessage message, MessageIdentity learned) {
        String text = learned.of(message);
        Group group = groups.get(text);
        if (group == null && groups.size() < mostPatterns) {
            group = new Group(sides);
            groups.put(text, group);
        }
        Form form = new Form(group == null ? rest : group.tallies);
        form.places = new HashMap<>();
        if (group != null) {
            place(form, message, learned);
        }
        return form;
    }

    /** Says where the variables of a form are. */
    private static void place(Form form, OpenMessage message, MessageIdentity learned) {
        Map<String, String> places = new HashMap<>();
        Map<String, String> words = new HashMap<>();
        int variable = -1;
        int ordinal = 0;
        for (OpenPlace open : learned.places(message)) {
            ordinal = open.variable() == variable ? ordinal + 1 : 0;
            variable = open.variable();
            String place = ordinal == 0 ? String.valueOf(variable) : variable + "." + ordinal;
            if (open.word() != null) {
                words.put(place, open.word());
            } else {
                places.put(TOKENS[open.token()], place);
            }
        }
        form.places = places;
        form.words = words;
    }

    private void addValues(Form form, int side, OpenLine line, long times, long at) {
        Tally tally = form.tallies[side];
        Map<String, String> places = form.places;
        MessageIdentity learned = identity;
        for (OpenValue value : line.values()) {
            String field = value.field();
            String key = field == null ? TOKENS[value.token()] : field;
            if (places != null && learned != null) {
                key = field == null ? places.get(key) : learned.isPartOfMessage(field) ? null : field;
            }
            if (key != null && tally != rest[side]) {
                tally.value(key).add(value.type(), value.text(), value.number(), times, at, budget);
            }
        }
        form.words.forEach((place, word) -> tally.value(place).add(MaskType.ID, word, Double.NaN, times, at, budget));
    }

    /** Counts the repetitions of a line. */
    private void settle(Repeat repeat) {
        if (repeat.pending == 0) {
            return;
        }
        Tally tally = repeat.form.tallies[repeat.side];
        tally.count(repeat.event.level(), repeat.pending);
        tally.see(repeat.earliest);
        tally.see(repeat.latest);
        addValues(repeat.form, repeat.side, repeat.line, repeat.pending, repeat.at);
        repeat.pending = 0;
    }

    private void settleAll() {
        for (int i = 0; i < MEMO; i++) {
            Repeat repeat = memo[i];
            if (repeat != null) {
                settle(repeat);
                memo[i] = null;
            }
        }
    }

    private void learn() {
        settleAll();
        SlotLearner learner = SlotLearner.of(masking);
        forms.forEach((message, form) -> learner.add(
                message, Stream.of(form.tallies).mapToLong(Tally::count).sum()));
        LearnedSlots slots = learner.learn();
        MessageIdentity learned = MessageIdentity.of(masking, slots);
        identity = learned;
        forms.forEach((message, form) -> {
            Group group = groups.computeIfAbsent(learned.of(message), text -> new Group(sides));
            place(form, message, learned);
            for (int side = 0; side < sides; side++) {
                if (form.tallies[side].count() > 0) {
                    put(form, group, side, learned);
                }
            }
        });
        forms.clear();
        if (groups.size() > mostPatterns) {
            List<Map.Entry<String, Group>> rare = groups.entrySet().stream()
                    .sorted(Comparator.comparingLong((Map.Entry<String, Group> entry) ->
                            -entry.getValue().count()))
                    .skip(mostPatterns)
                    .toList();
            rare.forEach(entry -> {
                for (int side = 0; side < sides; side++) {
                    rest[side].addAll(entry.getValue().tally(side));
                }
                groups.remove(entry.getKey());
            });
        }
    }

    private void put(Form form, Group group, int side, MessageIdentity learned) {
        Tally from = form.tallies[side];
        Tally to = group.tally(side);
        Map<String, String> places = Objects.requireNonNull(form.places);
        to.addAll(from);
        from.values().forEach((key, sketch) -> {
            String place = key.startsWith("\u0001") ? places.get(key) : learned.isPartOfMessage(key) ? null : key;
            if (place != null) {
                to.value(place).addAll(sketch, budget);
            }
        });
        form.words.forEach(
                (place, word) -> to.value(place).add(MaskType.ID, word, Double.NaN, from.count(), 0, budget));
    }

    /** Ends the pass. */
    void end() {
        if (identity == null) {
            learn();
        } else {
            settleAll();
        }
    }

    /** The messages by their identity. */
    Map<String, Group> groups() {
        return groups;
    }

    long lines(int side) {
        return lines[side];
    }

    /** What was seen of a side. */
    LogTotals totals(int side) {
        Tally all = new Tally();
        long messages = 0;
        for (Group group : groups.values()) {
            all.addAll(group.tally(side));
            messages += group.tally(side).count() > 0 ? 1 : 0;
        }
        all.addAll(rest[side]);
        return new LogTotals(
                lines[side], messages, rest[side].count(), Levels.sorted(all.levels()), all.first(), all.last());
    }

    /** Whether what varies was learned from the first forms alone. */
    boolean isSampled() {
        return sampled;
    }
}
