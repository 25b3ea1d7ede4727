package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.alert.StreamAlertSink;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run on a hostile log, watched by a real Prometheus. */
@Tag("long")
@Timeout(300)
class PrometheusTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Test
    void isClearAboutAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> LiveEndpoint.open("127.0.0.1", port, null, new LiveRun(), () -> ""))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("metrics_port " + port)
                    .hasMessageContaining("choose another");
        }
    }

    @Test
    void isReadyOnlyOnceModelsAreLoadedAndNotWellOnceItHasEnded() throws Exception {
        LiveRun run = new LiveRun();
        try (LiveEndpoint endpoint = LiveEndpoint.open("127.0.0.1", 0, null, run, () -> "x 1\n");
                LiveEndpoint health = LiveEndpoint.open("127.0.0.1", null, 0, run, () -> "")) {
            int port = health.ports().get(0);
            assertThat(get(port, "/health").statusCode()).isEqualTo(200);
            assertThat(get(port, "/ready").statusCode()).isEqualTo(503);
            run.watching();
            assertThat(get(port, "/ready").statusCode()).isEqualTo(200);
            run.ended();
            assertThat(get(port, "/health").statusCode()).isEqualTo(503);
            assertThat(get(port, "/ready").body()).contains("\"phase\":\"ended\"");
            assertThat(get(port, "/healthy").statusCode()).isEqualTo(404);
            assertThat(get(port, "/metrics").statusCode()).as("on its own port").isEqualTo(404);
            assertThat(get(endpoint.ports().get(0), "/metrics").body()).isEqualTo("x 1\n");
        }
    }

    @Test
    void saysInHealthWhyAlertsDoNotArriveAndStaysWell() throws Exception {
        LiveRun run = new LiveRun();
        AtomicReference<@Nullable String> problem = new AtomicReference<>();
        run.askProblems(new AlertSink() {
            @Override
            public void write(Alert alert) {}

            @Override
            public @Nullable String problem() {
                return problem.get();
            }

            @Override
            public void close() {}
        });
        try (LiveEndpoint endpoint = LiveEndpoint.open("127.0.0.1", null, 0, run, () -> "")) {
            int port = endpoint.ports().get(0);
            run.watching();
            assertThat(get(port, "/health").body())
                    .contains("\"status\":\"up\"")
                    .doesNotContain("reason");
            problem.set("webhook: it answers 403: \"no\"");
            assertThat(get(port, "/health").statusCode())
                    .as("a restart would change nothing")
                    .isEqualTo(200);
            JsonNode said = new ObjectMapper().readTree(get(port, "/health").body());
            assertThat(said.path("status").asText()).isEqualTo("degraded");
            assertThat(said.path("reason").asText()).isEqualTo("webhook: it answers 403: \"no\"");
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void countsAHostileLogInSeriesWhoseNumberStays(@TempDir Path folder) throws Exception {
        Path tools = tools();
        TrainedModels models = TrainedModels.ofStream(Files.createDirectories(folder.resolve("models")));
        Path log = folder.resolve("hostile.log");
        Files.createFile(log);
        LiveRun run = new LiveRun();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        LiveSettings settings = models.settings(Map.of(
                "log_file", log.toString(),
                "batch_interval", "0",
                "output_file", folder.resolve("alerts").toString()));
        Cancellation cancellation = new Cancellation();
        try (SeveralAlertSinks sinks = settings.outputs()
                        .open(Map.of(), new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD));
                LiveEndpoint endpoint = LiveEndpoint.open("127.0.0.1", 0, null, run, registry::scrape)) {
            LiveMetrics.bind(registry, "hostile.log", run, sinks);
            Thread watching = new Thread(() ->
                    LiveMonitor.run(settings, sinks, end -> {}, run, new RunContext(Progress.none(), cancellation)));
            watching.start();
            Process prometheus = prometheus(tools, folder, endpoint.ports().get(0));
            try {
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> run.snapshot() != null);
                List<String> before = series(registry.scrape());
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .ignoreExceptions()
                        .until(() -> query(folder, "count({__name__=~'deepsentry_.+'})") > 0);
                double stored = query(folder, "count({__name__=~'deepsentry_.+'})");
                long lines = write(log);
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
                    LiveRun.Snapshot seen = run.snapshot();
                    return seen != null && seen.identified().messages() >= lines;
                });
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> query(folder, "deepsentry_messages_processed_total") >= lines);

                String text = registry.scrape();
                assertThat(series(text)).isEqualTo(before);
                assertThat(query(folder, "count({__name__=~'deepsentry_.+'})")).isEqualTo(stored);
                assertThat(query(folder, "up")).isEqualTo(1);
                assertThat(text)
                        .contains("deepsentry_anomalies_total{level=\"warning\",system=\"hostile.log\"}")
                        .contains("deepsentry_anomaly_score{")
                        .contains("deepsentry_messages_processed_total{")
                        .contains("deepsentry_processing_seconds_bucket{")
                        .contains("deepsentry_lag_bytes{", "deepsentry_lag_seconds{", "deepsentry_threshold{")
                        .contains(
                                "deepsentry_cache_hit_ratio{", "deepsentry_drift{", "deepsentry_lines_malformed_total{")
                        .contains("deepsentry_sink_delivered_total{sink=\"file\",system=\"hostile.log\"}");
                assertThat(LABEL.matcher(text)
                                .results()
                                .map(label -> label.group(1))
                                .collect(Collectors.toSet()))
                        .isSubsetOf("system", "level", "sink", "le");
                isClean(tools, text);
            } finally {
                prometheus.destroyForcibly().waitFor();
                cancellation.cancel();
                watching.join();
            }
        }
    }

    private static Path tools() {
        String named = System.getenv("DEEPSENTRY_TEST_SERVERS");
        assumeThat(named)
                .as("DEEPSENTRY_TEST_SERVERS, a folder that tools/test-servers/fetch has filled")
                .isNotNull();
        Path tools = Path.of(named).resolve("prometheus/usr/bin");
        assumeThat(tools.resolve("promtool"))
                .as("Prometheus in DEEPSENTRY_TEST_SERVERS")
                .exists();
        return tools;
    }

    private static Process prometheus(Path tools, Path folder, int port) throws IOException {
        int own;
        try (ServerSocket socket = new ServerSocket(0)) {
            own = socket.getLocalPort();
        }
        Files.writeString(folder.resolve("prometheus.port"), String.valueOf(own));
        Files.writeString(
                folder.resolve("prometheus.yml"),
                "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: deepsentry\n  static_configs:\n  - targets: ['127.0.0.1:"
                        + port + "']\n");
        return new ProcessBuilder(
                        tools.resolve("prometheus").toString(),
                        "--config.file=" + folder.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + own)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.out").toFile())
                .start();
    }

    private static double query(Path folder, String expression) throws IOException, InterruptedException {
        int port = Integer.parseInt(Files.readString(folder.resolve("prometheus.port")));
        JsonNode result = new ObjectMapper()
                .readTree(get(port, "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                        .body())
                .path("data")
                .path("result");
        return result.isEmpty() ? 0 : result.get(0).path("value").get(1).asDouble();
    }

    /** Names and labels of all samples, without their values. */
    private static List<String> series(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .sorted()
                .toList();
    }

    private static long write(Path log) throws IOException {
        Random random = new Random(4);
        StringBuilder lines = new StringBuilder();
        int count = 2_000;
        for (int i = 0; i < count; i++) {
            String junk = random.ints(1 + random.nextInt(60), 0x20, 0x250)
                    .filter(c -> c != 0x85)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            lines.append(String.format(
                    Locale.ROOT,
                    "2026-01-02T%02d:%02d:%02dZ \033[31m\"} 1\\n# TYPE x counter {level=\"%s\"} %s%n",
                    i / 3600,
                    i / 60 % 60,
                    i % 60,
                    random.nextInt(),
                    junk));
        }
        Files.writeString(log, lines, StandardOpenOption.APPEND);
        return count;
    }

    private static void isClean(Path tools, String text) throws IOException, InterruptedException {
        Process check = new ProcessBuilder(tools.resolve("promtool").toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = check.outputWriter(StandardCharsets.UTF_8)) {
            in.write(text);
        }
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).as("promtool check metrics").isEmpty();
        assertThat(check.exitValue()).isZero();
    }
}
