package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.SavedState;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.SentryStream;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scores parts of the bundled sample with the models of an earlier version: the scores stay, and every way to them
 * gives the same bits. {@code tools/golden/record} records models and scores.
 */
@Tag("long")
class SampleScoresTest {
    private static final String KEY = "(blk_-?\\d+)";
    /** Processors differ in the last bits of their arithmetic, in nats. */
    private static final double BETWEEN_PROCESSORS = 1e-3;

    @TempDir
    Path folder = Path.of("");

    @Test
    void sessionsScoreAsBefore() throws IOException {
        Path data = goldenFolder("sessions");
        Path test = sample("test.log", 55_001, 60_000);
        Map<String, Double> evaluated = evaluate(data, sample("learn.log", 1, 55_000), test, KEY);
        assertUnchanged(evaluated, "sessions");

        try (Sentry sentry = Sentry.builder(data).device(Device.CPU).open()) {
            Map<String, SentrySession> sessions = new LinkedHashMap<>();
            forEachEvent(test, event -> event.sessionKeys()
                    .forEach(key -> sessions.computeIfAbsent(key, unused -> sentry.begin())
                            .add(event)));
            Map<String, Double> judged = new LinkedHashMap<>();
            sessions.forEach((key, session) -> judged.put(key, session.end().score()));
            // A program says itself where a session ends, so all are whole to it. eval holds a session that the begin
            // or the
            // end of the log may have cut off to less, and all others to the same.
            assertThat(judged).containsOnlyKeys(evaluated.keySet());
            judged.forEach((key, score) -> assertThat(score).as(key).isGreaterThanOrEqualTo(evaluated.get(key)));
            assertThat(judged.entrySet().stream()
                            .filter(each -> each.getValue().equals(evaluated.get(each.getKey())))
                            .count())
                    .isGreaterThan(judged.size() / 2);
        }
    }

    @Test
    void linesOfAStreamScoreAsBefore() throws IOException {
        Path data = goldenFolder("streams");
        Path test = sample("test.log", 20_001, 23_000);
        Map<String, Double> evaluated = evaluate(data, sample("learn.log", 1, 20_000), test, null);
        assertUnchanged(evaluated, "streams");

        try (Sentry sentry = Sentry.builder(data).device(Device.CPU).open()) {
            SentryStream stream = sentry.beginStream();
            Map<String, Double> judged = new LinkedHashMap<>();
            forEachEvent(
                    test,
                    event -> judged.put(
                            Long.toString(event.origin().lineNumber()),
                            stream.add(event).score()));
            assertThat(judged).isEqualTo(evaluated);
        }
    }

    @Test
    void aSessionCutAtAnyLineAndResumedElsewhereHasTheSameVerdicts() throws IOException {
        Path data = goldenFolder("sessions");
        Path test = sample("test.log", 55_001, 60_000);
        List<Integer> sizes = new ArrayList<>();
        try (Sentry here = Sentry.builder(data).device(Device.CPU).open();
                Sentry there = Sentry.builder(data).device(Device.CPU).open()) {
            Map<String, SentrySession> whole = new LinkedHashMap<>();
            Map<String, byte[]> cut = new LinkedHashMap<>();
            forEachEvent(test, event -> {
                for (String key : event.sessionKeys()) {
                    Verdict expected =
                            whole.computeIfAbsent(key, unused -> here.begin()).add(event);
                    byte[] state = cut.get(key);
                    SentrySession resumed = state == null ? there.begin() : there.resume(SavedState.fromBytes(state));
                    assertSame(resumed.add(event), expected);
                    cut.put(key, resumed.state().toBytes());
                    assertThat(SavedState.fromBytes(cut.get(key)))
                            .isEqualTo(whole.get(key).state());
                    sizes.add(cut.get(key).length);
                }
            });
            assertThat(whole).hasSizeGreaterThan(200);
            whole.forEach((key, session) -> assertSame(
                    there.resume(SavedState.fromBytes(Objects.requireNonNull(cut.get(key))))
                            .end(),
                    session.end()));
        }
        Collections.sort(sizes);
        assertThat(sizes.get(sizes.size() / 2))
                .as("median bytes of an open session")
                .isLessThanOrEqualTo(1024);
    }

    @Test
    void aStreamCutAtAnyLineAndResumedElsewhereHasTheSameVerdicts() throws IOException {
        Path data = goldenFolder("streams");
        Path test = sample("test.log", 20_001, 23_000);
        try (Sentry here = Sentry.builder(data).device(Device.CPU).open();
                Sentry there = Sentry.builder(data).device(Device.CPU).open()) {
            SentryStream whole = here.beginStream();
            byte[][] cut = {there.beginStream().state().toBytes()};
            forEachEvent(test, event -> {
                SentryStream resumed = there.resumeStream(SavedState.fromBytes(cut[0]));
                assertSame(resumed.add(event), whole.add(event));
                cut[0] = resumed.state().toBytes();
                assertThat(SavedState.fromBytes(cut[0])).isEqualTo(whole.state());
            });
            assertThat(whole.state().length()).isGreaterThan(1000);
        }
    }

    /** Equal to the bit, with the same explanation. */
    private static void assertSame(Verdict verdict, Verdict expected) {
        assertThat(verdict.isAnomalous()).isEqualTo(expected.isAnomalous());
        assertThat(verdict.score()).isEqualTo(expected.score());
        assertThat(verdict.threshold()).isEqualTo(expected.threshold());
        assertThat(verdict.explanation()).isEqualTo(expected.explanation());
    }

    private static void assertUnchanged(Map<String, Double> scores, String golden) throws IOException {
        Map<String, Double> expected;
        try (InputStream in = resource("golden/" + golden + "/scores.csv").openStream()) {
            expected = scores(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines());
        }
        assertThat(scores).hasSizeGreaterThan(200).containsOnlyKeys(expected.keySet());
        expected.forEach(
                (unit, score) -> assertThat(scores.get(unit)).as(unit).isCloseTo(score, within(BETWEEN_PROCESSORS)));
    }

    private Map<String, Double> evaluate(Path data, Path learn, Path test, @Nullable String key) throws IOException {
        RunContext quiet = RunContext.quiet();
        PrepareSettings.Builder prepare = PrepareSettings.builder()
                .dataDir(data)
                .inputs(learn)
                .test(test)
                .format("hdfs")
                .onMalformed(OnMalformed.SKIP);
        if (key != null) {
            prepare.sessionKey(key).labels(labels());
        }
        Prepare.run(prepare.build(), quiet);
        DatasetEncoding.run(
                EncodeSettings.builder().dataDir(data).device(Device.CPU).build(), quiet);
        Evaluation.run(EvalSettings.builder().dataDir(data).device(Device.CPU).build(), quiet);
        try (Stream<String> lines = Files.lines(data.resolve("eval_results/anomaly_scores.csv"))) {
            return scores(lines);
        }
    }

    /** The first two columns of a table with a header: session or line, and its score. */
    private static Map<String, Double> scores(Stream<String> lines) {
        Map<String, Double> scores = new LinkedHashMap<>();
        lines.skip(1).map(line -> line.split(",", -1)).forEach(row -> scores.put(row[0], Double.valueOf(row[1])));
        return scores;
    }

    private interface EventVisitor {
        void visit(LogEvent event);
    }

    private static void forEachEvent(Path log, EventVisitor visitor) {
        try (LogReader reader = LogReader.builder()
                .input(log)
                .format("hdfs")
                .onMalformed(OnMalformed.SKIP)
                .sessionKey(KEY)
                .open()) {
            reader.forEach(visitor::visit);
        }
    }

    /** Lines of the sample, counted from 1, the last one included. */
    private Path sample(String name, int first, int last) throws IOException {
        URL sample = Objects.requireNonNull(Main.class.getResource("sample/hdfs-sample.log.gz"));
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(sample.openStream()), StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines().limit(last).skip(first - 1L).toList();
            return Files.write(folder.resolve(name), lines);
        }
    }

    private Path labels() throws IOException {
        URL labels = Objects.requireNonNull(Main.class.getResource("sample/hdfs-sample-labels.csv"));
        Path copy = folder.resolve("labels.csv");
        try (InputStream in = labels.openStream()) {
            Files.copy(in, copy);
        }
        return copy;
    }

    private Path goldenFolder(String name) throws IOException {
        Path data = folder.resolve(name);
        Path golden =
                Path.of(resource("golden/" + name + "/scores.csv").getPath()).resolveSibling("");
        try (Stream<Path> files = Files.walk(golden)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = data.resolve(golden.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return data;
    }

    private static URL resource(String name) {
        return Objects.requireNonNull(SampleScoresTest.class.getResource(name), name);
    }
}
