package io.deepsentry.live.alert;

import com.google.common.base.Throwables;
import com.google.common.net.InetAddresses;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.tail.LineSplitter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The HTTP client of the sinks: it follows no redirect, which could carry a secret elsewhere, and gives up in time. */
final class HttpSender {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);
    private static final String DISABLED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int WANTS_PASSWORD = 407;
    /** Answers of a proxy that cannot or will not reach the server. */
    private static final Set<Integer> OF_PROXY = Set.of(WANTS_PASSWORD, 502, 503, 504);

    private static final System.Logger LOG = System.getLogger(HttpSender.class.getName());

    private final HttpClient client;
    private final Proxies proxies;

    /**
     * A client.
     *
     * @param tls what https stands on
     * @param proxies the proxies to use
     */
    HttpSender(TlsFiles tls, Proxies proxies) {
        this.proxies = proxies;
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies.selector())
                .sslContext(tls.context())
                .build();
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return send(request, REQUEST_TIMEOUT);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration timeout)
            throws IOException, InterruptedException {
        URI server = request.copy().build().uri();
        Proxies.Via via = proxies.to(server);
        if (via != null && via.authorization() != null) {
            requireTunnelThatMayAuthenticate(server, via);
            request.header("Proxy-Authorization", via.authorization());
        }
        try {
            return client.send(
                    request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw via == null ? e : new ProxyException(via, e);
        }
    }

    /** Java sends no password to a proxy on the way to https unless it was told to. */
    private static void requireTunnelThatMayAuthenticate(URI server, Proxies.Via via) {
        if ("https".equalsIgnoreCase(server.getScheme())
                && !System.getProperty(DISABLED_SCHEMES, "Basic").isBlank()) {
            throw new ConfigException(
                    "the proxy " + via + " has a password, which this Java runtime does not send; start it with -D"
                            + DISABLED_SCHEMES + "=");
        }
    }

    /**
     * Looks whether a server answers, by the way that everything else goes: its name, the proxy, the connection and for
     * https its certificate. The request is for the root of the server and says nothing.
     *
     * @return null if it does, otherwise why not
     */
    @Nullable
    String check(URI address) throws InterruptedException {
        URI root = URI.create(server(address) + "/");
        try {
            HttpResponse<String> response = send(
                    HttpRequest.newBuilder(root)
                            .header("User-Agent", "deepsentry")
                            .method("HEAD", HttpRequest.BodyPublishers.noBody()),
                    CHECK_TIMEOUT);
            Proxies.Via via = proxies.to(root);
            if (via == null || !OF_PROXY.contains(response.statusCode())) {
                return null;
            }
            return response.statusCode() == WANTS_PASSWORD
                    ? wantsPassword(via.toString())
                    : "the proxy " + via + " answers " + response.statusCode();
        } catch (HttpConnectTimeoutException e) {
            return describe(e);
        } catch (HttpTimeoutException e) {
            // It is there, and has nothing to say to what it does not expect.
            return null;
        } catch (IOException e) {
            return describe(e);
        }
    }

    /** A request through a proxy that failed. */
    private static final class ProxyException extends IOException {
        private static final long serialVersionUID = 1;
        private final String proxy;

        ProxyException(Proxies.Via via, IOException cause) {
            super(cause);
            this.proxy = via.toString();
        }
    }

    /** Warns where secrets would be sent so that everybody on the way can read them. */
    static void warnOfPlainSecrets(URI address, String what) {
        if ("http".equalsIgnoreCase(address.getScheme()) && !isLoopback(address.getHost())) {
            LOG.log(
                    Level.WARNING,
                    "{0} goes to {1} unencrypted, so others on the way can read it; use https",
                    what,
                    server(address));
        }
    }

    private static boolean isLoopback(String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase("localhost")
                || (InetAddresses.isInetAddress(bare)
                        && InetAddresses.forString(bare).isLoopbackAddress());
    }

    /** Why a server was not reached, in words; what the JDK says is often nothing. */
    static String describe(IOException e) {
        if (e instanceof ProxyException through && e.getCause() instanceof IOException cause) {
            String said = String.valueOf(cause.getMessage());
            return said.contains(String.valueOf(WANTS_PASSWORD))
                    ? wantsPassword(through.proxy)
                    : describe(cause) + " (through the proxy " + through.proxy + ")";
        }
        if (e instanceof HttpConnectTimeoutException) {
            return "no answer within " + CONNECT_TIMEOUT.toSeconds() + " s";
        }
        if (e instanceof HttpTimeoutException) {
            return "no reply within " + REQUEST_TIMEOUT.toSeconds() + " s";
        }
        if (e instanceof ConnectException) {
            return Throwables.getRootCause(e) instanceof UnresolvedAddressException
                    ? "the host is not known"
                    : "the connection was refused";
        }
        if (e instanceof SSLException) {
            return "TLS failed (" + IoErrors.describe(e) + "); tls_ca names the authority to trust";
        }
        String said = IoErrors.describe(e);
        return said.contains("received no bytes")
                ? "it closed the connection without an answer, as a server does that needs https"
                : said;
    }

    /** What becomes of entries after an answer that is about the server and not about them. */
    static Delivery.Outcome notTaken(List<DiskQueue.Entry> entries, HttpResponse<String> response) {
        int status = response.statusCode();
        String why = "it answers " + status + ": " + excerpt(response.body());
        return status / 100 == 4 && status != TIMED_OUT && status != TOO_MANY
                ? Delivery.Outcome.denied(entries, why)
                : Delivery.Outcome.later(entries, why, retryAfter(response));
    }

    private static String wantsPassword(String proxy) {
        return "the proxy " + proxy
                + " answers 407: it needs another user or password, as in http://user:password@proxy:3128";
    }

    /** What {@code Retry-After} asks for, or null. */
    static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("Retry-After").orElse("").strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Duration.ofSeconds(Long.parseLong(text.substring(0, Math.min(text.length(), 9))));
            }
            Duration left =
                    Duration.between(Instant.now(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return left.isNegative() ? null : left;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * An address of a server.
     *
     * @param subject the setting it comes from
     * @param secret whether the address must not be shown
     * @throws ConfigException if it is none
     */
    static URI address(String subject, String text, boolean secret) {
        String shown = secret ? "" : ", but was '" + withoutUser(text) + "'";
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new ConfigException(subject + " must be an address such as http://localhost:9200" + shown);
        }
        if (uri.getHost() == null
                || !("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))) {
            throw new ConfigException(subject + " must be an address such as http://localhost:9200" + shown);
        }
        if (uri.getUserInfo() != null) {
            throw new ConfigException(subject + " must not contain a user and password" + shown
                    + "; set them in the environment, where no process list shows them");
        }
        return uri;
    }

    private static String withoutUser(String text) {
        return text.replaceFirst("//[^/@]*@", "//...@");
    }

    /** The server of an address, without the path, which may be a secret. */
    static String server(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    static DataException refused(String what, String target, HttpResponse<String> response, String remedy) {
        return new DataException(what + " at " + target + " answers " + response.statusCode() + ": "
                + excerpt(response.body()) + "; " + remedy);
    }

    /** The first line of what a server says, which may be long, and anything. */
    static String excerpt(String body) {
        String line = Escaping.escape(
                body.strip().lines().findFirst().orElse("(nothing)").strip());
        return line.length() <= 300 ? line : LineSplitter.cut(line, 300) + "...";
    }
}
