package io.deepsentry.live.alert;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real Elasticsearch or OpenSearch as a process of its own, that can be killed and started again with what it had
 * stored.
 */
final class SearchServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    enum Kind {
        ELASTICSEARCH,
        OPENSEARCH
    }

    private final Kind kind;
    private final Path servers;
    private final Path folder;
    private final int port;
    private final int transport;
    private final List<String> settings;
    private final @Nullable SearchGuard guard;
    private final HttpClient http;
    private Process process;

    private SearchServer(Kind kind, Path servers, Path folder, List<String> settings, @Nullable SearchGuard guard)
            throws IOException {
        this.kind = kind;
        this.servers = servers;
        this.folder = folder;
        this.settings = settings;
        this.guard = guard;
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
        this.http = (guard == null ? client : client.sslContext(guard.trusting())).build();
        this.port = freePort();
        this.transport = freePort();
        this.process = launch();
    }

    /** Starts one, or skips the test where none was fetched. */
    static SearchServer start(Kind kind, Path folder, String... settings) throws IOException {
        Path servers = servers(kind);
        return new SearchServer(kind, servers, folder, List.of(settings), null);
    }

    /** Starts an Elasticsearch that speaks TLS and knows one user, or skips the test where none was fetched. */
    static SearchServer startGuarded(Path folder) throws IOException, GeneralSecurityException {
        Path servers = servers(Kind.ELASTICSEARCH);
        Path config = Files.createDirectories(folder.resolve("config"));
        SearchGuard guard = SearchGuard.make(config, "sentry", "correct horse");
        return new SearchServer(Kind.ELASTICSEARCH, servers, folder, SearchGuard.settings(), guard);
    }

    private static Path servers(Kind kind) {
        String named = System.getenv("DEEPSENTRY_TEST_SERVERS");
        assumeThat(named)
                .as("DEEPSENTRY_TEST_SERVERS, a folder that tools/test-servers/fetch has filled")
                .isNotNull();
        Path servers = Path.of(named);
        assumeThat(servers.resolve(kind == Kind.ELASTICSEARCH ? "elasticsearch" : "opensearch.classpath"))
                .as("%s in DEEPSENTRY_TEST_SERVERS", kind)
                .exists();
        return servers;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        Path java = Path.of(System.getProperty("java.home"));
        if (kind == Kind.OPENSEARCH) {
            command.addAll(List.of(
                    java.resolve("bin/java").toString(),
                    "-Xmx400m",
                    "-cp",
                    Files.readString(servers.resolve("opensearch.classpath")).strip(),
                    servers.resolve("OpenSearchNode.java").toString(),
                    String.valueOf(port),
                    String.valueOf(transport),
                    folder.resolve("node").toString()));
        } else {
            Path home = servers.resolve("elasticsearch");
            Path config = Files.createDirectories(folder.resolve("config"));
            for (String file : List.of("jvm.options", "log4j2.properties")) {
                if (!Files.exists(config.resolve(file))) {
                    Files.copy(home.resolve("config").resolve(file), config.resolve(file));
                }
            }
            if (System.getProperty("user.name").equals("root")) {
                // It refuses to run as root.
                run("chown", "-R", "65534:65534", folder.toString());
                for (Path above = folder.getParent(); above != null; above = above.getParent()) {
                    run("chmod", "a+x", above.toString());
                }
                command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
            }
            command.addAll(List.of(
                    "env",
                    "ES_PATH_CONF=" + config,
                    "ES_JAVA_HOME=" + java,
                    "ES_JAVA_OPTS=-Xms400m -Xmx400m",
                    "HOME=" + folder,
                    home.resolve("bin/elasticsearch").toString(),
                    "-Ehttp.port=" + port,
                    "-Etransport.port=" + transport,
                    "-Ediscovery.type=single-node",
                    // A test should not depend on how full the disk is.
                    "-Ecluster.routing.allocation.disk.threshold_enabled=false",
                    "-Epath.data=" + folder.resolve("data"),
                    "-Epath.logs=" + folder.resolve("logs")));
            settings.forEach(setting -> command.add("-E" + setting));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolveSibling(folder.getFileName() + ".out").toFile()))
                .start();
    }

    private static void run(String... command) throws IOException {
        try {
            new ProcessBuilder(command).start().waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    URI uri() {
        return URI.create((guard == null ? "http" : "https") + "://127.0.0.1:" + port);
    }

    SearchGuard guard() {
        return Objects.requireNonNull(guard, "started without one");
    }

    int port() {
        return port;
    }

    SearchServer awaitReady() {
        Awaitility.await("a healthy " + kind).atMost(Duration.ofMinutes(5)).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError(
                        kind + " has ended: " + Files.readString(folder.resolveSibling(folder.getFileName() + ".out")));
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
        return this;
    }

    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    void startAgain() throws IOException {
        process = launch();
    }

    JsonNode call(String method, String path, String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (guard != null) {
            request.header("Authorization", guard.authorization());
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The ids of all documents of an index. */
    List<String> ids(String index) {
        try {
            JsonNode unused = call("POST", "/" + index + "/_refresh", "");
            List<String> ids = new ArrayList<>();
            call("GET", "/" + index + "/_search?size=10000&_source=false", "")
                    .path("hits")
                    .path("hits")
                    .forEach(hit -> ids.add(hit.path("_id").asText()));
            return ids;
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
