package io.deepsentry.live.alert;

import java.net.URI;
import java.util.Objects;

/**
 * Sends alerts as syslog messages (RFC 5424), over UDP (RFC 5426) or TCP with octet counting (RFC 6587). Each lies on disk until it was handed to the server; syslog
 * acknowledges nothing, so what is lost behind that is lost.
 *
 * <pre>{@code
 * try (AlertSink sink = SyslogSink.builder("tcp://logs.example:601")
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
     * @param address {@code udp://host:514} or {@code tcp://host:601}; the port may be left out
     * @throws io.deepsentry.core.ConfigException if it is none
     */
    public static Builder builder(String address) {
        return new Builder(SyslogDelivery.address(address));
    }

    /** The settings of a {@link SyslogSink}. A spool must be named. */
    public static final class Builder extends ServerSink.Builder<Builder> {
        private final URI address;
        private AlertFormat format = AlertFormat.RECORD;

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

        /**
         * Opens the sink and begins to send what an earlier run left in the spool.
         *
         * @throws io.deepsentry.core.DataException if the server cannot be reached and never was before
         */
        public SyslogSink open() {
            return new SyslogSink(queue(new SyslogDelivery(address, format)));
        }
    }
}
