package io.deepsentry.appender;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.live.EventFeed;
import io.deepsentry.live.LiveSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link LogWatch}. Immutable.
 *
 * <pre>{@code
 * AppenderSettings settings = AppenderSettings.builder()
 *         .dataDir(Path.of("/var/lib/shop/deepsentry"))
 *         .setting("idle_timeout", "30")
 *         .build();
 * }</pre>
 *
 * @param live how events are judged, and where else alerts go
 * @param name the log's name in alerts and metrics
 * @param capacity the most events that wait to be judged, at least 1; further ones are dropped and counted
 * @param findingsLogger the logger of findings; not blank
 * @param sessionMdc the entry of the MDC that is an event's session; null if the session key of the training finds it
 *     in the message
 * @param mdcFields the entries of the MDC that are fields of the event; {@code *} stands for all
 * @param messagePattern the part of the log file's pattern that training took for the message, as the logging library
 *     writes patterns; null for the message and its stack trace
 */
public record AppenderSettings(
        LiveSettings live,
        String name,
        int capacity,
        String findingsLogger,
        @Nullable String sessionMdc,
        Set<String> mdcFields,
        @Nullable String messagePattern) {
    /** The logger of findings unless set otherwise. */
    public static final String FINDINGS_LOGGER = "deepsentry.findings";
    /** The most events that wait unless set otherwise. */
    public static final int CAPACITY = EventFeed.DEFAULT_CAPACITY;

    private static final String NAME = "log";
    /** Alerts go to the log as well as where the settings say, unless they say that they shall not. */
    private static final String OWN_OUTPUT = "standard_output";

    public AppenderSettings {
        Objects.requireNonNull(live, "live");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(findingsLogger, "findingsLogger");
        mdcFields = Set.copyOf(mdcFields);
        if (capacity < 1) {
            throw new ConfigException("capacity must be at least 1, but was " + capacity);
        }
        if (findingsLogger.isBlank()) {
            throw new ConfigException("findingsLogger must name a logger, but is blank");
        }
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path dataDir;
        private @Nullable Path config;
        private @Nullable String name;
        private int capacity = CAPACITY;
        private String findingsLogger = FINDINGS_LOGGER;
        private @Nullable String sessionMdc;
        private Set<String> mdcFields = Set.of();
        private @Nullable String messagePattern;
        private final Map<String, String> live = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Sets the data folder with the models.
         *
         * @param folder the folder; null, the default, for that of the file, the environment or
         *     {@code deepsentry-data}
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder dataDir(@Nullable Path folder) {
            dataDir = folder;
            return this;
        }

        /**
         * Sets a file with settings of {@code live}, such as {@code live_monitoring_config.yml}.
         *
         * @param file the file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder config(@Nullable Path file) {
            config = file;
            return this;
        }

        /**
         * Sets the log's name in alerts and metrics.
         *
         * @param newName the name; null, the default, for the {@code system} of the settings, or {@code log}
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder name(@Nullable String newName) {
            name = newName;
            return this;
        }

        /**
         * Sets how many events may wait. Further ones are dropped and counted.
         *
         * @param lines at least 1; {@link #CAPACITY} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder capacity(int lines) {
            capacity = lines;
            return this;
        }

        /**
         * Sets the logger of findings.
         *
         * @param logger the logger's name; {@value #FINDINGS_LOGGER} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder findingsLogger(String logger) {
            findingsLogger = logger;
            return this;
        }

        /**
         * Sets the entry of the MDC that is an event's session.
         *
         * @param key the entry's key; null, the default, if the session key of the training finds it in the message
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sessionMdc(@Nullable String key) {
            sessionMdc = key;
            return this;
        }

        /**
         * Sets the entries of the MDC that are fields of the event.
         *
         * @param keys the entries' keys, none unless set; {@code *} stands for all
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder mdcFields(Set<String> keys) {
            mdcFields = keys;
            return this;
        }

        /**
         * Sets the entries of the MDC that are fields of the event.
         *
         * @param keys the entries' keys, with commas between; {@code *} stands for all
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder mdcFields(String keys) {
            return mdcFields(Set.copyOf(Stream.of(keys.split(",", -1))
                    .map(String::strip)
                    .filter(key -> !key.isEmpty())
                    .distinct()
                    .toList()));
        }

        /**
         * Sets the part of the log file's pattern that training took for the message.
         *
         * @param pattern as the logging library writes patterns; null, the default, for the message and its stack
         *     trace
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder messagePattern(@Nullable String pattern) {
            messagePattern = pattern;
            return this;
        }

        /**
         * Sets a setting of {@code live}. It takes precedence over a file.
         *
         * @param key as in {@code live_monitoring_config.yml}, such as {@code idle_timeout}
         * @param value as in that file
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder setting(String key, String value) {
            live.put(key, value);
            return this;
        }

        /**
         * Returns the settings.
         *
         * @return the settings
         * @throws ConfigException if a value is wrong, or a setting or the file does not exist
         */
        public AppenderSettings build() {
            List<String> unknown = live.keySet().stream()
                    .filter(key -> !LiveSettings.SCHEMA.keyNames().contains(key))
                    .toList();
            if (!unknown.isEmpty()) {
                throw new ConfigException(String.join(", ", unknown) + (unknown.size() == 1 ? " is" : " are")
                        + " no setting of live_monitoring_config.yml");
            }
            Map<String, String> flags = new LinkedHashMap<>(live);
            if (name != null) {
                flags.put("system", name);
            }
            Config own = read(flags);
            if (!own.isSet(OWN_OUTPUT)) {
                flags.put(OWN_OUTPUT, "true");
            }
            String called = own.findString("system").orElse(NAME);
            flags.put("system", called);
            return new AppenderSettings(
                    LiveSettings.from(read(flags)),
                    called,
                    capacity,
                    findingsLogger,
                    sessionMdc,
                    mdcFields,
                    messagePattern);
        }

        private Config read(Map<String, String> flags) {
            Sources sources = new Sources(flags, System.getenv(), dataDir);
            return config == null
                    ? Config.defaults(LiveSettings.SCHEMA, sources)
                    : Config.load(config, LiveSettings.SCHEMA, sources);
        }
    }
}
