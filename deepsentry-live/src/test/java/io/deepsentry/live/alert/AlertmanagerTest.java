package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Findings in a real Alertmanager, from their begin to their end. */
@Timeout(300)
class AlertmanagerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration RESEND = Duration.ofSeconds(1);

    private static Receiver pager;
    private static Process server;
    private static String address;
    private final Path folder;

    AlertmanagerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        String named = System.getenv("DEEPSENTRY_TEST_SERVERS");
        assumeThat(named)
                .as("DEEPSENTRY_TEST_SERVERS, a folder that tools/test-servers/fetch has filled")
                .isNotNull();
        Path program = Path.of(named).resolve("prometheus-alertmanager/run");
        assumeThat(program).as("Alertmanager in DEEPSENTRY_TEST_SERVERS").exists();
        pager = new Receiver((exchange, body) -> new Receiver.Answer(200, ""));
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        address = "http://127.0.0.1:" + port;
        Path config = Files.writeString(home.resolve("alertmanager.yml"), """
                route: {receiver: pager, group_by: [finding], group_wait: 100ms, group_interval: 500ms}
                receivers:
                - name: pager
                  webhook_configs: [{url: '%s', send_resolved: true}]
                """.formatted(pager.address()));
        server = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + config,
                        "--storage.path=" + home.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("out").toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> get("/-/ready").statusCode() == 200);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor();
            pager.close();
        }
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(address + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What it holds for firing under a system's name. */
    private static List<JsonNode> active(String system) throws IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        Products.read(get("/api/v2/alerts?active=true").body()).forEach(alert -> {
            if (alert.path("labels").path("system").asText().equals(system)) {
                found.add(alert);
            }
        });
        return found;
    }

    /** What it told the pager of a system, such as {@code firing critical}. */
    private static List<String> told(String system) {
        List<String> told = new ArrayList<>();
        for (String body : pager.taken()) {
            for (JsonNode alert : Products.read(body).path("alerts")) {
                if (alert.path("labels").path("system").asText().equals(system)) {
                    told.add(alert.path("status").asText() + " "
                            + alert.path("labels").path("severity").asText());
                }
            }
        }
        return told;
    }

    private AlertmanagerDelivery delivery(String system) {
        return new AlertmanagerDelivery(
                new HttpSender(TlsFiles.trusting(null), new Proxies(Map.of())),
                URI.create(address),
                null,
                system,
                folder,
                RESEND,
                Clock.systemUTC());
    }

    /** A notification as it waits in a spool. */
    private static DiskQueue.Entry entry(int number, String event, String level, String text) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        ObjectNode alert = WebhookBody.JSON.createObjectNode();
        alert.put("timestamp", now.toString())
                .put("score", 9.5)
                .put("threshold", 1.25)
                .put("message", text)
                .put("session", text)
                .put("id", "id" + number)
                .put("source", "app.log:17")
                .put("level", level)
                .put("notification", event)
                .put("host", text)
                .put("finding", "3f9a17c2")
                .put("kind", "new_message")
                .put("status", event.equals("ended") ? "ended" : "firing")
                .put("count", number)
                .put("first_seen", now.minusSeconds(60).toString())
                .put("last_seen", now.minusSeconds(5).toString())
                .put("reason", text)
                .put("sessions", 1)
                .put("hosts", 2);
        return new DiskQueue.Entry("id" + number, WebhookBody.text(alert), 0, 0);
    }

    private static void deliver(AlertmanagerDelivery delivery, DiskQueue.Entry... entries) throws InterruptedException {
        Delivery.Outcome outcome = delivery.deliver(List.of(entries));
        assertThat(outcome.refused().values()).isEmpty();
        assertThat(outcome.again()).as("%s", outcome.why()).isEmpty();
    }

    @Test
    void aFindingFiresForAsLongAsItLastsAndIsResolvedAtItsEnd() throws Exception {
        AlertmanagerDelivery delivery = delivery("shop");
        delivery.resumed();
        deliver(delivery, entry(1, "new", "critical", "Payment timed out"));
        Awaitility.await().until(() -> told("shop").equals(List.of("firing critical")));
        JsonNode alert = active("shop").get(0);
        assertThat(alert.path("labels").properties())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "alertname=\"DeepSentry\"",
                        "system=\"shop\"",
                        "severity=\"critical\"",
                        "kind=\"new_message\"",
                        "finding=\"3f9a17c2\"");
        assertThat(alert.path("annotations").path("message").asText()).isEqualTo("Payment timed out");
        Instant begin = Instant.parse(alert.path("startsAt").asText());

        Instant beyond = Instant.now().plus(RESEND.multipliedBy(7));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            assertThat(delivery.refresh()).isNull();
            return Instant.now().isAfter(beyond);
        });
        assertThat(active("shop"))
                .as("it would have expired but for being sent again")
                .hasSize(1);
        assertThat(told("shop")).containsOnly("firing critical");

        deliver(delivery, entry(2, "ended", "critical", "Payment timed out"));
        Awaitility.await().until(() -> told("shop").contains("resolved critical"));
        assertThat(active("shop")).isEmpty();
        assertThat(begin).isBefore(Instant.now().minusSeconds(60));
    }

    @Test
    void aFindingThatGetsWorseIsOneAlertAndNotTwo() throws Exception {
        AlertmanagerDelivery delivery = delivery("worse");
        delivery.resumed();
        deliver(delivery, entry(1, "new", "warning", "slow"));
        Awaitility.await().until(() -> told("worse").contains("firing warning"));
        deliver(delivery, entry(2, "worse", "critical", "slower"), entry(3, "tenfold", "critical", "slowest"));

        Awaitility.await().until(() -> told("worse").contains("firing critical"));
        assertThat(active("worse")).hasSize(1);
        assertThat(active("worse").get(0).path("labels").path("severity").asText())
                .isEqualTo("critical");
        assertThat(active("worse").get(0).path("annotations").path("count").asText())
                .isEqualTo("3");
        deliver(delivery, entry(4, "ended", "warning", "slow"));
        Awaitility.await().until(() -> told("worse").contains("resolved critical"));
        assertThat(active("worse")).isEmpty();
    }

    @Test
    void aRunThatGoesOnKeepsWhatFiresAndOneThatDoesNotLetsItExpire() throws Exception {
        AlertmanagerDelivery first = delivery("restart");
        first.resumed();
        deliver(first, entry(1, "new", "warning", "x"));
        AlertmanagerDelivery second = delivery("restart");
        second.resumed();
        Instant beyond = Instant.now().plus(RESEND.multipliedBy(7));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            assertThat(second.refresh()).isNull();
            return Instant.now().isAfter(beyond);
        });
        assertThat(active("restart")).hasSize(1);

        AlertmanagerDelivery third = delivery("restart");
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            assertThat(third.refresh()).isNull();
            return active("restart").isEmpty();
        });
        Awaitility.await().until(() -> told("restart").contains("resolved warning"));
    }

    @Test
    void itTakesWhateverALogSays() throws Exception {
        AlertmanagerDelivery delivery = delivery("nasty");
        delivery.resumed();
        for (String text : Products.NASTY.values()) {
            deliver(delivery, entry(1, "new", "critical", text));
            assertThat(active("nasty")).hasSize(1);
        }
    }
}
