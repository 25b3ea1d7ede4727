package io.deepsentry.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkSettingsTest {
    private final Path folder;

    BenchmarkSettingsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private BenchmarkSettings load(String yaml, Map<String, ?> flags) throws IOException {
        Path file = Files.writeString(folder.resolve("benchmark.yml"), yaml);
        return BenchmarkSettings.load(file, new Sources(flags, Map.of(), folder));
    }

    @Test
    void a_file_of_its_own_names_the_log_and_leaves_the_stages_at_their_defaults() throws IOException {
        BenchmarkSettings settings = load("""
                parameters:
                  raw_log_file: ["app.log"]
                  session_key: "(job-[0-9]+)"
                  seeds: 3
                """, Map.of());

        assertThat(settings.prepare().inputs()).containsExactly(Path.of("app.log"));
        assertThat(settings.prepare().sessionKey()).isEqualTo("(job-[0-9]+)");
        assertThat(settings.seeds()).isEqualTo(3);
        assertThat(settings.trainFraction()).isEqualTo(0.8);
        assertThat(settings.prepare().trainFraction()).isEqualTo(0.5);
        assertThat(settings.detectorTraining(folder, 0).epochs()).isEqualTo(10);
    }

    @Test
    void the_file_that_init_writes_is_one_of_its_own() throws IOException {
        BenchmarkSettings settings = load(BenchmarkSettings.SCHEMA.toYaml(), Map.of());

        assertThat(settings.protocols()).isEqualTo(BenchmarkSettings.PROTOCOLS);
        assertThat(settings.methods()).isEqualTo(Methods.NAMES);
    }

    @Test
    void a_file_of_sections_sets_the_stages_and_flags_come_before_it() throws IOException {
        BenchmarkSettings settings = load("""
                benchmark: {seeds: 7, raw_log_file: ["own.log"]}
                prepare: {raw_log_file: ["other.log"], training_log_data_fraction: 0.4}
                train-detector: {epochs: 3, lstm_hidden_size: 5}
                """, Map.of("--seeds", 2));

        assertThat(settings.seeds()).isEqualTo(2);
        assertThat(settings.prepare().inputs()).containsExactly(Path.of("own.log"));
        assertThat(settings.trainFraction()).isEqualTo(0.4);
        assertThat(settings.prepare().trainFraction()).isEqualTo(0.4);
        assertThat(settings.detectorTraining(folder, 0).lstmHiddenSize()).isEqualTo(5);
        assertThat(settings.detectorTraining(folder, 2))
                .as("the third training")
                .isEqualTo(settings.detectorTraining(folder, 0).toBuilder()
                        .seed(settings.seed() + 2)
                        .build());
        assertThat(settings.detectorTraining(folder, 0).epochs()).isEqualTo(3);
        assertThat(settings.detectorTraining(folder.resolve("x"), 0).outputModelDir())
                .startsWithRaw(folder.resolve("x"));
    }

    @Test
    void names_are_put_in_the_order_of_the_results() throws IOException {
        BenchmarkSettings settings = load("", Map.of("--methods", List.of("detector", "new_event")));

        assertThat(settings.methods()).containsExactly("new_event", "detector");
    }

    @Test
    void an_unknown_method_or_protocol_is_refused_with_those_there_are() {
        assertThatThrownBy(() -> load("", Map.of("--methods", List.of("new_event", "magic"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("methods must be any of flag_everything")
                .hasMessageContaining("magic")
                .hasMessageContaining("--methods");
        assertThatThrownBy(() -> load("protocols: [sideways]", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("chronological_halves")
                .hasMessageContaining("sideways");
    }

    @Test
    void a_test_log_of_its_own_has_no_place() {
        assertThatThrownBy(() -> load("prepare: {test_log_file: later.log}", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("test_log_file")
                .hasMessageContaining("later.log");
    }

    @Test
    void settings_made_in_code_are_those_of_a_file() throws IOException {
        BenchmarkSettings loaded = load("""
                benchmark: {seeds: 7, methods: [detector, new_event], protocols: [order_swap], train_on: [all], seed: 3}
                prepare: {raw_log_file: ["app.log"], session_key: "(s[0-9]+)", training_log_data_fraction: 0.6}
                train-text: {epochs: 2, seed: 3}
                train-detector: {epochs: 4, seed: 3}
                """, Map.of());
        BenchmarkSettings made = BenchmarkSettings.builder()
                .dataDir(folder)
                .prepare(prepare -> prepare.inputs(Path.of("app.log"))
                        .sessionKey("(s[0-9]+)")
                        .trainFraction(0.6))
                .textTraining(training -> training.epochs(2))
                .detectorTraining(training -> training.epochs(4))
                .methods("detector", "new_event")
                .protocols("order_swap")
                .trainOn("all")
                .seeds(7)
                .seed(3)
                .build();

        assertThat(made.toMap()).isEqualTo(loaded.toMap());
        assertThat(made.outputDir()).isEqualTo(loaded.outputDir());
        assertThat(made.prepare()).isEqualTo(loaded.prepare());
        assertThat(made.textTraining()).isEqualTo(loaded.textTraining());
        assertThat(made.detectorTraining(folder, 0)).isEqualTo(loaded.detectorTraining(folder, 0));
    }

    @Test
    void settings_made_in_code_are_checked() {
        assertThatThrownBy(() -> BenchmarkSettings.builder().seeds(0).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("seeds must be at least 1, but was 0");
        assertThatThrownBy(() -> BenchmarkSettings.builder().trainingSeeds(0).build())
                .hasMessage("training_seeds must be at least 1, but was 0");
        assertThatThrownBy(() -> BenchmarkSettings.builder().methods("magic").build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("magic");
        assertThatThrownBy(() -> BenchmarkSettings.builder()
                        .prepare(prepare -> prepare.minWordCount(0))
                        .detectorTraining(training -> training.epochs(0))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("min_word_count")
                .hasMessageContaining("epochs");
    }
}
