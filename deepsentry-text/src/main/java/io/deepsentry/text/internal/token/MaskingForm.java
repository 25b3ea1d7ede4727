package io.deepsentry.text.internal.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.redact.RedactionRules;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Masking settings in the form of the configuration, for files that carry them. */
public final class MaskingForm {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private MaskingForm() {}

    /** Returns the settings by the names of their keys. */
    public static Map<String, Object> of(NormalizerSettings settings) {
        Map<String, Object> masking = new LinkedHashMap<>();
        masking.put("mask_types", settings.typeKeys());
        masking.put("mask_rules", settings.ruleTexts());
        masking.put("lower", settings.lower());
        if (!settings.secrets().equals(RedactionRules.NONE)) {
            masking.put("redact_names", settings.secrets().names());
            masking.put("redact_patterns", settings.secrets().patterns());
        }
        return masking;
    }

    /** Returns the settings as JSON. */
    public static String text(NormalizerSettings settings) {
        try {
            return JSON.writeValueAsString(of(settings));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists of texts have a JSON form", e);
        }
    }

    /**
     * Reads settings from JSON.
     *
     * @param where the file, for messages
     * @throws DataException if the text is no JSON
     */
    public static NormalizerSettings parse(String json, String where) {
        try {
            return settings(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new DataException(where + ": the masking settings are not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads settings from an object that has their keys among others. */
    public static NormalizerSettings settings(JsonNode node) {
        return NormalizerSettings.parse(
                        texts(node.path("mask_types")),
                        texts(node.path("mask_rules")),
                        node.path("lower").asBoolean())
                .withSecrets(secrets(node));
    }

    private static RedactionRules secrets(JsonNode node) {
        try {
            return new RedactionRules(texts(node.path("redact_names")), texts(node.path("redact_patterns")));
        } catch (IllegalArgumentException e) {
            throw new DataException("the redaction rules are wrong: " + e.getMessage(), e);
        }
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
