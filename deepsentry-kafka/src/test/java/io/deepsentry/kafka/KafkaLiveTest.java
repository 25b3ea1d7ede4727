package io.deepsentry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.LiveMetrics;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.LiveSummary;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.AlertTopic;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Live on a real broker, with small models that are trained once. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class KafkaLiveTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Path folder;
    private final LocalBroker broker;
    private int runs;

    KafkaLiveTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Transfers.train(folder);
        broker = new LocalBroker(Files.createDirectory(folder.resolve("broker")));
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @Test
    void givesTheAlertsOfAFileWithTheSameLines() throws Exception {
        List<String> lines = Transfers.log(2, 120, true);
        List<String> expected = ofFile(lines);
        assertThat(expected).hasSizeGreaterThan(5);
        broker.topic("plain", 1);
        broker.topic("plain-alerts", 2);
        broker.send("plain", 1, lines);

        Map<String, String> flags = flags("plain");
        flags.put("alert_topic", "plain-alerts");
        flags.put("until_end", "true");
        LiveSummary summary = run(flags);

        assertThat(summary.identified().messages()).isEqualTo(lines.size());
        assertThat(summary.input().read().malformed()).isZero();
        assertThat(what(file(flags))).containsExactlyElementsOf(expected);
        assertThat(what(broker.values("plain-alerts"))).containsExactlyInAnyOrderElementsOf(expected);
        fitSchema(broker.values("plain-alerts"));
    }

    @Test
    void losesNothingAndRepeatsNothingHoweverOftenItIsKilled() throws Exception {
        List<String> lines = Transfers.log(3, 150, true);
        broker.topic("killed", 3);
        broker.topic("killed-alerts", 1);
        Map<String, String> flags = flags("killed");
        flags.put("alert_topic", "killed-alerts");
        flags.put("group", "killed");
        flags.put("batch_interval", "0");
        flags.put("checkpoint_dir", folder.resolve("killed").toString());
        Random random = new Random(4);
        int at = 0;
        for (int kill = 1; kill <= 2; kill++) {
            Process process = LiveProcess.start(folder, flags);
            int seen = alerts(flags);
            int until = lines.size() * kill / 3;
            while (at < until) {
                int next = Math.min(until, at + 40);
                broker.send("killed", 3, lines.subList(at, next));
                at = next;
            }
            await().atMost(LONG).until(() -> alerts(flags) > seen);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(50));
            process.destroyForcibly().waitFor();
        }
        broker.send("killed", 3, lines.subList(at, lines.size()));
        flags.put("until_end", "true");
        LiveSummary summary = run(flags);

        List<String> expected = ofFile(lines);
        assertThat(summary.identified().messages()).isEqualTo(lines.size());
        assertThat(ofSessions(what(file(flags)))).containsExactlyInAnyOrderElementsOf(ofSessions(expected));
        assertThat(ofSessions(expected)).hasSizeGreaterThan(10);
        assertThat(ids(file(flags))).doesNotHaveDuplicates();
        assertThat(ids(broker.values("killed-alerts"))).containsExactlyInAnyOrderElementsOf(ids(file(flags)));
        assertThat(broker.offsets("killed").values().stream()
                        .mapToLong(each -> each)
                        .sum())
                .isEqualTo(lines.size());
    }

    @Test
    void waitsForABrokerThatIsAwayAndGoesOnWhenItIsBack() throws Exception {
        List<String> lines = Transfers.log(5, 80, true);
        try (LocalBroker own = new LocalBroker(Files.createDirectory(folder.resolve("own")))) {
            own.topic("away", 2);
            own.topic("away-alerts", 1);
            own.stop();
            Map<String, String> flags = flags("away");
            flags.put("kafka", own.bootstrap());
            flags.put("alert_topic", "away-alerts");
            flags.put("checkpoint_dir", folder.resolve("away").toString());
            try (Running running = new Running(flags)) {
                await().atMost(LONG).until(() -> running.unreachable());
                own.start();
                own.send("away", 2, lines.subList(0, lines.size() / 2));
                await().atMost(LONG).until(() -> running.judged() == lines.size() / 2);
                own.stop();
                await().atMost(LONG).until(() -> running.unreachable());
                own.start();
                own.send("away", 2, lines.subList(lines.size() / 2, lines.size()));
                await().atMost(LONG).until(() -> running.judged() == lines.size());
                assertThat(running.unreachable()).isFalse();
            }
            assertThat(what(file(flags))).isNotEmpty();
            assertThat(ids(own.values("away-alerts"))).containsExactlyInAnyOrderElementsOf(ids(file(flags)));
        }
    }

    @Test
    void sharesThePartitionsWithTheOtherMembersOfItsGroup() throws Exception {
        List<String> lines = Transfers.log(6, 150, true);
        broker.topic("shared", 4);
        List<Map<String, String>> members = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            Map<String, String> flags = flags("shared");
            flags.put("group", "sharing");
            flags.put("batch_interval", "0");
            flags.put("checkpoint_dir", folder.resolve("member-" + name).toString());
            members.add(flags);
        }
        int third = lines.size() / 3;
        int sent = third;
        Running one = new Running(members.get(0));
        Running two = null;
        try {
            broker.send("shared", 4, lines.subList(0, third));
            await().atMost(LONG).until(() -> one.judged() == third);
            Running second = new Running(members.get(1));
            two = second;
            await().atMost(LONG).until(() -> second.partitions() == 2 && one.partitions() == 2);
            broker.send("shared", 4, lines.subList(sent, lines.size()));
            await().atMost(LONG).until(() -> one.judged() + second.judged() >= lines.size());
            assertThat(second.judged()).isPositive();
            await().atMost(LONG).until(() -> one.lag() == 0 && second.lag() == 0);
            assertThat(one.gauges() + second.gauges()).isEqualTo(4);
        } finally {
            one.close();
            if (two != null) {
                two.close();
            }
        }

        List<String> seen = new ArrayList<>(one.lines);
        seen.addAll(two.lines);
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(
                        lines.stream().map(Transfers::message).toList());
        // Each begins again where its checkpoint is, and reads nothing twice.
        members.get(0).put("until_end", "true");
        try (Running again = new Running(members.get(0))) {
            LiveSummary unused = again.done();
            assertThat(again.lines).isEmpty();
        }
    }

    @Test
    void takesRecordsThatAreNoLinesForWhatTheyAre() throws Exception {
        List<String> lines = Transfers.log(7, 20, false);
        broker.topic("poison", 1);
        List<byte[]> values = new ArrayList<>();
        lines.subList(0, lines.size() / 2).forEach(line -> values.add(line.getBytes(UTF_8)));
        byte[] long2 = new byte[900_000];
        Arrays.fill(long2, (byte) 'x');
        values.addAll(Arrays.asList(
                null,
                new byte[0],
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0xc3, 40},
                "{\"message\":\"broken".getBytes(UTF_8),
                "{\"resourceLogs\":[{\"scopeLogs\":7}]}".getBytes(UTF_8),
                long2));
        lines.subList(lines.size() / 2, lines.size()).forEach(line -> values.add(line.getBytes(UTF_8)));
        broker.sendValues("poison", values);

        Map<String, String> flags = flags("poison");
        flags.put("until_end", "true");
        LiveSummary summary = run(flags);

        assertThat(summary.input().read().lines()).isEqualTo(values.size());
        assertThat(summary.input().read().blank()).isGreaterThanOrEqualTo(2);
        assertThat(summary.input().read().malformed()).isPositive();
        assertThat(summary.identified().messages()).isGreaterThanOrEqualTo(lines.size());
    }

    @Test
    void saysAtOnceWhichTopicsThereAreIfTheNamedOneIsNot() {
        Map<String, String> flags = flags("missing");
        assertThatThrownBy(() -> run(flags))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("topic missing does not exist at " + broker.bootstrap());
    }

    @Test
    void writesNoAlertTwiceAndLetsNoTwinWrite() throws Exception {
        broker.topic("twins", 1);
        BrokerSettings settings = new BrokerSettings(
                broker.bootstrap(), List.of(), null, null, RecordFormat.AUTO, "twins", folder.resolve("twin"));
        AlertTopic topic = AlertTopic.installed();
        try (AlertSink first = topic.open(settings);
                AlertSink second = topic.open(settings)) {
            first.write(alert("a"));
            assertThat(broker.values("twins")).isEmpty();
            first.commit();
            String mark = first.mark();
            first.write(alert("b"));
            first.write(alert("c"));
            first.commit();

            second.resume(mark);
            List.of("b", "c", "c", "d").forEach(id -> second.write(alert(id)));
            second.commit();

            assertThat(ids(broker.values("twins"))).containsExactly("a", "b", "c", "c", "d");
            first.write(alert("e"));
            assertThatThrownBy(first::commit)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("another run with the same checkpoint_dir writes to the alert topic twins");
            assertThat(broker.values("twins")).hasSize(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"PLAIN,plain.PlainLoginModule", "SCRAM-SHA-512,scram.ScramLoginModule"})
    void readsAndWritesOverTlsWithAPasswordAndNoMoreRightsThanDocumented(String mechanism, String module)
            throws Exception {
        List<String> lines = Transfers.log(8, 60, true);
        List<String> expected = ofFile(lines);
        String topic = "secured-" + mechanism;
        broker.topic(topic, 1);
        broker.topic(topic + "-alerts", 1);
        broker.permit(topic, topic + "-group", topic + "-alerts");
        broker.send(topic, 1, lines);

        Map<String, String> flags = secured(topic, mechanism, module, LocalBroker.PASSWORD);
        flags.put("group", topic + "-group");
        flags.put("alert_topic", topic + "-alerts");
        flags.put("until_end", "true");
        flags.put("checkpoint_dir", folder.resolve(topic).toString());
        LiveSummary summary = run(flags);

        assertThat(summary.identified().messages()).isEqualTo(lines.size());
        assertThat(what(file(flags))).isNotEmpty().isSubsetOf(expected);
        assertThat(ids(broker.values(topic + "-alerts"))).containsExactlyElementsOf(ids(file(flags)));
        assertThat(broker.offsets(topic + "-group").values()).containsExactly((long) lines.size());
    }

    @Test
    void saysAtOnceThatAPasswordACertificateOrARightIsWrong() throws Exception {
        broker.topic("forbidden", 1);
        broker.permit("others", "others", "others");
        Map<String, String> wrong =
                secured("forbidden", "SCRAM-SHA-512", "scram.ScramLoginModule", LocalBroker.PASSWORD + "x");
        assertThatThrownBy(() -> run(wrong))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("forbidden at " + broker.secured() + " cannot be read")
                .hasMessageContaining("Authentication failed")
                .hasMessageNotContaining(LocalBroker.PASSWORD);

        Map<String, String> unknown = secured("forbidden", "PLAIN", "plain.PlainLoginModule", LocalBroker.PASSWORD);
        Path properties = Path.of(unknown.get("kafka_properties"));
        Files.write(
                properties,
                Files.readAllLines(properties).stream()
                        .filter(line -> !line.startsWith("ssl."))
                        .toList());
        assertThatThrownBy(() -> run(unknown))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("SSL handshake failed");

        Map<String, String> mayNot = secured("forbidden", "PLAIN", "plain.PlainLoginModule", LocalBroker.PASSWORD);
        assertThatThrownBy(() -> run(mayNot))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("topic forbidden does not exist at " + broker.secured())
                .hasMessageContaining("or may not be read");
    }

    /** With a properties file as the documentation has it. */
    private Map<String, String> secured(String topic, String mechanism, String module, String password)
            throws IOException {
        Map<String, String> flags = flags(topic);
        flags.put("kafka", broker.secured());
        Path properties = Files.write(
                folder.resolve("client-" + runs + ".properties"),
                List.of(
                        "security.protocol=SASL_SSL",
                        "sasl.mechanism=" + mechanism,
                        "sasl.jaas.config=org.apache.kafka.common.security." + module + " required username=\""
                                + LocalBroker.USER + "\" password=\"" + password + "\";",
                        "ssl.truststore.location=" + broker.authority(),
                        "ssl.truststore.type=PEM"));
        flags.put("kafka_properties", properties.toString());
        return flags;
    }

    private static Alert alert(String id) {
        return new Alert(Instant.EPOCH, 2, 1, "message", List.of("message"), null, id, new Origin("log", 1, 0));
    }

    private static void fitSchema(List<String> alerts) throws IOException {
        JsonNode schema =
                JSON.readTree(Path.of("..", "docs", "alert.schema.json").toFile());
        for (String alert : alerts) {
            JsonNode json = JSON.readTree(alert);
            schema.path("required").forEach(name -> assertThat(json.has(name.asText()))
                    .as(name.asText())
                    .isTrue());
            json.properties().forEach(member -> {
                JsonNode type = schema.path("properties").path(member.getKey());
                assertThat(type.isMissingNode()).as(member.getKey()).isFalse();
                String kind = member.getValue().getNodeType().name().toLowerCase(Locale.ROOT);
                if (type.has("enum")) {
                    assertThat(type.path("enum")).contains(member.getValue());
                } else {
                    assertThat(type.path("type").toString().replace("integer", "number"))
                            .as(member.getKey())
                            .contains('"' + kind + '"');
                }
            });
        }
    }

    private Map<String, String> flags(String topic) {
        Map<String, String> flags = new HashMap<>();
        flags.put("kafka", broker.bootstrap());
        flags.put("topic", topic);
        flags.put("output_file", folder.resolve("alerts-" + ++runs + ".jsonl").toString());
        flags.put("alert_format", "json");
        flags.put("standard_output", "false");
        flags.put("session_end", "close transfer");
        flags.put("idle_timeout", "1000000");
        flags.put("renotify", "0");
        flags.put("max_alerts_per_minute", "10000");
        flags.put("from_start", "true");
        flags.put("alert_records", folder.resolve("records-" + runs + ".jsonl").toString());
        return flags;
    }

    private LiveSummary run(Map<String, String> flags) {
        return run(flags, new LiveRun(), new Cancellation());
    }

    private LiveSummary run(Map<String, String> flags, LiveRun run, Cancellation cancellation) {
        var settings = LiveProcess.settings(folder, flags);
        try (AlertSink sink = settings.outputs().open(Map.of(), LiveProcess.Nowhere.SINK)) {
            return LiveMonitor.run(settings, sink, end -> {}, run, new RunContext(Progress.none(), cancellation));
        }
    }

    /** What a file with these lines gives. */
    private List<String> ofFile(List<String> lines) throws IOException {
        Path log = Files.write(folder.resolve("log-" + runs + ".log"), lines);
        Map<String, String> flags = flags("none");
        flags.keySet().removeAll(List.of("kafka", "topic"));
        flags.put("log_file", log.toString());
        flags.put("until_end", "true");
        run(flags);
        return what(file(flags));
    }

    private static List<String> file(Map<String, String> flags) throws IOException {
        Path file = Path.of(flags.get("output_file"));
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static int alerts(Map<String, String> flags) throws IOException {
        return file(flags).size();
    }

    /**
     * Those of sessions: how many lines come when, and which fault is the first, depends on the order in which
     * partitions are read.
     */
    private static List<String> ofSessions(List<String> what) {
        return what.stream()
                .filter(alert -> !alert.startsWith("null "))
                .map(alert -> alert.substring(0, alert.lastIndexOf(' ')))
                .toList();
    }

    /** What alerts say, but for where the line was. */
    private static List<String> what(List<String> alerts) throws IOException {
        List<String> what = new ArrayList<>();
        for (String alert : alerts) {
            JsonNode json = JSON.readTree(alert);
            what.add(json.path("session").asText() + " " + json.path("score") + " "
                    + json.path("message").asText() + " "
                    + json.path("timestamp").asText() + " "
                    + json.path("status").asText());
        }
        return what;
    }

    private static List<String> ids(List<String> alerts) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String alert : alerts) {
            ids.add(JSON.readTree(alert).path("id").asText());
        }
        return ids;
    }

    /** A run on a thread of its own. */
    private final class Running implements AutoCloseable {
        private final LiveRun run = new LiveRun();
        private final Cancellation cancellation = new Cancellation();
        private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final CompletableFuture<LiveSummary> summary;
        private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

        Running(Map<String, String> flags) {
            LiveMetrics.bindRecords(registry, "logs", run);
            run.addListener(new LiveRun.Listener() {
                @Override
                public void judged(List<LogEvent> events, List<io.deepsentry.anomaly.threshold.Verdict> verdicts) {
                    events.forEach(event -> lines.add(event.message()));
                }
            });
            summary = CompletableFuture.supplyAsync(
                    () -> run(flags, run, cancellation), Executors.newSingleThreadExecutor());
        }

        int judged() {
            if (summary.isCompletedExceptionally()) {
                summary.join();
            }
            return lines.size();
        }

        boolean unreachable() {
            if (summary.isCompletedExceptionally()) {
                summary.join();
            }
            return run.snapshot() != null && run.snapshot().records().unreachable();
        }

        int partitions() {
            return run.snapshot() == null ? 0 : run.snapshot().records().lag().size();
        }

        private Collection<Gauge> lags() {
            return registry.find("deepsentry.kafka.lag")
                    .tag("topic", "shared")
                    .tagKeys("partition")
                    .gauges();
        }

        int gauges() {
            return lags().size();
        }

        double lag() {
            return lags().stream().mapToDouble(Gauge::value).sum();
        }

        LiveSummary done() {
            return summary.orTimeout(120, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            cancellation.cancel();
            LiveSummary unused = done();
        }
    }
}
