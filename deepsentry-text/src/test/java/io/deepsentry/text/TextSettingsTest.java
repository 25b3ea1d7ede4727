package io.deepsentry.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.UtahLogParser;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.TrainOn;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.train.FrozenLayers;
import io.deepsentry.text.train.TextTrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings made in code are those of a file or of flags. */
class TextSettingsTest {
    private static final Sources WEEK = new Sources(Map.of(), Map.of(), Path.of("week"));

    @Test
    void builders_have_the_defaults_of_the_schemas() {
        Path week = Path.of("week");

        assertThat(PrepareSettings.builder().dataDir(week).build())
                .isEqualTo(PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, WEEK)));
        assertThat(TextTrainSettings.builder().dataDir(week).build())
                .isEqualTo(TextTrainSettings.from(Config.defaults(TextTrainSettings.SCHEMA, WEEK)));
        assertThat(EncodeSettings.builder().dataDir(week).build())
                .isEqualTo(EncodeSettings.from(Config.defaults(EncodeSettings.SCHEMA, WEEK)));
    }

    @Test
    void every_setter_of_prepare_sets_its_own_component() {
        NormalizerSettings masking = NormalizerSettings.parse(List.of("num", "id"), List.of("user=user=(\\w+)"), true);
        PrepareSettings settings = PrepareSettings.builder()
                .inputs(Path.of("a.log"), Path.of("b.log"))
                .test(Path.of("c.log"))
                .timeFormat("iso")
                .customParser("com.example.Own", Path.of("own.jar"))
                .zone(ZoneId.of("Europe/Berlin"))
                .onMalformed(OnMalformed.ATTACH)
                .sessionKey("(s\\d+)")
                .labels(Path.of("l.csv"))
                .trainOn(TrainOn.ALL)
                .trainFraction(0.5)
                .validationSplit(0.25)
                .preparedDataDir(Path.of("p"))
                .minWordCount(2)
                .maxVocabSize(300)
                .normalizer(masking)
                .learnAnyway(true)
                .build();

        assertThat(settings)
                .isEqualTo(new PrepareSettings(
                        List.of(Path.of("a.log"), Path.of("b.log")),
                        Path.of("c.log"),
                        "auto",
                        "iso",
                        "com.example.Own",
                        Path.of("own.jar"),
                        ZoneId.of("Europe/Berlin"),
                        OnMalformed.ATTACH,
                        "(s\\d+)",
                        Path.of("l.csv"),
                        TrainOn.ALL,
                        0.5,
                        0.25,
                        Path.of("p"),
                        2,
                        300,
                        masking,
                        true));
        assertThat(PrepareSettings.builder()
                        .customParser(UtahLogParser.class)
                        .build()
                        .customParser())
                .isEqualTo(UtahLogParser.class.getName());
        assertThat(PrepareSettings.builder().format("hdfs").build().format()).isEqualTo("hdfs");
    }

    @Test
    void every_setter_of_text_training_sets_its_own_component() {
        TextTrainSettings settings = TextTrainSettings.builder()
                .preparedDataDir(Path.of("p"))
                .outputModelDir(Path.of("m"))
                .embeddingSize(1)
                .encoderHiddenSize(2)
                .encoderOutputSize(3)
                .bidirectional(true)
                .epochs(4)
                .batchSize(5)
                .dropout(0.1)
                .learningRate(0.2)
                .patience(6)
                .saveBestOnly(false)
                .minStepsPerEpoch(7)
                .maxMessageTokens(8)
                .unknownWordRate(0.3)
                .seed(9)
                .device(Device.CPU)
                .validationSplit(0.4)
                .fromModel("server-logs")
                .freeze(FrozenLayers.allBut(1))
                .build();

        assertThat(settings)
                .isEqualTo(new TextTrainSettings(
                        Path.of("p"),
                        Path.of("m"),
                        1,
                        2,
                        3,
                        true,
                        4,
                        5,
                        0.1,
                        0.2,
                        6,
                        false,
                        7,
                        8,
                        0.3,
                        9,
                        Device.CPU,
                        0.4,
                        "server-logs",
                        FrozenLayers.allBut(1)));
    }

    @Test
    void every_setter_of_encoding_sets_its_own_component() {
        EncodeSettings settings = EncodeSettings.builder()
                .textEncoderModel(Path.of("e.h5"))
                .vocabulary(Path.of("v.pkl"))
                .preparedDataDir(Path.of("p"))
                .encodedDataDir(Path.of("x"))
                .batchSize(7)
                .device(Device.GPU)
                .runtime(ModelRuntime.ONNXRUNTIME)
                .build();

        assertThat(settings)
                .isEqualTo(new EncodeSettings(
                        Path.of("e.h5"),
                        Path.of("v.pkl"),
                        Path.of("p"),
                        Path.of("x"),
                        7,
                        Device.GPU,
                        ModelRuntime.ONNXRUNTIME));
    }

    @Test
    void sizes_that_are_not_set_are_those_of_the_encoder_to_start_from() {
        TextTrainSettings further = TextTrainSettings.builder()
                .fromModel("server-logs")
                .encoderOutputSize(32)
                .build();

        assertThat(further.embeddingSize()).isNull();
        assertThat(further.bidirectional()).isNull();
        assertThat(further.encoderOutputSize()).isEqualTo(32);
        assertThat(TextTrainSettings.builder().build().embeddingSize()).isEqualTo(64);
    }

    @Test
    void labels_of_the_data_folder_are_used_if_they_are_there_and_there_are_sessions(@TempDir Path folder)
            throws IOException {
        PrepareSettings.Builder sessions =
                PrepareSettings.builder().dataDir(folder).sessionKey("(s\\d+)");
        assertThat(sessions.build().labels()).isNull();

        Path labels = Files.writeString(folder.resolve("labels.txt"), "s1: 1\n");

        assertThat(sessions.build().labels()).isEqualTo(labels);
        assertThat(PrepareSettings.builder().dataDir(folder).build().labels()).isNull();
    }

    @Test
    void every_problem_is_named_at_once_in_the_words_of_the_schema() {
        assertProblems(
                PrepareSettings.builder()
                        .inputs()
                        .trainFraction(0)
                        .validationSplit(1)
                        .minWordCount(0)
                        .maxVocabSize(2)
                        .customParser(UtahLogParser.class)
                        .format("hdfs")
                        .labels(Path.of("l.csv"))::build,
                "raw_log_file must name at least one log, but names none",
                "training_log_data_fraction must be at least 0.01, but was 0.0",
                "validation_split must be at most 0.99, but was 1.0",
                "min_word_count must be at least 1, but was 0",
                "max_vocab_size must be at least 3, but was 2",
                "custom_parser and log_format exclude each other, but were 'io.deepsentry.parse.UtahLogParser' and 'hdfs';"
                        + " leave one out",
                "labels of sessions (l.csv) need session_key, which says what the session of a line is; set it, or leave"
                        + " the labels out");
        assertProblems(
                TextTrainSettings.builder()
                        .embeddingSize(0)
                        .encoderHiddenSize(0)
                        .encoderOutputSize(4097)
                        .epochs(0)
                        .batchSize(0)
                        .dropout(1)
                        .learningRate(Double.POSITIVE_INFINITY)
                        .patience(-1)
                        .minStepsPerEpoch(-1)
                        .maxMessageTokens(257)
                        .unknownWordRate(1.1)
                        .validationSplit(0.0)
                        .freeze(FrozenLayers.first(1))::build,
                "embedding_size must be at least 1, but was 0",
                "encoder_hidden_size must be at least 1, but was 0",
                "encoder_output_size must be at most 4096, but was 4097",
                "epochs must be at least 1, but was 0",
                "batch_size must be at least 1, but was 0",
                "dropout must be below 1, but was 1.0",
                "learning_rate must be a finite number, but was Infinity",
                "patience must be at least 0, but was -1",
                "min_steps_per_epoch must be at least 0, but was -1",
                "max_message_tokens must be at most 256, but was 257",
                "unknown_word_rate must be at most 1, but was 1.1",
                "validation_split must be at least 0.01, but was 0.0",
                "freeze needs from_model, whose layers it keeps, but was 1");
        assertProblems(EncodeSettings.builder().batchSize(0)::build, "batch_size must be at least 1, but was 0");
    }

    private static void assertProblems(ThrowingCallable made, String... problems) {
        assertThatThrownBy(made).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(problems));
    }
}
