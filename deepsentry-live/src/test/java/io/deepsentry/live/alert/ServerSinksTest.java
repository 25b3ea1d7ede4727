package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.TrainedModels;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts to whoever listens on a socket. */
@Timeout(120)
class ServerSinksTest {
    private static final String SECRET = "s3cret-value";

    private final Path folder;

    ServerSinksTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Alert alert(int number, String message) {
        return new Alert(
                Instant.ofEpochSecond(number, 123_456_789),
                2,
                1,
                message,
                List.of(message),
                "s",
                "id" + number,
                new Origin("f", 1, 0));
    }

    private SeveralAlertSinks open(Map<String, String> flags, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(flags);
        all.putIfAbsent("spool_dir", folder.resolve("spool").toString());
        all.putIfAbsent("stop_timeout", "10");
        return LiveSettings.from(TrainedModels.config(LiveSettings.SCHEMA, all, folder))
                .outputs()
                .open(environment, new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD));
    }

    @Test
    void postsEachAlertSignedAndAgainUntilItIsTaken() throws Exception {
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        List<String> signatures = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int number = requests.incrementAndGet();
            int code = number == 1 ? 503 : number == 2 ? 429 : body.contains("malformed") ? 422 : 204;
            if (code == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            if (code == 204) {
                taken.add(exchange.getRequestHeaders().getFirst("X-DeepSentry-Id"));
                signatures.add(exchange.getRequestHeaders().getFirst("X-DeepSentry-Signature") + " " + body);
            }
            exchange.sendResponseHeaders(code, -1);
            exchange.close();
        });
        server.start();
        String address = "http://localhost:" + server.getAddress().getPort() + "/hook";
        try (SeveralAlertSinks sink = open(Map.of("webhook", address), Map.of("DEEPSENTRY_WEBHOOK_SECRET", SECRET))) {
            sink.write(alert(1, "one"));
            sink.write(alert(2, "malformed"));
            sink.write(alert(3, "three \u00e9"));
            Awaitility.await().untilAsserted(() -> assertThat(taken).containsExactly("id1", "id3"));
            Awaitility.await().until(() -> sink.stats().get(0).waiting() == 0);
            assertThat(sink.stats().get(0).refused()).isEqualTo(1);
            assertThat(sink.stats().get(0).retries()).isEqualTo(2);
        } finally {
            server.stop(0);
        }
        String body = signatures.get(1).substring(signatures.get(1).indexOf(' ') + 1);
        SecretKeySpec key = new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        assertThat(signatures.get(1)).startsWith("sha256=" + WebhookDelivery.signature(key, body));
        assertThat(body).contains("three \u00e9");
    }

    @Test
    void sendsSyslogDatagramsThatAreNotTooLong() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                SeveralAlertSinks sink = open(Map.of("syslog", "udp://127.0.0.1:" + server.getLocalPort()), Map.of())) {
            server.setSoTimeout(20_000);
            sink.write(alert(1, "short\n\u001b[31m"));
            sink.write(alert(2, "\u00e9".repeat(3_000)));
            assertThat(receive(server))
                    .matches(
                            "<132>1 1970-01-01T00:00:01\\.123456Z \\S+ deepsentry \\d+ anomaly "
                                    + "\\[deepsentry@32473 id=\"id1\" finding=\"id1\" event=\"new\" level=\"warning\" .*] TIMESTAMP=.*")
                    .contains("MESSAGE=\"short\\n\\u001b[31m\"");
            assertThat(receive(server)).endsWith("\u00e9").satisfies(text -> assertThat(
                            text.getBytes(StandardCharsets.UTF_8).length)
                    .isBetween(2_047, 2_048));
        }
    }

    private static String receive(DatagramSocket server) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    @SuppressWarnings("try") // the server is stopped in between
    void goesOnWithSyslogOverTcpWhenTheServerHasStarted() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SeveralAlertSinks sink = open(Map.of("syslog", "tcp://127.0.0.1:" + server.getLocalPort()), Map.of())) {
            port = server.getLocalPort();
            try (Socket probe = server.accept();
                    Socket first = acceptAfter(server, () -> sink.write(alert(1, "one")))) {
                assertThat(probe.isConnected()).isTrue();
                assertThat(frame(first)).contains("MESSAGE=\"one\"");
            }
            server.close();
            sink.write(alert(2, "two"));
            Awaitility.await().until(() -> sink.stats().get(0).failing());
            try (ServerSocket again = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
                    Socket second = acceptAfter(again, () -> sink.write(alert(3, "three")))) {
                assertThat(frame(second)).contains("MESSAGE=\"two\"");
                assertThat(frame(second)).contains("MESSAGE=\"three\"");
            }
        }
    }

    private static Socket acceptAfter(ServerSocket server, Runnable action) throws IOException {
        action.run();
        server.setSoTimeout(60_000);
        return server.accept();
    }

    /** One message with the count before it. */
    private static String frame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = 0;
        for (int c = in.read(); c != ' '; c = in.read()) {
            length = length * 10 + c - '0';
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void refusesServersThatAreNotThereAndSettingsThatAreNone() {
        assertThatThrownBy(() -> open(Map.of("elasticsearch", "http://127.0.0.1:1"), Map.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> open(Map.of("webhook", "http://127.0.0.1:1/T0KEN"), Map.of()))
                .isInstanceOf(DataException.class)
                .hasMessageNotContaining("T0KEN");
        assertThatThrownBy(() -> open(Map.of("syslog", "tcp://127.0.0.1:1"), Map.of()))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> open(Map.of("syslog", "localhost"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("udp://");
        assertThatThrownBy(() -> open(Map.of("elasticsearch", "http://me:pw@localhost:9200"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("environment")
                .hasMessageNotContaining("pw@");
        assertThatThrownBy(() -> open(Map.of(), Map.of("DEEPSENTRY_WEBHOOK_URL", "hooks.example/SECRET")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DEEPSENTRY_WEBHOOK_URL")
                .hasMessageNotContaining("SECRET");
        assertThatThrownBy(() -> open(Map.of("redact", "emails,cats"), Map.of()))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void sinksMadeFromCodeDeliver() throws Exception {
        List<String> posted = Collections.synchronizedList(new ArrayList<>());
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/hook", exchange -> {
            posted.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("X-DeepSentry-Id"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                SyslogSink syslog = SyslogSink.builder("udp://127.0.0.1:" + server.getLocalPort())
                        .format(AlertFormat.JSON)
                        .spool(folder.resolve("code/syslog"))
                        .open();
                WebhookSink webhook = WebhookSink.builder(
                                "http://localhost:" + hook.getAddress().getPort() + "/hook")
                        .token("t0ken")
                        .spool(folder.resolve("code/webhook"))
                        .spoolLimit(1 << 20)
                        .whenFull(Overload.DROP)
                        .stopTimeout(Duration.ofSeconds(5))
                        .open()) {
            server.setSoTimeout(20_000);
            syslog.write(alert(1, "one"));
            webhook.write(alert(2, "two"));
            assertThat(receive(server)).contains(" deepsentry ").contains("\"message\":\"one\"");
            Awaitility.await().until(() -> webhook.stats().delivered() == 1);
            assertThat(posted).containsExactly("Bearer t0ken id2");
        } finally {
            hook.stop(0);
        }
    }

    @Test
    void refusesSettingsOfASinkThatContradictOrMiss() {
        assertThatThrownBy(() -> WebhookSink.builder("http://localhost:1").open())
                .hasMessageContaining("spool");
        assertThatThrownBy(() -> ElasticsearchSink.builder("http://localhost:1")
                        .apiKey("key")
                        .user("me", "secret")
                        .spool(folder)
                        .open())
                .hasMessageContaining("apiKey")
                .hasMessageContaining("user");
        assertThatThrownBy(() -> ElasticsearchSink.builder("http://localhost:1").index("Upper"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Upper");
        assertThatThrownBy(() -> SyslogSink.builder("localhost")).isInstanceOf(ConfigException.class);
    }

    @Test
    void oneThatFailsDoesNotStopTheOthersAndMissesNothing() {
        List<String> healthy = new ArrayList<>();
        List<String> repaired = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger(5);
        SeveralAlertSinks sinks =
                new SeveralAlertSinks(Map.of("a", sink(healthy, new AtomicInteger()), "b", sink(repaired, failures)));
        for (int number = 0; number < 4; number++) {
            sinks.write(alert(number, "m"));
        }
        assertThat(healthy).containsExactly("id0", "id1", "id2", "id3");
        assertThat(repaired).isEmpty();
        assertThatThrownBy(sinks::flush).isInstanceOf(DataException.class);
        sinks.write(alert(4, "m"));
        assertThat(repaired).isEqualTo(healthy).hasSize(5);
        sinks.flush();
        sinks.close();
    }

    @Test
    void oneThatFailsForGoodFailsAtTheEnd() {
        AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);
        SeveralAlertSinks sinks = new SeveralAlertSinks(
                Map.of("a", sink(new ArrayList<>(), new AtomicInteger()), "b", sink(new ArrayList<>(), failures)));
        for (int number = 0; number < SeveralAlertSinks.MOST_HELD; number++) {
            sinks.write(alert(number, "m"));
        }
        assertThatThrownBy(() -> sinks.write(alert(0, "m")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("sink b")
                .hasMessageContaining("no room");
        assertThatThrownBy(sinks::close).isInstanceOf(DataException.class).hasMessageContaining("10,001 alerts");
    }

    private static AlertSink sink(List<String> into, AtomicInteger failures) {
        return new AlertSink() {
            @Override
            public void write(Alert alert) {
                if (failures.get() > 0) {
                    failures.decrementAndGet();
                    throw new DataException("no room");
                }
                into.add(alert.id());
            }

            @Override
            public void close() {}
        };
    }
}
