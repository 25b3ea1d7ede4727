package io.deepsentry.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the guide, from its sources to its finding: packed as its build packs it, in processes of its own. */
class ExampleTest {
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Duration LONG = ExampleShop.LONG;

    private final ExampleShop example = ExampleShop.open();
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void the_shop_learns_its_log_and_finds_its_own_fault() throws IOException, InterruptedException {
        Files.delete(example.folder().resolve("logs/shop.log"));
        Process shop = example.start("shop.txt", "--server.port=0", "--deepsentry.live.batch-interval=0.1");
        try {
            int port = port();
            await().atMost(LONG).until(() -> get(port, "/actuator/health")
                    .path("status")
                    .asText()
                    .equals("UP"));
            for (int i = 0; i < 20; i++) {
                post(port, "/orders?items=2");
            }
            await().atMost(LONG)
                    .until(() ->
                            get(port, "/actuator/deepsentry").path("judged").asInt() >= 80);
            assertThat(messages(get(port, "/actuator/deepsentry"))).isEmpty();

            post(port, "/fault");
            post(port, "/orders?items=2");
            await().atMost(LONG).untilAsserted(() -> assertThat(messages(get(port, "/actuator/deepsentry")))
                    .anyMatch(text -> text.contains("gateway does not answer giving up order <num>")));
            assertThat(Files.readString(example.folder().resolve("logs/shop.log")))
                    .contains("deepsentry.findings")
                    .doesNotContain("jhdf");
            assertThat(get(port, "/actuator/metrics/deepsentry.anomalies")
                            .path("measurements")
                            .path(0)
                            .path("value")
                            .asDouble())
                    .isPositive();
        } finally {
            shop.destroy();
            assertThat(shop.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Files.readString(example.folder().resolve("shop.txt"))).doesNotContain("restricted method");
    }

    private static List<String> messages(JsonNode endpoint) {
        List<String> messages = new ArrayList<>();
        endpoint.path("findings")
                .forEach(finding -> messages.add(finding.path("message").asText()));
        return messages;
    }

    private int port() {
        return await().atMost(LONG)
                .until(
                        () -> {
                            Matcher port = PORT.matcher(
                                    Files.readString(example.folder().resolve("shop.txt")));
                            return port.find() ? Integer.parseInt(port.group(1)) : 0;
                        },
                        port -> port > 0);
    }

    private JsonNode get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port + path);
        String body = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        return new JsonMapper().readTree(body);
    }

    private void post(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port + path);
        client.send(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
