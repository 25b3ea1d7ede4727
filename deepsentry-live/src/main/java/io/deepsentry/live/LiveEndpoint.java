package io.deepsentry.live;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells over HTTP how a run is doing: {@code /health} whether it is alive, {@code /ready} whether its models are loaded and warm and the log is watched, and
 * {@code /metrics} what the application's registry holds. Both kinds may share a port.
 */
public final class LiveEndpoint implements AutoCloseable {
    /** A run that has not looked at its log for so long is not well. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "deepsentry-endpoint");
        thread.setDaemon(true);
        return thread;
    });
    private final InetAddress address;

    private LiveEndpoint(InetAddress address) {
        this.address = address;
    }

    /**
     * Begins to answer.
     *
     * @param listen the address to listen on
     * @param metricsPort the port of {@code /metrics}, 0 for any that is free, or null for none
     * @param healthPort the port of {@code /health} and {@code /ready}, likewise
     * @param metrics gives the text that Prometheus reads
     * @throws DataException if a port is taken or may not be used
     */
    public static LiveEndpoint open(
            String listen,
            @Nullable Integer metricsPort,
            @Nullable Integer healthPort,
            LiveRun run,
            Supplier<String> metrics) {
        LiveEndpoint endpoint;
        try {
            endpoint = new LiveEndpoint(InetAddress.getByName(listen));
        } catch (UnknownHostException e) {
            throw new DataException("listen_address " + listen + " is no address of this machine", e);
        }
        boolean opened = false;
        try {
            HttpServer first = null;
            if (metricsPort != null) {
                first = endpoint.listen("metrics_port", metricsPort);
                first.createContext(
                        "/metrics",
                        exact(
                                "/metrics",
                                exchange -> answer(
                                        exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())));
            }
            if (healthPort != null) {
                HttpServer second = first != null && healthPort.equals(metricsPort)
                        ? first
                        : endpoint.listen("health_port", healthPort);
                second.createContext("/health", exact("/health", exchange -> health(exchange, run)));
                second.createContext("/ready", exact("/ready", exchange -> ready(exchange, run)));
            }
            endpoint.servers.forEach(HttpServer::start);
            opened = true;
            return endpoint;
        } finally {
            if (!opened) {
                endpoint.close();
            }
        }
    }

    private HttpServer listen(String setting, int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 16);
            server.setExecutor(threads);
            servers.add(server);
            return server;
        } catch (BindException e) {
            throw new DataException(
                    setting + " " + port + " cannot be used on " + address.getHostAddress() + ": "
                            + IoErrors.describe(e) + "; stop what uses it or choose another",
                    e);
        } catch (IOException e) {
            throw new DataException(setting + " " + port + " cannot be used: " + IoErrors.describe(e), e);
        }
    }

    /** The ports in use: of metrics first, where both are served. */
    public List<Integer> ports() {
        return servers.stream().map(server -> server.getAddress().getPort()).toList();
    }

    /** A context answers for all paths below it, and these have none. */
    private static HttpHandler exact(String path, HttpHandler handler) {
        return exchange -> {
            try (exchange) {
                if (!exchange.getRequestURI().getPath().equals(path)) {
                    answer(exchange, 404, "text/plain", "no such page\n");
                } else if (!exchange.getRequestMethod().equals("GET")
                        && !exchange.getRequestMethod().equals("HEAD")) {
                    exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                    answer(exchange, 405, "text/plain", "only GET and HEAD\n");
                } else {
                    handler.handle(exchange);
                }
            }
        };
    }

    private static void health(HttpExchange exchange, LiveRun run) throws IOException {
        Duration silence = run.sinceLastSign();
        boolean well = run.phase() != LiveRun.Phase.ENDED
                && (run.phase() == LiveRun.Phase.STARTING || silence.compareTo(LONGEST_SILENCE) < 0);
        // A program that watches while nobody takes its alerts is not better after a restart: so it is well, and says
        // what is wrong.
        String problem = run.problem();
        json(exchange, well ? 200 : 503, !well ? "down" : problem == null ? "up" : "degraded", problem, run, silence);
    }

    private static void ready(HttpExchange exchange, LiveRun run) throws IOException {
        boolean ready = run.phase() == LiveRun.Phase.WATCHING;
        json(exchange, ready ? 200 : 503, ready ? "ready" : "not ready", null, run, run.sinceLastSign());
    }

    private static void json(
            HttpExchange exchange, int code, String status, @Nullable String reason, LiveRun run, Duration silence)
            throws IOException {
        answer(
                exchange,
                code,
                "application/json",
                "{\"status\":\"" + status + "\","
                        + (reason == null ? "" : "\"reason\":" + JSON.writeValueAsString(reason) + ",")
                        + "\"phase\":\""
                        + run.phase().name().toLowerCase(Locale.ROOT) + "\",\"seconds_since_last_sign\":"
                        + silence.toMillis() / 1e3 + "}\n");
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
