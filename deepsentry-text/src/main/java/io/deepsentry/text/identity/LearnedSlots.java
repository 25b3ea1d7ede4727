package io.deepsentry.text.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.DataException;
import io.deepsentry.text.token.MaskType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the training part of a log taught about its messages: which words are the values of variables, which names are
 * codes, which fields tell, and the level that each message has. Stored beside the vocabulary, in JSON.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class LearnedSlots {
    /** Nothing learned: masking alone says what a message is. */
    public static final LearnedSlots NONE = new LearnedSlots(List.of(), List.of(), List.of(), null, Map.of(), Map.of());

    /** What stands for a word that is a value. */
    static final String WORD = MaskType.ID.token();

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> templates;
    private final Set<String> contexts;
    private final Set<String> codes;
    private final @Nullable String level;
    private final Map<String, String> levels;
    private final Map<String, LearnedField> fields;
    private final SlotTrie trie;

    LearnedSlots(
            List<String> templates,
            Collection<String> contexts,
            Collection<String> codes,
            @Nullable String level,
            Map<String, String> levels,
            Map<String, LearnedField> fields) {
        this.templates = List.copyOf(templates);
        this.contexts = new TreeSet<>(contexts);
        this.codes = new TreeSet<>(codes);
        this.level = level;
        this.levels = new TreeMap<>(levels);
        this.fields = new TreeMap<>(fields);
        trie = new SlotTrie(this.templates);
    }

    /** Whether this is {@link #NONE}, which is not the same as a log that taught nothing: fields tell in the latter. */
    @SuppressWarnings("ReferenceEquality")
    boolean isNone() {
        return this == NONE;
    }

    /** {@return how many messages with variables were learned} */
    public int size() {
        return templates.size();
    }

    LearnedSlots with(List<String> newTemplates, Collection<String> newContexts) {
        return new LearnedSlots(newTemplates, newContexts, codes, level, levels, fields);
    }

    LearnedSlots with(@Nullable String newLevel, Map<String, String> newLevels) {
        return new LearnedSlots(templates, contexts, codes, newLevel, newLevels, fields);
    }

    SlotTrie trie() {
        return trie;
    }

    /** The field of this name, or null if training had none. */
    @Nullable
    LearnedField field(String name) {
        return fields.get(name);
    }

    /** Whether the value of a field may belong to a message: it does, or it is not known that it does not. */
    boolean mayTell(String name) {
        LearnedField field = fields.get(FieldNames.clean(name));
        return field == null
                ? isNone() ? !FieldNames.isPlace(name) : FieldNames.isTelling(name)
                : field.use() != LearnedField.Use.VALUE;
    }

    /** Whether the value of a field belongs to the message word for word. */
    boolean isWords(String name) {
        LearnedField field = fields.get(FieldNames.clean(name));
        return field == null ? FieldNames.isTelling(name) : field.use() == LearnedField.Use.WORDS;
    }

    /** Whether names that begin like this are codes. */
    boolean isCode(String kind) {
        return codes.contains(kind);
    }

    /** Whether a word between these two is a value. */
    boolean isValueBetween(String before, String after) {
        return !contexts.isEmpty() && contexts.contains(before + " " + after);
    }

    /** The level that a message of this text usually has, or null if training had no levels. */
    @Nullable
    String usualLevel(String text) {
        return levels.getOrDefault(text, level);
    }

    /** Whether lines of training had this level. */
    boolean isLevel(String word) {
        return word.equals(level) || levels.containsValue(word);
    }

    /** {@return the JSON that {@link #parse} reads; equal slots give equal texts} */
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        if (isNone()) {
            return root.toString();
        }
        root.set("templates", array(templates));
        root.set("contexts", array(contexts));
        root.set("codes", array(codes));
        root.put("level", level);
        ObjectNode byText = root.putObject("levels");
        levels.forEach(byText::put);
        ObjectNode byName = root.putObject("fields");
        fields.forEach((name, field) -> field.write(byName.putObject(name)));
        return root.toString();
    }

    private static ArrayNode array(Collection<String> texts) {
        ArrayNode array = JSON.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    /**
     * Reads slots.
     *
     * @param json the text
     * @param where the file, for messages
     * @return the slots
     * @throws DataException if the text is not what {@link #toJson} writes
     */
    public static LearnedSlots parse(String json, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new DataException(where + ": identity.json is not JSON: " + e.getOriginalMessage(), e);
        }
        if (root == null || root.path("version").asInt() != VERSION) {
            throw new DataException(where + ": the version of identity.json must be " + VERSION
                    + ", but was "
                    + (root == null ? "absent" : root.path("version").asText("absent"))
                    + "; run prepare again");
        }
        if (!root.has("templates")) {
            return NONE;
        }
        Map<String, String> levels = new HashMap<>();
        root.path("levels")
                .properties()
                .forEach(entry -> levels.put(entry.getKey(), entry.getValue().asText()));
        Map<String, LearnedField> fields = new HashMap<>();
        root.path("fields")
                .properties()
                .forEach(entry -> fields.put(entry.getKey(), LearnedField.read(entry.getValue())));
        JsonNode level = root.path("level");
        return new LearnedSlots(
                texts(root.path("templates")),
                texts(root.path("contexts")),
                texts(root.path("codes")),
                level.isTextual() ? level.asText() : null,
                levels,
                fields);
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(text -> {
            if (!text.asText().isEmpty()) {
                texts.add(text.asText());
            }
        });
        return texts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LearnedSlots that
                && isNone() == that.isNone()
                && templates.equals(that.templates)
                && contexts.equals(that.contexts)
                && codes.equals(that.codes)
                && Objects.equals(level, that.level)
                && levels.equals(that.levels)
                && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(templates, contexts, codes, level, levels, fields);
    }
}
