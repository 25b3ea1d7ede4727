package io.deepsentry.text.identity;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An {@link OpenMessage} taken apart.
 *
 * @param tokens of the message, candidates with their words
 * @param level the level, or null
 * @param fields the masked values of its fields by name
 */
record OpenForm(List<String> tokens, @Nullable String level, Map<String, String> fields) {
    /** The most tokens of a field's value that belong to a message. */
    private static final int MOST_OF_FIELD = 16;

    private static final Splitter PARTS = Splitter.on(OpenMessage.PART);
    private static final Splitter SPACE = Splitter.on(' ');
    private static final Splitter KEPT = Splitter.on(OpenMessage.KEPT);

    static OpenForm of(OpenMessage message) {
        List<String> parts = PARTS.splitToList(message.text());
        Map<String, String> fields = new TreeMap<>();
        for (String part : parts.subList(Math.min(2, parts.size()), parts.size())) {
            int split = part.indexOf(OpenMessage.NAMED);
            fields.put(part.substring(0, split), part.substring(split + 1));
        }
        String level = parts.size() > 1 ? parts.get(1) : "";
        return new OpenForm(SPACE.splitToList(parts.get(0)), level.isEmpty() ? null : level, fields);
    }

    /** Calls with the kind and the words of each candidate. */
    void candidates(BiConsumer<String, String> consumer) {
        for (int i = 0; i < tokens.size(); i++) {
            if (OpenMessage.isCandidate(tokens.get(i))) {
                consumer.accept(kind(i), tokens.get(i));
            }
        }
    }

    /** What candidates with the same fate have in common: the letters of a code, the word before a quoted text. */
    private String kind(int i) {
        String token = tokens.get(i);
        String words = token.substring(token.indexOf(OpenMessage.KEPT) + 1);
        int digit = 0;
        while (digit < words.length() && !isDigit(words.charAt(digit))) {
            digit++;
        }
        if (digit < words.length() && words.indexOf(OpenMessage.KEPT) < 0) {
            return words.substring(0, digit);
        }
        String before = i == 0 ? "" : tokens.get(i - 1);
        return (OpenMessage.isCandidate(before) ? "" : before) + " \"";
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Whether a masked value holds nothing but typed tokens. */
    static boolean isTypedOnly(String value) {
        for (String token : SPACE.split(value)) {
            if (!Tokens.isTyped(token)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The words and typed tokens of the message and of the fields that tell.
     *
     * @param marked whether codes and short values are marked as {@link SlotMerging#FIXED}
     */
    String[] body(LearnedSlots slots, boolean marked) {
        List<String> body = new ArrayList<>(tokens.size() + 8);
        String mark = marked ? String.valueOf(SlotMerging.FIXED) : "";
        for (int i = 0; i < tokens.size(); i++) {
            boolean candidate = OpenMessage.isCandidate(tokens.get(i));
            for (String word : words(i, slots)) {
                body.add(candidate && !Tokens.isTyped(word) ? mark + word : word);
            }
        }
        fields.forEach((name, value) -> addField(name, value, slots, mark, body));
        return Tokens.withoutRepeats(body.toArray(String[]::new));
    }

    /** The words of the body that a token of the message becomes. */
    List<String> words(int i, LearnedSlots slots) {
        String token = tokens.get(i);
        if (!OpenMessage.isCandidate(token)) {
            return List.of(token);
        }
        int kept = token.indexOf(OpenMessage.KEPT);
        return slots.isCode(kind(i)) ? KEPT.splitToList(token.substring(kept + 1)) : List.of(token.substring(0, kept));
    }

    private static void addField(String name, String value, LearnedSlots slots, String mark, List<String> body) {
        LearnedField field = slots.field(name);
        LearnedField.Use use = field != null
                ? field.use()
                : FieldNames.isTelling(name) ? LearnedField.Use.WORDS : LearnedField.Use.VALUE;
        if (use == LearnedField.Use.VALUE || (field != null && value.equals(field.usual()))) {
            return;
        }
        String last = mark + FieldNames.last(name);
        if (use == LearnedField.Use.PRESENCE) {
            body.add(last);
            body.add(LearnedSlots.WORD);
        } else if (!isTypedOnly(value)) {
            body.add(last);
            List<String> words = SPACE.splitToList(value);
            String wordMark = words.size() <= 2 ? mark : "";
            for (String word : words.subList(0, Math.min(words.size(), MOST_OF_FIELD))) {
                body.add(Tokens.isTyped(word) ? word : wordMark + word);
            }
        }
    }
}
