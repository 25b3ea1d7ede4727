package io.deepsentry.anomaly.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.TrainedOnSmallData;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionScorerTest {
    private static Path root = Path.of("");
    private static Path detector = Path.of("");

    @BeforeAll
    static void train(@TempDir Path folder) throws IOException {
        root = folder;
        PreparedData unused =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(300, TrainedOnSmallData.NORMAL), true);
        detector = TrainedOnSmallData.train(root);
    }

    @Test
    void theThresholdFollowsFromTheNumberOfTrainingSessions() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            assertThat(scorer.threshold().value()).isCloseTo(Math.log(192) + 1 + Math.log(192 * 6) / 3, within(1e-12));
            assertThat(scorer.threshold().method()).isEqualTo("ln(seen_units, at most 10000) + 1 + ln(seen_steps) / 3");
            assertThat(scorer.threshold().validationCount()).isEqualTo(48);
            assertThat(scorer.sequenceLength()).isEqualTo(4);
            assertThat(scorer.dimension()).isEqualTo(TrainedOnSmallData.DIMENSION);
        }
    }

    @Test
    void whatIsMissingTooManyOrNewScoresAboveTheThresholdAndTheNormalBelow() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            double threshold = scorer.threshold().value();
            assertThat(score(scorer, TrainedOnSmallData.NORMAL)).isLessThan(threshold);
            assertThat(score(scorer, List.of("job opened", "job closed"))).isGreaterThan(threshold);
            assertThat(score(
                            scorer,
                            List.of(
                                    "job opened",
                                    "reading input",
                                    "reading input",
                                    "reading input",
                                    "reading input",
                                    "writing output",
                                    "job closed")))
                    .isGreaterThan(threshold);
            assertThat(score(
                            scorer,
                            List.of("job opened", "reading input", "reading input", "disk on fire", "job closed")))
                    .isGreaterThan(threshold);
        }
    }

    @Test
    void theScoreOfManyOdditiesIsBounded() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            List<String> one = new ArrayList<>(TrainedOnSmallData.NORMAL);
            one.add(2, "disk on fire");
            List<String> many = new ArrayList<>(TrainedOnSmallData.NORMAL);
            for (int i = 0; i < 40; i++) {
                many.add(2, "disk on fire, and so is number " + (char) ('a' + i));
            }
            double odd = score(scorer, one);
            assertThat(odd).isGreaterThan(scorer.threshold().value());
            assertThat(score(scorer, many)).isGreaterThanOrEqualTo(odd).isLessThan(2.5 * odd);
        }
    }

    @Test
    void aSessionThatTheEndOfTheLogCutOffIsHeldOnlyToWhatWasOverdue() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            double threshold = scorer.threshold().value();
            SessionState state = scorer.beginOfLog(null, 100);
            TrainedOnSmallData.session(List.of("job opened", "reading input")).forEach(state::add);
            assertThat(state.endOfLog(null, 2).value()).as("just begun").isLessThan(threshold);
            assertThat(state.evidence(true)).isEmpty();
            assertThat(state.endOfLog(null, 10_000).value()).as("long ago").isGreaterThan(threshold);
            assertThat(state.evidence(true))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(each -> each.kind() == EvidenceKind.COUNT && each.strength() >= 1)
                    .anyMatch(each -> each.message().startsWith("job closed")
                            && each.reason().contains("did not come; 0 of "));
            assertThat(state.end().value()).as("it has ended").isGreaterThan(threshold);
        }
    }

    @Test
    void aBrokenOrderIsSeenThoughTheCountsAreNormal() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            double normal = largestOrderSurprise(scorer, TrainedOnSmallData.NORMAL);
            double swapped = largestOrderSurprise(
                    scorer, List.of("job closed", "reading input", "reading input", "writing output", "job opened"));
            assertThat(swapped).isGreaterThan(normal + 3);
        }
    }

    @Test
    void aBrokenOrderIsAnAlarmAtOnceAndSaysWhatCameTooEarly() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            double threshold = scorer.threshold().value();
            SessionState state = scorer.begin();
            List<String> swapped =
                    List.of("job closed", "reading input", "reading input", "writing output", "job opened");
            List<Double> scores =
                    TrainedOnSmallData.session(swapped).stream().map(state::add).toList();
            assertThat(scores.get(1)).as("one broken order").isLessThan(threshold);
            assertThat(scores.get(3)).as("two").isGreaterThan(threshold);
            assertThat(state.evidence(false)).singleElement().satisfies(each -> {
                assertThat(each.kind()).isEqualTo(EvidenceKind.ORDER);
                assertThat(each.message()).startsWith("writing output");
                assertThat(each.subject()).startsWith("job closed");
                assertThat(each.reason()).contains("came after \"job closed", "in 192 of 192 training sessions");
            });
            assertThat(state.end().value()).isGreaterThanOrEqualTo(scores.get(4));
        }
    }

    @Test
    void aSessionMessageByMessageScoresAsTheSessionInTheFileToTheBit() {
        PreparedData prepared = PreparedData.open(root.resolve("prepared_data"));
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU);
                VectorTable table = new VectorTable(TrainedOnSmallData.DIMENSION);
                EncodedSessions sessions = EncodedSessions.read(
                        root.resolve("encoded_dataset/test_encoded.pkl"),
                        prepared,
                        Split.TEST,
                        table,
                        RunContext.quiet())) {
            double[] inFile = scorer.detector().views().scoreAll(sessions, table, RunContext.quiet());
            List<Double> oneByOne = new ArrayList<>();
            sessions.forEach(session -> {
                SessionState state = scorer.begin();
                double last = 0;
                for (int i = 0; i < session.length(); i++) {
                    double running = state.add(table.vector(session.id(i)));
                    assertThat(running).isGreaterThanOrEqualTo(last);
                    last = running;
                }
                double end = state.end().value();
                assertThat(end).isGreaterThanOrEqualTo(last);
                oneByOne.add(end);
            });
            assertThat(inFile).hasSize(60);
            assertThat(oneByOne)
                    .containsExactly(java.util.Arrays.stream(inFile).boxed().toArray(Double[]::new));
        }
    }

    @Test
    void theMemoAndTheOrderOfSessionsChangeNoBit() {
        List<String> odd = List.of("job opened", "never seen", "writing output", "also new", "job closed");
        double alone;
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            alone = score(scorer, odd);
            assertThat(score(scorer, odd)).isEqualTo(alone);
        }
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            double first = score(scorer, List.of("also new", "job opened"));
            assertThat(score(scorer, odd)).isEqualTo(alone);
            assertThat(score(scorer, List.of("also new", "job opened"))).isEqualTo(first);
        }
    }

    @Test
    void whatIsPrecomputedOrForgottenChangesNoBit() {
        List<List<float[]>> sessions = randomSessions(40);
        List<List<Double>> expected;
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            expected = sessions.stream()
                    .map(session -> runningScores(scorer, session))
                    .toList();
        }
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            scorer.precompute(sessions.stream()
                    .map(session -> new PendingMessages(List.of(), true, session))
                    .toList());
            long computed = scorer.liveComputed();
            assertThat(sessions.stream()
                            .map(session -> runningScores(scorer, session))
                            .toList())
                    .isEqualTo(expected);
            long all = scorer.liveComputed();
            scorer.precompute(sessions.stream()
                    .map(session ->
                            new PendingMessages(session.subList(0, 2), true, session.subList(2, session.size())))
                    .toList());
            assertThat(scorer.liveComputed()).as("they are known already").isEqualTo(all);
            assertThat(computed).isPositive();
            assertThat(scorer.liveMessages()).isPositive();

            scorer.forgetLive();
            assertThat(scorer.liveMessages()).isZero();
            assertThat(sessions.stream()
                            .map(session -> runningScores(scorer, session))
                            .toList())
                    .isEqualTo(expected);
            assertThat(scorer.liveComputed()).isGreaterThan(computed);
        }
    }

    @Test
    void aStateTakesItsMessagesAlongWhenOthersAreForgotten() {
        for (List<float[]> session : randomSessions(20)) {
            try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
                double expected = scorer.score(session).value();
                SessionState state = scorer.begin();
                for (float[] vector : session) {
                    double unused = state.add(vector, () -> "a text");
                    scorer.forgetLive();
                }
                assertThat(state.end().value()).isEqualTo(expected);
                assertThat(scorer.liveMessages()).isZero();
            }
        }
    }

    @Test
    void sixtyFourThreadsScoreAsOne() throws Exception {
        List<List<float[]>> sessions = randomSessions(30);
        List<List<Double>> expected;
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            expected = sessions.stream()
                    .map(session -> runningScores(scorer, session))
                    .toList();
        }
        ExecutorService pool = Executors.newFixedThreadPool(64);
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            CyclicBarrier together = new CyclicBarrier(64);
            List<Future<List<List<Double>>>> results = new ArrayList<>();
            for (int thread = 0; thread < 64; thread++) {
                int begin = thread % sessions.size();
                results.add(pool.submit(() -> {
                    together.await();
                    List<List<Double>> scores = new ArrayList<>(Collections.nCopies(sessions.size(), List.of()));
                    for (int i = 0; i < sessions.size(); i++) {
                        int session = (begin + i) % sessions.size();
                        scores.set(session, runningScores(scorer, sessions.get(session)));
                    }
                    return scores;
                }));
            }
            for (Future<List<List<Double>>> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<List<float[]>> randomSessions(int count) {
        Random random = new Random(3);
        List<String> texts = List.of(
                "job opened", "reading input", "writing output", "job closed", "disk on fire", "never seen", "odd");
        List<List<float[]>> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<float[]> session = new ArrayList<>();
            for (int step = 0; step < 3 + i % 12; step++) {
                session.add(TrainedOnSmallData.vector(texts.get(random.nextInt(texts.size()))));
            }
            sessions.add(session);
        }
        return sessions;
    }

    /** The score after each message, and at the end. */
    private static List<Double> runningScores(SessionScorer scorer, List<float[]> session) {
        SessionState state = scorer.begin();
        List<Double> scores = new ArrayList<>();
        session.forEach(vector -> scores.add(state.add(vector)));
        scores.add(state.end().value());
        return scores;
    }

    @Test
    void everyStepOfASessionIsExplainedInBothViews() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            SessionScore score = scorer.score(TrainedOnSmallData.session(TrainedOnSmallData.NORMAL));
            assertThat(steps(score, View.ORDER)).containsExactly(0, 1, 2, 3, 4);
            assertThat(steps(score, View.CONTENT)).as("the end too").containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
            assertThat(score.steps())
                    .allSatisfy(step -> assertThat(step.nats()).isBetween(0.0, (double) TrainingMessages.MAX_NATS));
        }
    }

    private static List<Integer> steps(SessionScore score, View view) {
        return score.steps().stream()
                .filter(step -> step.view() == view)
                .map(StepSurprise::step)
                .toList();
    }

    @Test
    void anUnknownMessageIsAtOnceHeldAgainstItsSession() {
        try (SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            SessionState session = scorer.begin();
            TrainedOnSmallData.session(List.of("job opened", "reading input")).forEach(session::add);
            double before = session.running();
            double after = session.add(TrainedOnSmallData.vector("disk on fire"));
            assertThat(after).isGreaterThan(before + 1);
            assertThat(session.end().value()).isGreaterThanOrEqualTo(after);
        }
    }

    @Test
    void aChangedFileIsRefused(@TempDir Path copy) throws IOException {
        for (String name : List.of("detector.h5", "session_detector.h5", "known_vectors.npy", "metadata.json")) {
            Files.copy(detector.resolveSibling(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(copy.resolve("session_detector.h5"), new byte[] {0}, StandardOpenOption.APPEND);
        assertThatThrownBy(() -> SessionScorer.open(copy.resolve("detector.h5"), Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("session_detector.h5")
                .hasMessageContaining("SHA-256");
    }

    @Test
    void aDetectorWithoutItsMetadataIsRefused(@TempDir Path copy) throws IOException {
        Files.copy(detector, copy.resolve("detector.h5"));
        assertThatThrownBy(() -> SessionScorer.open(copy.resolve("detector.h5"), Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("metadata.json");
    }

    @Test
    void theSameSeedGivesTheSameModelToTheBit(@TempDir Path other) throws IOException {
        PreparedData unused =
                TrainedOnSmallData.prepare(other, TrainedOnSmallData.lines(300, TrainedOnSmallData.NORMAL), true);
        Path again = TrainedOnSmallData.train(other);
        try (SessionScorer one = SessionScorer.open(detector, Device.CPU);
                SessionScorer two = SessionScorer.open(again, Device.CPU)) {
            List<String> odd = List.of("job opened", "writing output", "job closed");
            assertThat(score(two, odd)).isEqualTo(score(one, odd));
        }
    }

    @Test
    void theHandleScoresWindowsOfTheTrainedDetector() {
        try (BidirectionalLstmAnomalyDetectorHandle handle = BidirectionalLstmAnomalyDetectorHandle.open(detector)) {
            float[][] normal = TrainedOnSmallData.session(TrainedOnSmallData.NORMAL.subList(0, 4))
                    .toArray(float[][]::new);
            float[][] odd = TrainedOnSmallData.session(List.of("job closed", "job closed", "job opened", "job opened"))
                    .toArray(float[][]::new);
            assertThat(handle.sequenceLength()).isEqualTo(4);
            assertThat(handle.dimension()).isEqualTo(TrainedOnSmallData.DIMENSION);
            assertThat(handle.anomalyScore(odd)).isGreaterThan(handle.anomalyScore(normal));
            assertThat(handle.batchScore(new float[][][] {odd, normal}))
                    .containsExactly(handle.anomalyScore(odd), handle.anomalyScore(normal));
            assertThatThrownBy(() -> handle.anomalyScore(new float[3][TrainedOnSmallData.DIMENSION]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[4, 16]");
        }
    }

    @Test
    void aClosedHandleSaysSo() {
        BidirectionalLstmAnomalyDetectorHandle handle = BidirectionalLstmAnomalyDetectorHandle.open(detector);
        handle.close();
        assertThatThrownBy(() -> handle.anomalyScore(new float[4][TrainedOnSmallData.DIMENSION]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void streamsAreScoredLineByLineTheSameInAFileAndLive(@TempDir Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.addAll(List.of("tick", "poll queue", "queue is empty"));
        }
        PreparedData prepared = TrainedOnSmallData.prepare(folder, lines, false);
        Path trained = TrainedOnSmallData.train(folder);
        try (SessionScorer scorer = SessionScorer.open(trained, Device.CPU);
                VectorTable table = new VectorTable(TrainedOnSmallData.DIMENSION);
                EncodedSessions streams = EncodedSessions.read(
                        folder.resolve("encoded_dataset/test_encoded.pkl"),
                        prepared,
                        Split.TEST,
                        table,
                        RunContext.quiet())) {
            double[] inFile = scorer.detector().views().scoreAll(streams, table, RunContext.quiet());
            StreamState live = scorer.beginStream();
            double[] oneByOne = new double[inFile.length];
            streams.forEach(stream -> {
                for (int i = 0; i < stream.length(); i++) {
                    oneByOne[i] = live.add(table.vector(stream.id(i)));
                }
            });
            assertThat(oneByOne).hasSize(120).containsExactly(inFile);
            float[] unknown = TrainedOnSmallData.vector("queue exploded");
            for (String level : List.of("INFO", "WARN", "FATAL")) {
                assertThat(live.add(unknown, level))
                        .isGreaterThan(scorer.threshold().value());
            }
            double warning = live.add(unknown, "WARN");
            double error = live.add(unknown, "ERROR");
            assertThat(live.add(unknown)).isEqualTo(warning);
            assertThat(live.add(unknown, null, () -> "queue exploded")).isEqualTo(warning);
            assertThat(live.add(unknown, null, () -> "queue failed")).isEqualTo(error);
            assertThat(error).isGreaterThan(warning).isEqualTo(scorer.largestScore());
            assertThatThrownBy(scorer::begin).isInstanceOf(ModelException.class).hasMessageContaining("streams");
        }
    }

    @Test
    void aLineOutOfOrderIsSeenOnceValidationIsLongEnoughToShowThatTheOrderHolds(@TempDir Path folder)
            throws IOException {
        List<String> usual = List.of("tick", "poll queue", "queue is empty");
        for (int turns : new int[] {200, 5_000}) {
            try (SessionScorer scorer = stream(folder.resolve(turns + " turns"), turns, usual, List.of())) {
                StreamState live = scorer.beginStream();
                // Too few lines before it to expect anything.
                assertThat(live.add(TrainedOnSmallData.vector("poll queue"))).isLessThan(2);
                for (int i = 0; i < 5; i++) {
                    live.add(TrainedOnSmallData.vector("tick"));
                    live.add(TrainedOnSmallData.vector("poll queue"));
                    double normal = live.add(TrainedOnSmallData.vector("queue is empty"));
                    assertThat(normal).isLessThan(1.2);
                }
                double swapped = live.add(TrainedOnSmallData.vector("poll queue"));
                double threshold = scorer.threshold().value();
                double remark = live.add(TrainedOnSmallData.vector("something else"), "INFO");
                if (turns == 200) {
                    assertThat(swapped).isLessThan(2);
                } else {
                    assertThat(swapped).isGreaterThan(threshold).isLessThan(remark);
                }
            }
        }
    }

    @Test
    void everyLineOfABurstOfAnUnknownMessageScoresAlikeAndKnownOnesAfterItStayNormal(@TempDir Path folder)
            throws IOException {
        try (SessionScorer scorer = stream(folder, 200, List.of("tick", "poll queue", "queue is empty"), List.of())) {
            StreamState live = scorer.beginStream();
            double first = live.add(TrainedOnSmallData.vector("disk failed"));
            assertThat(first).isGreaterThan(scorer.threshold().value());
            for (int i = 0; i < 50; i++) {
                assertThat(live.add(TrainedOnSmallData.vector("disk failed"))).isEqualTo(first);
            }
            LineScores lines = scorer.detector().views().lines().orElseThrow();
            double threshold = scorer.threshold().value();
            assertThat(lines.unreachable(threshold)).isEmpty();
            assertThat(lines.unreachable(threshold + 1.5).orElseThrow())
                    .isEqualTo("new remarks can no longer raise an alarm; new errors and strong evidence still do");
            assertThat(lines.unreachable(lines.mostSensible()).orElseThrow()).doesNotStartWith("new errors");
            assertThat(lines.unreachable(lines.largest()).orElseThrow())
                    .endsWith("new errors can no longer raise an alarm; strong evidence still does");
            for (String message : List.of("tick", "poll queue", "queue is empty")) {
                assertThat(live.add(TrainedOnSmallData.vector(message)))
                        .isLessThan(scorer.threshold().value());
            }
        }
    }

    @Test
    void whatValidationSaidIsNotNewAnyMoreAndALogThatOftenSaysNewThingsIsNotAlarmedByOneMore(@TempDir Path folder)
            throws IOException {
        List<String> usual = List.of("tick", "poll queue", "queue is empty");
        List<String> late = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            late.add("report " + (char) ('a' + i % 26) + (char) ('a' + i / 26));
        }
        double quiet;
        try (SessionScorer scorer = stream(folder.resolve("quiet"), 200, usual, List.of())) {
            quiet = scorer.beginStream().add(TrainedOnSmallData.vector("something else"));
        }
        try (SessionScorer scorer = stream(folder.resolve("talkative"), 200, usual, late)) {
            StreamState live = scorer.beginStream();
            double threshold = scorer.threshold().value();
            double another = live.add(TrainedOnSmallData.vector("something else"));
            assertThat(another).isLessThan(threshold).isLessThan(quiet);
            assertThat(live.add(TrainedOnSmallData.vector("something else"), "ERROR"))
                    .isGreaterThan(threshold);
            assertThat(live.add(TrainedOnSmallData.vector("report aa"))).isLessThan(another);
        }
    }

    /** A detector of a stream of {@code turns} times the usual lines; {@code late} come in its validation part. */
    private static SessionScorer stream(Path folder, int turns, List<String> usual, List<String> late)
            throws IOException {
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            lines.addAll(usual);
        }
        lines.addAll(turns * usual.size() * 7 / 10, late);
        PreparedData unused = TrainedOnSmallData.prepare(folder, lines, false);
        return SessionScorer.open(TrainedOnSmallData.train(folder), Device.CPU);
    }

    private static double score(SessionScorer scorer, List<String> steps) {
        return scorer.score(TrainedOnSmallData.session(steps)).value();
    }

    private static double largestOrderSurprise(SessionScorer scorer, List<String> steps) {
        return scorer.score(TrainedOnSmallData.session(steps)).steps().stream()
                .filter(step -> step.view() == View.ORDER)
                .mapToDouble(StepSurprise::nats)
                .max()
                .orElseThrow();
    }
}
