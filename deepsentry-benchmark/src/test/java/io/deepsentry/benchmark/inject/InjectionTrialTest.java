package io.deepsentry.benchmark.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.nn.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InjectionTrialTest {
    private final Path folder;

    InjectionTrialTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static PipelineSettings small(Path dataDir, Path log) {
        return PipelineSettings.builder()
                .dataDir(dataDir)
                .prepare(prepare -> prepare.inputs(log))
                .textTraining(text -> text.encoderOutputSize(16))
                .detectorTraining(detector -> detector.lstmHiddenSize(8))
                .epochs(1)
                .device(Device.CPU)
                .build();
    }

    @Test
    void a_trial_learns_injects_and_leaves_figures_and_a_picture() throws IOException {
        Path log = ShopLog.write(folder, 1500);

        InjectionResult result = InjectionTrial.run(
                InjectionSettings.builder()
                        .dataDir(folder.resolve("data"))
                        .prepare(prepare -> prepare.inputs(log))
                        .textTraining(
                                text -> text.encoderOutputSize(16).epochs(1).device(Device.CPU))
                        .detectorTraining(
                                detector -> detector.lstmHiddenSize(8).epochs(1).device(Device.CPU))
                        .perKind(5)
                        .build(),
                RunContext.quiet());

        assertThat(result.rows()).extracting(InjectionRow::kind).isEqualTo(InjectionKind.of(false));
        assertThat(result.rows()).allSatisfy(row -> assertThat(row.outcomes()).hasSize(5));
        assertThat(result.learnedLines()).isEqualTo(1200);
        assertThat(result.laterLines()).isEqualTo(300);
        assertThat(result.reused()).isNull();
        JsonNode json = JsonMapper.builder().build().readTree(result.json().toFile());
        assertThat(json.path("kinds")).hasSize(7);
        assertThat(json.path("kinds").get(0).path("injections")).hasSize(5);
        assertThat(json.path("untouched").path("lines").asInt()).isEqualTo(300);
        assertThat(ImageIO.read(result.picture().toFile()).getWidth()).isEqualTo(1000);
        try (Stream<Path> files = Files.list(result.outputDir())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("inject.json", "inject.png");
        }
    }

    @Test
    void the_models_of_a_data_folder_are_used_if_they_learned_from_the_same_log() throws IOException {
        Path log = ShopLog.write(folder, 800);
        Path data = folder.resolve("data");
        PipelineSummary trained = Pipeline.run(small(data, log), RunContext.quiet());
        InjectionSettings unnamed = InjectionSettings.builder()
                .dataDir(trained.dataDir())
                .perKind(3)
                .build();

        InjectionResult result = InjectionTrial.run(unnamed, RunContext.quiet());

        assertThat(result.reused()).isEqualTo(data);
        assertThat(result.inputs()).containsExactly(log.toString());
        assertThat(result.rows()).anySatisfy(row -> assertThat(row.outcomes()).hasSize(3));
        InjectionResult again = InjectionTrial.run(unnamed, RunContext.quiet());
        assertThat(again.rows()).isEqualTo(result.rows());
        assertThat(again.untouched()).isEqualTo(result.untouched());
        assertThat(InjectionSettings.builder()
                        .dataDir(data)
                        .prepare(prepare -> prepare.inputs(log))
                        .build()
                        .isLearned())
                .isTrue();
        assertThat(InjectionSettings.builder()
                        .dataDir(data)
                        .prepare(prepare -> prepare.inputs(folder.resolve("other.log")))
                        .build()
                        .isLearned())
                .isFalse();
        assertThat(InjectionSettings.builder()
                        .dataDir(data)
                        .prepare(prepare -> prepare.inputs(log).sessionKey("user (\\w+)"))
                        .build()
                        .isLearned())
                .isFalse();
    }

    @Test
    void flags_reach_the_stages_that_learn() {
        Path log = folder.resolve("my.log");
        InjectionSettings settings = InjectionSettings.load(
                null,
                new Sources(
                        Map.of(
                                "--input",
                                List.of(log.toString()),
                                "--session-key",
                                "(job-\\d+)",
                                "--per-kind",
                                7,
                                "--seed",
                                9,
                                "--train-on",
                                List.of("all"),
                                "--epochs",
                                3),
                        Map.of(),
                        folder));

        assertThat(settings.training().prepare().inputs()).containsExactly(log);
        assertThat(settings.training().prepare().sessionKey()).isEqualTo("(job-\\d+)");
        assertThat(settings.training().detectorTraining().epochs()).isEqualTo(3);
        assertThat(settings.training().dataDir()).isEqualTo(folder.resolve("benchmark_results/work"));
        assertThat(settings.perKind()).isEqualTo(7);
        assertThat(settings.seed()).isEqualTo(9);
        assertThat(settings.dataDir()).isEqualTo(folder);
    }

    @Test
    void a_number_out_of_its_range_is_refused() {
        assertThatThrownBy(() -> InjectionSettings.builder().perKind(0).build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("per_kind must be at least 1");
    }
}
