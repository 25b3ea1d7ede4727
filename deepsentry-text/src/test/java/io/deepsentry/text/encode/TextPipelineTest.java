package io.deepsentry.text.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.token.Vocabulary;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Prepares, trains and encodes a small log once, and looks at what came of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextPipelineTest {
    private final Path folder;
    private final Path model;

    TextPipelineTest(@TempDir Path folder) {
        this.folder = folder;
        model = folder.resolve("text_autoencoder_model/encoder.h5");
    }

    @BeforeAll
    void trainOnASmallLog() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String time = String.format("081109 %02d%02d%02d ", i / 3600, i / 60 % 60, i % 60);
            lines.add(time
                    + switch (i % 5) {
                        case 0 -> "Receiving block blk_" + i + " src: /10.0.0.1:" + i + " dest: /10.0.0.2:50010";
                        case 1 -> "Received block blk_" + i + " of size " + i + " from /10.0.0.1";
                        case 2 -> "Verification succeeded for blk_" + i;
                        case 3 -> "Deleting block blk_" + i + " file /data/blk_" + i;
                        default -> "PacketResponder 1 for block blk_" + i + " terminating";
                    });
        }
        Files.write(folder.resolve("a.log"), lines);
        Prepare.run(
                PrepareSettings.from(Config.defaults(
                        PrepareSettings.SCHEMA,
                        sources(Map.of("raw_log_file", folder.resolve("a.log"), "session_key", "(blk_\\d+)")))),
                RunContext.quiet());
        train(Map.of());
        DatasetEncoding.run(encodeSettings(Map.of()), RunContext.quiet());
    }

    private Sources sources(Map<String, ?> flags) {
        return new Sources(flags, Map.of(), folder);
    }

    private TextTrainingResult train(Map<String, Object> more) {
        Map<String, Object> flags = new HashMap<>(Map.of(
                "embedding_size",
                16,
                "encoder_hidden_size",
                32,
                "encoder_output_size",
                24,
                "learning_rate",
                0.01,
                "epochs",
                4));
        flags.put("min_steps_per_epoch", 60);
        flags.putAll(more);
        return TextTraining.run(
                TextTrainSettings.from(Config.defaults(TextTrainSettings.SCHEMA, sources(flags))), RunContext.quiet());
    }

    private EncodeSettings encodeSettings(Map<String, Object> flags) {
        return EncodeSettings.from(Config.defaults(EncodeSettings.SCHEMA, sources(flags)));
    }

    @Test
    void theMessagesAreGivenBack() {
        var metadata = ModelDirectory.read(folder.resolve("text_autoencoder_model"));
        assertThat(metadata.path("token_reconstruction_accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(metadata.path("distances_between_training_messages")
                        .path("smallest")
                        .asDouble())
                .isGreaterThan(0.1);
        assertThat(metadata.path("data").path("fingerprint").asText()).hasSize(64);
        assertThat(metadata.path("files").has("encoder.h5")).isTrue();
        assertThat(folder.resolve("text_autoencoder_model/training_log.txt"))
                .content()
                .hasLineCount(metadata.path("training").path("epochs").asInt());
    }

    @Test
    void messagesOfOneIdentityHaveItsVector() {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            assertThat(encoder.dimension()).isEqualTo(24);
            float[] raw = encoder.encode("Verification succeeded for blk_77777");
            assertThat(encoder.encode("Verification succeeded for blk_5")).isEqualTo(raw);
            String identity = encoder.identity().of("Verification succeeded for blk_5");
            assertThat(identity).isEqualTo("Verification succeeded for <id>");
            assertThat(encoder.encodeIdentities(List.of(identity)).row(0)).isEqualTo(raw);
        }
    }

    @Test
    void anIdentityIsEncodedAsItIs() {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            CachedEncoder cached = new CachedEncoder(encoder);
            int unknown = Vocabulary.UNKNOWN;
            assertThat(encoder.tokenIds("Verification blk_5")).hasSize(2).contains(unknown);
            assertThat(encoder.tokenIds("Verification <id>")).hasSize(2).doesNotContain(unknown);
            for (TextEncoder each : List.of(encoder, cached)) {
                assertThat(each.encodeIdentities(List.of("Verification succeeded for blk_5"))
                                .row(0))
                        .isNotEqualTo(each.encode("Verification succeeded for blk_5"));
            }
        }
    }

    @Test
    void dataPreparedOtherwiseThanTheEncodersIsRefused() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other-data"));
        Path prepared = folder.resolve("prepared_data");
        try (Stream<Path> files = Files.list(prepared)) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(file.getFileName()));
            }
        }
        Files.writeString(other.resolve(PreparedData.IDENTITY), LearnedSlots.NONE.toJson());
        assertThatThrownBy(() ->
                        DatasetEncoding.run(encodeSettings(Map.of("prepared_data_dir", other)), RunContext.quiet()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("other-data must hold the messages that")
                .hasMessageContaining("run train-text again after prepare");
    }

    @Test
    void aVectorDoesNotDependOnTheMessagesBesideIt() {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            List<String> messages = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                messages.add(
                        i % 3 == 0 ? "Verification succeeded for blk_1" : "strange message number " + "x".repeat(i));
            }
            Matrix batch = encoder.encodeBatch(messages);
            for (int i = 0; i < messages.size(); i++) {
                assertThat(batch.row(i)).isEqualTo(encoder.encode(messages.get(i)));
            }
            assertThat(encoder.encodeBatch(List.of())).isEqualTo(Matrix.of(0, 24, new float[0]));
        }
    }

    @Test
    void anUnseenMessageIsNearItsLikeButNotOnIt() {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            float[] known = encoder.encode("Verification succeeded for blk_1");
            float[] like = encoder.encode("Verification failed for blk_1");
            float[] other = encoder.encode("Deleting block blk_1 file /data/blk_1");
            assertThat(distance(known, like)).isGreaterThan(1e-3).isLessThan(distance(like, other));
        }
    }

    private static double distance(float[] a, float[] b) {
        double squared = 0;
        for (int i = 0; i < a.length; i++) {
            squared += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squared);
    }

    @Test
    void theMemoChangesNoBit() {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            CachedEncoder cached = new CachedEncoder(encoder, 2);
            List<String> messages = List.of(
                    "Deleting block blk_1", "Received block blk_2", "Verification succeeded", "Deleting block blk_3");
            Matrix expected = encoder.encodeBatch(messages);
            for (int round = 0; round < 3; round++) {
                assertThat(cached.encodeBatch(messages)).isEqualTo(expected);
                assertThat(cached.encode(messages.get(round))).isEqualTo(expected.row(round));
                assertThat(cached.size()).isLessThanOrEqualTo(2);
            }
            cached.encode(messages.get(0))[0] = 7;
            assertThat(cached.encode(messages.get(0))).isEqualTo(expected.row(0));
        }
    }

    @Test
    void encodedFilesHaveTheRowsOfTheTextInTheirOrder() throws IOException {
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            for (Split split : Split.values()) {
                List<String> messages =
                        Files.readAllLines(folder.resolve("prepared_data").resolve(split.textFile()));
                Matrix expected = encoder.encodeIdentities(messages);
                assertThat(read(folder.resolve("encoded_dataset").resolve(split.encodedFile())))
                        .isEqualTo(expected);
                assertThat(new DatasetEncoder(encoder, 7, RunContext.quiet())
                                .encodeFile(folder.resolve("prepared_data").resolve(split.textFile())))
                        .isEqualTo(expected);
            }
        }
    }

    private static Matrix read(Path file) {
        try (VectorFile vectors = VectorFile.open(file)) {
            float[] values = new float[(int) vectors.rows() * vectors.columns()];
            for (int row = 0; row < vectors.rows(); row++) {
                vectors.read(row, values, row * vectors.columns());
            }
            return Matrix.of((int) vectors.rows(), vectors.columns(), values);
        }
    }

    @Test
    void manyThreadsEncodeAlike() throws ExecutionException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model)) {
            float[] expected = encoder.encode("Received block blk_2 of size 5 from /10.0.0.1");
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                results.add(pool.submit(() -> encoder.encode("Received block blk_3 of size 6 from /10.0.0.7")));
            }
            for (Future<float[]> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aClosedHandleSaysSo() {
        TextEncoderHandle encoder = TextEncoderHandle.open(model);
        encoder.close();
        encoder.close();
        assertThatThrownBy(() -> encoder.encode("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("encoder.h5 is closed");
    }

    @Test
    void theSameSeedGivesTheSameModel() {
        TextTrainingResult first = train(Map.of("epochs", 1, "output_model_dir", folder.resolve("m1")));
        TextTrainingResult second = train(Map.of("epochs", 1, "output_model_dir", folder.resolve("m2")));
        assertThat(second.epochs().get(0).trainLoss())
                .isEqualTo(first.epochs().get(0).trainLoss());
        try (TextEncoderHandle a = TextEncoderHandle.open(folder.resolve("m1/encoder.h5"));
                TextEncoderHandle b = TextEncoderHandle.open(folder.resolve("m2/encoder.h5"))) {
            assertThat(b.encode("Received block")).isEqualTo(a.encode("Received block"));
        }
    }

    @Test
    void anotherVocabularyIsRefused() throws IOException {
        Vocabulary.ofWords(List.of("a")).save(folder.resolve("other.pkl"));
        assertThatThrownBy(() -> TextEncoderHandle.open(model, folder.resolve("other.pkl")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("other.pkl");
    }

    @Test
    void aDecoderIsNoEncoder() {
        assertThatThrownBy(() -> TextEncoderHandle.open(
                        model.resolveSibling("decoder.h5"), folder.resolve("prepared_data/vocab.pkl")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must be a text encoder");
        assertThatThrownBy(() -> TextEncoderHandle.open(model.resolveSibling("decoder.h5")))
                .hasMessageContaining("vocabulary");
    }

    @Test
    void aModelThatIsNotThereIsExplained() {
        assertThatThrownBy(() -> TextEncoderHandle.open(folder.resolve("no.h5")))
                .isInstanceOf(MissingDataException.class);
    }
}
