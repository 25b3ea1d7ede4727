package io.deepsentry.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.AlertRecord;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.CancelledException;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentryTest {
    private static final List<String> STEPS =
            List.of("order %d was created", "item added to order %d", "order %d is paid", "order %d has been shipped");

    private static Path sessions;
    private static Path streams;

    @BeforeAll
    static void train(@TempDir Path root) {
        sessions = root.resolve("sessions");
        streams = root.resolve("streams");
        small(Sentry.train(orders(150)).sessionKey("order (\\d+)"))
                .into(sessions)
                .close();
        small(Sentry.train(lines(300).stream())).into(streams).close();
    }

    private static SentryTraining small(SentryTraining training) {
        return training.epochs(4).device(Device.CPU).settings(all -> all.textTraining(text -> text.embeddingSize(8)
                        .encoderHiddenSize(16)
                        .encoderOutputSize(16)
                        .learningRate(0.01))
                .detectorTraining(
                        detector -> detector.lstmHiddenSize(8).sequenceLength(4).learningRate(0.01)));
    }

    private static List<String> orders(int count) {
        return IntStream.range(0, count)
                .boxed()
                .flatMap(order -> STEPS.stream().map(step -> String.format(step, order)))
                .toList();
    }

    private static List<String> order(int number) {
        return STEPS.stream().map(step -> String.format(step, number)).toList();
    }

    private static List<String> lines(int turns) {
        return IntStream.range(0, turns)
                .boxed()
                .flatMap(turn -> Stream.of("tick", "polling the queue", "queue has " + turn % 7 + " entries"))
                .toList();
    }

    private static List<String> with(List<String> messages, int at, String message) {
        List<String> changed = new ArrayList<>(messages);
        changed.add(at, message);
        return changed;
    }

    @Test
    void judgesWholeSessionsWithAReason() {
        try (Sentry sentry = Sentry.open(sessions)) {
            assertThat(sentry.judgesSessions()).isTrue();
            Verdict normal = sentry.judge(order(4711));
            assertThat(normal).isInstanceOf(Verdict.Normal.class);
            assertThat(normal.isAnomalous()).isFalse();
            assertThat(normal.explanation()).isEmpty();
            assertThat(normal.reason()).isEmpty();
            assertThat(normal.threshold()).isEqualTo(sentry.threshold().value());

            Verdict odd = sentry.judge(with(order(4711), 2, "disk of shard 9 is on fire"));
            assertThat(odd.isAnomalous()).isTrue();
            assertThat(odd.score()).isGreaterThan(odd.threshold());
            assertThat(odd.reason()).isEqualTo("training never saw this message");
            Explanation why = odd.explanation().orElseThrow();
            assertThat(why.placeText()).startsWith("message:");
            assertThat(why.step().line()).isEqualTo(3);
            assertThat(why.step().text()).isEqualTo("disk of shard 9 is on fire");
            assertThat(why).isSameAs(odd.explanation().orElseThrow());
        }
    }

    @Test
    void aSessionMessageByMessageEndsAsTheSameSessionJudgedWhole() {
        try (Sentry sentry = Sentry.open(sessions)) {
            for (List<String> messages :
                    List.of(order(1), with(order(2), 1, "disk of shard 9 is on fire"), order(3).subList(0, 2))) {
                SentrySession session = sentry.begin();
                boolean anomalous = false;
                for (String message : messages) {
                    Verdict soFar = session.add(message);
                    assertThat(soFar.isAnomalous() || !anomalous)
                            .as("once anomalous, it stays so")
                            .isTrue();
                    anomalous = soFar.isAnomalous();
                }
                assertThat(session.end()).isEqualTo(sentry.judge(messages));
            }
        }
    }

    @Test
    void aVerdictExplainsWhatItWasGivenForAfterMoreMessages() {
        try (Sentry sentry = Sentry.builder(sessions).threshold(0.5).open()) {
            SentrySession session = sentry.begin();
            Verdict first = session.add("disk of shard 9 is on fire");
            order(5).forEach(session::add);
            assertThat(first.explanation().orElseThrow().lines()).isEqualTo(1);
        }
        try (Sentry sentry = Sentry.open(streams)) {
            SentryStream stream = sentry.beginStream();
            lines(3).forEach(stream::add);
            Verdict odd = stream.add("disk of shard 9 is on fire", "ERROR");
            lines(3).forEach(stream::add);
            assertThat(odd.explanation().orElseThrow().step().text()).isEqualTo("disk of shard 9 is on fire");
        }
    }

    @Test
    void judgesLinesOfAStreamByTheMostAnomalousOne() {
        try (Sentry sentry = Sentry.open(streams)) {
            assertThat(sentry.judgesSessions()).isFalse();
            assertThat(sentry.judge(lines(4)).isAnomalous()).isFalse();
            Verdict odd = sentry.judge(with(lines(4), 5, "disk of shard 9 is on fire"));
            assertThat(odd.isAnomalous()).isTrue();
            assertThat(odd.explanation().orElseThrow().step().line()).isEqualTo(6);

            SentryStream stream = sentry.beginStream();
            Verdict last =
                    stream.add(new LogEvent(null, "tick", "INFO", null, new Origin("app.log", 1, 0), List.of(), null));
            assertThat(last.isAnomalous()).isFalse();
            assertThatThrownBy(sentry::begin)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("trained on streams, but is to score sessions");
        }
    }

    @Test
    void refusesMessagesThatAreNotThere() {
        try (Sentry sentry = Sentry.open(sessions)) {
            assertThatThrownBy(() -> sentry.judge(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("messages must hold at least one message, but is empty");
            SentrySession empty = sentry.begin();
            assertThatThrownBy(empty::end).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(sentry::beginStream)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("trained on sessions, but is to score streams");
        }
    }

    @Test
    void refusesAnEncoderAndADetectorThatDoNotBelongTogether(@TempDir Path folder) throws IOException {
        copy(sessions.resolve("text_autoencoder_model"), folder.resolve("text_autoencoder_model"));
        copy(streams.resolve("anomaly_trained_model"), folder.resolve("anomaly_trained_model"));
        Path encoder = folder.resolve("text_autoencoder_model/encoder.h5");
        assertThatThrownBy(() -> Sentry.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(ModelDirectory.digestOf(encoder))
                .hasMessageContaining(ModelDirectory.digestOf(streams.resolve("text_autoencoder_model/encoder.h5")))
                .hasMessageContaining(encoder.toString());
    }

    @Test
    void saysWhichFolderWasMeantWhereThereIsNone(@TempDir Path folder) {
        assertThatThrownBy(() -> Sentry.open(folder.resolve("nowhere")))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("there is no encoder.h5 in " + folder.resolve("nowhere/text_autoencoder_model"))
                .hasMessageContaining("name the data folder that deepsentry run wrote");
    }

    @Test
    void whatUsersAcknowledgedIsNormal(@TempDir Path folder) throws IOException {
        copy(sessions.resolve("text_autoencoder_model"), folder.resolve("text_autoencoder_model"));
        copy(sessions.resolve("anomaly_trained_model"), folder.resolve("anomaly_trained_model"));
        List<String> odd = with(order(4711), 2, "disk of shard 9 is on fire");
        Verdict before;
        try (Sentry sentry = Sentry.open(folder)) {
            before = sentry.judge(odd);
            Explanation why = before.explanation().orElseThrow();
            Feedback.acknowledge(
                    folder.resolve(Feedback.FILE),
                    new AlertRecord("a1", null, before.score(), why.reason(), why.oddSteps()),
                    null,
                    Instant.EPOCH);
        }
        try (Sentry sentry = Sentry.open(folder)) {
            assertThat(sentry.judge(odd)).isEqualTo(new Verdict.Normal(before.score(), before.threshold()));
            assertThat(sentry.judge(with(odd, 3, "reactor 4 melts")).isAnomalous())
                    .isTrue();
        }
    }

    @Test
    void manyThreadsGetTheVerdictsOfOne() {
        List<List<String>> cases = IntStream.range(0, 40)
                .mapToObj(
                        i -> i % 3 == 0 ? with(order(i), i % 4, "odd thing number " + (char) ('a' + i % 26)) : order(i))
                .toList();
        List<Verdict> expected;
        try (Sentry sentry = Sentry.open(sessions)) {
            expected = cases.stream().map(sentry::judge).toList();
        }
        try (Sentry sentry = Sentry.open(sessions)) {
            assertThat(cases.parallelStream().map(sentry::judge).toList()).isEqualTo(expected);
        }
    }

    @Test
    void aClosedOneSaysSo() {
        Sentry sentry = Sentry.open(sessions);
        sentry.close();
        assertThatThrownBy(() -> sentry.judge(List.of("a message it has not encoded yet")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void trainsOnEventsAndOnFilesAlike(@TempDir Path folder) throws IOException {
        List<String> messages = orders(60);
        List<LogEvent> events = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i);
            Origin origin = new Origin("orders.log", i + 1L, 0);
            events.add(new LogEvent(time, messages.get(i), "INFO", null, origin, List.of(), null));
            lines.add(String.format("260101 00%02d%02d %s", i / 60, i % 60, messages.get(i)));
        }
        Path log = Files.write(folder.resolve("orders.log"), lines);
        List<String> odd = with(order(7), 1, "disk of shard 9 is on fire");
        try (Sentry byEvents = small(Sentry.trainOnEvents(events).sessionKey("order (\\d+)"))
                        .into(folder.resolve("events"));
                Sentry byFiles = small(Sentry.trainOnFiles(log).sessionKey("order (\\d+)"))
                        .settings(all -> all.prepare(prepare -> prepare.format("utah")))
                        .into(folder.resolve("files"))) {
            assertThat(byEvents.judge(odd)).isEqualTo(byFiles.judge(odd));
            assertThat(byEvents.judge(order(8))).isEqualTo(byFiles.judge(order(8)));
        }
    }

    @Test
    void trainingReportsItsStagesAndStopsWhenItIsAskedTo(@TempDir Path folder) {
        ConcurrentLinkedQueue<String> stages = new ConcurrentLinkedQueue<>();
        Cancellation cancellation = new Cancellation();
        Progress progress = (what, total, unit) -> {
            stages.add(what);
            if (stages.size() == 2) {
                cancellation.cancel();
            }
            return Progress.none().begin(what, total, unit);
        };
        assertThatThrownBy(() -> small(Sentry.train(orders(200)))
                        .progress(progress)
                        .cancellation(cancellation)
                        .into(folder))
                .isInstanceOf(CancelledException.class);
        assertThat(stages).hasSizeGreaterThanOrEqualTo(2);
        assertThatThrownBy(() -> Sentry.train(List.of()).into(folder))
                .isInstanceOf(MissingDataException.class)
                .hasMessage("there is nothing to learn from: no message was given");
    }

    @Test
    void aHistoryFromWhichNothingCanBeLearnedIsRefusedBeforeTraining(@TempDir Path folder) {
        ConcurrentLinkedQueue<String> stages = new ConcurrentLinkedQueue<>();
        Progress progress = (what, total, unit) -> {
            stages.add(what);
            return Progress.none().begin(what, total, unit);
        };
        assertThatThrownBy(() -> Sentry.train(List.of("created", "paid", "sent"))
                        .progress(progress)
                        .into(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("there is nothing to learn: all of 2 training lines differ");
        assertThat(stages).noneMatch(stage -> stage.contains("train"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }
}
