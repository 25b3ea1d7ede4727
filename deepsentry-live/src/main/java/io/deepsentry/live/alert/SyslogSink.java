package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts as syslog messages (RFC 5424), over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425). Each lies on disk until it was handed to the server; syslog
 * acknowledges nothing, so what is lost behind that is lost.
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
     * Starts the settings of a sink.
     *
     * @param address {@code udp://host:514}, {@code tcp://host:601} or {@code tls://host:6514}; the port may be left out
     * @throws io.deepsentry.core.ConfigException if it is none
     */
    public static Builder builder(String address) {
        return new Builder(SyslogDelivery.address(address));
    }

    /** The settings of a {@link SyslogSink}. A spool must be named. */
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

        /** Sets how an alert is written into its message; {@link AlertFormat#RECORD} unless set. */
        public Builder format(AlertFormat newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /** Sets the name of what is watched, as the structured data has it; {@code log} unless set. */
        public Builder system(String name) {
            system = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Sets a PEM file of authorities to trust for TLS beside those of the Java runtime; null, the default, for none. */
        public Builder tlsAuthorities(@Nullable Path pemFile) {
            tlsAuthorities = pemFile;
            return this;
        }

        /** Sets the certificate by which the server knows us, and its private key in PKCS #8 without a password, both PEM; null, the default, for none. */
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
         * @throws io.deepsentry.core.DataException if the server cannot be reached and never was before
         */
        public SyslogSink open() {
            return new SyslogSink(queue(
                    new SyslogDelivery(address, format, new TlsFiles(tlsAuthorities, tlsCertificate, tlsKey), system)));
        }
    }
}
