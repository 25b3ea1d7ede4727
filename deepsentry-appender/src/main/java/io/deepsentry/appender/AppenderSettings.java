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
 * @param live how lines are judged, and where else alerts go
 * @param name what the log is called in alerts and metrics
 * @param capacity the most lines that wait to be judged; further ones are dropped and counted
 * @param findingsLogger the logger that findings are logged by
 * @param sessionMdc the entry of the MDC that is a line's session; null where the session key of the training finds it
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
    /** Lines that wait at most unless set otherwise. */
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

    /** Begins with the defaults. */
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

        /** Sets the data folder with the models; null, the default, for that of the file, the environment or {@code deepsentry-data}. */
        @CanIgnoreReturnValue
        public Builder dataDir(@Nullable Path folder) {
            dataDir = folder;
            return this;
        }

        /** Sets a file with settings of {@code live}, such as {@code live_monitoring_config.yml}; null, the default, for none. */
        @CanIgnoreReturnValue
        public Builder config(@Nullable Path file) {
            config = file;
            return this;
        }

        /** Sets what the log is called; null, the default, for the {@code system} of the settings, or {@code log}. */
        @CanIgnoreReturnValue
        public Builder name(@Nullable String newName) {
            name = newName;
            return this;
        }

        /** Sets how many lines may wait, at least 1. */
        @CanIgnoreReturnValue
        public Builder capacity(int lines) {
            capacity = lines;
            return this;
        }

        /** Sets the logger of findings. */
        @CanIgnoreReturnValue
        public Builder findingsLogger(String logger) {
            findingsLogger = logger;
            return this;
        }

        /** Sets the entry of the MDC that is a line's session. */
        @CanIgnoreReturnValue
        public Builder sessionMdc(@Nullable String key) {
            sessionMdc = key;
            return this;
        }

        /** Sets the entries of the MDC that are fields. */
        @CanIgnoreReturnValue
        public Builder mdcFields(Set<String> keys) {
            mdcFields = keys;
            return this;
        }

        /** Sets the entries of the MDC that are fields, separated by commas. */
        @CanIgnoreReturnValue
        public Builder mdcFields(String keys) {
            return mdcFields(Set.copyOf(Stream.of(keys.split(",", -1))
                    .map(String::strip)
                    .filter(key -> !key.isEmpty())
                    .distinct()
                    .toList()));
        }

        /** Sets the pattern of messages. */
        @CanIgnoreReturnValue
        public Builder messagePattern(@Nullable String pattern) {
            messagePattern = pattern;
            return this;
        }

        /**
         * Gives a setting of {@code live} its value; it goes before that of a file.
         *
         * @param key as in {@code live_monitoring_config.yml}, such as {@code idle_timeout}
         */
        @CanIgnoreReturnValue
        public Builder setting(String key, String value) {
            live.put(key, value);
            return this;
        }

        /**
         * Returns the settings.
         *
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
