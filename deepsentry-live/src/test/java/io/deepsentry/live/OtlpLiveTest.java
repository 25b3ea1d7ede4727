package io.deepsentry.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.StreamAlertSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs over OTLP to alerts, with small models that are trained once. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class OtlpLiveTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Path folder;
    private final TrainedModels models;
    private final List<String> lines;
    private int runs;

    OtlpLiveTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.models = TrainedModels.ofSessions(folder);
        this.lines = Files.readAllLines(models.test());
    }

    @Test
    void givesTheAlertsOfAFileForWhatTheSdkOfOpenTelemetryExports() throws Exception {
        int port = freePort();
        Map<String, String> flags = flags();
        flags.put("otlp_port", String.valueOf(port));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        OtlpHttpLogRecordExporter exporter = OtlpHttpLogRecordExporter.builder()
                .setEndpoint("http://127.0.0.1:" + port + "/v1/logs")
                .setCompression("gzip")
                .build();
        try (SdkLoggerProvider provider = SdkLoggerProvider.builder()
                .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter)
                        .setMaxQueueSize(10_000)
                        .build())
                .build()) {
            Logger logger = provider.get("shop.Transfers");
            until(lines.size(), flags, registry, () -> {
                for (String line : lines) {
                    logger.logRecordBuilder()
                            .setTimestamp(time(line))
                            .setSeverity(Severity.INFO)
                            .setBody(message(line))
                            .emit();
                }
            });
        }

        assertThat(ofSessions(flags)).hasSizeGreaterThan(5).isEqualTo(ofSessions(ofFile()));
        assertThat(registry.get("deepsentry.otlp.records").functionCounter().count())
                .isEqualTo(lines.size());
        assertThat(registry.get("deepsentry.otlp.requests.invalid")
                        .functionCounter()
                        .count())
                .isZero();
        JsonNode alert = JSON.readTree(alerts(flags).get(0));
        assertThat(alert.path("component").asText()).isEqualTo("shop.Transfers");
        assertThat(alert.path("severity").asText()).isEqualTo("INFO");
        assertThat(alert.path("source").asText()).startsWith("otlp:");
    }

    @Test
    void losesNothingAndRepeatsNothingHoweverOftenItIsKilled() throws Exception {
        int port = freePort();
        Map<String, String> flags = flags();
        flags.put("otlp_port", String.valueOf(port));
        flags.put("checkpoint_dir", folder.resolve("killed").toString());
        Random random = new Random(1);
        HttpClient http = HttpClient.newHttpClient();
        Process process = start(flags);
        try {
            for (int at = 0; at < lines.size(); at += 5) {
                byte[] body = export(lines.subList(at, Math.min(lines.size(), at + 5)));
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/logs"))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(10))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
                if (at % 200 == 100) {
                    Process victim = process;
                    CompletableFuture.delayedExecutor(random.nextInt(30), TimeUnit.MILLISECONDS)
                            .execute(victim::destroyForcibly);
                }
                while (!isTaken(http, request)) {
                    if (!process.isAlive()) {
                        process = start(flags);
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        } finally {
            process.destroy();
            process.waitFor();
        }

        assertThat(ofSessions(flags)).hasSizeGreaterThan(5).isEqualTo(ofSessions(ofFile()));
    }

    private static boolean isTaken(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            assertThat(status).isIn(200, 503);
            return status == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private Process start(Map<String, String> flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx400m",
                "-cp",
                System.getProperty("java.class.path"),
                OtlpLiveTest.class.getName(),
                folder.toString()));
        flags.forEach((key, value) -> command.add(key + "=" + value));
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** {@code live} as a process of its own, to be killed: the data folder, then settings as {@code key=value}. */
    public static void main(String[] args) {
        Map<String, String> flags = new HashMap<>();
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            flags.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        Cancellation cancellation = new Cancellation();
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            cancellation.cancel();
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        run(new TrainedModels(Path.of(args[0]), Path.of("none")), flags, new LiveRun(), cancellation);
    }

    private static LiveSummary run(
            TrainedModels models, Map<String, String> flags, LiveRun run, Cancellation cancellation) {
        LiveSettings settings = models.settings(flags);
        AlertSink nowhere = new StreamAlertSink(
                new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
                settings.outputs().format());
        try (AlertSink sink = settings.outputs().open(Map.of(), nowhere)) {
            return LiveMonitor.run(settings, sink, end -> {}, run, new RunContext(Progress.none(), cancellation));
        }
    }

    /** Runs until so many messages are judged. */
    private void until(int messages, Map<String, String> flags, SimpleMeterRegistry registry, Runnable begin) {
        Cancellation cancellation = new Cancellation();
        LiveRun run = new LiveRun();
        LiveMetrics.bindOtlp(registry, "test", run);
        CompletableFuture<LiveSummary> summary = CompletableFuture.supplyAsync(
                () -> run(models, flags, run, cancellation), Executors.newSingleThreadExecutor());
        await().atMost(LONG).until(() -> run.phase() == LiveRun.Phase.WATCHING || summary.isDone());
        begin.run();
        await().atMost(LONG).until(() -> summary.isDone() || judged(run) >= messages);
        cancellation.cancel();
        assertThat(summary.join().identified().messages()).isEqualTo(messages);
    }

    private static long judged(LiveRun run) {
        LiveRun.Snapshot seen = run.snapshot();
        return seen == null ? 0 : seen.identified().messages();
    }

    /** The flags of a run over a file with the same lines, which does not end with it. */
    private Map<String, String> ofFile() {
        Map<String, String> flags = flags();
        flags.put("log_file", models.test().toString());
        flags.put("from_start", "true");
        until(lines.size(), flags, new SimpleMeterRegistry(), () -> {});
        return flags;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new HashMap<>();
        flags.put("output_file", folder.resolve("alerts-" + ++runs + ".jsonl").toString());
        flags.put("alert_records", folder.resolve("records-" + runs + ".jsonl").toString());
        flags.put("alert_format", "json");
        flags.put("standard_output", "false");
        flags.put("session_end", "close transfer");
        flags.put("idle_timeout", "1000000");
        flags.put("renotify", "0");
        flags.put("max_alerts_per_minute", "10000");
        flags.put("batch_interval", "0.1");
        return flags;
    }

    private static List<String> alerts(Map<String, String> flags) throws IOException {
        return Files.readAllLines(Path.of(Objects.requireNonNull(flags.get("output_file"))));
    }

    /** The alerts of sessions, without what tells where their lines came from. */
    private static List<String> ofSessions(Map<String, String> flags) throws IOException {
        List<String> found = new ArrayList<>();
        for (String line : alerts(flags)) {
            JsonNode alert = JSON.readTree(line);
            if (alert.path("session").isTextual()) {
                found.add(alert.path("session").asText() + " " + alert.path("score") + " "
                        + alert.path("message").asText());
            }
        }
        found.sort(null);
        return found;
    }

    private static Instant time(String line) {
        return Instant.parse(line.substring(0, line.indexOf(' ')));
    }

    private static String message(String line) {
        return line.substring(line.indexOf(' ') + 1);
    }

    private static byte[] export(List<String> lines) {
        ObjectNode export = JSON.createObjectNode();
        ArrayNode records = export.putArray("resourceLogs")
                .addObject()
                .putArray("scopeLogs")
                .addObject()
                .putArray("logRecords");
        for (String line : lines) {
            ObjectNode record = records.addObject();
            record.put("timeUnixNano", time(line).getEpochSecond() + "000000000");
            record.putObject("body").put("stringValue", message(line));
        }
        return export.toString().getBytes(UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
