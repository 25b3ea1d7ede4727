package io.deepsentry.text.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Weights;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small encoder of one system, trained further on another system's messages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextTransferTest {
    private static final List<String> DISKS = List.of(
            "disk %d opened by reader", "disk %d closed by reader", "disk %d is full", "reader waits for disk %d");
    private static final List<String> QUEUES = List.of(
            "queue %d opened by reader",
            "queue %d closed by writer", "message lost in queue %d", "reader waits for queue %d");

    private final Path folder;
    private final Path base;
    private final Path queues;

    TextTransferTest(@TempDir Path folder) {
        this.folder = folder;
        base = folder.resolve("base");
        queues = folder.resolve("queues/prepared_data");
    }

    @BeforeAll
    void trainABase() throws IOException {
        prepare("disks", DISKS);
        prepare("queues", QUEUES);
        train(folder.resolve("disks/prepared_data"), base, settings -> settings.epochs(3)
                .learningRate(0.01)
                .embeddingSize(12)
                .encoderHiddenSize(24)
                .encoderOutputSize(16));
    }

    private void prepare(String name, List<String> messages) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lines.add(String.format(messages.get(i % messages.size()), i));
        }
        Path log = Files.write(folder.resolve(name + ".log"), lines);
        Prepare.run(
                PrepareSettings.from(Config.defaults(
                        PrepareSettings.SCHEMA,
                        new Sources(
                                Map.of("raw_log_file", log, "log_format", "plain"), Map.of(), folder.resolve(name)))),
                RunContext.quiet());
    }

    private static TextTrainingResult train(Path prepared, Path output, Consumer<TextTrainSettings.Builder> settings) {
        TextTrainSettings.Builder builder = TextTrainSettings.builder()
                .preparedDataDir(prepared)
                .outputModelDir(output)
                .epochs(1)
                .minStepsPerEpoch(40);
        settings.accept(builder);
        return TextTraining.run(builder.build(), RunContext.quiet());
    }

    private TextTrainingResult further(String output, Consumer<TextTrainSettings.Builder> settings) {
        return train(queues, folder.resolve(output), builder -> {
            builder.fromModel(base.toString());
            settings.accept(builder);
        });
    }

    @Test
    void theVocabularyGrowsAndKnownWordsKeepTheirIds() {
        TextTrainingResult result = further("grown", settings -> {});

        Vocabulary known = vocabulary(base);
        Vocabulary grown = vocabulary(folder.resolve("grown"));
        assertThat(grown.words().subList(0, known.size())).isEqualTo(known.words());
        assertThat(grown.words().subList(known.size(), grown.size()))
                .containsExactlyInAnyOrder("queue", "writer", "message", "lost", "in");
        assertThat(Objects.requireNonNull(result.transfer()).knownWords()).isEqualTo(known.size());
        assertThat(result.transfer().addedWords()).isEqualTo(5);
    }

    @Test
    void theIdentityIsThatOfTheNewData() {
        further("identity", settings -> {});

        PreparedData data = PreparedData.open(queues);
        try (TextEncoderHandle was = TextEncoderHandle.open(base.resolve("encoder.h5"));
                TextEncoderHandle is = TextEncoderHandle.open(folder.resolve("identity/encoder.h5"))) {
            assertThat(is.identity().learned())
                    .isEqualTo(data.identity().learned())
                    .isNotEqualTo(was.identity().learned());
        }
    }

    private static Vocabulary vocabulary(Path model) {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model.resolve("encoder.h5"))) {
            return encoder.vocabulary();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "3, 3", "all-but-3, 0", "all-but-2, 1", "all-but-1, 2", "all-but-0, 3"})
    void frozenLayersStayToTheBitAndOthersAreTrained(String freeze, int frozen) {
        String output = "frozen-" + freeze;
        further(output, settings -> settings.freeze(FrozenLayers.parse(freeze)));

        Weights before = weights(base.resolve("encoder.h5"));
        Weights after = weights(folder.resolve(output).resolve("encoder.h5"));
        for (int i = 0; i < TextNetworks.ENCODER_LAYERS.size(); i++) {
            String layer = TextNetworks.ENCODER_LAYERS.get(i);
            assertThat(begins(after.of(layer), before.of(layer))).as(layer).isEqualTo(i < frozen);
        }
        assertThat(weights(folder.resolve(output).resolve("decoder.h5"))
                        .of(TextNetworks.DECODER_LSTM)
                        .equals(weights(base.resolve("decoder.h5")).of(TextNetworks.DECODER_LSTM)))
                .isFalse();
    }

    private static Weights weights(Path file) {
        return KerasFile.read(file).model().weights();
    }

    /** Whether each array begins with all of what it was. */
    private static boolean begins(Map<String, NdArray> after, Map<String, NdArray> before) {
        return before.entrySet().stream().allMatch(entry -> {
            float[] was = entry.getValue().toArray();
            float[] is = Objects.requireNonNull(after.get(entry.getKey())).toArray();
            return Arrays.equals(was, 0, was.length, is, 0, was.length);
        });
    }

    @Test
    void newWordsAreLearnedThoughTheEmbeddingIsFrozen() {
        further("one-epoch", settings -> settings.freeze(FrozenLayers.first(3)));
        further(
                "two-epochs",
                settings -> settings.freeze(FrozenLayers.first(3)).epochs(2).saveBestOnly(false));

        float[] once = embeddings(folder.resolve("one-epoch"));
        float[] twice = embeddings(folder.resolve("two-epochs"));
        int known = embeddings(base).length;
        assertThat(Arrays.equals(once, 0, known, twice, 0, known)).isTrue();
        assertThat(Arrays.equals(once, twice)).isFalse();
    }

    private static float[] embeddings(Path model) {
        return Objects.requireNonNull(weights(model.resolve("encoder.h5"))
                        .of(TextNetworks.EMBEDDING)
                        .get("embeddings"))
                .toArray();
    }

    @Test
    void aFrozenEncoderGivesMessagesOfTheBaseTheSameVectors() {
        further("same", settings -> settings.freeze(FrozenLayers.allBut(0)));

        try (TextEncoderHandle was = TextEncoderHandle.open(base.resolve("encoder.h5"));
                TextEncoderHandle is = TextEncoderHandle.open(folder.resolve("same/encoder.h5"))) {
            for (String message : DISKS) {
                float[] expected = was.encode(String.format(message, 7));
                float[] found = is.encode(String.format(message, 7));
                for (int i = 0; i < expected.length; i++) {
                    assertThat(Math.abs(found[i] - expected[i])).isLessThan(1e-5f);
                }
            }
        }
    }

    @Test
    void trainingFurtherNeedsFewerEpochsThanFromScratchUntilAllMessagesAreGivenBack() {
        TextTrainingResult further =
                further("better", settings -> settings.epochs(20).learningRate(0.01));
        TextTrainingResult scratch = train(queues, folder.resolve("scratch"), settings -> settings.epochs(20)
                .learningRate(0.01)
                .embeddingSize(12)
                .encoderHiddenSize(24)
                .encoderOutputSize(16));

        assertThat(further.tokenReconstructionAccuracy()).isEqualTo(1);
        assertThat(scratch.tokenReconstructionAccuracy()).isEqualTo(1);
        assertThat(further.epochs().size()).isLessThan(scratch.epochs().size());
        assertThat(scratch.epochs()).as("all are given back before").hasSizeLessThan(20);
    }

    @Test
    void metadataSaysWhereItCameFrom() throws IOException {
        further("described", settings -> settings.freeze(FrozenLayers.allBut(2)).validationSplit(0.5));

        JsonNode metadata = ModelDirectory.read(folder.resolve("described"));
        JsonNode transfer = metadata.path("transfer");
        assertThat(transfer.path("base").asText()).isEqualTo(base.toString());
        assertThat(transfer.path("base_encoder_sha256").asText())
                .isEqualTo(ModelDirectory.digestOf(base.resolve("encoder.h5")));
        assertThat(transfer.path("base_decoder_sha256").asText())
                .isEqualTo(ModelDirectory.digestOf(base.resolve("decoder.h5")));
        assertThat(transfer.path("frozen_layers")).hasToString("[\"embedding\"]");
        assertThat(transfer.path("added_words").asInt()).isEqualTo(5);
        assertThat(metadata.path("parameters").path("freeze").asText()).isEqualTo("all-but-2");
        assertThat(metadata.path("parameters").path("embedding_size").asInt()).isEqualTo(12);
        assertThat(metadata.path("data").path("train_rows").asInt())
                .isEqualTo(metadata.path("data").path("val_rows").asInt())
                .isEqualTo(40);
    }

    @Test
    void whatWasPreparedIsEncodedWithTheGrownVocabulary() {
        further("encoding", settings -> {});

        try (TextEncoderHandle encoder =
                TextEncoderHandle.open(folder.resolve("encoding/encoder.h5"), queues.resolve("vocab.pkl"))) {
            assertThat(encoder.vocabulary().size())
                    .isGreaterThan(vocabulary(base).size());
        }
        assertThatThrownBy(() -> TextEncoderHandle.open(base.resolve("encoder.h5"), queues.resolve("vocab.pkl")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("vocab.pkl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "all-but-4"})
    void moreFrozenLayersThanThereAreAreRefused(String freeze) {
        assertThatThrownBy(() -> further("x", settings -> settings.freeze(FrozenLayers.parse(freeze))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most the 3 layers")
                .hasMessageContaining(freeze);
    }

    @Test
    void freezingWithoutABaseIsRefused() {
        assertThatThrownBy(() -> train(queues, folder.resolve("x"), settings -> settings.freeze(FrozenLayers.first(1))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("freeze needs from_model");
    }

    @Test
    void otherSizesThanTheBasesAreRefusedWithBoth() {
        assertThatThrownBy(() -> further("x", settings -> settings.embeddingSize(13)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("embedding_size must be 12")
                .hasMessageContaining("but was 13");
        assertThatThrownBy(() -> further("x", settings -> settings.encoderHiddenSize(128)))
                .hasMessageContaining("encoder_hidden_size must be 24")
                .hasMessageContaining("but was 128");
        assertThatThrownBy(() -> further("x", settings -> settings.encoderOutputSize(17)))
                .hasMessageContaining("encoder_output_size must be 16");
        assertThatThrownBy(() -> further("x", settings -> settings.bidirectional(true)))
                .hasMessageContaining("bidirectional must be false");
    }

    @Test
    void theSizesOfTheBaseMayBeNamed() {
        assertThat(further("named", settings -> settings.embeddingSize(12).bidirectional(false))
                        .transfer())
                .isNotNull();
    }

    @Test
    void aBaseWithoutItsDecoderIsRefused() throws IOException {
        Path alone = Files.createDirectory(folder.resolve("alone"));
        Files.copy(base.resolve("encoder.h5"), alone.resolve("encoder.h5"));

        assertThatThrownBy(() -> further("x", settings -> settings.fromModel(alone.toString())))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("decoder.h5 beside it");
    }

    @Test
    void whatIsNoTextEncoderIsRefused() throws IOException {
        Path decoder = base.resolve("decoder.h5");
        assertThatThrownBy(() -> further("x", settings -> settings.fromModel(decoder.toString())))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be a text encoder that train-text wrote");

        Path posing = folder.resolve("posing");
        Files.createDirectory(posing);
        Vocabulary words = vocabulary(base);
        KerasFile.write(
                posing.resolve("encoder.h5"),
                KerasFile.read(decoder).model(),
                EncoderFile.extras(words, MessageIdentity.of(NormalizerSettings.DEFAULTS)));
        assertThatThrownBy(() -> further("x", settings -> settings.fromModel(posing.toString())))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be a text encoder that train-text wrote");
    }

    @Test
    void aDamagedBaseIsRefused() throws IOException {
        Path damaged = Files.createDirectory(folder.resolve("damaged"));
        for (String file : List.of("encoder.h5", "decoder.h5", "metadata.json")) {
            Files.copy(base.resolve(file), damaged.resolve(file));
        }
        byte[] bytes = Files.readAllBytes(damaged.resolve("decoder.h5"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged.resolve("decoder.h5"), bytes);

        assertThatThrownBy(() -> further("x", settings -> settings.fromModel(damaged.toString())))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void aNameThatIsNeitherFileNorPretrainedIsRefused() {
        assertThatThrownBy(() -> further("x", settings -> settings.fromModel("no-such-logs")))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no-such-logs")
                .hasMessageContaining("deepsentry-pretrained");
    }
}
