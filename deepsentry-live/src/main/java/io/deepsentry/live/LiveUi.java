package io.deepsentry.live;

import com.google.common.net.InetAddresses;
import io.deepsentry.anomaly.feedback.AlertRecord;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.ui.LiveSite;
import io.deepsentry.live.internal.ui.LiveState;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Shows a run in a browser: findings, lines by level, lag and the last lines as they come. A finding can be marked as
 * normal there; nothing else can be changed.
 *
 * <pre>{@code
 * LiveRun run = new LiveRun();
 * try (LiveUi ui = LiveUi.open("127.0.0.1", 8080, settings, run)) {
 *     LiveMonitor.run(settings, sink, end -> {}, run, context);
 * }
 * }</pre>
 *
 * <p>Lines are redacted as alerts are. There is no password: whoever reaches the port sees the lines. A slow client
 * delays neither the run nor other clients. Safe for use by many threads.
 */
public final class LiveUi implements AutoCloseable {
    private static final int MOST_NAMES = 20;
    private static final int LONGEST_NAME = 400;

    private final PageServer server;
    private final InetAddress listening;

    private LiveUi(PageServer server, InetAddress listening) {
        this.server = server;
        this.listening = listening;
    }

    /**
     * Starts to serve the page of a run. Open it before the run begins.
     *
     * @param listen the address to listen on
     * @param port the port, 0 for any that is free
     * @param settings the settings of the run
     * @param run the handle of the run
     * @return the open page; close it
     * @throws DataException if the port is taken or may not be used
     */
    public static LiveUi open(String listen, int port, LiveSettings settings, LiveRun run) {
        InetAddress address = LiveEndpoint.address(listen);
        LiveState state = new LiveState(
                UUID.randomUUID().toString(),
                settings.outputs().redaction(),
                log(settings),
                () -> status(run),
                run::findings);
        PageServer server;
        try {
            server = PageServer.create(state);
        } catch (IOException e) {
            throw new DataException("nothing can be served: " + IoErrors.describe(e), e);
        }
        boolean opened = false;
        try {
            LiveSite site = new LiveSite(state, listen, id -> acknowledge(id, settings));
            LiveEndpoint.listen(server, address, "ui_port", port, site);
            server.start();
            run.addListener(new Watching(state));
            opened = true;
            return new LiveUi(server, address);
        } finally {
            if (!opened) {
                server.close();
            }
        }
    }

    /** Hands on what the run does. */
    private record Watching(LiveState state) implements LiveRun.Listener {
        @Override
        public void judged(List<LogEvent> events, List<Verdict> verdicts) {
            state.judged(events, verdicts);
        }
    }

    private static Map<String, Object> log(LiveSettings settings) {
        Path folder = settings.feedbackFile().toAbsolutePath().getParent();
        Map<String, Object> log = new HashMap<>();
        log.put(
                "inputs",
                inputs(settings).stream()
                        .limit(MOST_NAMES)
                        .map(name -> Excerpt.of(name, LONGEST_NAME))
                        .toList());
        log.put("number_of_inputs", inputs(settings).size());
        log.put("system", Excerpt.of(settings.outputs().system(), LONGEST_NAME));
        log.put("data_dir", folder == null ? "." : folder.toString());
        return log;
    }

    private static List<String> inputs(LiveSettings settings) {
        BrokerSettings kafka = settings.kafka();
        if (settings.otlp() != null) {
            return List.of(settings.input());
        }
        return kafka != null && settings.readsTopics()
                ? kafka.topics()
                : settings.logFiles().stream().map(Path::toString).toList();
    }

    private static LiveState.Status status(LiveRun run) {
        String phase = run.phase().name().toLowerCase(Locale.ROOT);
        LiveRun.Snapshot seen = run.snapshot();
        if (seen == null) {
            return new LiveState.Status(phase, run.problem(), 0, 0, 0, null);
        }
        return new LiveState.Status(
                phase,
                run.problem(),
                seen.identified().messages(),
                seen.lag().toMillis(),
                seen.lagBytes(),
                Double.isFinite(seen.threshold()) ? (Double) seen.threshold() : null);
    }

    private static int acknowledge(String finding, LiveSettings settings) {
        Path records = settings.alertRecords();
        AlertRecord alert = AlertRecords.find(finding, List.of(records, FeedbackSettings.earlier(records)));
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        FeedbackRecord record = Feedback.acknowledge(settings.feedbackFile(), alert, null, now);
        return record.id();
    }

    /**
     * Returns the port in use.
     *
     * @return the port
     */
    public int port() {
        return server.ports().get(0);
    }

    /**
     * Returns where a browser finds the page.
     *
     * @return an {@code http} address
     */
    public URI address() {
        String host = listening.isAnyLocalAddress() ? "localhost" : InetAddresses.toAddrString(listening);
        int scope = host.indexOf('%');
        host = scope < 0 ? host : host.substring(0, scope);
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + "/");
    }

    @Override
    public void close() {
        server.close();
    }
}
