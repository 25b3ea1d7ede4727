package io.deepsentry.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.live.internal.http.PageServer.Answer;
import io.deepsentry.live.internal.http.PageServer.Page;
import io.deepsentry.live.internal.http.PageServer.Request;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the state of a run over HTTP: {@code /health} whether it works and can read a log, {@code /ready} whether
 * its models are loaded and warm and the log is watched, and {@code /metrics} the meters of the application's
 * registry. Health and metrics may share a port. A slow client delays no other.
 *
 * <p>Safe for use by many threads.
 */
public final class LiveEndpoint implements AutoCloseable {
    /** A run that has not looked at its log for so long, or could read nothing, is not well. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    private final PageServer server;
    private final InetAddress address;

    private LiveEndpoint(PageServer server, InetAddress address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Starts to serve.
     *
     * @param listen the address to listen on
     * @param metricsPort the port of {@code /metrics}, 0 for any that is free, or null for none
     * @param healthPort the port of {@code /health} and {@code /ready}, likewise
     * @param run the run to report on
     * @param metrics gives the text that Prometheus reads
     * @return the open endpoint; close it
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
            endpoint = new LiveEndpoint(PageServer.create(), address(listen));
        } catch (IOException e) {
            throw new DataException("nothing can be served: " + IoErrors.describe(e), e);
        }
        boolean opened = false;
        try {
            Map<String, Supplier<Page>> measured =
                    Map.of("/metrics", () -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
            Map<String, Supplier<Page>> pages = new HashMap<>();
            pages.put("/health", () -> health(run));
            pages.put("/ready", () -> ready(run));
            if (metricsPort != null && metricsPort.equals(healthPort)) {
                pages.putAll(measured);
            } else if (metricsPort != null) {
                listen(endpoint.server, endpoint.address, "metrics_port", metricsPort, PageServer.pages(measured));
            }
            if (healthPort != null) {
                listen(endpoint.server, endpoint.address, "health_port", healthPort, PageServer.pages(pages));
            }
            endpoint.server.start();
            opened = true;
            return endpoint;
        } finally {
            if (!opened) {
                endpoint.close();
            }
        }
    }

    static InetAddress address(String listen) {
        try {
            return InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw new DataException("listen_address " + listen + " is not an address of this machine", e);
        }
    }

    /** Listens, or says which setting cannot be used. */
    static void listen(
            PageServer server, InetAddress address, String setting, int port, Function<Request, Answer> site) {
        try {
            server.listen(new InetSocketAddress(address, port), site);
        } catch (BindException e) {
            throw new DataException(
                    setting + " " + port + " cannot be used on " + address.getHostAddress() + ": "
                            + IoErrors.describe(e) + "; stop what uses it or choose another",
                    e);
        } catch (IOException e) {
            throw new DataException(setting + " " + port + " cannot be used: " + IoErrors.describe(e), e);
        }
    }

    /**
     * Returns the ports in use.
     *
     * @return the port of metrics first, where both are served
     */
    public List<Integer> ports() {
        return server.ports();
    }

    private static Page health(LiveRun run) {
        boolean working = run.sinceLastSign().compareTo(LONGEST_SILENCE) < 0
                && run.sinceReadable().compareTo(LONGEST_SILENCE) < 0;
        boolean well = run.phase() != LiveRun.Phase.ENDED && (run.phase() == LiveRun.Phase.STARTING || working);
        // A program that watches while nobody takes its alerts is not better after a restart: so it is well, and says
        // what is wrong.
        String problem = run.problem();
        return json(well ? 200 : 503, !well ? "down" : problem == null ? "up" : "degraded", problem, run);
    }

    private static Page ready(LiveRun run) {
        boolean ready = run.phase() == LiveRun.Phase.WATCHING;
        return json(ready ? 200 : 503, ready ? "ready" : "not ready", null, run);
    }

    private static Page json(int code, String status, @Nullable String reason, LiveRun run) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("status", status);
        if (reason != null) {
            said.put("reason", reason);
        }
        said.put("phase", run.phase().name().toLowerCase(Locale.ROOT));
        said.put("seconds_since_last_sign", run.sinceLastSign().toMillis() / 1e3);
        said.put("seconds_since_readable", run.sinceReadable().toMillis() / 1e3);
        try {
            return new Page(code, "application/json", JSON.writeValueAsString(said) + "\n");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
