package io.deepsentry.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.CancelledException;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
                    .hasMessage(
                            "begin() is for sessions, but the detector was trained on a log without a session key and"
                                    + " judges the lines of streams; call beginStream()");
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
                    .hasMessage(
                            "beginStream() is for lines without sessions, but the detector was trained on a log with"
                                    + " a session key and judges sessions; call begin()");
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
    void afterItIsClosedEveryCallSaysSo() {
        List<String> odd = with(order(4711), 2, "disk of shard 9 is on fire");
        Sentry sentry = Sentry.open(sessions);
        SentrySession session = sentry.begin();
        Verdict explained = sentry.judge(odd);
        Explanation why = explained.explanation().orElseThrow();
        Verdict unexplained = sentry.judge(odd);
        session.add(odd.get(0));
        sentry.close();
        sentry.close();
        List<ThrowingCallable> calls = List.of(
                () -> sentry.judge(odd),
                () -> sentry.judge(List.of("a message it has not encoded yet")),
                sentry::begin,
                sentry::beginStream,
                sentry::judgesSessions,
                sentry::threshold,
                () -> session.add(odd.get(0)),
                session::end,
                unexplained::explanation,
                unexplained::reason,
                () -> sentry.acknowledge(explained),
                () -> sentry.acknowledge(new Verdict.Normal(0, 1)));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the Sentry of " + sessions + " is closed; open the folder again"));
        assertThat(explained.explanation()).as("worked out before").containsSame(why);
        assertThat(sessions.resolve(Feedback.FILE)).doesNotExist();

        Sentry lines = Sentry.open(streams);
        SentryStream stream = lines.beginStream();
        Verdict line = stream.add("disk of shard 9 is on fire");
        lines.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> stream.add("tick"), line::reason)) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the Sentry of " + streams + " is closed; open the folder again");
        }
    }

    @Test
    void closingWaitsForCallsOfOtherThreadsAndRefusesTheNext() throws Exception {
        Sentry sentry = Sentry.open(sessions);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch underWay = new CountDownLatch(8);
            List<Future<String>> ends = IntStream.range(0, 4)
                    .mapToObj(thread -> threads.submit(() -> {
                        try {
                            for (int i = 0; ; i++) {
                                SentrySession session = sentry.begin();
                                session.add("odd thing number " + thread + " " + (char) ('a' + i % 26))
                                        .reason();
                                session.end().reason();
                                underWay.countDown();
                            }
                        } catch (IllegalStateException e) {
                            return String.valueOf(e.getMessage());
                        }
                    }))
                    .toList();
            underWay.await();
            sentry.close();
            for (Future<String> end : ends) {
                assertThat(end.get(60, TimeUnit.SECONDS))
                        .isEqualTo("the Sentry of " + sessions + " is closed; open the folder again");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anAcknowledgedVerdictIsNormalAtOnceAndAnomalousAgainOnceRevoked(@TempDir Path root) throws IOException {
        for (Path trained : List.of(sessions, streams)) {
            Path folder = root.resolve(trained.getFileName().toString());
            copy(trained.resolve("text_autoencoder_model"), folder.resolve("text_autoencoder_model"));
            copy(trained.resolve("anomaly_trained_model"), folder.resolve("anomaly_trained_model"));
            List<String> odd = with(trained.equals(sessions) ? order(4711) : lines(2), 2, "disk of shard 9 is on fire");
            List<String> odder = with(odd, 3, "reactor 4 melts");
            try (Sentry sentry = Sentry.open(folder);
                    Sentry other = Sentry.open(folder)) {
                Verdict verdict = sentry.judge(odd);
                assertThat(verdict.isAnomalous()).isTrue();

                FeedbackRecord record = sentry.acknowledge(verdict, "a fire drill");

                assertThat(record.comment()).isEqualTo("a fire drill");
                assertThat(record.reason()).isEqualTo(verdict.reason());
                assertThat(record.alert())
                        .matches("[0-9a-f]{16}")
                        .isEqualTo(other.acknowledge(other.judge(odd)).alert());
                assertThat(sentry.judge(odd)).isEqualTo(new Verdict.Normal(verdict.score(), verdict.threshold()));
                assertThat(sentry.judge(odder).isAnomalous()).isTrue();
                try (Sentry later = Sentry.open(folder)) {
                    assertThat(later.judge(odd).isAnomalous()).isFalse();
                }
                assertThat(Feedback.read(folder.resolve(Feedback.FILE)).records())
                        .containsExactly(record);

                assertThat(sentry.revoke(record).inForce()).isFalse();
                assertThat(sentry.judge(odd).isAnomalous()).isTrue();
                assertThatThrownBy(() -> sentry.revoke(record)).isInstanceOf(DataException.class);
            }
        }
    }

    @Test
    void onlyAnAnomalousVerdictIsAcknowledged() {
        try (Sentry sentry = Sentry.open(sessions)) {
            assertThatThrownBy(() -> sentry.acknowledge(sentry.judge(order(4711))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("verdict must be anomalous and come with an explanation to be acknowledged,"
                            + " but is Normal[score=");
            assertThatThrownBy(() -> sentry.acknowledge(new Verdict.Anomalous(3, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("but is Anomalous[score=3.0, threshold=2.0]");
        }
    }

    @Test
    void nullIsNamedByItsPlace(@TempDir Path folder) {
        try (Sentry sentry = Sentry.open(sessions);
                Sentry lines = Sentry.open(streams)) {
            Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
            calls.put("messages must not be null", () -> sentry.judge(none()));
            calls.put("messages[2] must not be null", () -> sentry.judge(Arrays.asList("a", "b", none(), "c")));
            calls.put("messages[0] must not be null", () -> lines.judge(Arrays.asList(none(), "c")));
            calls.put("message must not be null", () -> sentry.begin().add(SentryTest.<String>none()));
            calls.put("event must not be null", () -> lines.beginStream().add(SentryTest.<LogEvent>none()));
            calls.put("verdict must not be null", () -> sentry.acknowledge(none()));
            calls.put("history[1] must not be null", () -> Sentry.train(Arrays.asList("a", none()))
                    .into(folder));
            calls.put("logs[1] must not be null", () -> Sentry.trainOnFiles(folder, none()));
            calls.put("history must not be null", () -> Sentry.train(SentryTest.<List<String>>none()));
            calls.put("logs must not be null", () -> Sentry.trainOnFiles(SentryTest.<Path[]>none()));
            calls.put("folder must not be null", () -> Sentry.train(orders(1)).into(none()));
            calls.forEach((message, call) -> assertThatThrownBy(call)
                    .as(message)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage(message));
            assertThatThrownBy(() -> Sentry.open(none()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("folder must not be null");
            assertThatThrownBy(Sentry::trainOnFiles)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("logs must name at least one file, but is empty");
            assertThatThrownBy(() -> lines.beginStream().add(SentryTest.<String>none()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("message must not be null");
            assertThatThrownBy(() -> Sentry.trainOnEvents(Arrays.asList(SentryTest.<LogEvent>none()))
                            .into(folder))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("history[0] must not be null");
        }
    }

    /** Null, as code that is not checked for it may give it. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    @Test
    void refusesThresholdsAndBudgetsThatCannotBe() {
        for (double wrong : new double[] {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Sentry.builder(sessions).threshold(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("threshold must be a finite number of at least 0, but was " + wrong);
        }
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Sentry.builder(sessions).maxAlarmsPerDay(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxAlarmsPerDay must be a finite number above 0, but was " + wrong);
        }
        try (Sentry sentry = Sentry.builder(sessions).threshold(0).open()) {
            assertThat(sentry.threshold().value()).isZero();
        }
        assertThatThrownBy(() -> Sentry.builder(sessions).maxAlarmsPerDay(2).open())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "without times; give a threshold instead, or train on a log, or on events, with times");
    }

    @Test
    void aBudgetOfAlarmsThatTheHistoryCannotGiveIsRefusedBeforeTraining(@TempDir Path folder) {
        List<String> begun = new ArrayList<>();
        Progress progress = (what, total, unit) -> {
            begun.add(what);
            return Progress.none().begin(what, total, unit);
        };
        assertThatThrownBy(() -> Sentry.train(orders(150))
                        .maxAlarmsPerDay(2)
                        .progress(progress)
                        .into(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessage("max_alarms_per_day needs history with times, but messages have none; train on events or"
                        + " files, or give a threshold");
        assertThat(begun).isEmpty();
        for (List<LogEvent> history : List.of(events(150, false), events(90, true))) {
            begun.clear();
            assertThatThrownBy(() -> Sentry.trainOnEvents(history)
                            .sessionKey("order (\\d+)")
                            .maxAlarmsPerDay(2)
                            .progress(progress)
                            .into(folder))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("max_alarms_per_day needs 20 or more validation cases with times");
            assertThat(begun)
                    .containsExactly("looking for sessions", "masking and splitting", "telling messages apart");
        }
        assertThatThrownBy(() -> Sentry.trainOnEvents(events(150, true))
                        .settings(all -> all.evaluation(
                                evaluation -> evaluation.threshold(3.0).maxAlarmsPerDay(2.0)))
                        .into(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("threshold (3.0) and max_alarms_per_day (2.0) exclude each other");
    }

    @Test
    void aTrainingOpensWithTheBudgetOfAlarmsItWasGiven(@TempDir Path folder) {
        SentryTraining training = Sentry.trainOnEvents(events(100, true))
                .sessionKey("order (\\d+)")
                .maxAlarmsPerDay(2);
        try (Sentry sentry = small(training).into(folder)) {
            assertThat(sentry.threshold().method()).startsWith("at most 2.0 false alarms a day");
        }
    }

    private static List<LogEvent> events(int orders, boolean timed) {
        List<LogEvent> events = new ArrayList<>();
        for (String message : orders(orders)) {
            Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60L * events.size());
            Origin origin = new Origin("orders.log", events.size() + 1L, 0);
            events.add(new LogEvent(timed ? time : null, message, "INFO", null, origin, List.of(), null));
        }
        return events;
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedBeforeTheHistoryIsRead(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        Iterable<String> unread = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new AssertionError("the history was read");
            }

            @Override
            public String next() {
                throw new AssertionError("the history was read");
            }
        };
        for (Path target : List.of(file, file.resolve("below"), file.resolve("far/below"))) {
            assertThatThrownBy(() -> Sentry.train(unread).into(target))
                    .as(target.toString())
                    .isInstanceOf(DataException.class)
                    .hasMessage(target + " cannot be written: " + file
                            + " is a file, but a folder is needed there; choose another folder");
        }
        assertThat(file).hasContent("not a folder");
    }

    @Test
    void whatIsLearnedFromCodeNamesNoFile() {
        assertThat(PreparedData.open(sessions.resolve("prepared_data")).meta().inputs())
                .isEmpty();
    }

    @Test
    void aSessionKeyThatNoMessageHasIsShownWithAMessage(@TempDir Path folder) {
        assertThatThrownBy(() ->
                        Sentry.train(orders(3)).sessionKey("request (\\d+)").into(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "session_key 'request (\\d+)' must match the messages given, but matches none of 12, of which"
                                + " the first is \"order 0 was created\"; give an expression whose group finds the key in"
                                + " a message, or none, to judge the lines of a stream");
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
            for (String file : List.of("train.txt", "val.txt", "vocab.pkl")) {
                assertThat(folder.resolve("events/prepared_data/" + file))
                        .hasSameBinaryContentAs(folder.resolve("files/prepared_data/" + file));
            }
            // Under load, two trainings on the same data may differ in the last bits of their sums.
            for (List<String> session : List.of(odd, order(8))) {
                Verdict one = byEvents.judge(session);
                Verdict other = byFiles.judge(session);
                assertThat(one.isAnomalous()).isEqualTo(other.isAnomalous());
                assertThat(one.score()).isCloseTo(other.score(), within(0.5));
            }
            assertThat(byEvents.judge(odd).isAnomalous()).isTrue();
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
                .hasMessage("there is nothing to learn from: no message was passed");
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

    @Test
    void anErrorOfUnknownWordsIsNewThoughRemarksOfUnknownWordsCame(@TempDir Path folder) {
        List<String> kinds = List.of("tick", "polling the queue", "queue is empty");
        List<String> remarks = List.of("gadget calibrated quietly", "window washed gently", "roof painted green");
        List<LogEvent> history = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            boolean remark = i > 800 && i % 30 == 0;
            history.add(levelled(i, remark ? remarks.get(i / 30 % 3) : kinds.get(i % 3), "INFO"));
        }
        try (Sentry sentry = small(Sentry.trainOnEvents(history)).into(folder)) {
            SentryStream stream = sentry.beginStream();
            for (int i = 0; i < 8; i++) {
                stream.add(kinds.get(i % 3), "INFO");
            }
            assertThat(stream.add("fence mended again", "INFO").isAnomalous()).isFalse();
            Verdict error = stream.add("reactor overheated badly", "ERROR");
            assertThat(error.isAnomalous()).isTrue();
            assertThat(error.explanation().orElseThrow().message()).isEqualTo("ERROR reactor overheated badly");
        }
    }

    private static LogEvent levelled(int second, String message, String level) {
        Instant time = Instant.EPOCH.plusSeconds(second);
        return new LogEvent(time, message, level, null, new Origin("log", second + 1, second), List.of(), null);
    }

    @Test
    void aSessionOfEventsIsJudgedByTheirLevels(@TempDir Path folder) {
        List<LogEvent> history = new ArrayList<>();
        for (int order = 0; order < 150; order++) {
            for (String step : STEPS) {
                history.add(levelled(history.size(), String.format(step, order), "INFO"));
            }
        }
        SentryTraining training = small(Sentry.trainOnEvents(history)).sessionKey("order (\\d+)");
        try (Sentry sentry = training.into(folder)) {
            for (String level : List.of("INFO", "ERROR")) {
                SentrySession session = sentry.begin();
                for (String step : STEPS) {
                    session.add(levelled(1, String.format(step, 4711), step.contains("paid") ? level : "INFO"));
                }
                assertThat(session.end().isAnomalous()).as(level).isEqualTo(level.equals("ERROR"));
            }
        }
    }

    @Test
    void aLineOutsideOfSessionsIsJudgedBesideThem(@TempDir Path folder) {
        List<LogEvent> history = new ArrayList<>();
        for (int order = 0; order < 150; order++) {
            for (String step : STEPS) {
                history.add(levelled(history.size(), String.format(step, order), "INFO"));
            }
            history.add(levelled(history.size(), "cleaned the cache in " + order % 9 + " ms", "INFO"));
        }
        SentryTraining training = small(Sentry.trainOnEvents(history)).sessionKey("order (\\d+)");
        try (Sentry sentry = training.into(folder)) {
            assertThat(sentry.judgesLines()).isTrue();
            assertThat(sentry.judgeLine("cleaned the cache in 4711 ms", "INFO").isAnomalous())
                    .isFalse();
            Verdict full = sentry.judgeLine("no space left on device", "ERROR");
            assertThat(full.isAnomalous()).isTrue();
            assertThat(full.reason()).isEqualTo("training never saw this message");

            FeedbackRecord record = sentry.acknowledge(full);
            assertThat(sentry.judgeLine("no space left on device", "ERROR").isAnomalous())
                    .isFalse();
            sentry.revoke(record);
            assertThat(sentry.judgeLine("no space left on device", "ERROR").isAnomalous())
                    .isTrue();
        }
        try (Sentry sentry = Sentry.open(streams)) {
            assertThat(sentry.judgesLines()).isFalse();
            assertThatThrownBy(() -> sentry.judgeLine("no space left on device", "ERROR"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("beginStream()");
        }
    }
}
