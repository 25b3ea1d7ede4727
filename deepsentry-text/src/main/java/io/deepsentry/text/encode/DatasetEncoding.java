package io.deepsentry.text.encode;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.encode.EncodedMeta;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The stage that turns the messages of a prepared data set into vectors: {@code encoded_dataset}. */
public final class DatasetEncoding {
    private DatasetEncoding() {}

    /**
     * What the stage did.
     *
     * @param directory the folder written
     * @param rows vectors in each part
     * @param dimension numbers a vector
     * @param seconds how long it took
     */
    public record Result(Path directory, Map<Split, Long> rows, int dimension, double seconds) {
        public Result {
            rows = Map.copyOf(rows);
        }
    }

    /**
     * Runs the stage.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was written
     * @throws io.deepsentry.core.MissingDataException when the prepared data or the model is not there
     * @throws io.deepsentry.core.ModelException when the model is damaged or of another vocabulary
     * @throws DataException when the data was prepared otherwise than the model's, or the folder cannot be written
     */
    public static Result run(EncodeSettings settings, RunContext context) {
        long start = System.nanoTime();
        PreparedData data = PreparedData.open(settings.preparedDataDir());
        try (TextEncoderHandle encoder = TextEncoderHandle.open(
                settings.textEncoderModel(), settings.vocabulary(), settings.device(), settings.runtime())) {
            requireSameIdentity(data, encoder.identity(), settings.textEncoderModel());
            EncodedMeta described = new EncodedMeta(
                    ModelDirectory.digestOf(settings.textEncoderModel()),
                    encoder.dimension(),
                    data.meta().fingerprint());
            EncodedMeta.remove(settings.encodedDataDir());
            DatasetEncoder files = new DatasetEncoder(encoder, settings.batchSize(), context);
            Map<Split, Long> rows = new EnumMap<>(Split.class);
            for (Split split : Split.values()) {
                Path vectors = settings.encodedDataDir().resolve(split.encodedFile());
                rows.put(split, files.encodeFile(data.text(split), vectors));
            }
            described.write(settings.encodedDataDir(), settings.textEncoderModel(), rows);
            return new Result(settings.encodedDataDir(), rows, encoder.dimension(), (System.nanoTime() - start) / 1e9);
        } catch (IOException e) {
            throw new MissingDataException(
                    "the text encoder " + settings.textEncoderModel() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireSameIdentity(PreparedData data, MessageIdentity trained, Path model) {
        MessageIdentity prepared = data.identity();
        if (!trained.masking().equals(prepared.masking())) {
            throw new DataException(data.directory() + " must be masked as the messages that " + model
                    + " was trained with, but was masked otherwise; run train-text again after prepare");
        }
        if (!trained.learned().equals(prepared.learned())) {
            throw new DataException(data.directory() + " must hold the messages that " + model
                    + " was trained with, but prepare learned others from its log; run train-text again after prepare");
        }
    }
}
