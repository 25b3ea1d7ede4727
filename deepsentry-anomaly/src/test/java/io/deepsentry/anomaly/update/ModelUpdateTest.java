package io.deepsentry.anomaly.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.feedback.AlertRecord;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import io.deepsentry.parse.LogParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders that are taken, paid and sent; later ones are wrapped as a gift, too. */
@Tag("long")
class ModelUpdateTest {
    private final Path folder;
    private final Path data;

    ModelUpdateTest(@TempDir Path folder) {
        this.folder = folder;
        this.data = folder.resolve("data");
    }

    @BeforeEach
    void train() throws IOException {
        Map<String, Object> flags = new LinkedHashMap<>();
        flags.put("--input", List.of(log("old.log", 0, 400, i -> false).toString()));
        flags.put("--session-key", "order (\\d+)");
        flags.put("--epochs", 2);
        flags.put("--output-dir", data.toString());
        PipelineSummary unused = Pipeline.run(PipelineSettings.load(null, sources(flags)), RunContext.quiet());
    }

    private Path log(String name, int from, int count, IntPredicate gifts) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            String time = String.format("2026-03-01 %02d:%02d:%02d ", i / 60 % 24, i % 60, i % 7);
            lines.add(time + "order " + i + " taken");
            lines.add(time + "order " + i + " paid");
            if (gifts.test(i)) {
                lines.add(time + "order " + i + " wrapped in red paper");
            }
            lines.add(time + "order " + i + " sent");
        }
        return Files.write(folder.resolve(name), lines);
    }

    private static Sources sources(Map<String, ?> flags) {
        return new Sources(flags, Map.of("DEEPSENTRY_GPU", "0"), null);
    }

    private UpdateResult update(Path log) {
        Map<String, Object> flags = Map.of("--input", List.of(log.toString()), "--epochs", 2);
        return ModelUpdate.run(data, ModelUpdate.settings(data, null, sources(flags)), false, RunContext.quiet());
    }

    private Verdict gift() {
        try (Sentry sentry = Sentry.open(data)) {
            return gift(sentry);
        }
    }

    private static Verdict gift(Sentry sentry) {
        return sentry.judge(
                List.of("order 9001 taken", "order 9001 paid", "order 9001 wrapped in red paper", "order 9001 sent"));
    }

    @Test
    void learnsWhatHasBecomeNormalAndKeepsTheModelsBefore() throws IOException {
        assertThat(gift().isAnomalous()).isTrue();

        UpdateResult result = update(log("new.log", 400, 400, i -> true));

        assertThat(result.judged()).isEqualTo(80);
        assertThat(result.gone().count()).isEqualTo(80);
        assertThat(result.gone().examples()).singleElement().satisfies(example -> assertThat(example.message())
                .contains("wrapped in red paper"));
        assertThat(result.fresh().count()).isZero();
        assertThat(result.replaced()).isTrue();
        assertThat(gift().isAnomalous()).isFalse();
        assertThat(data.resolve("previous/anomaly_trained_model/detector.h5")).exists();
        assertThat(data.resolve("update")).doesNotExist();
    }

    @Test
    void whatWasAcknowledgedStaysNormal() throws IOException {
        try (Sentry sentry = Sentry.open(data)) {
            sentry.acknowledge(
                    sentry.judge(List.of("order 1 taken", "order 1 paid", "order 1 lost at sea", "order 1 sent")),
                    "insured");
        }

        UpdateResult result = update(log("new.log", 400, 400, i -> false));

        assertThat(result.replaced()).isTrue();
        assertThat(Feedback.read(data.resolve(Feedback.FILE)).records()).hasSize(1);
        try (Sentry sentry = Sentry.open(data)) {
            assertThat(sentry.judge(List.of("order 7 taken", "order 7 paid", "order 7 lost at sea", "order 7 sent"))
                            .isAnomalous())
                    .isFalse();
        }
    }

    @Test
    void whatWasConfirmedAsAFaultIsNotLearnedHoweverOftenItCame() throws IOException {
        try (Sentry sentry = Sentry.open(data)) {
            FeedbackRecord unused = Feedback.confirm(
                    data.resolve(Feedback.FILE), AlertRecord.of(gift(sentry), null), null, Instant.EPOCH);
        }

        UpdateResult result = update(log("new.log", 400, 400, i -> i % 2 == 0));

        assertThat(result.leftOut()).isEqualTo(200);
        assertThat(result.alike().count()).isEqualTo(40);
        assertThat(result.gone().count()).isZero();
        assertThat(result.replaced()).isTrue();
        assertThat(gift().isAnomalous()).isTrue();
    }

    @Test
    void whatIsInUseStaysWhereTheNewFails() throws IOException {
        Path nothing = Files.write(folder.resolve("nothing.log"), List.of("one line", "of no order"));

        assertThatThrownBy(() -> update(nothing)).isInstanceOf(LogParseException.class);

        assertThat(gift().isAnomalous()).isTrue();
    }

    @Test
    void refusesAFolderThatWasNotTrainedOrIsMaskedInAnotherWay() {
        assertThatThrownBy(() -> ModelUpdate.settings(folder.resolve("none"), null, sources(Map.of())))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> ModelUpdate.settings(data, null, sources(Map.of("lower", true))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("was masked with other settings");
    }
}
