package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.finding.FindingStatus;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.Redaction;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live on small models that are trained once. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class LiveMonitorTest {
    private final Path folder;
    private final TrainedModels sessions;
    private final TrainedModels stream;

    LiveMonitorTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.sessions = TrainedModels.ofSessions(Files.createDirectories(folder.resolve("sessions")));
        this.stream = TrainedModels.ofStream(Files.createDirectories(folder.resolve("stream")));
    }

    @Test
    void scoresTheSessionsOfAWholeFileAsTheBatchDoesToTheBit() throws IOException {
        Map<String, Double> expected = sessions.sessionScores(SessionKey.of(TrainedModels.SESSION_KEY));
        Found found = new Found();
        LiveRun run = new LiveRun();
        LiveSummary summary =
                LiveMonitor.run(whole(sessions, Map.of()), found, found.ends::add, run, RunContext.quiet());
        assertThat(found.scores()).isEqualTo(expected).hasSizeGreaterThan(100);
        assertThat(found.alerts).isNotEmpty();
        double threshold = found.alerts.get(0).threshold();
        long flagged =
                expected.values().stream().filter(score -> score > threshold).count();
        assertThat(run.findings().stream()
                        .mapToLong(finding -> finding.sessions().number())
                        .sum())
                .isEqualTo(flagged);
        assertThat(run.findings())
                .allSatisfy(finding -> assertThat(finding.status()).isEqualTo(FindingStatus.ENDED));
        // What is found in the log as a whole has no session.
        assertThat(run.findings().stream().filter(finding -> finding.sessions().number() > 0))
                .isNotEmpty()
                .allSatisfy(finding ->
                        assertThat(finding.count()).isEqualTo(finding.sessions().number()));
        assertThat(found.alerts.stream().filter(alert -> reason(alert) == Notification.Reason.NEW))
                .hasSize(run.findings().size());
        assertThat(summary.stopped()).isFalse();
        assertThat(summary.identified().alerts()).isEqualTo(found.alerts.size());
        assertThat(summary.identified().sessions()).isEqualTo(expected.size());
        assertThat(summary.input().read().events())
                .isEqualTo(Files.readAllLines(sessions.test()).size());
    }

    /** Lines that wait are read and masked by a thread beside the one that judges. */
    @Test
    void judgesABacklogToTheBitAsOneThreadDoes() throws IOException {
        Path log = folder.resolve("backlog.log");
        List<String> lines = Files.readAllLines(sessions.test());
        List<String> many = new ArrayList<>();
        for (int copy = 0; many.size() < 5 * DataStream.BATCH_SIZE; copy++) {
            String number = Integer.toString(copy);
            lines.forEach(line -> many.add(line.replaceAll(TrainedModels.SESSION_KEY, "$1" + number)));
            many.add(lines.get(0) + " password=hunter" + copy);
        }
        Files.write(log, many);
        List<Verdict> live = new ArrayList<>();
        List<Boolean> ahead = new ArrayList<>();
        LiveRun run = new LiveRun();
        run.addListener(new LiveRun.Listener() {
            @Override
            public void judged(List<LogEvent> events, List<Verdict> verdicts) {
                live.addAll(verdicts);
                ahead.add(Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> thread.getName().equals("deepsentry-reader")));
            }
        });
        Found found = new Found();
        LiveMonitor.run(
                whole(sessions, Map.of("log_file", log.toString())), found, found.ends::add, run, RunContext.quiet());

        List<Verdict> alone = new ArrayList<>();
        Found expected = new Found();
        try (LogReader reader = LogReader.builder()
                        .input(log)
                        .sessionKey(SessionKey.of(TrainedModels.SESSION_KEY))
                        .open();
                AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(sessions.encoder())
                        .anomalyModel(sessions.detector())
                        .idleTimeout(null)
                        .onSessionEnd(expected.ends::add)
                        .open()) {
            reader.forEach(event -> alone.add(identifier.check(event)));
            identifier.endSessions();
        }
        assertThat(live).isEqualTo(alone).hasSize(many.size());
        assertThat(found.scores()).isEqualTo(expected.scores()).isNotEmpty();
        assertThat(ahead).contains(true);
    }

    private static Notification.Reason reason(Alert alert) {
        return Objects.requireNonNull(alert.notification()).reason();
    }

    @Test
    void givesTheSameAlertsWhenALogIsFollowedInPiecesThroughRotations() throws IOException {
        Found whole = new Found();
        LiveMonitor.run(whole(sessions, Map.of()), whole, whole.ends::add, RunContext.quiet());

        Path log = folder.resolve("followed.log");
        byte[] bytes = Files.readAllBytes(sessions.test());
        Random random = new Random(5);
        SteppedClock pace = new SteppedClock();
        Cancellation cancellation = new Cancellation();
        int at = 0;
        long millis = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(2000));
            byte[] piece = Arrays.copyOfRange(bytes, at, at + length);
            at += length;
            millis += 400;
            boolean endsLine = piece[length - 1] == '\n';
            pace.at(Duration.ofMillis(millis), () -> append(log, piece));
            if (endsLine && random.nextBoolean()) {
                millis += 400;
                pace.at(Duration.ofMillis(millis), () -> rotate(log));
            }
        }
        pace.at(Duration.ofMillis(millis + 60_000), cancellation::cancel);
        Found followed = new Found();
        LiveSettings settings = sessions.settings(Map.of("log_file", log.toString(), "idle_timeout", "100000"));
        LiveSummary summary = LiveMonitor.run(
                settings,
                followed,
                followed.ends::add,
                new LiveRun(),
                new RunContext(Progress.none(), cancellation),
                pace);
        assertThat(summary.stopped()).isTrue();
        assertThat(summary.input().read().events())
                .isEqualTo(Files.readAllLines(sessions.test()).size());
        // Nothing ended: what only the end shows is not there, and everything else is.
        assertThat(followed.ends).isEmpty();
        assertThat(whole.alerts)
                .extracting(LiveMonitorTest::withoutPlace)
                .containsAll(followed.alerts.stream()
                        .filter(alert -> !saysThatNothingComes(alert))
                        .map(LiveMonitorTest::withoutPlace)
                        .toList());
        // Whoever reads a file to its end does not wait for more lines.
        assertThat(followed.alerts)
                .filteredOn(LiveMonitorTest::saysThatNothingComes)
                .hasSize(1);
    }

    @Test
    void judgesASessionWhenItsIdleTimeoutHasPassed() {
        Path log = folder.resolve("idle.log");
        SteppedClock pace = new SteppedClock();
        Cancellation cancellation = new Cancellation();
        pace.at(
                        Duration.ofSeconds(1),
                        () -> append(
                                log,
                                "2026-01-02T00:00:00Z open transfer tx_1 from 10.0.0.1\n"
                                        .getBytes(StandardCharsets.UTF_8)))
                .at(Duration.ofSeconds(100), cancellation::cancel);
        Found found = new Found();
        LiveSettings settings = sessions.settings(Map.of(
                "log_file",
                log.toString(),
                "session_key",
                TrainedModels.SESSION_KEY,
                "idle_timeout",
                "30",
                "threshold",
                "0"));
        LiveMonitor.run(
                settings, found, found.ends::add, new LiveRun(), new RunContext(Progress.none(), cancellation), pace);
        assertThat(found.ends).singleElement().satisfies(end -> {
            assertThat(end.ending()).isEqualTo(SessionVerdict.Ending.IDLE);
            assertThat(end.verdict()).isInstanceOf(Verdict.Anomalous.class);
        });
        assertThat(found.alerts)
                .extracting(Alert::message)
                .containsOnly("open transfer tx_1 from 10.0.0.1")
                .hasSize(2);
        assertThat(found.alerts)
                .filteredOn(LiveMonitorTest::saysThatNothingComes)
                .hasSize(1);
    }

    private static boolean saysThatNothingComes(Alert alert) {
        return Objects.requireNonNull(alert.explanation()).reason().startsWith("No lines since ");
    }

    @Test
    void announcesEachFormatOnceThatIsFoundInAnyInput() throws IOException {
        List<Path> logs = Stream.of("a.log", "b.log", "c.log", "d.log")
                .map(folder::resolve)
                .toList();
        for (Path log : logs) {
            Files.createFile(log);
        }
        SteppedClock pace = new SteppedClock();
        Cancellation cancellation = new Cancellation();
        lines(pace, 1, logs.get(0), "2026-03-02 08:00:0%d,125 [main] INFO org.example.App - saved cart");
        lines(pace, 1, logs.get(1), "2026-03-02T08:00:0%d.125000000Z stdout F saved cart");
        lines(pace, 20, logs.get(2), "2026-03-02 08:00:0%d,125 [main] INFO org.example.App - loaded user");
        lines(
                pace,
                40,
                logs.get(3),
                "{\"log\":\"saved cart\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-02T08:00:0%d.125Z\"}");
        pace.at(Duration.ofSeconds(60), cancellation::cancel);
        List<String> notes = new ArrayList<>();
        LiveSettings settings = stream.settings(
                Map.of("log_file", logs.stream().map(Path::toString).toList()));
        LiveMonitor.run(
                settings, new Found(), end -> {}, new LiveRun(), new RunContext(notedIn(notes), cancellation), pace);
        assertThat(notes)
                .extracting(note -> note.substring(0, note.indexOf(':')))
                .containsExactly("format 'logback'", "format 'cri/plain'", "format 'docker/plain'");
    }

    private static void lines(SteppedClock pace, int second, Path log, String pattern) {
        for (int i = 0; i < 9; i++) {
            byte[] line = (String.format(Locale.ROOT, pattern, i) + "\n").getBytes(StandardCharsets.UTF_8);
            pace.at(Duration.ofSeconds(second), () -> append(log, line));
        }
    }

    private static Progress notedIn(List<String> notes) {
        return (what, total, unit) -> new Progress.Stage() {
            @Override
            public void advance(long n) {}

            @Override
            public void note(String text) {
                notes.add(text);
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void givesEachAlertTheSameIdInEveryRun() {
        Found first = new Found();
        Found second = new Found();
        LiveMonitor.run(whole(sessions, Map.of()), first, first.ends::add, RunContext.quiet());
        LiveMonitor.run(whole(sessions, Map.of("batch_interval", "0")), second, second.ends::add, RunContext.quiet());
        assertThat(first.alerts).isEqualTo(second.alerts).isNotEmpty();
        assertThat(first.alerts).extracting(Alert::id).doesNotHaveDuplicates();
    }

    @Test
    void writesAlertsToTheOutputFile() throws IOException {
        Path output = folder.resolve("alerts/alerts.txt");
        LiveSummary summary =
                LiveMonitor.run(whole(sessions, Map.of("output_file", output.toString())), RunContext.quiet());
        List<Alert> read =
                Files.readAllLines(output).stream().map(RecordReader::read).toList();
        assertThat(read).hasSize((int) summary.identified().alerts()).isNotEmpty();
        assertThat(read).allSatisfy(alert -> {
            assertThat(alert.source().file()).isEqualTo(sessions.test().toString());
            assertThat(alert.contextWindow()).hasSizeLessThanOrEqualTo(10).contains(alert.message());
            assertThat(alert.session() == null ? "tx_" : alert.session()).startsWith("tx_");
        });
    }

    @Test
    void showsNoSecretOfASessionToTheProgramsOwnSinkAndListener() throws IOException {
        showsNoSecret(sessions);
    }

    @Test
    void showsNoSecretOfAStreamToTheProgramsOwnSinkAndListener() throws IOException {
        showsNoSecret(stream);
    }

    private void showsNoSecret(TrainedModels models) throws IOException {
        Path log = Files.createTempDirectory(folder, "secret").resolve("secret.log");
        Files.writeString(log, """
                2026-01-05T00:00:00Z login of tx_77 with password=correcthorse failed
                2026-01-05T00:00:01Z tx_77 sends token: 0123secret4567
                2026-01-05T00:00:02Z tx_77 sends Authorization: Bearer abcdefghijklmnop0123
                """);
        Found found = new Found();
        List<Alert> heard = new ArrayList<>();
        LiveRun run = new LiveRun();
        run.addListener(new LiveRun.Listener() {
            @Override
            public void alert(Alert alert) {
                heard.add(alert);
            }
        });
        LiveSettings settings = models.settings(Map.of(
                "log_file", log.toString(),
                "log_format", "<Time> <Content>",
                "tail_mode", "false",
                "threshold", "-1"));
        LiveMonitor.run(settings, found, found.ends::add, run, RunContext.quiet());
        assertThat(heard).isEqualTo(found.alerts).isNotEmpty();
        assertThat(found.alerts).allSatisfy(alert -> {
            assertThat(alert.message()).contains("<redacted>");
            assertThat(alert.contextWindow()).allMatch(message -> message.contains("<redacted>"));
            assertThat(alert.explanation()).isNotNull();
            assertThat(AlertFormat.JSON.write(alert))
                    .doesNotContain("correcthorse", "0123secret4567", "abcdefghijklmnop0123");
        });
    }

    @Test
    void aBudgetOfAlarmsLeavesRoomForNewErrors() {
        for (double budget : new double[] {1, 1e-9}) {
            try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                    .textEncoder(stream.encoder())
                    .anomalyModel(stream.detector())
                    .maxAlarmsPerDay(budget)
                    .open()) {
                Verdict verdict = identifier.check(new LogEvent(
                        Instant.parse("2026-01-03T00:00:00Z"),
                        "array offline, giving up",
                        "ERROR",
                        null,
                        new Origin("log", 1, 0),
                        List.of(),
                        null));
                assertThat(verdict).isInstanceOf(Verdict.Anomalous.class);
            }
        }
    }

    @Test
    void judgesMessagesOfSessionsAndLeavesThoseOfNoneOut() {
        List<SessionVerdict> ended = new ArrayList<>();
        try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                .textEncoder(sessions.folder().resolve("text_autoencoder_model"))
                .anomalyModel(sessions.folder().resolve("anomaly_trained_model"))
                .onSessionEnd(ended::add)
                .open()) {
            Verdict first = identifier.check("open transfer tx_5 from 10.0.0.1");
            assertThat(first.threshold()).isPositive();
            assertThat(identifier.check("nothing to do")).isEqualTo(new Verdict.Normal(0, first.threshold()));
            identifier.check("tx_5 meets tx_6");
            identifier.endSessions();
            assertThat(ended).extracting(SessionVerdict::session).containsExactly("tx_5", "tx_6");
            assertThat(identifier.stats().withoutKey()).isEqualTo(1);
            assertThat(identifier.stats().messages()).isEqualTo(3);
        }
    }

    @Test
    @SuppressWarnings("removal")
    void alertsAreRedactedAsTheFormerRedactionSays() {
        List<Alert> alerts = new ArrayList<>();
        try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                .textEncoder(sessions.encoder())
                .anomalyModel(sessions.detector())
                .threshold(-1.0)
                .redaction(Redaction.of(List.of(Redaction.Kind.EMAILS)))
                .onAlert(alerts::add)
                .open()) {
            identifier.check("open transfer tx_5 for bob@example.org password=hunter2");
            identifier.endSessions();
        }
        assertThat(alerts)
                .extracting(Alert::message)
                .containsExactly("open transfer tx_5 for <redacted> password=hunter2");
    }

    @Test
    void refusesModelsThatDoNotFit() {
        assertThatThrownBy(() -> AnomalyIdentifier.open(sessions.encoder(), stream.detector()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("text encoder");
        assertThatThrownBy(() -> AnomalyIdentifier.builder()
                        .textEncoder(stream.encoder())
                        .anomalyModel(stream.detector())
                        .sessionKey(SessionKey.of(TrainedModels.SESSION_KEY))
                        .open())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("session_key");
        assertThatThrownBy(() -> LiveMonitor.run(whole(stream, Map.of("session_end", "x")), RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("session_end");
        assertThatThrownBy(() -> AnomalyIdentifier.open(folder.resolve("none.h5"), sessions.detector()))
                .isInstanceOf(MissingDataException.class);
        assertThatThrownBy(() -> AnomalyIdentifier.open(sessions.encoder(), sessions.encoder()))
                .isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> LiveMonitor.run(whole(sessions, Map.of("sequence_length", "7")), RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("sequence_length");
    }

    @Test
    void refusesToBeUsedOnceClosed() {
        AnomalyIdentifier identifier = AnomalyIdentifier.open(stream.encoder(), stream.detector());
        identifier.close();
        identifier.close();
        assertThatThrownBy(() -> identifier.check("m")).hasMessageContaining("closed");
    }

    private static LiveSettings whole(TrainedModels models, Map<String, String> more) {
        Map<String, Object> flags = new HashMap<>(more);
        flags.putIfAbsent("log_file", models.test().toString());
        flags.put("from_start", "true");
        flags.put("until_end", "true");
        return models.settings(flags);
    }

    private static List<Object> withoutPlace(Alert alert) {
        return List.of(String.valueOf(alert.session()), alert.score(), alert.message(), alert.contextWindow());
    }

    private static void append(Path log, byte[] bytes) {
        try {
            Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rotate(Path log) {
        try {
            Files.move(log, log.resolveSibling("rotated.log"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Found implements AlertSink {
        private final List<Alert> alerts = new ArrayList<>();
        private final List<SessionVerdict> ends = new ArrayList<>();

        @Override
        public void write(Alert alert) {
            alerts.add(alert);
        }

        @Override
        public void close() {}

        Map<String, Double> scores() {
            Map<String, Double> scores = new HashMap<>();
            ends.forEach(end -> scores.put(end.session(), end.verdict().score()));
            return scores;
        }
    }
}
