package io.deepsentry.text.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a text autoencoder has from another one, the base.
 *
 * @param base the file, folder or name that was given
 * @param encoderDigest the SHA-256 of its encoder
 * @param decoderDigest the SHA-256 of its decoder
 * @param frozenLayers layers that stayed as they were; of the embedding, the vectors of the base's words did
 * @param knownWords the size of the base's vocabulary, with which the new one begins
 * @param addedWords words of the new data after them
 */
public record TextTransfer(
        String base,
        String encoderDigest,
        String decoderDigest,
        List<String> frozenLayers,
        int knownWords,
        int addedWords) {
    public TextTransfer {
        frozenLayers = List.copyOf(frozenLayers);
    }

    /** As {@code metadata.json} has it. */
    Map<String, Object> described() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("base", base);
        described.put("base_encoder_sha256", encoderDigest);
        described.put("base_decoder_sha256", decoderDigest);
        described.put("frozen_layers", frozenLayers);
        described.put("known_words", knownWords);
        described.put("added_words", addedWords);
        return described;
    }
}
