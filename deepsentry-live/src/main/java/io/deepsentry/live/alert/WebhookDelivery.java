package io.deepsentry.live.alert;

import java.io.IOException;
import java.net.URI;
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
 * Alerts as what a receiver takes, one a POST request. The header {@code X-DeepSentry-Id} has the alert's id, by which
 * a receiver recognises one that comes again; with a secret, {@code X-DeepSentry-Signature} is {@code sha256=} and the
 * HMAC-SHA256 (RFC 2104) of the body in hexadecimal digits.
 */
final class WebhookDelivery implements Delivery {
    private final HttpSender http;
    private final URI address;
    private final @Nullable String authorization;
    private final @Nullable SecretKeySpec key;
    private final String system;
    private final @Nullable WebhookBody format;

    /**
     * @param authorization the value of that header, or null for none
     * @param secret signs what is sent and is not sent itself, or null
     * @param system the name of what is watched
     * @param format makes what is sent, or null for the alert's own JSON
     */
    WebhookDelivery(
            HttpSender http,
            URI address,
            @Nullable String authorization,
            @Nullable String secret,
            String system,
            @Nullable WebhookBody format) {
        this.http = http;
        this.address = address;
        this.authorization = authorization;
        this.key = secret == null ? null : new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        this.system = system;
        this.format = format;
    }

    @Override
    public int batchSize() {
        return 1;
    }

    @Override
    public String target() {
        return HttpSender.server(address);
    }

    /** Its JSON whatever the format, so that an alert that waits is sent in the format of the day. */
    @Override
    public String body(Alert alert) {
        return AlertFormat.JSON.write(alert);
    }

    /** Nothing but an alert may be posted to it, so only the way to it is tried. */
    @Override
    public @Nullable String check() throws InterruptedException {
        return http.check(address);
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) throws InterruptedException {
        DiskQueue.Entry entry = entries.get(0);
        String body = format == null ? entry.body() : format.of(Notice.read(entry.body(), system));
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", format == null ? "application/json" : format.contentType())
                .header("User-Agent", "deepsentry")
                .header("X-DeepSentry-Id", headerSafe(entry.id()))
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (key != null) {
            request.header("X-DeepSentry-Signature", "sha256=" + signature(key, body));
        }
        try {
            HttpResponse<String> response = http.send(request);
            int status = response.statusCode();
            if (status / 100 == 2) {
                return Outcome.delivered();
            }
            return atFault(status)
                    ? Outcome.refused(entry, "it answers " + status + ": " + HttpSender.excerpt(response.body()))
                    : HttpSender.notTaken(entries, response);
        } catch (IOException e) {
            return Outcome.later(entries, HttpSender.describe(e), null);
        }
    }

    /**
     * Whether the answer is about this alert. A wrong token or path is a matter of settings, in which no alert may get
     * lost.
     */
    static boolean atFault(int status) {
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
