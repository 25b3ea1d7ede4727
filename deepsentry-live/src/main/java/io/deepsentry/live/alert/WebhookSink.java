package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to an address, in the project's own JSON or in the form that Slack, Teams, PagerDuty or Alertmanager
 * takes. Each alert lies on disk until the server has it, and arrives at least once; the header
 * {@code X-DeepSentry-Id} has its id.
 *
 * <pre>{@code
 * try (AlertSink sink = WebhookSink.builder("https://hooks.example/alerts")
 *         .format(WebhookFormat.SLACK)
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
     * Returns a builder with the defaults.
     *
     * @param address such as {@code https://hooks.example/alerts}; its path is never shown, as it may be a secret
     * @return a new builder; set a spool before you call {@link Builder#open}
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

    /** Collects the settings of a {@link WebhookSink}. A spool must be set. Not thread-safe. */
    public static final class Builder extends ServerSink.Builder<Builder> {
        private final String address;
        private final String subject;
        private final boolean addressIsSecret;
        private WebhookFormat format = WebhookFormat.DEEPSENTRY;
        private @Nullable Path template;
        private @Nullable String routingKey;
        private String system = "log";
        private @Nullable String authorization;
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

        /**
         * Sets the body of the request.
         *
         * @param newFormat {@link WebhookFormat#DEEPSENTRY} unless set
         * @return this builder
         */
        public Builder format(WebhookFormat newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /**
         * Sets the file for {@link WebhookFormat#TEMPLATE}; docs/alerting.md lists its fields.
         *
         * @param file the template; null, the default, for none
         * @return this builder
         */
        public Builder template(@Nullable Path file) {
            template = file;
            return this;
        }

        /**
         * Sets the integration key for {@link WebhookFormat#PAGERDUTY}.
         *
         * @param key the key; null, the default, for none
         * @return this builder
         */
        public Builder routingKey(@Nullable String key) {
            routingKey = key;
            return this;
        }

        /**
         * Sets the name of the watched system, as receivers show it.
         *
         * @param name {@code log} unless set
         * @return this builder
         */
        public Builder system(String name) {
            system = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the bearer token to send with each alert.
         *
         * @param newToken the token; null, the default, for none
         * @return this builder
         */
        public Builder token(@Nullable String newToken) {
            authorization = newToken == null ? null : "Bearer " + newToken;
            return this;
        }

        /**
         * Sets the user to log in as, in place of a token.
         *
         * @param name the user's name
         * @param password the user's password
         * @return this builder
         */
        public Builder user(String name, String password) {
            authorization = Secrets.basic(name, password);
            return this;
        }

        /**
         * Sets the secret that signs each alert and is not sent itself. {@code X-DeepSentry-Signature} is
         * {@code sha256=} and the HMAC-SHA256 (RFC 2104) of the body in hexadecimal digits.
         *
         * @param newSecret the secret; null, the default, for no signature
         * @return this builder
         */
        public Builder signingSecret(@Nullable String newSecret) {
            signingSecret = newSecret;
            return this;
        }

        /**
         * Sets the authorities to trust for https, beside those of the Java runtime.
         *
         * @param pemFile a PEM file; null, the default, for none
         * @return this builder
         */
        public Builder tlsAuthorities(@Nullable Path pemFile) {
            tlsAuthorities = pemFile;
            return this;
        }

        /**
         * Opens the sink and begins to send what an earlier run left in the spool.
         *
         * @return the open sink; close it
         * @throws io.deepsentry.core.ConfigException if the address is invalid, or the format lacks its template or
         *     key
         * @throws io.deepsentry.core.DataException if the server cannot be reached and never was before
         */
        public WebhookSink open() {
            URI server = HttpSender.address(subject, address, addressIsSecret);
            if (addressIsSecret || authorization != null || format == WebhookFormat.PAGERDUTY) {
                HttpSender.warnOfPlainSecrets(server, "the secret for the webhook");
            }
            return new WebhookSink(queue(delivery(server)));
        }

        private Delivery delivery(URI server) {
            HttpSender http = new HttpSender(TlsFiles.trusting(tlsAuthorities), proxies());
            if (format == WebhookFormat.ALERTMANAGER) {
                return new AlertmanagerDelivery(
                        http,
                        server,
                        authorization,
                        system,
                        spoolFolder(),
                        AlertmanagerDelivery.RESEND,
                        Clock.systemUTC());
            }
            return new WebhookDelivery(
                    http, server, authorization, signingSecret, system, body(format, template, routingKey));
        }
    }

    /**
     * What makes the body of a format, or null for the alert's own JSON.
     *
     * @throws ConfigException if the format lacks its template or key
     */
    static @Nullable WebhookBody body(WebhookFormat format, @Nullable Path template, @Nullable String routingKey) {
        if (template != null && format != WebhookFormat.TEMPLATE) {
            throw new ConfigException("webhook_template needs webhook_format: template, but it is "
                    + format.name().toLowerCase(Locale.ROOT));
        }
        return switch (format) {
            case SLACK -> new SlackMessage();
            case TEAMS -> new TeamsCard();
            case PAGERDUTY -> new PagerDutyEvent(routingKey);
            case TEMPLATE -> {
                if (template == null) {
                    throw new ConfigException("webhook_format template needs webhook_template, the file to fill in");
                }
                yield WebhookTemplate.read(template);
            }
            case DEEPSENTRY, ALERTMANAGER -> null;
        };
    }
}
