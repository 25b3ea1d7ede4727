package io.deepsentry.anomaly.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectorTrainSettingsTest {
    @Test
    void the_builder_has_the_defaults_of_the_schema() {
        Path week = Path.of("week");

        assertThat(DetectorTrainSettings.builder().dataDir(week).build())
                .isEqualTo(DetectorTrainSettings.from(
                        Config.defaults(DetectorTrainSettings.SCHEMA, new Sources(Map.of(), Map.of(), week))));
    }

    @Test
    void every_setter_sets_its_own_component() {
        DetectorTrainSettings settings = DetectorTrainSettings.builder()
                .lstmHiddenSize(1)
                .numLayers(2)
                .dropout(0.3)
                .sequenceLength(4)
                .bidirectional(false)
                .epochs(5)
                .batchSize(6)
                .learningRate(0.7)
                .saveBestOnly(false)
                .seed(8)
                .members(9)
                .device(Device.CPU)
                .encodedDataDir(Path.of("x"))
                .preparedDataDir(Path.of("p"))
                .textEncoderModel(Path.of("e.h5"))
                .outputModelDir(Path.of("m"))
                .build();

        assertThat(settings)
                .isEqualTo(new DetectorTrainSettings(
                        1,
                        2,
                        0.3,
                        4,
                        false,
                        5,
                        6,
                        0.7,
                        false,
                        8,
                        9,
                        Device.CPU,
                        Path.of("x"),
                        Path.of("p"),
                        Path.of("e.h5"),
                        Path.of("m")));
    }

    @Test
    void every_problem_is_named_at_once_in_the_words_of_the_schema() {
        DetectorTrainSettings.Builder builder = DetectorTrainSettings.builder()
                .lstmHiddenSize(0)
                .numLayers(9)
                .dropout(-0.1)
                .sequenceLength(1)
                .epochs(0)
                .batchSize(65_537)
                .learningRate(0)
                .members(65);

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "lstm_hidden_size must be at least 1, but was 0",
                        "num_layers must be at most 8, but was 9",
                        "dropout must be at least 0, but was -0.1",
                        "sequence_length must be at least 2, but was 1",
                        "epochs must be at least 1, but was 0",
                        "batch_size must be at most 65536, but was 65537",
                        "learning_rate must be above 0, but was 0.0",
                        "members must be at most 64, but was 65"));
    }
}
