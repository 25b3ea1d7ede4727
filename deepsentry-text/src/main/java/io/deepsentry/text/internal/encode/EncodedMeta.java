package io.deepsentry.text.internal.encode;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of encoded data: which encoder made the vectors, and of which prepared data. It is stored beside them
 * as {@code metadata.json}; vectors from elsewhere have none.
 *
 * @param encoderDigest the SHA-256 of the encoder's file
 * @param dimension values of a vector
 * @param fingerprint of the prepared data
 */
public record EncodedMeta(String encoderDigest, int dimension, String fingerprint) {
    private static final String ENCODER = "text_encoder_sha256";
    private static final String DIMENSION = "dimension";
    private static final String FINGERPRINT = "data_fingerprint";

    /**
     * What is known of a file of vectors, or nothing.
     *
     * @throws io.deepsentry.core.ModelException if the metadata is corrupt
     */
    public static Optional<EncodedMeta> of(Path encodedFile) {
        Path folder = encodedFile.toAbsolutePath().getParent();
        if (folder == null || !Files.exists(folder.resolve(ModelDirectory.METADATA))) {
            return Optional.empty();
        }
        JsonNode json = ModelDirectory.read(folder);
        return json.path(ENCODER).isTextual()
                        && json.path(DIMENSION).isInt()
                        && json.path(FINGERPRINT).isTextual()
                ? Optional.of(new EncodedMeta(
                        json.path(ENCODER).asText(),
                        json.path(DIMENSION).asInt(),
                        json.path(FINGERPRINT).asText()))
                : Optional.empty();
    }

    /** Writes what is known beside the vectors. */
    public void write(Path folder, Path encoder, Map<Split, Long> rows) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("data", "encoded_dataset");
        all.put("text_encoder_model", encoder.toAbsolutePath().toString());
        all.put(ENCODER, encoderDigest);
        all.put(DIMENSION, dimension);
        all.put(FINGERPRINT, fingerprint);
        Map<String, Long> parts = new LinkedHashMap<>();
        rows.forEach((split, count) -> parts.put(split.key(), count));
        all.put("rows", parts);
        ModelDirectory.write(folder, Map.of(), all);
    }

    /** Vectors that are being replaced are described no longer. */
    public static void remove(Path folder) {
        Path metadata = folder.resolve(ModelDirectory.METADATA);
        try {
            Files.deleteIfExists(metadata);
        } catch (IOException e) {
            throw AtomicFile.failure(metadata, e);
        }
    }

    /**
     * Checks that the vectors were made of this prepared data.
     *
     * @throws DataException if they were made of other data
     */
    public void requireData(Path encodedFile, PreparedData prepared) {
        if (!fingerprint.equals(prepared.meta().fingerprint())) {
            throw new DataException(
                    "the vectors of " + encodedFile + " were made of prepared data with the fingerprint "
                            + fingerprint + ", but " + prepared.directory() + " has "
                            + prepared.meta().fingerprint() + "; run encode again");
        }
    }
}
