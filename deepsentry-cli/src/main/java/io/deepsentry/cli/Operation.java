package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.live.LiveSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a run of {@code live} is looked after.
 *
 * @param system its name in metrics
 * @param metricsPort the port of {@code /metrics}, or null
 * @param healthPort the port of {@code /health} and {@code /ready}, or null
 * @param uiPort the port of the live page, or null
 * @param listenAddress the address of all of them
 * @param daemonize whether it continues in the background
 * @param pidFile where its process id is written, or null
 * @param daemonLog where it writes in the background
 */
record Operation(
        String system,
        @Nullable Integer metricsPort,
        @Nullable Integer healthPort,
        @Nullable Integer uiPort,
        String listenAddress,
        boolean daemonize,
        @Nullable Path pidFile,
        Path daemonLog) {
    /** The settings of a configuration with the keys of {@link LiveSettings#SCHEMA}. */
    static Operation from(Config config, LiveSettings settings, boolean elsewhere) {
        boolean daemonize = config.getBoolean("daemonize");
        if (daemonize && !elsewhere) {
            throw new ConfigException("daemonize needs output_file, syslog, webhook, elasticsearch or alert_topic:"
                    + " in the background there is no standard output for alerts");
        }
        return new Operation(
                settings.outputs().system(),
                config.findInt("metrics_port").orElse(null),
                config.findInt("health_port").orElse(null),
                config.findInt("ui_port").orElse(null),
                config.getString("listen_address"),
                daemonize,
                config.findPath("pid_file").orElse(daemonize ? config.dataDir().resolve("live.pid") : null),
                config.getPath("daemon_log"));
    }
}
