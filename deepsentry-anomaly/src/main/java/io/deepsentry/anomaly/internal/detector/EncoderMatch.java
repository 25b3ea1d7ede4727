package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether an encoder and a detector belong together: a detector knows the vectors of one encoder, and those of another
 * mean something else to it.
 */
public final class EncoderMatch {
    /** The key in a detector's metadata of the digest of the encoder whose vectors it was trained on. */
    public static final String DIGEST = "text_encoder_sha256";

    private EncoderMatch() {}

    /**
     * Refuses an encoder that the detector was not trained with. A detector without metadata, or whose metadata names
     * no encoder, is taken as it is.
     *
     * @param encoder the encoder's file
     * @param detector the detector's file
     * @throws MissingDataException if the encoder cannot be read
     * @throws ModelException if they do not belong together
     */
    public static void require(Path encoder, Path detector) {
        String expected = trainedWith(detector).orElse(null);
        if (expected == null) {
            return;
        }
        String found = digest(encoder);
        if (!found.equals(expected)) {
            throw new ModelException(
                    "the detector " + detector + " must be used with the text encoder it was trained on, whose"
                            + " SHA-256 is " + expected + ", but " + encoder + " has " + found
                            + "; name that encoder, or run encode and train-detector again");
        }
    }

    /**
     * Refuses vectors of an encoder that the detector was not trained with.
     *
     * @param vectors their file
     * @param encoderDigest the digest of the encoder that made them
     * @throws ModelException if they do not belong together
     */
    public static void requireVectors(Path vectors, String encoderDigest, Path detector) {
        String expected = trainedWith(detector).orElse(encoderDigest);
        if (!encoderDigest.equals(expected)) {
            throw new ModelException("the detector " + detector
                    + " must be used with vectors of the text encoder it was trained on, whose SHA-256 is " + expected
                    + ", but those in " + vectors + " were made by one with " + encoderDigest
                    + "; run encode with that encoder, or train-detector again");
        }
    }

    /**
     * Refuses an encoder whose vectors are of another length than those of the detector.
     *
     * @throws ModelException if they do not belong together
     */
    public static void requireDimension(Path encoder, int encoderDimension, Path detector, int detectorDimension) {
        if (encoderDimension != detectorDimension) {
            throw new ModelException("the detector " + detector + " takes vectors of " + detectorDimension
                    + " numbers, but " + encoder + " gives " + encoderDimension
                    + "; name the encoder that it was trained with");
        }
    }

    private static Optional<String> trainedWith(Path detector) {
        Path folder = detector.toAbsolutePath().getParent();
        if (folder == null || !Files.exists(folder.resolve(ModelDirectory.METADATA))) {
            return Optional.empty();
        }
        JsonNode digest = ModelDirectory.read(folder).path(DIGEST);
        return digest.isTextual() ? Optional.of(digest.asText()) : Optional.empty();
    }

    /**
     * The SHA-256 of an encoder's file.
     *
     * @throws MissingDataException if it is not there or cannot be read
     */
    public static String digest(Path encoder) {
        if (!Files.isRegularFile(encoder)) {
            throw new MissingDataException("there is no text encoder " + encoder
                    + " to compare with the one that the detector was trained on; check text_encoder_model");
        }
        try {
            return ModelDirectory.digestOf(encoder);
        } catch (IOException e) {
            throw new MissingDataException(
                    "the text encoder " + encoder + " cannot be read: " + e.getMessage() + "; check its permissions",
                    e);
        }
    }
}
