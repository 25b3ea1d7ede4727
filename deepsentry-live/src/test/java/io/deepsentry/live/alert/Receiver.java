package io.deepsentry.live.alert;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;

/** An HTTP server that answers a POST to {@code /hook} as a product does. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());

    /**
     * What a product says.
     *
     * @param status of HTTP
     * @param body of the answer
     */
    record Answer(int status, String body) {
        boolean taken() {
            return status / 100 == 2;
        }
    }

    /** @param product answers a request with this body */
    Receiver(BiFunction<HttpExchange, String, Answer> product) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Answer answer = product.apply(exchange, body);
            if (answer.taken()) {
                taken.add(body);
            }
            byte[] said = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), said.length == 0 ? -1 : said.length);
            exchange.getResponseBody().write(said);
            exchange.close();
        });
        server.start();
    }

    String address() {
        return "http://localhost:" + port() + "/hook";
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The bodies of requests that it took. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
