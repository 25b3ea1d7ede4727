package io.deepsentry.live.alert;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts as JSON to an address, one a request. Each lies on disk until the server has it and arrives at least once; the header {@code X-DeepSentry-Id} has its id.
 *
 * <pre>{@code
 * try (AlertSink sink = WebhookSink.builder("https://hooks.example/alerts")
 *         .token(System.getenv("HOOK_TOKEN"))
 *         .spool(Path.of("spool/hook"))
 *         .open()) {
 *     LiveMonitor.run(settings, sink, end -> {}, RunContext.quiet());
 * }
 * }</pre>
 *
 * <p>Alerts are written by one thread at a time; {@link #stats} may be called by any.
 */
public final class WebhookSink extends ServerSink {
    private WebhookSink(QueuedAlertSink queue) {
        super(queue);
    }

    /**
     * Starts the settings of a sink.
     *
     * @param address such as {@code https://hooks.example/alerts}; its path is never shown, as it may be a secret
     */
    public static Builder builder(String address) {
        return new Builder(address, "webhook", false);
    }

    /**
     * The same for an address from somewhere else.
     *
     * @param subject what a message calls it
     * @param secret whether no message may show it
     */
    static Builder builder(String address, String subject, boolean secret) {
        return new Builder(address, subject, secret);
    }

    /** The settings of a {@link WebhookSink}. A spool must be named. */
    public static final class Builder extends ServerSink.Builder<Builder> {
        private final String address;
        private final String subject;
        private final boolean addressIsSecret;
        private @Nullable String token;
        private @Nullable String signingSecret;
        private @Nullable Path tlsAuthorities;

        private Builder(String address, String subject, boolean addressIsSecret) {
            super("webhook");
            this.address = Objects.requireNonNull(address, "address");
            this.subject = subject;
            this.addressIsSecret = addressIsSecret;
        }

        @Override
        Builder self() {
            return this;
        }

        /** Sets the bearer token that is sent with each alert; null, the default, for none. */
        public Builder token(@Nullable String newToken) {
            token = newToken;
            return this;
        }

        /**
         * Sets the secret that signs each alert and is not sent itself: {@code X-DeepSentry-Signature} is {@code sha256=} and the HMAC-SHA256 (RFC 2104) of the body in
         * hexadecimal digits. Null, the default, for no signature.
         */
        public Builder signingSecret(@Nullable String newSecret) {
            signingSecret = newSecret;
            return this;
        }

        /** Sets a PEM file of the authorities to trust for https; null, the default, for those of the Java runtime. */
        public Builder tlsAuthorities(@Nullable Path pemFile) {
            tlsAuthorities = pemFile;
            return this;
        }

        /**
         * Opens the sink and begins to send what an earlier run left in the spool.
         *
         * @throws io.deepsentry.core.ConfigException if the address is none
         * @throws io.deepsentry.core.DataException if the server cannot be reached and never was before
         */
        public WebhookSink open() {
            return new WebhookSink(queue(new WebhookDelivery(
                    new HttpSender(tlsAuthorities),
                    HttpSender.address(subject, address, addressIsSecret),
                    token,
                    signingSecret)));
        }
    }
}
