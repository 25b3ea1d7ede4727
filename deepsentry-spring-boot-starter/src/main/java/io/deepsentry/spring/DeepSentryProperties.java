package io.deepsentry.spring;

import io.deepsentry.appender.AppenderSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of DeepSentry. Immutable.
 *
 * @param enabled Whether DeepSentry is there at all.
 * @param watch Whether the application's own log is judged.
 * @param dataDir Folder with the models, as "deepsentry run" wrote it.
 * @param config File with further settings, such as live_monitoring_config.yml.
 * @param system Name of the log in alerts and metrics. The application's name by default.
 * @param findingsLogger Logger that findings are logged by.
 * @param sessionMdc Entry of the MDC that is the session of a line.
 * @param mdcFields Entries of the MDC that are fields of a line, or * for all.
 * @param messagePattern Part of the log file's pattern that training took for the message.
 * @param capacity Lines that wait to be judged at most; further ones are dropped and counted.
 * @param live Settings of live_monitoring_config.yml by their names, such as idle-timeout.
 */
@ConfigurationProperties("deepsentry")
public record DeepSentryProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean watch,
        @DefaultValue("deepsentry-data") Path dataDir,
        @Nullable Path config,
        @Nullable String system,
        @DefaultValue(AppenderSettings.FINDINGS_LOGGER) String findingsLogger,
        @Nullable String sessionMdc,
        @DefaultValue Set<String> mdcFields,
        @Nullable String messagePattern,
        @DefaultValue("" + AppenderSettings.CAPACITY) int capacity,
        @DefaultValue Map<String, String> live) {
    public DeepSentryProperties {
        mdcFields = Set.copyOf(mdcFields);
        live = Map.copyOf(live);
    }

    /**
     * Returns the settings of the watch.
     *
     * @param application the application's name, or null
     * @throws io.deepsentry.core.ConfigException if a value is wrong
     */
    AppenderSettings settings(@Nullable String application) {
        AppenderSettings.Builder settings = AppenderSettings.builder()
                .dataDir(dataDir)
                .config(config)
                .name(system == null || system.isBlank() ? application : system)
                .findingsLogger(findingsLogger)
                .sessionMdc(sessionMdc)
                .mdcFields(mdcFields)
                .messagePattern(messagePattern)
                .capacity(capacity);
        live.forEach((key, value) -> settings.setting(key.replace('-', '_'), value));
        return settings.build();
    }
}
