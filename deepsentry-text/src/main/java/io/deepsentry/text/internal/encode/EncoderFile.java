package io.deepsentry.text.internal.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.ModelException;
import io.deepsentry.text.internal.token.MaskingForm;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The texts that {@code encoder.h5} carries beside its weights: the vocabulary and what was masked. */
public final class EncoderFile {
    private static final String VOCABULARY = "vocabulary";
    private static final String MASKING = "masking";
    private static final ObjectMapper JSON = new ObjectMapper();

    private EncoderFile() {}

    /** Returns the texts to write beside the weights. */
    public static Map<String, String> extras(Vocabulary vocabulary, NormalizerSettings masking) {
        Map<String, String> extras = new LinkedHashMap<>();
        try {
            extras.put(VOCABULARY, JSON.writeValueAsString(vocabulary.words()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of texts has a JSON form", e);
        }
        extras.put(MASKING, MaskingForm.text(masking));
        return extras;
    }

    /** Reads the vocabulary; null if the file carries none. */
    public static @Nullable Vocabulary vocabulary(Map<String, String> extras, String where) {
        String text = extras.get(VOCABULARY);
        if (text == null) {
            return null;
        }
        try {
            List<String> words = new ArrayList<>();
            for (JsonNode word : JSON.readTree(text)) {
                words.add(word.asText());
            }
            Map<String, Integer> ids = new LinkedHashMap<>();
            for (String word : words) {
                ids.put(word, ids.size());
            }
            return Vocabulary.ofIds(ids, where);
        } catch (JsonProcessingException e) {
            throw new ModelException(where + ": its vocabulary is damaged: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads the masking settings; null if the file carries none. */
    public static @Nullable NormalizerSettings masking(Map<String, String> extras, String where) {
        String text = extras.get(MASKING);
        return text == null ? null : MaskingForm.parse(text, where);
    }
}
