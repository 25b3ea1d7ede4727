package io.deepsentry.anomaly.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentryStream;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shop that takes an order, is paid and sends it; late in its log one order is sent unpaid, and one costs far too
 * much.
 */
class KindsOfStreamsTest {
    private static final int ORDERS = 400;
    private static final int UNPAID = 350;
    private static final int DEAR = 370;

    private static Path folder = Path.of("");
    private static Path log = Path.of("");

    @BeforeAll
    static void train(@TempDir Path shared) throws IOException {
        folder = shared;
        List<String> lines = new ArrayList<>();
        LocalDateTime time = LocalDateTime.of(2026, 3, 2, 9, 0);
        for (int i = 0; i < ORDERS; i++) {
            List<String> order = new ArrayList<>(List.of(
                    "order " + (5000 + i) + " taken",
                    "paid " + (i == DEAR ? 9_000_000 : 20 + i * 7 % 60) + " by customer " + (i * 37 % 900),
                    "order " + (5000 + i) + " sent"));
            if (i == UNPAID) {
                order.remove(1);
            }
            for (String message : order) {
                time = time.plusSeconds(1 + i % 3);
                lines.add(time.toString().replace('T', ' ') + (time.getSecond() == 0 ? ":00" : "") + " INFO shop: "
                        + message);
            }
        }
        log = Files.write(folder.resolve("shop.log"), lines);
        PipelineSummary unused = Pipeline.run(
                PipelineSettings.load(
                        null,
                        new Sources(
                                Map.of(
                                        "--input", List.of(log.toString()),
                                        "--epochs", 2,
                                        "--output-dir", folder.resolve("data").toString()),
                                Map.of("DEEPSENTRY_GPU", "0"),
                                null)),
                RunContext.quiet());
    }

    private static List<JsonNode> findings(Path results) throws IOException {
        List<JsonNode> findings = new ArrayList<>();
        for (String line : Files.readAllLines(results.resolve("anomalies.jsonl"))) {
            findings.add(new JsonMapper().readTree(line).path("explanation"));
        }
        return findings;
    }

    @Test
    void evalFindsAMissingStepAndANumberOutOfItsRange() throws IOException {
        List<JsonNode> findings = findings(folder.resolve("data/eval_results"));

        assertThat(findings)
                .extracting(finding -> finding.path("kinds").path(0).asText())
                .containsExactly("order", "value");
        assertThat(findings.get(0).path("reason").asText())
                .contains("paid")
                .contains("did not follow")
                .contains("taken");
        assertThat(findings.get(1).path("reason").asText()).contains("none of").contains("was over");
    }

    @Test
    void aProgramHearsTheSameAndAcknowledgesIt() throws IOException {
        List<LogEvent> test = new ArrayList<>();
        try (LogReader reader = LogReader.builder().input(log).open()) {
            reader.forEach(test::add);
        }
        List<LogEvent> later = test.subList(test.size() * 4 / 5, test.size());
        try (Sentry sentry = Sentry.open(folder.resolve("data"))) {
            List<Verdict> odd = anomalous(sentry.beginStream(), later);
            assertThat(odd).hasSize(2);
            Verdict unpaid = odd.get(0);
            assertThat(unpaid.explanation().orElseThrow().kinds()).containsExactly(EvidenceKind.ORDER);

            var record = sentry.acknowledge(unpaid, "a gift");
            assertThat(anomalous(sentry.beginStream(), later)).singleElement().satisfies(left -> assertThat(
                            left.explanation().orElseThrow().kinds())
                    .containsExactly(EvidenceKind.VALUE));
            sentry.revoke(record);
            assertThat(anomalous(sentry.beginStream(), later)).isEqualTo(odd);
        }
    }

    private static List<Verdict> anomalous(SentryStream stream, List<LogEvent> events) {
        return events.stream().map(stream::add).filter(Verdict::isAnomalous).toList();
    }

    @Test
    void whatIsNotHeardIsNotFound() throws IOException {
        Path results = folder.resolve("values");
        EvalSettings settings = EvalSettings.builder()
                .dataDir(folder.resolve("data"))
                .outputDir(results)
                .kinds(Set.of(EvidenceKind.VALUE))
                .build();

        assertThat(Evaluation.run(settings, RunContext.quiet()).flagged()).isEqualTo(1);
        assertThat(findings(results))
                .singleElement()
                .satisfies(finding -> assertThat(finding.path("kind").asText()).isEqualTo("value"));
    }

    @Test
    void aKindThatThereIsNotIsRefusedWithThoseThatThereAre() {
        Map<String, Object> flags = Map.of("--kinds", List.of("bursts"));
        assertThatThrownBy(() -> PipelineSettings.load(null, new Sources(flags, Map.of(), folder)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bursts")
                .hasMessageContaining("new_message, order, burst, drop, silence, value, parameter, level");
    }
}
