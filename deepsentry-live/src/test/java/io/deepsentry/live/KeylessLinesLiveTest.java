package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.core.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines without a session key, in files and live. */
@Tag("long")
class KeylessLinesLiveTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;

    KeylessLinesLiveTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static List<String> log(int orders, int seed, boolean faulty) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            String time = String.format("2026-01-02T%02d:%02d:%02dZ", i / 3600, i / 60 % 60, i % 60);
            lines.add(time + " INFO open tx_" + i + " now");
            lines.add(time + " INFO close tx_" + i + " now");
            if (random.nextInt(3) == 0) {
                lines.add(time + " INFO timer ran in " + random.nextInt(900) + " ms");
            }
            if (faulty && i == 40) {
                lines.add(time + " ERROR no space left on device");
                lines.add(time + " ERROR no space left on device");
                lines.add(time + " ERROR database gone");
            }
        }
        return lines;
    }

    private static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void liveAlertsOnTheLinesThatEvalFlags() throws IOException {
        Path train = Files.write(folder.resolve("train.log"), log(300, 1, false));
        Path test = Files.write(folder.resolve("test.log"), log(80, 2, true));
        TrainedModels models =
                TrainedModels.train(folder, train, test, Map.of("session_key", TrainedModels.SESSION_KEY, "seed", "7"));

        EvalResult eval = Evaluation.run(
                EvalSettings.from(TrainedModels.config(EvalSettings.SCHEMA, Map.of(), folder)), RunContext.quiet());
        assertThat(eval.unit()).isEqualTo("session");
        assertThat(eval.cases()).isEqualTo(80);
        assertThat(eval.keyless().judged()).isTrue();
        assertThat(eval.keyless().flagged()).isEqualTo(3);
        assertThat(eval.findings()).anySatisfy(finding -> {
            assertThat(finding.line()).contains("no space left on device");
            assertThat(finding.reason()).startsWith("Training never saw this message.");
        });
        List<JsonNode> found = read(eval.outputDir().resolve(EvalResult.ANOMALIES)).stream()
                .filter(each -> each.path("session").isNull())
                .toList();
        assertThat(found).hasSize(3);

        List<JsonNode> raised = live(models, test, "alerts.jsonl", Map.of());
        // A message that comes again is the same finding.
        assertThat(raised.stream().map(each -> each.path("id").asText()).toList())
                .containsExactly(
                        found.get(0).path("id").asText(),
                        found.get(2).path("id").asText());
        assertThat(raised.get(0).path("score").asDouble())
                .isEqualTo(found.get(0).path("score").asDouble());

        // The same in two runs, of which the first ends between two lines of the same message.
        Path grown = Files.createDirectories(folder.resolve("grown")).resolve("test.log");
        List<String> lines = Files.readAllLines(test);
        int cut = lines.indexOf("2026-01-02T00:00:40Z ERROR no space left on device") + 1;
        Map<String, String> checkpoint =
                Map.of("checkpoint_dir", folder.resolve("checkpoint").toString());
        Files.write(grown, lines.subList(0, cut));
        assertThat(live(models, grown, "first.jsonl", checkpoint)).hasSize(1);
        Files.write(grown, lines.subList(cut, lines.size()), StandardOpenOption.APPEND);
        assertThat(live(models, grown, "first.jsonl", checkpoint).stream()
                        .map(each -> each.path("id").asText()))
                .containsExactlyElementsOf(
                        raised.stream().map(each -> each.path("id").asText()).toList());
    }

    /** The alerts about lines without a session so far. */
    private List<JsonNode> live(TrainedModels models, Path log, String output, Map<String, String> more)
            throws IOException {
        Path alerts = folder.resolve(output);
        Map<String, String> flags = new HashMap<>(more);
        flags.put("log_file", log.toString());
        flags.put("output_file", alerts.toString());
        flags.put("alert_format", "json");
        flags.put("from_start", "true");
        flags.put("until_end", "true");
        LiveMonitor.run(models.settings(flags), RunContext.quiet());
        return read(alerts).stream()
                .filter(each -> !each.path("session").isTextual())
                .filter(each -> !each.path("notification").asText().equals("ended"))
                .toList();
    }
}
