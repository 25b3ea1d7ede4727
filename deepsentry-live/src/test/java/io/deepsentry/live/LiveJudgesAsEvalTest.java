package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.Splitter;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What live says of a log that comes in random pieces is what eval says of the file: the same scores to the bit, the
 * same thresholds and verdicts. {@code -Ddeepsentry.allLogs=true} takes every recorded stream in place of three.
 */
@Tag("long")
@Timeout(900)
class LiveJudgesAsEvalTest {
    private static final List<String> LOGS = List.of("Apache", "Linux", "BGL");

    private static final List<String> MORE_LOGS = List.of(
            "Android",
            "HDFS",
            "HPC",
            "Hadoop",
            "HealthApp",
            "Mac",
            "OpenSSH",
            "OpenStack",
            "Proxifier",
            "Spark",
            "Thunderbird",
            "Windows",
            "Zookeeper");

    private static final double TRAINING_SHARE = 0.6;

    static Stream<String> logs() {
        return Boolean.getBoolean("deepsentry.allLogs")
                ? Stream.concat(LOGS.stream(), MORE_LOGS.stream())
                : LOGS.stream();
    }

    /** A verdict on a line or a session, as the table of scores has it. */
    private record Row(String unit, double score, double threshold, boolean anomalous) {
        static Row of(String unit, Verdict verdict) {
            return new Row(unit, verdict.score(), verdict.threshold(), verdict.isAnomalous());
        }
    }

    @ParameterizedTest
    @MethodSource("logs")
    void onTheLinesOfARecordedStream(String name, @TempDir Path folder) throws Exception {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA does not name the folder of recorded logs");
        Path log = Path.of(Objects.requireNonNull(data), "loghub_2k", name, name + "_2k.log");
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        Path train = folder.resolve("train.log");
        Files.write(train, lines.subList(0, (int) (lines.size() * TRAINING_SHARE)), StandardCharsets.ISO_8859_1);
        TrainedModels models = TrainedModels.train(folder, train, log, Map.of("seed", "3"));

        assertThat(live(models)).isEqualTo(eval(models, null)).hasSizeGreaterThan(1_000);
    }

    @Test
    void onTheLinesOfASmallStreamWithFaults(@TempDir Path folder) throws Exception {
        TrainedModels models = TrainedModels.ofStream(folder);

        assertThat(live(models)).isEqualTo(eval(models, null)).anyMatch(Row::anomalous);
    }

    private static List<Row> live(TrainedModels models) throws Exception {
        List<Row> live = new ArrayList<>();
        try (DataStream stream = DataStream.builder()
                        .input("chunks", new Chunks(Files.newInputStream(models.test()), new Random(4)))
                        .batchInterval(Duration.ZERO)
                        .open();
                AnomalyIdentifier identifier = AnomalyIdentifier.open(models.encoder(), models.detector())) {
            while (!stream.ended()) {
                List<LogEvent> batch = stream.nextBatch();
                List<Verdict> verdicts = identifier.checkAll(batch);
                for (int i = 0; i < batch.size(); i++) {
                    live.add(Row.of(Long.toString(batch.get(i).origin().lineNumber()), verdicts.get(i)));
                }
            }
        }
        return live;
    }

    @Test
    void onTheSessionsOfARecordedLogWithOddValuesAndOnThatLogAsAWhole(@TempDir Path folder) throws Exception {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA does not name the folder of recorded logs");
        Path log = Path.of(Objects.requireNonNull(data), "loghub_2k/OpenSSH/OpenSSH_2k.log");
        List<String> lines = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
        int cut = (int) (lines.size() * TRAINING_SHARE);
        Path train = Files.write(folder.resolve("train.log"), lines.subList(0, cut), StandardCharsets.ISO_8859_1);
        List<String> later = lines.subList(cut, lines.size());
        // A port of 4 million here and there, and one line that comes fifty times more.
        later.replaceAll(line -> line.hashCode() % 23 == 0 ? line.replaceAll("port \\d+", "port 4444444") : line);
        later.addAll(200, Collections.nCopies(50, later.get(200)));
        Path test = Files.write(folder.resolve("test.log"), later, StandardCharsets.ISO_8859_1);
        TrainedModels models =
                TrainedModels.train(folder, train, test, Map.of("seed", "3", "session_key", "sshd\\[(\\d+)\\]"));

        Map<String, Double> live = new HashMap<>();
        Set<String> liveIds = new TreeSet<>();
        try (DataStream stream = DataStream.builder()
                        .input(test.toString(), new Chunks(Files.newInputStream(test), new Random(4)))
                        .sessionKey(SessionKey.of("sshd\\[(\\d+)\\]"))
                        .batchInterval(Duration.ZERO)
                        .open();
                AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(models.encoder())
                        .anomalyModel(models.detector())
                        .idleTimeout(null)
                        .onAlert(alert -> liveIds.add(alert.id()))
                        .onSessionEnd(
                                end -> live.put(end.session(), end.verdict().score()))
                        .open()) {
            while (!stream.ended()) {
                identifier.checkAll(stream.nextBatch());
            }
            identifier.endSessions();
        }

        Map<String, Double> expected = new HashMap<>();
        eval(models, null).forEach(row -> expected.put(row.unit(), row.score()));
        assertThat(live).isEqualTo(expected).hasSizeGreaterThan(100);
        Set<String> ids = new TreeSet<>();
        List<String> kinds = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("eval_results").resolve(EvalResult.ANOMALIES))) {
            JsonNode row = new JsonMapper().readTree(line);
            ids.add(row.path("id").asText());
            row.path("explanation").path("kinds").forEach(kind -> kinds.add(kind.asText()));
        }
        assertThat(liveIds).isEqualTo(ids);
        assertThat(kinds).contains("value", "burst");
    }

    @Test
    void onTheThresholdsOfSessionsByTheirHours(@TempDir Path folder) throws Exception {
        TrainedModels models = TrainedModels.ofSessions(folder);
        EvalSettings.Season season = new EvalSettings.Season(ZoneOffset.UTC, false);
        Map<String, Double> live = new HashMap<>();
        try (DataStream stream = DataStream.builder()
                        .logFile(models.test())
                        .tailMode(TailMode.UNTIL_END)
                        .open();
                AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(models.encoder())
                        .anomalyModel(models.detector())
                        .season(season)
                        .idleTimeout(null)
                        .onSessionEnd(
                                end -> live.put(end.session(), end.verdict().threshold()))
                        .open()) {
            while (!stream.ended()) {
                identifier.checkAll(stream.nextBatch());
            }
            identifier.endSessions();
        }

        Map<String, Double> expected = new HashMap<>();
        eval(models, season).forEach(row -> expected.put(row.unit(), row.threshold()));
        assertThat(live).isEqualTo(expected).hasSizeGreaterThan(100);
    }

    private static List<Row> eval(TrainedModels models, EvalSettings.@Nullable Season season) throws IOException {
        EvalResult result = Evaluation.run(
                EvalSettings.builder().dataDir(models.folder()).season(season).build(), RunContext.quiet());
        if (season != null) {
            assertThat(result.seasonalHours()).isPositive();
        }
        List<String> table = Files.readAllLines(result.outputDir().resolve("anomaly_scores.csv"));
        List<Row> rows = new ArrayList<>();
        for (String line : table.subList(1, table.size())) {
            List<String> cells = Splitter.on(',').splitToList(line);
            rows.add(new Row(
                    cells.get(0),
                    Double.parseDouble(cells.get(1)),
                    Double.parseDouble(cells.get(2)),
                    cells.get(3).equals("anomalous")));
        }
        return rows;
    }
}
