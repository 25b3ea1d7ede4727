package io.deepsentry.live.alert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that leads every tunnel and every plain request to one port of this machine, whatever host it is asked for.
 */
final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final int behind;
    private final @Nullable String authorization;

    /**
     * @param behind the port that everything leads to
     * @param authorization the value of {@code Proxy-Authorization} without which it lets nobody through, or null
     */
    ConnectProxy(int behind, @Nullable String authorization) throws IOException {
        this.behind = behind;
        this.authorization = authorization;
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The first lines of the requests it let through. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            if (authorization != null && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
                say(
                        client,
                        String.join(
                                "\r\n",
                                "HTTP/1.1 407 Proxy Authentication Required",
                                "Proxy-Authenticate: Basic realm=\"p\"",
                                "Content-Length: 0",
                                "Connection: close",
                                "",
                                ""));
                return;
            }
            asked.add(head.substring(0, head.indexOf("\r\n")));
            try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), behind)) {
                if (head.startsWith("CONNECT ")) {
                    say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
                } else {
                    // As an origin server expects it: without the host, and only this one request.
                    say(
                            onward,
                            head.replaceFirst(" http://[^/]+", " ").replaceFirst("\r\n", "\r\nConnection: close\r\n"));
                }
                threads.execute(() -> copy(client, onward));
                copy(onward, client);
            }
        } catch (IOException e) {
            return;
        }
    }

    private static void say(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        to.getOutputStream().flush();
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void copy(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[8192];
            for (int read = from.getInputStream().read(some);
                    read >= 0;
                    read = from.getInputStream().read(some)) {
                out.write(some, 0, read);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
