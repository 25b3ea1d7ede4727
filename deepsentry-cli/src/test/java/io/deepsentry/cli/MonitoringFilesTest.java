package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.live.LiveMetrics;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.alert.StreamAlertSink;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files in {@code monitoring/} of the distribution speak of metrics that there are, in a language that Prometheus
 * understands.
 */
class MonitoringFilesTest {
    private static final Path FOLDER = Path.of("src", "dist", "monitoring");
    private static final Path RULES = FOLDER.resolve("prometheus-rules.yml");
    private static final Path DASHBOARD = FOLDER.resolve("grafana-dashboard.json");
    private static final Pattern METRIC = Pattern.compile("\\bdeepsentry_[a-z_]+");
    private static final int COLUMNS = 24;

    /** The names that a scrape of a run shows. */
    private static Set<String> metrics() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (SeveralAlertSinks sinks = new SeveralAlertSinks(
                Map.of("stdout", new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD)))) {
            LiveRun run = new LiveRun();
            LiveMetrics.bind(registry, "app.log", run, sinks);
            LiveMetrics.bindRecords(registry, "app.log", run);
            LiveMetrics.bindOtlp(registry, "app.log", run);
            return registry.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceFirst("[{ ].*", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> named(Path file) throws IOException {
        return METRIC.matcher(Files.readString(file))
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void rules_and_dashboard_name_metrics_that_there_are() throws IOException {
        assertThat(metrics()).containsAll(named(RULES)).containsAll(named(DASHBOARD));
        assertThat(named(RULES)).hasSizeGreaterThan(8);
        assertThat(named(DASHBOARD)).hasSizeGreaterThan(12);
    }

    @Test
    void the_docs_name_metrics_that_there_are() throws IOException {
        Set<String> metrics = metrics();
        // One row for each partition, once there are some.
        metrics.add("deepsentry_kafka_lag");
        for (Path page : DocPages.pages()) {
            assertThat(named(page)).as(page.toString()).allSatisfy(name -> assertThat(metrics)
                    .anyMatch(each -> each.equals(name)
                            || each.replaceFirst("_(bucket|count|sum|max)$", "").equals(name)));
        }
    }

    @Test
    void the_list_in_the_docs_has_every_metric() throws IOException {
        String docs = Files.readString(Path.of("..", "docs", "operations.md"))
                + Files.readString(Path.of("..", "docs", "kafka.md"))
                + Files.readString(Path.of("..", "docs", "otlp.md"));
        List<String> listed = Pattern.compile("`(deepsentry_|_)([a-z_]+)`")
                .matcher(docs)
                .results()
                .map(found -> found.group(1) + found.group(2))
                .filter(name -> !name.equals("_total"))
                .toList();
        for (String metric : metrics()) {
            String name = metric.replaceFirst("_(bucket|count|sum|max)$", "");
            assertThat(listed)
                    .as(metric)
                    .anyMatch(each -> name.equals(each) || (each.startsWith("_") && name.endsWith(each)));
        }
    }

    @Test
    void the_dashboard_has_panels_that_fit_beside_each_other_and_a_query_each() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(36);
        assertThat(dashboard.path("uid").asText()).hasSizeBetween(1, 40);
        assertThat(dashboard.path("templating").path("list").findValuesAsText("name"))
                .containsExactly("datasource", "system");
        Set<Integer> ids = new HashSet<>();
        Set<List<Integer>> cells = new HashSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.path("type").asText()).as(title).isIn("stat", "timeseries");
            assertThat(ids.add(panel.path("id").asInt())).as("id of %s", title).isTrue();
            JsonNode place = panel.path("gridPos");
            for (int x = place.path("x").asInt();
                    x < place.path("x").asInt() + place.path("w").asInt();
                    x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    assertThat(x).as(title).isLessThan(COLUMNS);
                    assertThat(cells.add(List.of(x, y)))
                            .as("%s lies on another", title)
                            .isTrue();
                }
            }
            Set<String> references = new HashSet<>();
            for (JsonNode target : panel.path("targets")) {
                assertThat(references.add(target.path("refId").asText()))
                        .as(title)
                        .isTrue();
                assertThat(target.path("expr").asText()).as(title).contains("{system=~\"$system\"");
                assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            }
            assertThat(references).as(title).isNotEmpty();
        }
    }

    private static Path promtool() {
        String servers = System.getenv("DEEPSENTRY_TEST_SERVERS");
        assumeThat(servers)
                .as("DEEPSENTRY_TEST_SERVERS, a folder that tools/test-servers/fetch has filled")
                .isNotNull();
        Path promtool = Path.of(servers).resolve("prometheus/usr/bin/promtool");
        assumeThat(promtool).as("Prometheus in DEEPSENTRY_TEST_SERVERS").exists();
        return promtool;
    }

    private static void succeeds(Path promtool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void prometheus_takes_the_rules_and_they_fire_when_they_should(@TempDir Path folder) throws Exception {
        Path promtool = promtool();
        Files.copy(RULES, folder.resolve("prometheus-rules.yml"));
        Path test = Files.copy(
                Path.of("src", "test", "resources", "monitoring", "rules-test.yml"), folder.resolve("test.yml"));

        succeeds(promtool, "check", "rules", RULES.toString());
        succeeds(promtool, "test", "rules", test.toString());
        String tested = Files.readString(test);
        Pattern.compile("alert: (\\w+)")
                .matcher(Files.readString(RULES))
                .results()
                .forEach(rule -> assertThat(tested).contains("alertname: " + rule.group(1)));
    }

    @Test
    void prometheus_understands_every_query_of_the_dashboard(@TempDir Path folder) throws Exception {
        Path promtool = promtool();
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode rules = mapper.createObjectNode();
        ArrayNode recorded =
                rules.putArray("groups").addObject().put("name", "dashboard").putArray("rules");
        for (JsonNode expression : mapper.readTree(DASHBOARD.toFile()).findValues("expr")) {
            recorded.addObject()
                    .put("record", "query:number" + recorded.size())
                    .put(
                            "expr",
                            expression
                                    .asText()
                                    .replace("$__rate_interval", "5m")
                                    .replace("$system", ".*"));
        }
        assertThat(recorded).hasSizeGreaterThan(15);
        // JSON is YAML.
        Path file = folder.resolve("queries.yml");
        mapper.writeValue(file.toFile(), rules);

        succeeds(promtool, "check", "rules", file.toString());
    }
}
