package io.deepsentry.flink.job;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A real OpenSearch as a process of its own, that can be killed and started again with what it had stored. */
final class SearchNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<String> command;
    private final Path out;
    private final URI uri;
    private Process process;

    /** Starts one, or skips the test where none was fetched. */
    SearchNode(Path folder) throws IOException {
        String named = System.getenv("DEEPSENTRY_TEST_SERVERS");
        assumeThat(named)
                .as("DEEPSENTRY_TEST_SERVERS, a folder that tools/test-servers/fetch has filled")
                .isNotNull();
        Path servers = Path.of(named);
        assumeThat(servers.resolve("opensearch.classpath"))
                .as("OpenSearch in DEEPSENTRY_TEST_SERVERS")
                .exists();
        int port;
        int transport;
        // Both at once, or they may be the same.
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = one.getLocalPort();
            transport = other.getLocalPort();
        }
        uri = URI.create("http://127.0.0.1:" + port);
        out = folder.resolve("search.out");
        command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-cp",
                Files.readString(servers.resolve("opensearch.classpath")).strip(),
                servers.resolve("OpenSearchNode.java").toString(),
                String.valueOf(port),
                String.valueOf(transport),
                folder.resolve("search").toString());
        process = launch();
        awaitReady();
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .start();
    }

    private void awaitReady() {
        Awaitility.await("a healthy OpenSearch").atMost(Duration.ofMinutes(5)).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("OpenSearch has ended: " + Files.readString(out));
            }
            try {
                return call("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s", "")
                        .path("status")
                        .asText()
                        .matches("yellow|green");
            } catch (IOException e) {
                return false;
            }
        });
    }

    URI uri() {
        return uri;
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void startAgain() throws IOException {
        process = launch();
        awaitReady();
    }

    JsonNode call(String method, String path, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The documents of an index, with their versions; none while the server is away. */
    JsonNode documents(String index) {
        try {
            JsonNode unused = call("POST", "/" + index + "/_refresh", "");
            return call("GET", "/" + index + "/_search?size=10000&version=true", "")
                    .path("hits")
                    .path("hits");
        } catch (IOException e) {
            return JSON.createArrayNode();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
