package io.deepsentry.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.CancelledException;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {
    private static final List<String> RULES = List.of(
            "flag_everything",
            "new_event",
            "count_vector",
            "count_distance",
            "2_gram",
            "edit_distance",
            "pca",
            "isolation_forest");

    private final Path folder;

    BenchmarkTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Map<String, Object> flags(JobLog log) {
        Map<String, Object> flags = new LinkedHashMap<>();
        flags.put("--input", List.of(log.log().toString()));
        flags.put("--labels", log.labels());
        flags.put("--format", "utah");
        flags.put("--session-key", JobLog.SESSION_KEY);
        flags.put("--methods", RULES);
        flags.put("--seeds", 2);
        flags.put("gpu", "false");
        return flags;
    }

    private BenchmarkResult run(Map<String, Object> flags) {
        return Benchmark.run(BenchmarkSettings.load(null, new Sources(flags, Map.of(), folder)), RunContext.quiet());
    }

    private static BenchmarkRow row(
            BenchmarkResult result, String protocol, String training, String cases, String method) {
        return result.rows().stream()
                .filter(row -> row.protocol().equals(protocol)
                        && row.training().equals(training)
                        && row.cases().equals(cases)
                        && row.method().equals(method))
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError("no row of " + protocol + " " + training + " " + cases + " " + method));
    }

    @Test
    void every_method_is_measured_under_every_protocol() throws IOException {
        BenchmarkResult result = run(flags(JobLog.write(folder, 400, 8)));

        assertThat(result.normal()).isEqualTo(350);
        assertThat(result.anomalous()).isEqualTo(50);
        for (String method : RULES) {
            for (String training : List.of("normal", "all")) {
                for (String cases : List.of("all", "distinct")) {
                    assertThat(row(result, "chronological", training, cases, method)
                                    .runs())
                            .hasSize(1);
                    assertThat(row(result, "chronological_halves", training, cases, method)
                                    .runs())
                            .hasSize(1);
                    assertThat(row(result, "random_halves", training, cases, method)
                                    .runs())
                            .hasSize(2);
                }
            }
            for (String share : List.of("0%", "1%", "5%", "10%")) {
                assertThat(row(result, "contamination", share, "all", method).runs())
                        .hasSize(2);
            }
            double auc = row(result, "order_swap", "normal", "swapped", method)
                    .mean(Figure.AUC_ROC)
                    .orElseThrow();
            assertThat(auc)
                    .as(method)
                    .isCloseTo(method.equals("2_gram") || method.equals("edit_distance") ? 1.0 : 0.5, within(1e-9));
        }
        Figures counting = row(result, "random_halves", "normal", "all", "count_vector")
                .runs()
                .get(0);
        assertThat(counting.get(Figure.RECALL)).hasValue(1);
        assertThat(counting.confusion().total()).isEqualTo(200);
        assertThat(row(result, "random_halves", "normal", "all", "flag_everything")
                        .mean(Figure.LINES_AT_ALARM))
                .hasValue(1);
        assertThat(row(result, "random_halves", "normal", "all", "new_event")
                        .mean(Figure.LINES_AT_ALARM)
                        .orElseThrow())
                .isBetween(3.0, 5.0);
    }

    @Test
    void the_results_are_a_json_file_tables_and_a_picture_and_nothing_else_is_left() throws IOException {
        BenchmarkResult result = run(flags(JobLog.write(folder, 200, 8)));

        JsonNode json = JsonMapper.builder().build().readTree(result.json().toFile());
        assertThat(json.path("cases").path("anomalous").asInt()).isEqualTo(25);
        assertThat(json.path("settings").path("seeds").asInt()).isEqualTo(2);
        JsonNode first = json.path("rows").get(0);
        for (String figure : List.of("precision", "recall", "f1", "oracle_f1", "mcc", "auc_pr", "auc_roc")) {
            assertThat(first.path("mean").path(figure).isNumber()).as(figure).isTrue();
            assertThat(first.path("runs").get(0).path(figure).isNumber())
                    .as(figure)
                    .isTrue();
        }
        assertThat(Files.readString(result.markdown()))
                .contains("**random halves, trained on normal, all test sessions, mean of 2**", "| count vector |");
        assertThat(ImageIO.read(result.picture().toFile()).getWidth()).isEqualTo(2000);
        try (Stream<Path> files = Files.list(result.outputDir())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("benchmark.json", "benchmark.md", "benchmark.png");
        }
    }

    @Test
    void the_detector_is_trained_and_judged_like_the_others() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 200, 8));
        flags.put("--methods", List.of("count_vector", "detector"));
        flags.put("--protocols", List.of("chronological", "order_swap"));
        flags.put("--train-on", List.of("normal"));
        flags.put("--seeds", 1);
        flags.put("--training-seeds", 2);
        flags.put("--epochs", 1);
        flags.put("encoder_output_size", 16);
        flags.put("lstm_hidden_size", 8);

        BenchmarkResult result = run(flags);

        Figures detector =
                row(result, "chronological", "normal", "all", "detector").runs().get(0);
        Figures counting = row(result, "chronological", "normal", "all", "count_vector")
                .runs()
                .get(0);
        assertThat(detector.confusion().total()).isEqualTo(counting.confusion().total());
        assertThat(detector.get(Figure.AUC_ROC).orElseThrow()).isGreaterThan(0.5);
        BenchmarkRow swaps = row(result, "order_swap", "normal", "swapped", "detector");
        assertThat(swaps.runs()).as("one draw, trained twice").hasSize(2);
        assertThat(swaps.draws()).isEqualTo(1);
        double apart = swaps.runs().get(0).get(Figure.AUC_ROC).orElseThrow()
                - swaps.runs().get(1).get(Figure.AUC_ROC).orElseThrow();
        assertThat(swaps.spread(Figure.AUC_ROC).orElseThrow()).isCloseTo(Math.abs(apart), within(1e-12));
        assertThat(row(result, "order_swap", "normal", "swapped", "count_vector")
                        .spread(Figure.AUC_ROC))
                .isEmpty();
        assertThat(Files.readString(result.markdown()))
                .contains("| method | precision | recall | F1 | worst | spread |")
                .doesNotContain("mean of");
        assertThat(result.rows()).noneMatch(row -> row.protocol().equals("random_halves"));
        assertThat(result.textSeconds()).isPositive();
    }

    @Test
    void lines_of_a_log_with_a_label_column_are_judged_without_sessions() throws IOException {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 600; i++) {
            boolean bad = i % 50 == 49;
            log.append(String.format(
                    "%s %d 2005.06.03 R02 2005-06-03-15.%02d.%02d.363779 R02 RAS KERNEL %s %s%n",
                    bad ? "KERNDTLB" : "-",
                    1117838570 + i,
                    i / 60,
                    i % 60,
                    bad ? "FATAL" : "INFO",
                    bad ? "data TLB error interrupt" : i % 2 == 0 ? "cache parity corrected" : "generating core"));
        }
        Path file = Files.writeString(folder.resolve("bgl.log"), log.toString());
        Map<String, Object> flags = new LinkedHashMap<>();
        flags.put("--input", List.of(file.toString()));
        flags.put("--format", "bgl");
        flags.put("--methods", RULES);

        BenchmarkResult result = run(flags);

        assertThat(result.unit()).isEqualTo("line");
        assertThat(result.anomalous()).isEqualTo(12);
        assertThat(row(result, "chronological", "normal", "all", "new_event").mean(Figure.F1))
                .hasValue(1);
        assertThat(row(result, "chronological_halves", "all", "all", "new_event")
                        .mean(Figure.F1))
                .hasValue(0);
        assertThat(result.rows())
                .extracting(BenchmarkRow::protocol)
                .containsOnly("chronological", "chronological_halves");
        assertThat(result.rows())
                .noneMatch(row -> row.mean(Figure.LINES_AT_ALARM).isPresent());
    }

    @Test
    void labels_of_one_class_are_refused_with_what_was_found() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 50, 0));

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("of 50 sessions 50 are labelled normal, 0 an anomaly and 0 not at all");
    }

    @Test
    void labels_that_match_no_session_are_refused_with_both_names() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 50, 5));
        flags.put("--labels", Files.writeString(folder.resolve("other.txt"), "blk_1: 0\nblk_2: 1\n"));

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("blk_1")
                .hasMessageContaining("job-0");
    }

    @Test
    void a_log_without_labels_is_refused() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 50, 5));
        flags.remove("--labels");

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("needs labels")
                .hasMessageContaining("--labels");
    }

    @Test
    void there_must_be_as_many_sessions_as_seeds() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 20, 5));
        flags.put("--seeds", 21);

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("20 sessions and 21 seeds");
    }

    @Test
    void a_part_without_anomalies_is_refused_before_anything_is_trained() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 20, 15));

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("chronological, trained on normal needs")
                .hasMessageContaining("of 20 sessions")
                .hasMessageContaining("0 anomalous");
    }

    @Test
    void a_log_of_lines_cannot_be_divided_at_random() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bgl.log"),
                "- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.363779 R02 RAS KERNEL INFO one\n".repeat(20)
                        + "X 1117838571 2005.06.03 R02 2005-06-03-15.42.51.363779 R02 RAS KERNEL INFO two\n");
        Map<String, Object> flags = new LinkedHashMap<>();
        flags.put("--input", List.of(file.toString()));
        flags.put("--format", "bgl");
        flags.put("--methods", RULES);
        flags.put("--protocols", List.of("random_halves"));

        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("without sessions")
                .hasMessageContaining("random_halves");
    }

    @Test
    void cancelling_ends_the_run_and_clears_up() throws IOException {
        Map<String, Object> flags = flags(JobLog.write(folder, 100, 5));
        Cancellation cancellation = Cancellation.none();
        cancellation.cancel();

        assertThatThrownBy(() -> Benchmark.run(
                        BenchmarkSettings.load(null, new Sources(flags, Map.of(), folder)),
                        new RunContext(Progress.none(), cancellation)))
                .isInstanceOf(CancelledException.class);
        assertThat(folder.resolve("benchmark_results").resolve("work")).doesNotExist();
    }
}
