package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Late in a log one message comes in a crowd, and at the same pace after it lines that are not odd by themselves. */
class BurstWithinBurstTest {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final int LINES = 1200;
    private static final int CROWD = 1100;
    private static final List<String> MESSAGES =
            List.of("order 17 taken", "paid 25 by customer 17", "cart 4 emptied", "mail sent to customer 9");

    private static List<String> shop() {
        List<String> lines = new ArrayList<>();
        Random random = new Random(1);
        LocalDateTime time = LocalDateTime.of(2026, 3, 2, 9, 0, 0);
        for (int i = 0; i < LINES; i++) {
            boolean isFast = i % 100 < 8 || (i >= CROWD && i < CROWD + 90);
            time = isFast ? time.plusNanos(50_000_000) : time.plusSeconds(10);
            boolean isCrowd = i >= CROWD && i < CROWD + 70;
            lines.add(TIME.format(time) + " INFO shop: " + MESSAGES.get(isCrowd ? 1 : random.nextInt(MESSAGES.size())));
        }
        return lines;
    }

    @Test
    void everyFindingSaysWhatBurstItIs(@TempDir Path folder) throws IOException {
        Path log = Files.write(folder.resolve("shop.log"), shop());
        PipelineSummary unused = Pipeline.run(
                PipelineSettings.load(
                        null,
                        new Sources(
                                Map.of(
                                        "--input", List.of(log.toString()),
                                        "--epochs", 1,
                                        "--output-dir", folder.resolve("data").toString()),
                                Map.of("DEEPSENTRY_GPU", "0"),
                                null)),
                RunContext.quiet());

        Path results = folder.resolve("data/eval_results");
        JsonMapper json = new JsonMapper();
        List<String> written = new ArrayList<>();
        for (String line : Files.readAllLines(results.resolve("anomalies.jsonl"))) {
            written.add(json.readTree(line).get("finding").asText());
        }
        JsonNode findings =
                json.readTree(results.resolve("findings.json").toFile()).get("findings");
        assertThat(findings)
                .filteredOn(finding -> finding.get("kind").asText().equals("burst"))
                .anySatisfy(
                        finding -> assertThat(finding.get("message").isNull()).isTrue())
                .anySatisfy(
                        finding -> assertThat(finding.get("message").asText()).startsWith("paid"));
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.get("explanation").get("evidence")).isNotEmpty();
            assertThat(finding.get("reason").asText())
                    .isEqualTo(finding.get("explanation").get("reason").asText());
            assertThat(written).contains(finding.get("id").asText());
        });
        assertThat(findings)
                .filteredOn(finding -> finding.path("subject").asText().equals("log"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.get("reason").asText())
                        .containsPattern("Lines of the log came \\d+ times in \\d+ s; never more than \\d+ before"));
    }
}
