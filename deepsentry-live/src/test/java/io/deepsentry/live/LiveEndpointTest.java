package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.internal.http.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets, as clients that mean no good open them. */
@Timeout(120)
class LiveEndpointTest {
    private final LiveRun run = new LiveRun();
    private final LiveEndpoint endpoint = LiveEndpoint.open("127.0.0.1", 0, 0, run, () -> "a 1\n");
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        endpoint.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET",
                "GET /health HTTP/1.1\r\nHost: x\r\n",
                "POST /health HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nx",
                "GET /metrics HTTP/1.1\r\n\r\n"
            })
    void answersBesideTwoHundredClientsThatStopHalfway(String sent) throws IOException {
        for (int i = 0; i < 200; i++) {
            client(sent);
        }
        long began = System.nanoTime();
        assertThat(get("/health")).startsWith("HTTP/1.1 200 OK\r\n").contains("\"status\":\"up\"");
        // A hundredth of this is usual; it is the time after which slow clients are closed.
        assertThat(System.nanoTime() - began).isLessThan(PageServer.TIME_LIMIT.toNanos() - 1_000_000_000);
    }

    @Test
    void answersBesideMoreClientsThanItHasConnectionsFor() throws IOException {
        for (int i = 0; i < PageServer.MOST_CONNECTIONS + 100; i++) {
            client("GET /hea");
        }
        assertThat(get("/health")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void closesAClientThatSendsItsHeadersForEver() throws IOException {
        Socket slow = client("GET /health HTTP/1.1\r\nX: ");
        assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void refusesARequestWhoseHeadersAreTooLong() throws IOException {
        Socket client = client("GET /health HTTP/1.1\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
        assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 431");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2\r\n\r\n", "\u0000\n\n", "a b c d\n\n"})
    void refusesWhatIsNoRequest(String sent) throws IOException {
        Socket client = client(sent);
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void tellsPagesAndMethodsApart() throws IOException {
        assertThat(get("/nothing")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/health?verbose")).startsWith("HTTP/1.1 200 ");
        Socket client = client("DELETE /health HTTP/1.1\r\n\r\n");
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD");
        Socket head = client("HEAD /health HTTP/1.1\r\n\r\n");
        assertThat(new String(head.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void isReadyOnlyOnceTheLogIsWatched() throws IOException {
        assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");
        run.watching();
        assertThat(get("/ready")).startsWith("HTTP/1.1 200 ");
        run.ended();
        assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");
        assertThat(get("/health")).startsWith("HTTP/1.1 503 ");
    }

    private Socket client(String sent) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), endpoint.ports().get(0));
        clients.add(socket);
        try {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Closed already, as too many came.
            assertThat(clients).hasSizeGreaterThan(1);
        }
        return socket;
    }

    private String get(String path) throws IOException {
        Socket client = client("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
