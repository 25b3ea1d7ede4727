package io.deepsentry.text.train;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.tensorflow.TensorFlow;
import io.deepsentry.core.tensorflow.Trainer;
import io.deepsentry.core.tensorflow.TrainingResult;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.internal.token.MaskingForm;
import io.deepsentry.text.internal.token.TokenIds;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.token.Vocabulary;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stage that trains the text autoencoder on the distinct masked messages of a prepared data set: {@code
 * encoder.h5}, {@code decoder.h5}, {@code training_log.txt} and {@code metadata.json}.
 *
 * <p>A message goes through an embedding and an LSTM to a vector of 128 numbers, and from the vector alone an LSTM
 * spells it out again (the sequence autoencoder of Dai and Le, 2015, with the vector repeated at every step).
 */
public final class TextTraining {
    /** Room for messages that are somewhat longer than those of the training part. */
    private static final int SPARE_TOKENS = 4;

    private static final int LEAST_TOKENS = 8;
    private static final double USUAL_LENGTHS = 0.98;

    private final TextTrainSettings settings;
    private final RunContext context;
    private final PreparedData data;
    private final MessageIdentity identity;
    private final @Nullable BaseModel base;
    private final TextSizes sizes;
    private final Vocabulary vocabulary;
    private final List<String> frozen;

    private TextTraining(TextTrainSettings settings, RunContext context) {
        this.settings = settings;
        this.context = context;
        data = PreparedData.open(settings.preparedDataDir());
        identity = data.identity();
        Vocabulary words = Vocabulary.load(data.vocabulary());
        String from = settings.fromModel();
        base = from == null ? null : BaseModel.read(from);
        sizes = TextSizes.of(settings, base);
        vocabulary = base == null ? words : base.vocabulary().extendedWith(words);
        frozen = base == null ? List.of() : settings.freeze().of(TextNetworks.ENCODER_LAYERS, base.name());
    }

    /**
     * Runs the stage.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was trained, and how well
     * @throws MissingDataException when there is no prepared data, or no message in it, or no base
     * @throws io.deepsentry.core.ModelException when the base is damaged, or not a text encoder of ours
     * @throws io.deepsentry.core.ConfigException when other sizes are asked for than the base has, or more frozen
     *     layers
     * @throws io.deepsentry.core.TrainingException when training diverges
     * @throws io.deepsentry.core.DataException when the folder cannot be written
     */
    public static TextTrainingResult run(TextTrainSettings settings, RunContext context) {
        TensorFlow.requireDevice(settings.device());
        return new TextTraining(settings, context).run();
    }

    private TextTrainingResult run() {
        long split = trainingRows();
        DistinctMessages train = distinct(0, split);
        DistinctMessages validation = distinct(split, Long.MAX_VALUE);
        int time = messageTokens(train);
        Map<TokenIds, Long> trainIds = DistinctMessages.asIds(train.counts(), vocabulary, time);
        Map<TokenIds, Long> validationIds = DistinctMessages.asIds(validation.counts(), vocabulary, time);
        List<TokenIds> messages = List.copyOf(trainIds.keySet());

        TextNetworks networks = new TextNetworks(vocabulary.size(), time, sizes, settings.dropout());
        Network autoencoder = networks.autoencoder();
        Model initial = base == null
                ? Model.initialise(autoencoder, settings.seed())
                : base.continueIn(autoencoder, vocabulary, settings.seed());
        TrainingResult trained = Trainer.fit(
                initial,
                MessageBatches.forTraining(messages, List.copyOf(trainIds.values()), time, settings),
                MessageBatches.forValidation(List.copyOf(validationIds.keySet()), time, settings.batchSize()),
                MessageBatches.forValidation(messages, time, settings.batchSize()),
                new Loss.SparseCategoricalCrossentropy(),
                trainingSettings(),
                context);
        Model best = trained.best();
        Reconstruction reconstruction;
        try (Predictor predictor = TensorFlow.predictor(best, settings.device())) {
            reconstruction = Reconstruction.of(predictor, validationIds, time, vocabulary.size(), context);
        }
        Model encoder = best.part(networks.encoder());
        VectorSeparation separation;
        try (Predictor predictor = TensorFlow.predictor(encoder, settings.device())) {
            separation = VectorSeparation.of(predictor, messages, time, sizes.output());
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
                separation.smallest(),
                transfer());
        write(
                encoder,
                best.part(networks.decoder()),
                result,
                metadata(result, train, validation, reconstruction, separation));
        return result;
    }

    /** How many of the prepared rows that are not for testing are for training. */
    private long trainingRows() {
        Double split = settings.validationSplit();
        long rows = data.rows(Split.TRAIN) + data.rows(Split.VAL);
        return split == null ? data.rows(Split.TRAIN) : rows - Math.max(1, Math.round(rows * split));
    }

    private DistinctMessages distinct(long from, long to) {
        DistinctMessages messages = DistinctMessages.ofRows(data, from, to, context);
        if (messages.rows() == 0) {
            throw new MissingDataException(data.directory() + " must hold messages for training and for validation, but"
                    + " has none for one of them; run prepare on a longer log");
        }
        return messages;
    }

    private @Nullable TextTransfer transfer() {
        return base == null
                ? null
                : new TextTransfer(
                        base.name(),
                        base.encoderDigest(),
                        base.decoderDigest(),
                        frozen,
                        base.vocabulary().size(),
                        vocabulary.size() - base.vocabulary().size());
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
                .frozenLayers(frozenLayers())
                .frozenRows(newWordsOnly() ? Map.of(TextNetworks.EMBEDDING, knownWords()) : Map.of())
                .build();
    }

    /** New words have to be learned even where the vectors of the known ones stay. */
    private boolean newWordsOnly() {
        return frozen.contains(TextNetworks.EMBEDDING) && vocabulary.size() > knownWords();
    }

    private int knownWords() {
        return base == null ? 0 : base.vocabulary().size();
    }

    private Set<String> frozenLayers() {
        Set<String> layers = new HashSet<>(frozen);
        if (newWordsOnly()) {
            layers.remove(TextNetworks.EMBEDDING);
        }
        return layers;
    }

    private Map<String, Object> metadata(
            TextTrainingResult result,
            DistinctMessages train,
            DistinctMessages validation,
            Reconstruction reconstruction,
            VectorSeparation separation) {
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
        input.putAll(MaskingForm.of(identity.masking()));
        metadata.put("data", input);
        TextTransfer transfer = result.transfer();
        if (transfer != null) {
            metadata.put("transfer", transfer.described());
        }
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
        parameters.put("embedding_size", sizes.embedding());
        parameters.put("encoder_hidden_size", sizes.hidden());
        parameters.put("encoder_output_size", sizes.output());
        parameters.put("bidirectional", sizes.bidirectional());
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
        if (settings.validationSplit() != null) {
            parameters.put("validation_split", settings.validationSplit());
        }
        if (settings.fromModel() != null) {
            parameters.put("from_model", settings.fromModel());
            parameters.put("freeze", settings.freeze().toString());
        }
        return parameters;
    }

    private void write(Model encoder, Model decoder, TextTrainingResult result, Map<String, Object> metadata) {
        Map<String, String> extras = EncoderFile.extras(vocabulary, identity);
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
