package io.deepsentry.live.alert;

import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Alerts as JSON, one a POST request. The header {@code X-DeepSentry-Id} has the alert's id, by which a receiver recognises one that comes again; with a secret,
 * {@code X-DeepSentry-Signature} is {@code sha256=} and the HMAC-SHA256 (RFC 2104) of the body in hexadecimal digits.
 */
final class WebhookDelivery implements Delivery {
    private static final int CONNECT_MILLIS = 5_000;

    private final HttpSender http;
    private final URI address;
    private final @Nullable String token;
    private final @Nullable SecretKeySpec key;

    /**
     * @param token sent as a bearer token, or null
     * @param secret signs what is sent and is not sent itself, or null
     */
    WebhookDelivery(HttpSender http, URI address, @Nullable String token, @Nullable String secret) {
        this.http = http;
        this.address = address;
        this.token = token;
        this.key = secret == null ? null : new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    @Override
    public int batchSize() {
        return 1;
    }

    @Override
    public String target() {
        return HttpSender.server(address);
    }

    @Override
    public String body(Alert alert) {
        return AlertFormat.JSON.write(alert);
    }

    /** Nothing but an alert may be posted to it, so only the connection is tried. */
    @Override
    public @Nullable String check() {
        int port =
                address.getPort() >= 0 ? address.getPort() : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
        return connectionTo(address.getHost(), port);
    }

    /** Why there is none, or null. */
    static @Nullable String connectionTo(String host, int port) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(bare), port), CONNECT_MILLIS);
            return null;
        } catch (UnknownHostException e) {
            return "the host " + bare + " is not known";
        } catch (IOException e) {
            return IoErrors.describe(e);
        }
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) throws InterruptedException {
        DiskQueue.Entry entry = entries.get(0);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("User-Agent", "deepsentry")
                .header("X-DeepSentry-Id", headerSafe(entry.id()))
                .POST(HttpRequest.BodyPublishers.ofString(entry.body(), StandardCharsets.UTF_8));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (key != null) {
            request.header("X-DeepSentry-Signature", "sha256=" + signature(key, entry.body()));
        }
        try {
            HttpResponse<String> response = http.send(request);
            int status = response.statusCode();
            if (status / 100 == 2) {
                return Outcome.delivered();
            }
            String said = "it answers " + status + ": " + HttpSender.excerpt(response.body());
            return atFault(status)
                    ? Outcome.refused(entry, said)
                    : Outcome.later(entries, said, HttpSender.retryAfter(response));
        } catch (IOException e) {
            return Outcome.later(entries, HttpSender.describe(e), null);
        }
    }

    /** Whether the answer is about this alert. A wrong token or path is a matter of settings, in which no alert may get lost. */
    private static boolean atFault(int status) {
        return status == 400 || status == 413 || status == 415 || status == 422;
    }

    static String signature(SecretKeySpec key, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    private static String headerSafe(String id) {
        return id.chars().allMatch(c -> c > ' ' && c < 127)
                ? id
                : HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}
}
