package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.TrainedModels;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts over TLS and through proxies. */
@Timeout(120)
class SecureSinksTest {
    private static final String TUNNEL = "jdk.http.auth.tunneling.disabledSchemes";

    private static KeyStore keys;
    private static Path authority;
    private final Path folder;

    SecureSinksTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void make(@TempDir Path files) throws Exception {
        keys = Certificates.selfSigned(files.resolve("keys.p12"), "dns:localhost,dns:hooks.example.test");
        authority = Certificates.write(files.resolve("ca.pem"), keys);
    }

    private static Alert alert(int number) {
        return new Alert(
                Instant.ofEpochSecond(number),
                2,
                1,
                "m" + number,
                List.of("m"),
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

    private static HttpsServer hook(List<String> taken) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(Certificates.server(keys)));
        server.createContext("/hook", exchange -> {
            exchange.getRequestBody().readAllBytes();
            taken.add(exchange.getRequestHeaders().getFirst("X-DeepSentry-Id")
                    + exchange.getRequestHeaders().getOrDefault("Proxy-Authorization", List.of()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void aWebhookWhoseCertificateIsNotTrustedIsRefusedAtTheStart() throws Exception {
        HttpsServer server = hook(new ArrayList<>());
        try {
            String address = "https://localhost:" + server.getAddress().getPort() + "/hook";
            assertThatThrownBy(() -> open(Map.of("webhook", address), Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("TLS failed")
                    .hasMessageContaining("tls_ca");
            String otherName = address.replace("localhost", "127.0.0.1");
            assertThatThrownBy(() -> open(Map.of("webhook", otherName, "tls_ca", authority.toString()), Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining("TLS failed");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anAuthorityOfOneSinkIsTrustedForThatOneAndBesideThoseOfTheRuntime() throws Exception {
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        HttpsServer server = hook(taken);
        try (SeveralAlertSinks sink = open(
                Map.of(
                        "webhook",
                        "https://localhost:" + server.getAddress().getPort() + "/hook",
                        "webhook_tls_ca",
                        authority.toString()),
                Map.of())) {
            sink.write(alert(1));
            Awaitility.await().until(() -> taken.contains("id1[]"));
        } finally {
            server.stop(0);
        }
        assertThat(((X509TrustManager) TlsFiles.trust(authority).getTrustManagers()[0]).getAcceptedIssuers())
                .as("those of the runtime and one more")
                .hasSizeGreaterThan(50)
                .contains((X509Certificate) keys.getCertificate("http"));
        assertThat(taken).hasSize(1);
    }

    /** In a process of its own, as Java asks once whether passwords may be sent on the way to https. */
    @Test
    void theProxyOfTheEnvironmentIsUsedFromTheFirstLookToTheLastAlert() throws Exception {
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        HttpsServer server = hook(taken);
        try (ConnectProxy proxy = new ConnectProxy(server.getAddress().getPort(), Secrets.basic("me", "p@w"))) {
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-D" + TUNNEL + "=",
                            "-cp",
                            System.getProperty("java.class.path"),
                            OneAlert.class.getName(),
                            "https://hooks.example.test/hook",
                            authority.toString(),
                            folder.resolve("process").toString())
                    .redirectErrorStream(true);
            builder.environment().put("HTTPS_PROXY", "http://me:p%40w@localhost:" + proxy.port());
            builder.environment().remove("https_proxy");
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(taken).as("the proxy's password is for the proxy").containsExactly("id1[]");
            assertThat(proxy.asked())
                    .as("by the look at the start, and for the alert")
                    .isNotEmpty()
                    .containsOnly("CONNECT hooks.example.test:443 HTTP/1.1");
        } finally {
            server.stop(0);
        }
    }

    /** Sends one alert: address, authority, spool. */
    static final class OneAlert {
        public static void main(String[] arguments) {
            try (WebhookSink sink = WebhookSink.builder(arguments[0])
                    .tlsAuthorities(Path.of(arguments[1]))
                    .spool(Path.of(arguments[2]))
                    .open()) {
                sink.write(alert(1));
            }
        }
    }

    @Test
    void aPlainRequestGoesThroughTheProxyToo() throws Exception {
        try (Receiver receiver = new Receiver((exchange, body) -> new Receiver.Answer(204, ""));
                ConnectProxy proxy = new ConnectProxy(receiver.port(), null);
                SeveralAlertSinks sink = open(
                        Map.of("webhook", "http://hooks.example.test/hook"),
                        Map.of("http_proxy", "localhost:" + proxy.port()))) {
            sink.write(alert(1));
            Awaitility.await().until(() -> !receiver.taken().isEmpty());
            assertThat(proxy.asked()).contains("POST http://hooks.example.test/hook HTTP/1.1");
        }
    }

    @Test
    void aProxyThatWantsAPasswordOrIsNotThereIsNamed() throws Exception {
        Map<String, String> hook = Map.of("webhook", "https://hooks.example.test/hook");
        try (ConnectProxy proxy = new ConnectProxy(1, Secrets.basic("me", "pw"))) {
            assertThatThrownBy(() -> open(hook, Map.of("HTTPS_PROXY", "http://localhost:" + proxy.port())))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("the proxy localhost:" + proxy.port() + " answers 407");
        }
        assertThatThrownBy(() -> open(hook, Map.of("HTTPS_PROXY", "http://localhost:1")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("through the proxy localhost:1");
    }

    @Test
    void aPasswordThatJavaWouldKeepBackFromTheProxyIsAConfigError() {
        assertThat(System.getProperty(TUNNEL)).as("as Java comes").isNull();
        assertThatThrownBy(() -> open(
                        Map.of("webhook", "https://hooks.example.test/hook"),
                        Map.of("HTTPS_PROXY", "http://me:s3cret@localhost:1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("-D" + TUNNEL + "=")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void anAuthorityOfOneSinkIsNotTrustedForAnother() throws Exception {
        HttpsServer server = hook(new ArrayList<>());
        try {
            Map<String, String> flags = Map.of(
                    "elasticsearch",
                    "https://localhost:" + server.getAddress().getPort(),
                    "webhook_tls_ca",
                    authority.toString(),
                    "syslog_tls_ca",
                    authority.toString());
            assertThatThrownBy(() -> open(flags, Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("TLS failed");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void syslogOverTlsIsFramedAndGoesOnAfterAReconnect() throws Exception {
        try (SyslogServer server = new SyslogServer(Certificates.server(keys), false);
                SeveralAlertSinks sink =
                        open(Map.of("syslog", server.address(), "syslog_tls_ca", authority.toString()), Map.of())) {
            sink.write(alert(1));
            sink.write(alert(2));
            assertThat(server.next()).startsWith("<132>1 1970-01-01T00:00:01Z ").contains("MESSAGE=\"m1\"");
            assertThat(server.next()).contains("MESSAGE=\"m2\"");
            server.hangUp();
            sink.write(alert(3));
            assertThat(server.next()).contains("MESSAGE=\"m3\"");
            assertThat(sink.stats().get(0).delivered()).isEqualTo(3);
        }
    }

    @Test
    void syslogOverTlsToAServerThatIsNotTrustedIsRefusedAtTheStart() throws Exception {
        try (SyslogServer server = new SyslogServer(Certificates.server(keys), false)) {
            assertThatThrownBy(() -> open(Map.of("syslog", server.address()), Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("TLS failed");
            String otherName = server.address().replace("localhost", "127.0.0.1");
            assertThatThrownBy(() -> open(Map.of("syslog", otherName, "tls_ca", authority.toString()), Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("TLS failed");
        }
    }

    @Test
    void aSyslogServerThatWantsOurCertificateGetsIt() throws Exception {
        KeyStore own = Certificates.selfSigned(folder.resolve("own.p12"), "dns:localhost");
        Path certificate = Certificates.write(folder.resolve("own.pem"), own);
        Path key = Certificates.writeKey(folder.resolve("own.key"), own);
        try (SyslogServer server = new SyslogServer(Certificates.server(keys, own), true)) {
            Map<String, String> flags = Map.of("syslog", server.address(), "tls_ca", authority.toString());
            assertThatThrownBy(() -> open(flags, Map.of()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("tls_cert");
            Map<String, String> both = new HashMap<>(flags);
            both.put("syslog_tls_cert", certificate.toString());
            assertThatThrownBy(() -> open(both, Map.of()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("only the certificate is");
            both.put("syslog_tls_key", key.toString());
            try (SeveralAlertSinks sink = open(both, Map.of())) {
                sink.write(alert(1));
                assertThat(server.next()).contains("MESSAGE=\"m1\"");
            }
        }
    }

    @Test
    void aKeyOfAnotherFormIsAConfigErrorThatSaysHowToMakeOne() throws Exception {
        Path key = Files.writeString(folder.resolve("k.pem"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END");
        assertThatThrownBy(() -> new TlsFiles(null, authority, key).context())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        assertThatThrownBy(() -> TlsFiles.trusting(key).context()).isInstanceOf(ConfigException.class);
    }

    /** A syslog server that speaks TLS and reads frames of RFC 5425. */
    private static final class SyslogServer implements AutoCloseable {
        private final SSLServerSocket server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        SyslogServer(SSLContext context, boolean wantsCertificate) throws IOException {
            server = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            server.setNeedClientAuth(wantsCertificate);
            threads.execute(this::accept);
        }

        String address() {
            return "tls://localhost:" + server.getLocalPort();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    open.add(client);
                    threads.execute(() -> read(client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void read(Socket client) {
            try (client) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                while (true) {
                    int length = 0;
                    for (int c = in.readUnsignedByte(); c != ' '; c = in.readUnsignedByte()) {
                        length = length * 10 + c - '0';
                    }
                    frames.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                open.remove(client);
            }
        }

        String next() throws InterruptedException {
            return String.valueOf(frames.poll(20, TimeUnit.SECONDS));
        }

        void hangUp() throws IOException {
            for (Socket each : open) {
                each.close();
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            threads.shutdownNow();
        }
    }
}
