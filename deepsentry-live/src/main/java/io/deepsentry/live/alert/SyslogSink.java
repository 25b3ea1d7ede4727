package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts as syslog messages (RFC 5424), over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC
 * 5425). Each alert lies on disk until it was handed to the server. Syslog acknowledges nothing, so what is lost
 * after that stays lost.
 *
 * <pre>{@code
 * try (AlertSink sink = SyslogSink.builder("tls://logs.example:6514")
 *         .format(AlertFormat.JSON)
 *         .spool(Path.of("spool/syslog"))
 *         .open()) {
 *     LiveMonitor.run(settings, sink, end -> {}, RunContext.quiet());
 * }
 * }</pre>
 *
 * <p>Alerts are written by one thread at a time; {@link #stats} may be called by any.
 */
public final class SyslogSink extends ServerSink {
    private SyslogSink(QueuedAlertSink queue) {
        super(queue);
    }

    /**
     * Returns a builder with the defaults.
     *
     * @param address {@code udp://host:514}, {@code tcp://host:601} or {@code tls://host:6514}; the port may be left
     *     out
     * @return a new builder; set a spool before you call {@link Builder#open}
     * @throws io.deepsentry.core.ConfigException if the address is invalid
     */
    public static Builder builder(String address) {
        return new Builder(SyslogDelivery.address(address));
    }

    /** Collects the settings of a {@link SyslogSink}. A spool must be set. Not thread-safe. */
    public static final class Builder extends ServerSink.Builder<Builder> {
        private final URI address;
        private AlertFormat format = AlertFormat.RECORD;
        private String system = "log";
        private @Nullable Path tlsAuthorities;
        private @Nullable Path tlsCertificate;
        private @Nullable Path tlsKey;

        private Builder(URI address) {
            super("syslog");
            this.address = address;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets the form of an alert in its message.
         *
         * @param newFormat {@link AlertFormat#RECORD} unless set
         * @return this builder
         */
        public Builder format(AlertFormat newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /**
         * Sets the name of the watched system in the structured data.
         *
         * @param name {@code log} unless set
         * @return this builder
         */
        public Builder system(String name) {
            system = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the authorities to trust for TLS, beside those of the Java runtime.
         *
         * @param pemFile a PEM file; null, the default, for none
         * @return this builder
         */
        public Builder tlsAuthorities(@Nullable Path pemFile) {
            tlsAuthorities = pemFile;
            return this;
        }

        /**
         * Sets the client certificate. Both files are set, or neither.
         *
         * @param certificate a PEM file with the certificate; null, the default, for none
         * @param key its private key: PEM, PKCS #8, without a password
         * @return this builder
         * @throws ConfigException if only one of them is set
         */
        public Builder tlsCertificate(@Nullable Path certificate, @Nullable Path key) {
            if ((certificate == null) != (key == null)) {
                throw new ConfigException("tls_cert and tls_key must both be named, but only "
                        + (certificate == null ? "the key" : "the certificate") + " is");
            }
            tlsCertificate = certificate;
            tlsKey = key;
            return this;
        }

        /**
         * Opens the sink and begins to send what an earlier run left in the spool.
         *
         * @return the open sink; close it
         * @throws io.deepsentry.core.DataException if the server cannot be reached and never was before
         */
        public SyslogSink open() {
            return new SyslogSink(queue(
                    new SyslogDelivery(address, format, new TlsFiles(tlsAuthorities, tlsCertificate, tlsKey), system)));
        }
    }
}
