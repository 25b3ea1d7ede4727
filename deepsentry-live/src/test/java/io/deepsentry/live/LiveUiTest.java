package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The live page of a run over a log with hostile lines: over plain sockets, and in a real browser where there is one.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
@Isolated("a browser answers late beside other tests")
class LiveUiTest {
    private static final List<String> HOSTILE = List.of(
            "<script>document.title='owned'</script>",
            "</script><script>document.title='owned'</script>",
            "<img/src=x/onerror=document.title='owned'>",
            "<!--<script> {{scripts}}{{data}}",
            "\u001b[31mred\u001b[0m \u0007 data: {}",
            "\u202egnp.exe\u2066 \u2028 event: whole",
            "password=correcthorse",
            "x".repeat(20_000) + "<b>");

    private final Path folder;
    private final LiveSettings settings;
    private final LiveRun run = new LiveRun();
    private final LiveUi ui;
    private final List<Finding> findings;
    private final List<Socket> clients = new ArrayList<>();

    LiveUiTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        TrainedModels models = TrainedModels.ofSessions(folder);
        Path log = folder.resolve("hostile.log");
        List<String> lines = new ArrayList<>(Files.readAllLines(models.test()));
        for (int i = 0; i < HOSTILE.size(); i++) {
            String key = "tx_" + (9_000 + i);
            lines.add("2026-01-05T00:00:00Z open transfer " + key + " from 10.0.0.7");
            lines.add("2026-01-05T00:00:01Z strange " + key + " " + "odd ".repeat(i) + HOSTILE.get(i));
            lines.add("2026-01-05T00:00:02Z close transfer " + key);
        }
        Files.write(log, lines);
        settings = models.settings(
                Map.of("log_file", log.toString(), "log_format", "<Time> <Content>", "tail_mode", "false"));
        ui = LiveUi.open("127.0.0.1", 0, settings, run);
        LiveMonitor.run(settings, silent(), end -> {}, run, RunContext.quiet());
        findings = run.findings();
    }

    private static AlertSink silent() {
        return new AlertSink() {
            @Override
            public void write(Alert alert) {}

            @Override
            public void close() {}
        };
    }

    @BeforeEach
    void forget() throws IOException {
        Files.deleteIfExists(settings.feedbackFile());
        run.findings(findings);
    }

    @AfterEach
    void closeClients() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    @AfterAll
    void close() {
        ui.close();
    }

    private Socket client(String sent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), ui.port());
        clients.add(socket);
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private String ask(String request, String... headers) throws IOException {
        Socket client = client(request + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String page() throws IOException {
        return ask("GET /", "Host: localhost");
    }

    private String token() throws IOException {
        Matcher token = Pattern.compile("\"token\":\"([\\w-]{43})\"").matcher(page());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private String acknowledge(String id, String... headers) throws IOException {
        Socket client = client("POST /acknowledge HTTP/1.1\r\nContent-Length: " + id.length() + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n" + id);
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The data of the first event. */
    private String firstEvent() throws IOException {
        BufferedReader stream = new BufferedReader(new InputStreamReader(
                client("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").getInputStream(), StandardCharsets.UTF_8));
        String line = stream.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = stream.readLine();
        }
        return Objects.requireNonNull(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1:8080", "192.168.1.7", "[::1]:99", "[fe80::1]"})
    void isServedUnderAnAddressOfItsMachine(String host) throws IOException {
        assertThat(ask("GET /", "Host: " + host)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: evil.example:8080",
                "Host: localhost.evil.example",
                "Host: 127.0.0.1.evil.example",
                "Host: 1.2.3.4:5:evil",
                "Host: ",
                "X: y"
            })
    void aNameOfAnotherSiteThatLeadsHereIsRefused(String header) throws IOException {
        for (String request : List.of("GET /", "GET /events", "POST /acknowledge")) {
            assertThat(ask(request, header))
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContain("token")
                    .doesNotContain("transfer");
        }
    }

    @Test
    void loadsNothingFromElsewhereAndMayNotBeFramed() throws IOException {
        String page = page();

        assertThat(page)
                .contains("default-src 'none'; script-src 'sha256-")
                .contains("connect-src 'self'\"")
                .contains("Content-Security-Policy: frame-ancestors 'none'")
                .contains("X-Content-Type-Options: nosniff")
                .contains("Cache-Control: no-store")
                .doesNotContain("Access-Control");
        assertThat(page.split("<script", -1))
                .as("data, library, report and live")
                .hasSize(5);
        assertThat(page).doesNotContain("\u001b").doesNotContain("\u202e").doesNotContain("\u2028");
    }

    @Test
    void showsFindingsAndRedactedLines() throws IOException {
        assertThat(findings).hasSizeGreaterThan(3);
        for (String shown : List.of(page(), firstEvent())) {
            assertThat(shown)
                    .contains("\"id\":\"" + findings.get(0).id() + "\"")
                    .contains("close transfer tx_9007")
                    .contains("password=<redacted>".replace("<", shown.startsWith("data") ? "<" : "\\u003c"))
                    .doesNotContain("correcthorse");
            assertThat(shown.length()).isLessThan(600_000);
        }
        assertThat(firstEvent()).doesNotContain("token\"").doesNotContain("\u001b");
    }

    @Test
    void marksAFindingAsNormalAsTheCommandDoes() throws IOException {
        String id = findings.get(0).id();

        String answer =
                acknowledge(id, "Host: localhost:1", "Origin: http://localhost:1", "X-DeepSentry-Token: " + token());

        assertThat(answer).startsWith("HTTP/1.1 200 ").contains("{\"acknowledged\":1}");
        assertThat(firstEvent()).contains("\"acknowledged\":1");
        FeedbackRecord written =
                Feedback.read(settings.feedbackFile()).records().get(0);
        Path other = folder.resolve("other.jsonl");
        FeedbackRecord command = Feedback.acknowledge(
                other, AlertRecords.find(id, List.of(settings.alertRecords())), null, written.time());
        assertThat(written).isEqualTo(command);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 403",
        "'X-DeepSentry-Token: AAAA', '', 403",
        "TOKEN, 'Origin: http://evil.example', 403",
        "TOKEN, 'Origin: null', 403",
        "TOKEN, 'Origin: http://127.0.0.1', 403",
        "TOKEN, 'Sec-Fetch-Site: cross-site', 403",
        "TOKEN, 'Sec-Fetch-Site: same-site', 403"
    })
    void nobodyElseMayAcknowledge(String token, String header, int status) throws IOException {
        String given = token.equals("TOKEN") ? "X-DeepSentry-Token: " + token() : token;
        List<String> headers = new ArrayList<>(List.of("Host: localhost"));
        for (String each : List.of(given, header)) {
            if (!each.isEmpty()) {
                headers.add(each);
            }
        }

        assertThat(acknowledge(findings.get(0).id(), headers.toArray(String[]::new)))
                .startsWith("HTTP/1.1 " + status + " ");
        assertThat(settings.feedbackFile()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ffffffffffffffff", "../feedback", "<script>"})
    void onlyAFindingThatIsShownCanBeAcknowledged(String id) throws IOException {
        assertThat(acknowledge(id, "Host: localhost", "X-DeepSentry-Token: " + token()))
                .startsWith("HTTP/1.1 409 ")
                .contains("finding no longer exists");
        assertThat(settings.feedbackFile()).doesNotExist();
    }

    @Test
    void nothingElseCanBeChanged() throws IOException {
        assertThat(ask("GET /acknowledge", "Host: localhost")).startsWith("HTTP/1.1 405 ");
        assertThat(ask("OPTIONS /acknowledge", "Host: localhost", "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 405 ")
                .doesNotContain("Access-Control");
        assertThat(ask("POST /", "Host: localhost")).startsWith("HTTP/1.1 405 ");
        assertThat(ask("GET /events", "Host: localhost", "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(ask("GET /../etc/passwd", "Host: localhost")).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET / HT",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /acknowledge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000\r\n\r\nx"
            })
    void answersBesideClientsThatStopHalfwayOrDoNotRead(String sent) throws IOException {
        for (int i = 0; i < 200; i++) {
            client(sent);
        }
        long began = System.nanoTime();
        assertThat(page()).startsWith("HTTP/1.1 200 ");
        assertThat(System.nanoTime() - began).isLessThan(PageServer.TIME_LIMIT.toNanos() - 1_000_000_000);
    }

    /** What a browser makes of it. */
    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class InABrowser {
        private LiveBrowser browser;

        @BeforeAll
        void start() throws IOException, InterruptedException {
            browser = LiveBrowser.start();
        }

        @AfterAll
        void stop() throws IOException {
            if (browser != null) {
                browser.close();
            }
        }

        private int count(String selector) throws IOException, InterruptedException {
            return browser.evaluate("document.querySelectorAll(\"" + selector + "\").length")
                    .asInt();
        }

        /** Waits in the page until a condition holds. */
        private void await(String condition) throws IOException, InterruptedException {
            browser.evaluate("new Promise(done => { const look = () => (" + condition
                    + ") ? done(true) : setTimeout(look, 50); look(); })");
        }

        private void line(String text) {
            run.judged(
                    List.of(new LogEvent(
                            Instant.now(), text, "INFO", null, new Origin("hostile.log", 1, 0), List.of(), null)),
                    List.of());
        }

        @Test
        void hostileLinesStayText() throws IOException, InterruptedException {
            browser.open(ui.address(), 1400, "light");
            for (int i = 0; i < count(".row"); i++) {
                browser.evaluate("location.hash = document.querySelectorAll('.row')[" + i + "].hash");
                browser.evaluate("new Promise(done => requestAnimationFrame(() => done(1)))");
            }
            line("</script><script>document.title='owned'</script>\u001b[2J");
            await("document.getElementById('last-lines').textContent.includes(\"</script><script>document.title\")");

            assertThat(browser.evaluate("document.title").asText())
                    .contains("hostile.log")
                    .doesNotContain("owned");
            assertThat(count("body img, body b script, iframe, object, [onerror]"))
                    .isZero();
            assertThat(count("script")).isEqualTo(4);
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void newLinesAndFindingsComeWithoutMovingWhatIsRead() throws IOException, InterruptedException {
            run.findings(findings.subList(1, findings.size()));
            do {
                // The page is that of the last look at the run.
                browser.open(ui.address(), 1400, "light");
            } while (count(".row") != findings.size() - 1);
            browser.evaluate("{ const field = document.querySelector('#findings input'); field.focus();"
                    + " document.querySelectorAll('.row')[1].dataset.mine = 'yes'; }");
            String before = browser.evaluate(
                            "JSON.stringify([...document.querySelectorAll('.row')].map(row => row.hash))")
                    .asText();
            double top = browser.evaluate("document.querySelectorAll('.row')[1].getBoundingClientRect().top")
                    .asDouble();
            run.findings(findings);
            line("a line that comes later");
            await("document.getElementById('last-lines').textContent.includes('a line that comes later')");
            // Lines and findings come as messages of their own, in any order.
            await("document.getElementById('waiting').textContent.includes('1 new finding')");

            assertThat(browser.evaluate("JSON.stringify([...document.querySelectorAll('.row')].map(row => row.hash))")
                            .asText())
                    .isEqualTo(before);
            assertThat(count(".row[data-mine]")).as("the same element").isEqualTo(1);
            assertThat(browser.evaluate("document.querySelectorAll('.row')[1].getBoundingClientRect().top")
                            .asDouble())
                    .isEqualTo(top);
            assertThat(browser.evaluate("document.activeElement.type").asText()).isEqualTo("search");
            assertThat(browser.evaluate("document.getElementById('waiting').textContent")
                            .asText())
                    .isEqualTo("Show 1 new finding");
            browser.evaluate("document.getElementById('waiting').click()");
            assertThat(count(".row")).isEqualTo(findings.size());
            assertThat(browser.evaluate("document.querySelector('.row').dataset.id")
                            .asText())
                    .isEqualTo(findings.get(0).id());
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void aClickMarksAFindingAsNormal() throws IOException, InterruptedException {
            String id = findings.get(1).id();
            browser.open(ui.address(), 400, "dark");
            browser.evaluate("location.hash = 'f=" + id + "'");
            await("document.getElementById('mark')");
            browser.evaluate("document.getElementById('mark').click()");
            await("document.querySelector('#acknowledge .done')");

            assertThat(Feedback.read(settings.feedbackFile()).records())
                    .singleElement()
                    .satisfies(record -> assertThat(record.inForce()).isTrue());
            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .isLessThanOrEqualTo(400);
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void theStripSaysHowTheRunIsDoing() throws IOException, InterruptedException {
            browser.open(ui.address(), 1400, "dark");
            line("another line");
            await("document.getElementById('strip').textContent.includes(' s ago')");

            assertThat(browser.evaluate("document.getElementById('strip').textContent")
                            .asText())
                    .contains("lines/s", "lagnone", "firing now", "The run has ended.");
            assertThat(browser.console()).isEmpty();
        }
    }
}
