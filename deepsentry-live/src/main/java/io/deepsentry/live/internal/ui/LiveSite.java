package io.deepsentry.live.internal.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.net.InetAddresses;
import io.deepsentry.anomaly.report.ReportPage;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.live.internal.http.PageServer.Answer;
import io.deepsentry.live.internal.http.PageServer.Events;
import io.deepsentry.live.internal.http.PageServer.Page;
import io.deepsentry.live.internal.http.PageServer.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the live page: itself, its events, and the acknowledging of a finding.
 *
 * <p>A page of another site must neither read nor change anything. A browser that is led here by a name of that site's
 * own (DNS rebinding) says so in {@code Host}, so only addresses and {@code localhost} are served. A change needs a
 * token that only the page has. For one thread.
 */
public final class LiveSite implements Function<Request, Answer> {
    /** The header that has the token. */
    public static final String TOKEN_HEADER = "X-DeepSentry-Token";

    private static final Map<String, String> GUARDED = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");
    private static final long KEPT_NANOS = 1_000_000_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final LiveState state;
    private final Acknowledging acknowledging;
    private final String name;
    private final String token = newToken();
    private final ReportPage page = ReportPage.load();
    private final String script = script();
    private @Nullable String kept;
    private long keptAt;

    /** Acknowledges findings. */
    @FunctionalInterface
    public interface Acknowledging {
        /**
         * Acknowledges a finding as normal.
         *
         * @return the number of the acknowledgement
         * @throws DeepSentryException if it cannot be
         */
        int acknowledge(String finding);
    }

    /** @param listen the address or name that is listened at: it may be asked for, too */
    public LiveSite(LiveState state, String listen, Acknowledging acknowledging) {
        this.state = state;
        this.acknowledging = acknowledging;
        this.name = listen.toLowerCase(Locale.ROOT);
    }

    private static String newToken() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(LiveSite.class.getResourceAsStream("live.js"), "live.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Answer apply(Request request) {
        String host = request.header("host");
        if (host == null || !isServed(host)) {
            return text(403, "open this page by an IP address of its machine, or as localhost");
        }
        return switch (request.path()) {
            case "/" -> PageServer.isReading(request) ? page() : PageServer.notAllowed("GET, HEAD");
            case "/events" -> events(request);
            case "/acknowledge" -> acknowledge(request, host);
            default -> text(404, "no such page");
        };
    }

    private boolean isServed(String host) {
        int colon = host.lastIndexOf(':');
        boolean port =
                colon >= 0 && host.indexOf(']', colon) < 0 && (host.indexOf(':') == colon || host.startsWith("["));
        String bare = (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
        return bare.equals("localhost") || bare.equals(name) || InetAddresses.isUriInetAddress(bare);
    }

    private Page page() {
        long now = System.nanoTime();
        String html = kept;
        if (html == null || now - keptAt > KEPT_NANOS) {
            Map<String, Object> data = state.toMap();
            data.put("token", token);
            html = new String(page.of(data, List.of(script), "'self'"), StandardCharsets.UTF_8);
            kept = html;
            keptAt = now;
        }
        return new Page(200, "text/html; charset=utf-8", html, GUARDED);
    }

    private static Answer events(Request request) {
        if (!request.method().equals("GET")) {
            return PageServer.notAllowed("GET");
        }
        String site = request.header("sec-fetch-site");
        return site == null || site.equals("same-origin") || site.equals("none")
                ? new Events()
                : text(403, "events are for the page of this address alone");
    }

    private Page acknowledge(Request request, String host) {
        if (!request.method().equals("POST")) {
            return PageServer.notAllowed("POST");
        }
        String origin = request.header("origin");
        String site = request.header("sec-fetch-site");
        boolean own =
                (origin == null || origin.equals("http://" + host)) && (site == null || site.equals("same-origin"));
        if (!own) {
            return problem(403, "only the page of this address may acknowledge");
        }
        String given = request.headers().getOrDefault(TOKEN_HEADER.toLowerCase(Locale.ROOT), "");
        if (!MessageDigest.isEqual(bytes(given), bytes(token))) {
            return problem(403, "this page is from an earlier run; reload it");
        }
        String finding = request.text().strip();
        if (!state.knows(finding)) {
            return problem(409, "this finding no longer exists");
        }
        try {
            int number = acknowledging.acknowledge(finding);
            state.acknowledged(finding, number);
            return json(200, Map.of("acknowledged", number));
        } catch (DeepSentryException e) {
            return problem(409, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Page problem(int code, String text) {
        return json(code, Map.of("problem", text));
    }

    private static Page json(int code, Map<String, ?> map) {
        try {
            return new Page(code, "application/json", JSON.writeValueAsString(map) + "\n", GUARDED);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers have a JSON form", e);
        }
    }

    private static Page text(int code, String text) {
        return new Page(code, "text/plain", text + "\n", GUARDED);
    }
}
