package io.deepsentry.text;

import io.deepsentry.core.AtomicFile;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelDirectory;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.Trainer;
import io.deepsentry.core.nn.TrainingResult;
import io.deepsentry.core.nn.TrainingSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stage that trains the text autoencoder on the distinct masked messages of a prepared data set: {@code encoder.h5},
 * {@code decoder.h5}, {@code training_log.txt} and {@code metadata.json}.
 *
 * <p>A message goes through an embedding and an LSTM to a vector of 128 numbers, and from the vector alone an LSTM spells it
 * out again (the sequence autoencoder of Dai and Le, 2015, with the vector repeated at every step).
 */
public final class TextTraining {
    /** Room for messages that are somewhat longer than those of the training part. */
    private static final int SPARE_TOKENS = 4;

    private static final int LEAST_TOKENS = 8;
    private static final double USUAL_LENGTHS = 0.98;

    private final TextTrainSettings settings;
    private final RunContext context;
    private final PreparedData data;
    private final Vocabulary vocabulary;

    private TextTraining(TextTrainSettings settings, RunContext context) {
        this.settings = settings;
        this.context = context;
        data = PreparedData.open(settings.preparedDataDir());
        vocabulary = Vocabulary.load(data.vocabulary());
    }

    /**
     * Runs the stage.
     *
     * @throws MissingDataException when there is no prepared data, or no message in it
     * @throws io.deepsentry.core.TrainingException when training diverges
     * @throws DataException when the folder cannot be written
     */
    public static TextTrainingResult run(TextTrainSettings settings, RunContext context) {
        settings.device().requireAvailable();
        return new TextTraining(settings, context).run();
    }

    private TextTrainingResult run() {
        DistinctMessages train = distinct(Split.TRAIN);
        DistinctMessages validation = distinct(Split.VAL);
        int time = messageTokens(train);
        Map<TokenIds, Long> trainIds = DistinctMessages.asIds(train.counts(), vocabulary, time);
        Map<TokenIds, Long> validationIds = DistinctMessages.asIds(validation.counts(), vocabulary, time);
        List<TokenIds> messages = List.copyOf(trainIds.keySet());

        TextNetworks networks = new TextNetworks(vocabulary.size(), time, settings);
        Network autoencoder = networks.autoencoder();
        Path from = settings.fromModel();
        Model initial = Model.initialise(autoencoder, settings.seed());
        if (from != null) {
            initial = EarlierModel.read(from).continueIn(initial, vocabulary);
        }
        TrainingResult trained = Trainer.fit(
                initial,
                MessageBatches.forTraining(messages, List.copyOf(trainIds.values()), time, settings),
                MessageBatches.forValidation(List.copyOf(validationIds.keySet()), time, settings.batchSize()),
                new Loss.SparseCategoricalCrossentropy(),
                trainingSettings(),
                context);
        Model best = trained.best();
        Reconstruction reconstruction;
        try (Predictor predictor = Predictor.open(best, settings.device())) {
            reconstruction = Reconstruction.of(predictor, validationIds, time, vocabulary.size(), context);
        }
        Model encoder = best.part(networks.encoder());
        Separation separation;
        try (Predictor predictor = Predictor.open(encoder, settings.device())) {
            separation = Separation.of(predictor, messages, time, settings.encoderOutputSize());
        }
        TextTrainingResult result = new TextTrainingResult(
                settings.outputModelDir(),
                trained.epochs(),
                trained.bestEpoch(),
                trained.seconds(),
                reconstruction.accuracy(),
                reconstruction.distinctAccuracy(),
                messages.size(),
                time,
                separation.smallest());
        write(
                encoder,
                best.part(networks.decoder()),
                result,
                metadata(result, train, validation, reconstruction, separation));
        return result;
    }

    private DistinctMessages distinct(Split split) {
        DistinctMessages messages = DistinctMessages.of(data, split, context);
        if (messages.rows() == 0) {
            throw new MissingDataException(
                    data.text(split) + " must hold messages, but is empty; run prepare on a longer log");
        }
        return messages;
    }

    /**
     * The length that holds all but the longest fiftieth of the distinct messages, more if cutting those would make two
     * messages one: a single dump of memory must not slow down every step.
     */
    private int messageTokens(DistinctMessages train) {
        Map<TokenIds, Long> whole = DistinctMessages.asIds(train.counts(), vocabulary, settings.maxMessageTokens());
        int[] lengths =
                whole.keySet().stream().mapToInt(TokenIds::length).sorted().toArray();
        int length = lengths[(int) ((lengths.length - 1) * USUAL_LENGTHS)];
        int longest = lengths[lengths.length - 1];
        while (length < longest
                && DistinctMessages.asIds(train.counts(), vocabulary, length).size() < whole.size()) {
            length++;
        }
        return Math.min(settings.maxMessageTokens(), Math.max(LEAST_TOKENS, length + SPARE_TOKENS));
    }

    private TrainingSettings trainingSettings() {
        return TrainingSettings.builder()
                .epochs(settings.epochs())
                .learningRate(settings.learningRate())
                .patience(settings.patience())
                .saveBestOnly(settings.saveBestOnly())
                .seed(settings.seed())
                .device(settings.device())
                .frozenLayers(settings.freeze() ? Set.of(TextNetworks.EMBEDDING, TextNetworks.ENCODER_LSTM) : Set.of())
                .build();
    }

    private Map<String, Object> metadata(
            TextTrainingResult result,
            DistinctMessages train,
            DistinctMessages validation,
            Reconstruction reconstruction,
            Separation separation) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("model", "text_autoencoder");
        metadata.put("token_reconstruction_accuracy", result.tokenReconstructionAccuracy());
        metadata.put("parameters", parameters(result.messageTokens()));
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("fingerprint", data.meta().fingerprint());
        input.put("prepared_data_dir", data.directory().toString());
        input.put("vocabulary_size", vocabulary.size());
        input.put("train_rows", train.rows());
        input.put("train_distinct_messages", result.trainingMessages());
        input.put("train_distinct_messages_sampled", train.isSample());
        input.put("val_rows", validation.rows());
        input.put("val_distinct_messages", validation.counts().size());
        input.putAll(PreparedMeta.masking(data.meta().normalizer()));
        metadata.put("data", input);
        Map<String, Object> training = new LinkedHashMap<>();
        training.put("seconds", result.seconds());
        training.put("epochs", result.epochs().size());
        training.put("best_epoch", result.bestEpoch());
        metadata.put("training", training);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("loss", result.epochs().get(result.bestEpoch() - 1).decidingLoss());
        figures.put("token_reconstruction_accuracy", reconstruction.accuracy());
        figures.put("distinct_token_reconstruction_accuracy", reconstruction.distinctAccuracy());
        figures.put("unknown_token_share", reconstruction.unknownShare());
        metadata.put("validation", figures);
        Map<String, Object> distances = new LinkedHashMap<>();
        distances.put("smallest", separation.smallest());
        distances.put("median_nearest", separation.median());
        distances.put("messages_compared", separation.measured());
        metadata.put("distances_between_training_messages", distances);
        return metadata;
    }

    private Map<String, Object> parameters(int time) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("embedding_size", settings.embeddingSize());
        parameters.put("encoder_hidden_size", settings.encoderHiddenSize());
        parameters.put("encoder_output_size", settings.encoderOutputSize());
        parameters.put("bidirectional", settings.bidirectional());
        parameters.put("epochs", settings.epochs());
        parameters.put("batch_size", settings.batchSize());
        parameters.put("dropout", settings.dropout());
        parameters.put("learning_rate", settings.learningRate());
        parameters.put("patience", settings.patience());
        parameters.put("save_best_only", settings.saveBestOnly());
        parameters.put("min_steps_per_epoch", settings.minStepsPerEpoch());
        parameters.put("max_message_tokens", settings.maxMessageTokens());
        parameters.put("message_tokens", time);
        parameters.put("unknown_word_rate", settings.unknownWordRate());
        parameters.put("seed", settings.seed());
        parameters.put("device", settings.device().name().toLowerCase(Locale.ROOT));
        Path from = settings.fromModel();
        if (from != null) {
            parameters.put("from_model", from.toString());
            parameters.put("freeze", settings.freeze());
        }
        return parameters;
    }

    private void write(Model encoder, Model decoder, TextTrainingResult result, Map<String, Object> metadata) {
        Map<String, String> extras = EncoderFile.extras(vocabulary, data.meta().normalizer());
        Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
        files.put("encoder.h5", file -> KerasFile.write(file, encoder, extras));
        files.put("decoder.h5", file -> KerasFile.write(file, decoder, Map.of()));
        files.put("training_log.txt", file -> Files.writeString(file, log(result)));
        ModelDirectory.write(settings.outputModelDir(), files, metadata);
    }

    private static String log(TextTrainingResult result) {
        List<String> lines = new ArrayList<>();
        for (EpochLog epoch : result.epochs()) {
            @Nullable Double validation = epoch.validationLoss();
            lines.add(String.format(
                    Locale.ROOT,
                    "epoch=%d/%d loss=%.6f%s seconds=%.1f%s",
                    epoch.epoch(),
                    result.epochs().size(),
                    epoch.trainLoss(),
                    validation == null ? "" : String.format(Locale.ROOT, " val_loss=%.6f", validation),
                    epoch.seconds(),
                    epoch.epoch() == result.bestEpoch() ? " best" : ""));
        }
        return String.join("\n", lines) + "\n";
    }
}
