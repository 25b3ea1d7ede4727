package io.deepsentry.live.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of events over real sockets. */
@Timeout(120)
class PageServerTest {
    /** More than the buffers between two sockets hold. */
    private static final String LARGE = "x".repeat(8 << 20);

    private final AtomicInteger events = new AtomicInteger();
    private volatile String padding = "";
    private final PageServer server;
    private final List<Socket> clients = new ArrayList<>();

    PageServerTest() throws IOException {
        server = PageServer.create(new PageServer.Feed() {
            @Override
            public String whole() {
                return "whole " + events.get();
            }

            @Override
            public String news() {
                return events.incrementAndGet() + padding;
            }
        });
    }

    @BeforeEach
    void start() throws IOException {
        server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                request -> request.path().equals("/events")
                        ? new PageServer.Events()
                        : new PageServer.Page(200, "text/plain", request.method() + " " + request.text()));
        server.start();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    private Socket client(String sent) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.ports().get(0));
        clients.add(socket);
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private BufferedReader stream() throws IOException {
        return new BufferedReader(
                new InputStreamReader(client("GET /events HTTP/1.1\r\n\r\n").getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line of data that is no padding. */
    private static String next(BufferedReader stream) throws IOException {
        String line = stream.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = stream.readLine();
        }
        return line == null ? "end" : line.substring("data: ".length(), Math.min(line.length(), 30));
    }

    @Test
    void aNewClientIsSentTheWholeAndThenWhatIsNew() throws IOException {
        BufferedReader stream = stream();

        assertThat(stream.readLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(stream.readLine()).isEqualTo("Content-Type: text/event-stream");
        assertThat(next(stream)).isEqualTo("whole 0");
        assertThat(next(stream)).isEqualTo("1");
        assertThat(next(stream)).isEqualTo("2");
    }

    @Test
    void oneThatDoesNotReadIsClosedAndDelaysNoOther() throws IOException {
        padding = LARGE;
        Socket deaf = client("GET /events HTTP/1.1\r\n\r\n");
        BufferedReader reading = stream();
        int began = events.get();
        while (events.get() < began + 9) {
            assertThat(next(reading)).isNotEqualTo("end");
        }

        byte[] all = deaf.getInputStream().readAllBytes();
        assertThat(all.length).as("not even one event").isLessThan(LARGE.length());
    }

    @Test
    void oneThatReadsAgainIsSentTheWholeInPlaceOfWhatItMissed() throws IOException {
        BufferedReader late = stream();
        assertThat(next(late)).isEqualTo("whole 0");
        BufferedReader reading = stream();
        padding = LARGE;
        int began = events.get();
        while (events.get() < began + 3) {
            assertThat(next(reading)).isNotEqualTo("end");
        }
        padding = "";

        String said = next(late);
        while (!said.startsWith("whole")) {
            assertThat(said).isNotEqualTo("end");
            said = next(late);
        }
        assertThat(next(late)).matches("\\d+x*");
    }

    @Test
    void theOldestStreamMakesRoomForTheNext() throws IOException {
        BufferedReader oldest = stream();
        assertThat(next(oldest)).startsWith("whole");
        List<BufferedReader> others = new ArrayList<>();
        for (int i = 0; i < PageServer.MOST_STREAMS; i++) {
            others.add(stream());
            assertThat(next(others.get(i))).startsWith("whole");
        }

        String said = next(oldest);
        while (!said.equals("end")) {
            said = next(oldest);
        }
        assertThat(next(others.get(0))).isNotEqualTo("end");
    }

    @Test
    void requestsThatStopHalfwayCloseNoStream() throws IOException {
        BufferedReader stream = stream();
        assertThat(next(stream)).startsWith("whole");
        for (int i = 0; i < PageServer.MOST_CONNECTIONS + 50; i++) {
            clients.add(
                    new Socket(InetAddress.getLoopbackAddress(), server.ports().get(0)));
        }

        assertThat(next(stream)).isNotEqualTo("end");
        assertThat(next(stream)).isNotEqualTo("end");
    }

    @Test
    void aBodyIsReadToItsGivenLengthAndNoFurther() throws IOException {
        Socket client = client("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
        client.getOutputStream().write("cdefgh".getBytes(StandardCharsets.US_ASCII));

        assertThat(answer(client)).startsWith("HTTP/1.1 200 ").endsWith("POST abcde");
        assertThat(answer(client("POST / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n")))
                .startsWith("HTTP/1.1 413 ");
        assertThat(answer(client("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")))
                .startsWith("HTTP/1.1 411 ");
        assertThat(answer(client("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n")))
                .startsWith("HTTP/1.1 411 ");
    }

    private static String answer(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
