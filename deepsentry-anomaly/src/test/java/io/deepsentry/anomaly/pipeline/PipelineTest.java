package io.deepsentry.anomaly.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private final Path folder;

    PipelineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Forty sessions, of which every tenth fails. */
    private PipelineSummary run(Map<String, ?> given) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            for (String message : List.of("open", i % 10 == 9 ? "fail" : "write", "close")) {
                lines.add(String.format("081109 20%02d%02d %s blk_%d", i / 60, i % 60, message, i));
            }
        }
        Map<String, Object> flags = new LinkedHashMap<>(given);
        flags.put("--input", List.of(Files.write(folder.resolve("x.log"), lines).toString()));
        flags.put("--format", "utah");
        flags.put("--session-key", "(blk_\\d+)");
        flags.put("--epochs", 1);
        flags.put("--output-dir", folder.resolve("out").toString());
        return Pipeline.run(
                PipelineSettings.load(null, new Sources(flags, Map.of("DEEPSENTRY_GPU", "0"), null)),
                RunContext.quiet());
    }

    @Test
    void logsWithLabelsEndInFigures() throws IOException {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            labels.add("blk_" + i + ": " + (i % 10 == 9 ? 1 : 0));
        }
        Path file = Files.write(folder.resolve("labels.txt"), labels);

        PipelineSummary summary = run(Map.of("--labels", file.toString()));

        assertThat(summary.seconds().keySet())
                .containsExactly("prepare", "train-text", "encode", "train-detector", "analyze");
        JsonNode json =
                new JsonMapper().readTree(folder.resolve("out/summary.json").toFile());
        assertThat(json.path("data").path("sessions").toString()).isEqualTo("{\"train\":24,\"val\":5,\"test\":8}");
        assertThat(json.path("metrics").path("cases").toString())
                .isEqualTo("{\"normal\":7,\"anomalous\":1,\"unlabelled\":0}");
        assertThat(json.path("metrics")
                        .path("baselines")
                        .path("new_event")
                        .path("confusion")
                        .toString())
                .isEqualTo("{\"tp\":1,\"fp\":0,\"tn\":7,\"fn\":0}");
        assertThat(folder.resolve("out/eval_results/roc_curve.png")).isNotEmptyFile();
    }

    @Test
    void logsWithoutLabelsEndInVerdicts() throws IOException {
        PipelineSummary summary = run(Map.of());

        assertThat(summary.seconds().keySet()).endsWith("eval");
        assertThat(summary.analysis()).isNull();
        assertThat(summary.analysisMissing()).contains("no labels");
        assertThat(folder.resolve("out/eval_results/anomaly_scores.csv")).isNotEmptyFile();
        assertThat(folder.resolve("out/eval_results/metrics.json")).doesNotExist();
    }

    @Test
    void aBudgetOfAlarmsWithTooLittleDataIsRefusedBeforeTraining() {
        assertThatThrownBy(() -> run(Map.of("max_alarms_per_day", 2)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("max_alarms_per_day needs 20 or more validation cases with times to learn from, but the"
                        + " validation part of " + folder.resolve("out/prepared_data")
                        + " has 6; give a threshold instead, or train on more data");
        assertThat(folder.resolve("out/text_autoencoder_model")).doesNotExist();
    }
}
