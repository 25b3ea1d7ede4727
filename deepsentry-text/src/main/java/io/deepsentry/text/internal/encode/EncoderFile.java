package io.deepsentry.text.internal.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.ModelException;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.token.MaskingForm;
import io.deepsentry.text.token.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts that {@code encoder.h5} carries beside its weights: the vocabulary, and what says which message a line is.
 */
public final class EncoderFile {
    private static final String VOCABULARY = "vocabulary";
    private static final String MASKING = "masking";
    private static final String LEARNED = "learned";
    private static final String IDENTITY = "identity";

    /** Raised whenever the same settings and the same log give other identities. */
    private static final String IDENTITY_VERSION = "2";

    private static final ObjectMapper JSON = new ObjectMapper();

    private EncoderFile() {}

    /** Returns the texts to write beside the weights. */
    public static Map<String, String> extras(Vocabulary vocabulary, MessageIdentity identity) {
        Map<String, String> extras = new LinkedHashMap<>();
        try {
            extras.put(VOCABULARY, JSON.writeValueAsString(vocabulary.words()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of texts has a JSON form", e);
        }
        extras.put(IDENTITY, IDENTITY_VERSION);
        extras.put(MASKING, MaskingForm.text(identity.masking()));
        extras.put(LEARNED, identity.learned().toJson());
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

    /**
     * Reads what says which message a line is; null if the file carries nothing of it.
     *
     * @throws ModelException if it is of an earlier version
     */
    public static @Nullable MessageIdentity identity(Map<String, String> extras, String where) {
        String masking = extras.get(MASKING);
        if (masking == null) {
            return null;
        }
        String learned = extras.get(LEARNED);
        if (learned == null || !IDENTITY_VERSION.equals(extras.get(IDENTITY))) {
            throw new ModelException(where + ": was trained with an earlier identity of messages ("
                    + extras.getOrDefault(IDENTITY, "1") + "; this version's is " + IDENTITY_VERSION
                    + "); run prepare and train-text again");
        }
        return MessageIdentity.of(MaskingForm.parse(masking, where), LearnedSlots.parse(learned, where));
    }
}
