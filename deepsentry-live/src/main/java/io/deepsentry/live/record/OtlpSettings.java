package io.deepsentry.live.record;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import org.jspecify.annotations.Nullable;

/**
 * The settings for receiving logs from clients that export them over OTLP/HTTP. Immutable.
 *
 * @param listenAddress the address to listen on
 * @param port the port to listen on, 0 to 65535; 0 for any that is free
 */
public record OtlpSettings(String listenAddress, int port) {
    /** The port that exporters send to by default. */
    public static final int USUAL_PORT = 4318;

    private static final String PORT = "otlp_port";

    /**
     * Adds the keys of these settings to a schema.
     *
     * @param schema the schema to extend
     * @return the extended schema
     */
    public static ConfigSchema.Builder declare(ConfigSchema.Builder schema) {
        return schema.key(PORT, ConfigType.INT, null)
                .range(0, 65_535)
                .label("PORT")
                .doc("The port that receives logs over OTLP/HTTP, instead of log_file; exporters usually send to "
                        + USUAL_PORT + ".");
    }

    /**
     * Returns the settings of a configuration.
     *
     * @param config a configuration whose schema has these keys and {@code listen_address}
     * @return the settings, or null if it names no port
     */
    public static @Nullable OtlpSettings from(Config config) {
        return config.findInt(PORT)
                .map(port -> new OtlpSettings(config.getString("listen_address"), port))
                .orElse(null);
    }
}
