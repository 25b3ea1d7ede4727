package io.deepsentry.anomaly.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Chromium without a window, driven by its DevTools protocol. It hears every message of a console and every
 * request.
 */
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long SECONDS = 60;

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> heard;
    private final List<String> console = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private int last;
    private boolean loaded;

    private Browser(Process process, Path profile, WebSocket socket, BlockingQueue<JsonNode> heard) {
        this.process = process;
        this.profile = profile;
        this.socket = socket;
        this.heard = heard;
    }

    /**
     * Starts the browser that {@code DEEPSENTRY_CHROMIUM} names, or one of the path; without one, the test is skipped.
     */
    static Browser start() throws IOException, InterruptedException {
        Path program = program();
        assumeTrue(program != null, "there is no Chromium on the PATH, and DEEPSENTRY_CHROMIUM names none");
        Path profile = Files.createTempDirectory("deepsentry-chromium");
        Process process = new ProcessBuilder(
                        String.valueOf(program),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String address = addressOf(process);
        HttpClient client = HttpClient.newHttpClient();
        URI list = URI.create("http://" + URI.create(address).getAuthority() + "/json");
        JsonNode page = Stream.iterate(0, i -> i + 1)
                .limit(SECONDS)
                .map(unused -> first(client, list))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(page.path("webSocketDebuggerUrl").asText()), new Listener(heard))
                .join();
        Browser browser = new Browser(process, profile, socket, heard);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            browser.send(domain + ".enable", Map.of());
        }
        return browser;
    }

    private static @Nullable Path program() {
        String named = System.getenv("DEEPSENTRY_CHROMIUM");
        if (named != null) {
            return Path.of(named);
        }
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String addressOf(Process process) throws IOException {
        BufferedReader said = process.errorReader(StandardCharsets.UTF_8);
        String mark = "DevTools listening on ";
        String line = said.readLine();
        while (line != null && !line.startsWith(mark)) {
            line = said.readLine();
        }
        assertThat(line).as("the browser's address").isNotNull();
        Thread reader = new Thread(() -> said.lines().forEach(unused -> {}), "chromium");
        reader.setDaemon(true);
        reader.start();
        return String.valueOf(line).substring(mark.length());
    }

    private static @Nullable JsonNode first(HttpClient client, URI list) {
        try {
            String body = client.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            for (JsonNode page : JSON.readTree(body)) {
                if (page.path("type").asText().equals("page")) {
                    return page;
                }
            }
            return null;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts what the browser says into a queue. */
    private static final class Listener implements WebSocket.Listener {
        private final BlockingQueue<JsonNode> heard;
        private final StringBuilder part = new StringBuilder();

        Listener(BlockingQueue<JsonNode> heard) {
            this.heard = heard;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean whole) {
            part.append(data);
            if (whole) {
                try {
                    heard.add(JSON.readTree(part.toString()));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    /** Opens a page of this size and waits until it is loaded. */
    void open(Path page, int width, String scheme) throws IOException, InterruptedException {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        send(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        loaded = false;
        send("Page.navigate", Map.of("url", page.toUri().toString()));
        while (!loaded) {
            hear();
        }
    }

    /** Returns the value of an expression. */
    JsonNode evaluate(String expression) throws IOException, InterruptedException {
        JsonNode result =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        assertThat(result.path("exceptionDetails").isMissingNode())
                .as("%s: %s", expression, result)
                .isTrue();
        return result.path("result").path("value");
    }

    /** Returns the whole page as a PNG file. */
    byte[] picture() throws IOException, InterruptedException {
        JsonNode size = send("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        Map<String, ?> all = Map.of(
                "x",
                0,
                "y",
                0,
                "width",
                size.path("width").asInt(),
                "height",
                size.path("height").asInt(),
                "scale",
                1);
        return send("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", all))
                .path("data")
                .binaryValue();
    }

    /** Returns what would be printed, as a PDF file. */
    byte[] print() throws IOException, InterruptedException {
        return send("Page.printToPDF", Map.of("printBackground", true))
                .path("data")
                .binaryValue();
    }

    /** Returns what was said in the console: errors and warnings of every kind. */
    List<String> console() {
        return console;
    }

    /** Returns what was requested beside pages themselves. */
    List<String> requests() {
        return requests;
    }

    private JsonNode send(String method, Map<String, ?> parameters) throws IOException, InterruptedException {
        int id = ++last;
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        socket.sendText(JSON.writeValueAsString(message), true).join();
        while (true) {
            JsonNode answer = hear();
            if (answer.path("id").asInt() == id) {
                assertThat(answer.path("error").isMissingNode())
                        .as("%s: %s", method, answer)
                        .isTrue();
                return answer.path("result");
            }
        }
    }

    private JsonNode hear() throws InterruptedException {
        JsonNode message = heard.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("an answer of the browser").isNotNull();
        Objects.requireNonNull(message);
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Page.loadEventFired" -> loaded = true;
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
                console.add(parameters.toString());
            case "Network.requestWillBeSent" -> {
                String url = parameters.path("request").path("url").asText();
                if (!parameters.path("type").asText().equals("Document") && !url.startsWith("data:")) {
                    requests.add(url);
                }
            }
            default -> {
                // Of no interest.
            }
        }
        return message;
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        MoreFiles.deleteRecursively(profile, RecursiveDeleteOption.ALLOW_INSECURE);
    }
}
