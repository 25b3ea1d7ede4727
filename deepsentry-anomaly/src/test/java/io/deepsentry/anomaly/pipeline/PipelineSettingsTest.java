package io.deepsentry.anomaly.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.nn.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineSettingsTest {
    private static Sources flags(Map<String, ?> flags) {
        return new Sources(flags, Map.of(), null);
    }

    @Test
    void outputDirIsTheDataFolderOfAllStages() {
        PipelineSettings settings =
                PipelineSettings.load(null, flags(Map.of("--output-dir", "out", "--input", List.of("x.log"))));
        assertThat(settings.dataDir()).isEqualTo(Path.of("out"));
        assertThat(settings.prepare().preparedDataDir()).isEqualTo(Path.of("out/prepared_data"));
        assertThat(settings.textTraining().outputModelDir()).isEqualTo(Path.of("out/text_autoencoder_model"));
        assertThat(settings.evaluation().outputDir()).isEqualTo(Path.of("out/eval_results"));
        assertThat(settings.analysis().eval().outputDir()).isEqualTo(Path.of("out/eval_results"));
        assertThat(settings.analysis().labelsFile()).isNull();
    }

    @Test
    void epochsAndSeedGoToBothTrainings() {
        PipelineSettings settings =
                PipelineSettings.load(null, flags(Map.of("--epochs", 3, "--seed", 7, "--input", List.of("x.log"))));
        assertThat(settings.textTraining().epochs()).isEqualTo(3);
        assertThat(settings.detectorTraining().epochs()).isEqualTo(3);
        assertThat(settings.textTraining().seed()).isEqualTo(7);
        assertThat(settings.detectorTraining().seed()).isEqualTo(7);
    }

    @Test
    void fileHasASectionForEachStage(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("all.yml"), """
                train-text:
                  epochs: 4
                train-detector:
                  epochs: 5
                  sequence_length: 12
                eval:
                  threshold: 2.5
                analyze:
                  threshold: 3.5
                """);
        PipelineSettings settings = PipelineSettings.load(file, flags(Map.of("--input", List.of("x.log"))));
        assertThat(settings.textTraining().epochs()).isEqualTo(4);
        assertThat(settings.detectorTraining().epochs()).isEqualTo(5);
        assertThat(settings.evaluation().sequenceLength()).isNull();
        assertThat(settings.evaluation().threshold()).isEqualTo(2.5);
        assertThat(settings.analysis().eval().threshold()).isEqualTo(3.5);
    }

    @Test
    void labelsAreThoseTheDataIsPreparedWith() {
        PipelineSettings settings = PipelineSettings.load(
                null, flags(Map.of("--labels", "l.csv", "--session-key", "(b\\d+)", "--input", List.of("x.log"))));
        assertThat(settings.prepare().labels()).isEqualTo(Path.of("l.csv"));
        assertThat(settings.analysis().labelsFile()).isNull();
    }

    @Test
    void settingsMadeInCodeAreThoseOfFlags() {
        PipelineSettings made = PipelineSettings.builder()
                .prepare(prepare -> prepare.inputs(Path.of("x.log")).sessionKey("(b\\d+)"))
                .detectorTraining(training -> training.members(2))
                .evaluation(scoring -> scoring.threshold(2.5))
                .analysis(scoring -> scoring.threshold(2.5))
                .epochs(3)
                .seed(7)
                .device(Device.CPU)
                .dataDir(Path.of("out"))
                .build();

        assertThat(made)
                .isEqualTo(PipelineSettings.load(
                        null,
                        flags(Map.of(
                                "--output-dir",
                                "out",
                                "--input",
                                List.of("x.log"),
                                "--session-key",
                                "(b\\d+)",
                                "--members",
                                2,
                                "--threshold",
                                2.5,
                                "--epochs",
                                3,
                                "--seed",
                                7,
                                "--gpu",
                                false))));
        assertThat(PipelineSettings.builder().build()).isEqualTo(PipelineSettings.load(null, Sources.none()));
    }

    @Test
    void theProblemsOfAllStagesAreNamedAtOnce() {
        PipelineSettings.Builder builder = PipelineSettings.builder()
                .epochs(0)
                .prepare(prepare -> prepare.minWordCount(0))
                .analysis(scoring -> scoring.sequenceLength(1));

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "min_word_count must be at least 1, but was 0",
                        "epochs must be at least 1, but was 0",
                        "sequence_length must be at least 2, but was 1"));
    }
}
