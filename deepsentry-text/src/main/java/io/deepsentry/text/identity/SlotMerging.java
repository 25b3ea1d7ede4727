package io.deepsentry.text.identity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Merges masked messages that differ in the values of variables only. A run of typed tokens is one slot whatever its
 * types. Messages of one length that differ in one word, or in two, become one where the words there look like values:
 * many of them, and new ones coming all the time. One thread at a time.
 */
final class SlotMerging {
    /** Marks a word that stays whatever its neighbours are: a code, or the short value of a field. */
    static final char FIXED = '\u0002';

    private static final int SLOT = 0;
    private static final int ROUNDS = 32;

    /** How many values of plain words make a variable, in messages that have two or more other words. */
    static final int VALUES = 5;
    /** The same where hardly a value came twice, and the least of other words there. */
    private static final int VALUES_THAT_NEVER_RECUR = 4;
    /** The same in messages that have one other word. */
    private static final int VALUES_OF_SHORT = 8;
    /** The same at the first place, where messages have their verb or the name of their source. */
    private static final int VALUES_AT_FIRST = 16;
    /** So many times these, and values need not be new ones: they are many. */
    private static final int MANY = 4;
    /** A value is rare that comes once, or in fewer than one of so many lines. */
    private static final int RARE = 64;
    /** The words of a message, the rarest first, among which two may vary together. */
    private static final int RAREST = 4;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<Word> words = new ArrayList<>();
    private final Map<Key, Form> forms = new HashMap<>();
    private final Map<Long, Integer> contexts = new HashMap<>();

    private enum Kind {
        SLOT,
        /** Tells; never a value. */
        FIXED,
        /** A dotted name or the like: a value wherever it differs and seldom recurs. */
        NAME,
        PLAIN
    }

    private record Word(String text, Kind kind, long hash) {}

    /** The ids of the words of a message, equal by content. */
    private static final class Key {
        private final int[] ids;
        private final int hash;

        Key(int[] ids) {
            this.ids = ids;
            hash = Arrays.hashCode(ids);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && Arrays.equals(ids, that.ids);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Messages that count as one so far. */
    private static final class Form {
        private final int[] t;
        /** What each word and slot is shown as: the most frequent variant. */
        private String[] shown = {};

        private long shownCount = -1;
        private long count;
        /** Which slots take words. */
        private final boolean[] open;

        private long hash;

        Form(int[] t) {
            this.t = t;
            open = new boolean[t.length];
        }

        private void show(String[] texts, long times) {
            if (times > shownCount
                    || (times == shownCount && String.join(" ", texts).compareTo(String.join(" ", shown)) < 0)) {
                shown = texts;
                shownCount = times;
            }
        }
    }

    SlotMerging() {
        ids.put("", SLOT);
        words.add(new Word("", Kind.SLOT, mix(1)));
    }

    /** Adds a masked message that came so many times. Each at most once. */
    void add(String[] tokens, long count) {
        int[] t = new int[tokens.length];
        String[] texts = new String[tokens.length];
        int n = 0;
        for (String token : tokens) {
            if (!Tokens.isTyped(token)) {
                t[n] = id(token);
                texts[n++] = token.charAt(0) == FIXED ? token.substring(1) : token;
            } else if (n == 0 || t[n - 1] != SLOT) {
                t[n] = SLOT;
                texts[n++] = token;
            } else {
                texts[n - 1] = join(texts[n - 1], token);
            }
        }
        Form form = form(Arrays.copyOf(t, n));
        form.show(Arrays.copyOf(texts, n), count);
        form.count += count;
    }

    /** Typed tokens of a run, each once. */
    private static String join(String run, String token) {
        return (" " + run + " ").contains(" " + token + " ") ? run : run + " " + token;
    }

    private int id(String token) {
        Integer known = ids.get(token);
        if (known != null) {
            return known;
        }
        int id = words.size();
        ids.put(token, id);
        words.add(new Word(token, kind(token), mix(token.hashCode() * 0x9E3779B97F4A7C15L + token.length())));
        return id;
    }

    private static Kind kind(String word) {
        if (word.charAt(0) == FIXED || TellingWords.tells(word)) {
            return Kind.FIXED;
        }
        for (int i = 1; i < word.length() - 1; i++) {
            char c = word.charAt(i);
            if (c == '.' || c == '$' || c == '/' || c == '@') {
                return Kind.NAME;
            }
        }
        return Kind.PLAIN;
    }

    private Form form(int[] t) {
        return forms.computeIfAbsent(new Key(t), key -> {
            Form form = new Form(t);
            for (int i = 0; i < t.length; i++) {
                form.hash += at(t[i], i);
            }
            return form;
        });
    }

    private long at(int id, int place) {
        return mix(words.get(id).hash() + place * 0xD1B54A32D192ED03L);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }

    void merge() {
        for (int round = 0; round < ROUNDS; round++) {
            if (!mergeAll(onePlace()) && !mergeAll(twoPlaces())) {
                break;
            }
        }
        applyContexts();
    }

    /** Makes slots of the words between neighbours that have many values between them in other messages. */
    private void applyContexts() {
        for (Form form : List.copyOf(forms.values())) {
            Map<Integer, String> slots = new HashMap<>();
            for (int i = 1; i + 1 < form.t.length; i++) {
                Kind kind = words.get(form.t[i]).kind();
                if ((kind == Kind.PLAIN || kind == Kind.NAME)
                        && contexts.containsKey(((long) form.t[i - 1] << 32) | form.t[i + 1])) {
                    slots.put(i, LearnedSlots.WORD);
                }
            }
            if (!slots.isEmpty()) {
                forms.remove(new Key(form.t));
                fold(form, slots);
            }
        }
    }

    /** Messages that are equal but for what stands at these places. */
    private record Group(int first, int second, List<Form> forms) {
        int places() {
            return second < 0 ? 1 : 2;
        }
    }

    private Collection<List<Form>> byLength() {
        Map<Integer, List<Form>> lengths = new TreeMap<>();
        for (Form form : forms.values()) {
            lengths.computeIfAbsent(form.t.length, length -> new ArrayList<>()).add(form);
        }
        return lengths.values();
    }

    private List<Group> onePlace() {
        List<Group> groups = new ArrayList<>();
        for (List<Form> list : byLength()) {
            int length = list.get(0).t.length;
            for (int place = 0; length > 1 && list.size() > 1 && place < length; place++) {
                Map<Long, List<Form>> alike = new HashMap<>();
                for (Form form : list) {
                    if (words.get(form.t[place]).kind() != Kind.FIXED) {
                        alike.computeIfAbsent(form.hash - at(form.t[place], place), key -> new ArrayList<>(1))
                                .add(form);
                    }
                }
                collect(alike.values(), place, -1, groups);
            }
        }
        return groups;
    }

    private List<Group> twoPlaces() {
        int[] frequency = new int[words.size()];
        for (Form form : forms.values()) {
            for (int id : form.t) {
                frequency[id]++;
            }
        }
        List<Group> groups = new ArrayList<>();
        for (List<Form> list : byLength()) {
            Map<Integer, Map<Long, List<Form>>> alike = new TreeMap<>();
            for (Form form : list) {
                int[] places = rarest(form, frequency);
                for (int a = 0; a < places.length; a++) {
                    for (int b = a + 1; b < places.length; b++) {
                        long key = form.hash - at(form.t[places[a]], places[a]) - at(form.t[places[b]], places[b]);
                        alike.computeIfAbsent((places[a] << 16) | places[b], pair -> new HashMap<>())
                                .computeIfAbsent(key, k -> new ArrayList<>(1))
                                .add(form);
                    }
                }
            }
            alike.forEach((pair, lists) -> collect(lists.values(), pair >> 16, pair & 0xFFFF, groups));
        }
        return groups;
    }

    private int[] rarest(Form form, int[] frequency) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < form.t.length; i++) {
            Kind kind = words.get(form.t[i]).kind();
            if (kind == Kind.NAME || kind == Kind.PLAIN) {
                places.add(i);
            }
        }
        places.sort(Comparator.comparingInt((Integer i) -> frequency[form.t[i]]).thenComparing(i -> -i));
        return places.stream().limit(RAREST).mapToInt(i -> i).sorted().toArray();
    }

    private void collect(Collection<List<Form>> lists, int first, int second, List<Group> groups) {
        for (List<Form> list : lists) {
            if (list.size() > 1) {
                Group group = vary(new Group(first, second, list));
                if (group != null) {
                    groups.add(group);
                }
            }
        }
    }

    /** The part of the group whose places vary as variables do, or null. */
    private @Nullable Group vary(Group group) {
        Group at = vary(group, group.first());
        return at == null || group.second() < 0 ? at : vary(at, group.second());
    }

    private @Nullable Group vary(Group group, int place) {
        List<Form> names = new ArrayList<>();
        Map<Integer, Long> plain = new HashMap<>();
        Map<Integer, Long> named = new HashMap<>();
        boolean slot = false;
        for (Form form : group.forms()) {
            int id = form.t[place];
            switch (words.get(id).kind()) {
                case PLAIN -> plain.merge(id, form.count, Long::sum);
                case NAME -> {
                    named.merge(id, form.count, Long::sum);
                    names.add(form);
                }
                case SLOT -> {
                    slot = true;
                    names.add(form);
                }
                case FIXED -> {}
            }
        }
        int constant = constantWords(group);
        if (constant == 0) {
            return null;
        }
        if (manyValues(plain, named.size() + (slot ? 1 : 0), place, constant)) {
            return group;
        }
        long times = named.values().stream().mapToLong(count -> count).sum();
        boolean variable = (slot && !named.isEmpty())
                || named.size() > VALUES
                || (named.size() > 1 && times <= 2.5 * named.size() && (place > 0 || named.size() > 3));
        return variable && names.size() > 1 ? new Group(group.first(), group.second(), names) : null;
    }

    private int constantWords(Group group) {
        int[] t = group.forms().get(0).t;
        int constant = 0;
        for (int i = 0; i < t.length; i++) {
            if (i != group.first() && i != group.second() && t[i] != SLOT) {
                constant++;
            }
        }
        return constant;
    }

    private boolean manyValues(Map<Integer, Long> plain, int others, int place, int constant) {
        int distinct = plain.size() + others;
        if (plain.isEmpty()) {
            return false;
        }
        int least = place == 0 ? VALUES_AT_FIRST : constant == 1 ? VALUES_OF_SHORT : VALUES;
        int verbs = 0;
        int capitals = 0;
        long times = plain.values().stream().mapToLong(count -> count).sum();
        for (int id : plain.keySet()) {
            String word = words.get(id).text();
            verbs += isVerb(word) ? 1 : 0;
            capitals += isCapitals(word) ? 1 : 0;
        }
        if (2 * verbs >= plain.size() || (2 * capitals > plain.size() && constant < VALUES)) {
            least *= MANY;
        }
        if (place > 0 && constant >= VALUES_THAT_NEVER_RECUR && least == VALUES && times <= 2L * plain.size()) {
            return distinct >= VALUES_THAT_NEVER_RECUR;
        }
        return distinct >= least && (keepComing(plain.values()) || distinct >= MANY * least);
    }

    /** Whether a quarter of the values are rare, so that there will be new ones. */
    static boolean keepComing(Collection<Long> counts) {
        long times = counts.stream().mapToLong(count -> count).sum();
        long rare = counts.stream()
                .filter(count -> count <= Math.max(1, times / RARE))
                .count();
        return 4 * rare >= counts.size();
    }

    private static boolean isVerb(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return lower.length() > 4 && (lower.endsWith("ed") || lower.endsWith("ing"));
    }

    private static boolean isCapitals(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (Character.isLowerCase(word.charAt(i))) {
                return false;
            }
        }
        return word.length() > 1;
    }

    /**
     * Merges the groups, those of most values first, so that of names that start and stop the names become the slot.
     */
    private boolean mergeAll(List<Group> groups) {
        groups.sort(Comparator.<Group>comparingInt(Group::places)
                .thenComparingInt(group -> -group.forms().size())
                .thenComparingInt(group -> -group.first())
                .thenComparing(group -> String.join(" ", group.forms().get(0).shown)));
        boolean merged = false;
        for (Group group : groups) {
            List<Form> left = group.forms().stream()
                    .filter(form -> forms.get(new Key(form.t)) == form)
                    .toList();
            Group now = left.size() < 2
                    ? null
                    : left.size() == group.forms().size()
                            ? group
                            : vary(new Group(group.first(), group.second(), left));
            if (now != null && now.forms().size() > 1) {
                merge(now);
                merged = true;
            }
        }
        return merged;
    }

    private void merge(Group group) {
        noteContext(group, group.first());
        if (group.second() >= 0) {
            noteContext(group, group.second());
        }
        Map<Integer, String> slotTexts = new HashMap<>();
        slotTexts.put(group.first(), slotText(group, group.first()));
        if (group.second() >= 0) {
            slotTexts.put(group.second(), slotText(group, group.second()));
        }
        for (Form form : group.forms()) {
            forms.remove(new Key(form.t));
        }
        for (Form form : group.forms()) {
            fold(form, slotTexts);
        }
    }

    /** The typed token that most lines have at a place, or that of a word. */
    private static String slotText(Group group, int place) {
        Map<String, Long> counts = new TreeMap<>();
        for (Form form : group.forms()) {
            counts.merge(form.t[place] == SLOT ? form.shown[place] : LearnedSlots.WORD, form.count, Long::sum);
        }
        return counts.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.<String, Long>comparingByKey().reversed()))
                .orElseThrow()
                .getKey();
    }

    private void fold(Form form, Map<Integer, String> slotTexts) {
        int[] t = new int[form.t.length];
        String[] texts = new String[t.length];
        boolean[] open = new boolean[t.length];
        int n = 0;
        for (int i = 0; i < form.t.length; i++) {
            String slotText = slotTexts.get(i);
            boolean slot = slotText != null || form.t[i] == SLOT;
            String text = slotText == null ? form.shown[i] : slotText;
            boolean takesWords = form.open[i] || slotText != null;
            if (slot && n > 0 && t[n - 1] == SLOT) {
                for (String token : Tokens.split(text)) {
                    texts[n - 1] = join(texts[n - 1], token);
                }
                open[n - 1] |= takesWords;
                continue;
            }
            t[n] = slot ? SLOT : form.t[i];
            open[n] = slot && takesWords;
            texts[n++] = text;
        }
        Form into = form(Arrays.copyOf(t, n));
        into.show(Arrays.copyOf(texts, n), form.shownCount);
        into.count += form.count;
        for (int i = 0; i < n; i++) {
            into.open[i] |= open[i];
        }
    }

    private void noteContext(Group group, int place) {
        int[] t = group.forms().get(0).t;
        long plain = group.forms().stream()
                .filter(form -> words.get(form.t[place]).kind() == Kind.PLAIN)
                .count();
        if (place > 0 && place + 1 < t.length && t[place - 1] != SLOT && t[place + 1] != SLOT && plain >= VALUES) {
            contexts.merge(((long) t[place - 1] << 32) | t[place + 1], 1, Integer::sum);
        }
    }

    /** The words before and after places of many values, {@code before after} each. */
    List<String> contexts() {
        return contexts.keySet().stream()
                .map(pair -> text((int) (pair >> 32)) + " " + text(pair.intValue()))
                .sorted()
                .toList();
    }

    private String text(int id) {
        String text = words.get(id).text();
        return text.charAt(0) == FIXED ? text.substring(1) : text;
    }

    /**
     * The messages that have slots, the most frequent first; slots that take words are marked as {@link Tokens} says.
     */
    List<String> templates(int most) {
        return forms.values().stream()
                .filter(form -> {
                    for (int id : form.t) {
                        if (id == SLOT) {
                            return true;
                        }
                    }
                    return false;
                })
                .map(form -> Map.entry(template(form), form.count))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(most)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static String template(Form form) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < form.t.length; i++) {
            if (i > 0) {
                out.append(' ');
            }
            if (form.open[i]) {
                out.append(Tokens.OPEN);
            }
            out.append(form.shown[i]);
        }
        return out.toString();
    }
}
