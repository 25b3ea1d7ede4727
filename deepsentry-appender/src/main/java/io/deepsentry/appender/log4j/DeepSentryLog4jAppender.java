package io.deepsentry.appender.log4j;

import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.core.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Core;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Judges the events that a program logs through Log4j 2, and logs what it finds.
 *
 * <pre>{@code
 * <Appenders><DeepSentry name="deepsentry" dataDir="/var/lib/shop"/></Appenders>
 * <Loggers><Root level="info"><AppenderRef ref="deepsentry"/></Root></Loggers>
 * }</pre>
 *
 * <p>The logging thread formats the message, as for any appender, and hands the event over; it never waits. Events of
 * DeepSentry itself are skipped. A wrong setting is an error in Log4j's status log. Safe for use by several threads.
 */
@Plugin(name = "DeepSentry", category = Core.CATEGORY_NAME, elementType = Appender.ELEMENT_TYPE, printObject = true)
public final class DeepSentryLog4jAppender extends AbstractAppender {
    private final LogWatch watch;
    private final Log4jEvents events;
    /** Whether the watch was started elsewhere, and continues when this is stopped. */
    private final boolean shared;

    private DeepSentryLog4jAppender(Builder builder, LogWatch watch, boolean shared) {
        super(builder.getName(), builder.getFilter(), null, true, Property.EMPTY_ARRAY);
        this.watch = watch;
        this.events = new Log4jEvents(watch.settings(), builder.getConfiguration());
        this.shared = shared;
    }

    /** An appender that feeds a watch, which it does not close. */
    static DeepSentryLog4jAppender of(String name, LogWatch watch) {
        return new DeepSentryLog4jAppender(new Builder().setName(name), watch, true);
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder
     */
    @PluginBuilderFactory
    public static Builder newBuilder() {
        return new Builder();
    }

    /**
     * Returns the watch that judges the events.
     *
     * @return the watch
     */
    public LogWatch watch() {
        return watch;
    }

    @Override
    public boolean stop(long timeout, TimeUnit unit) {
        if (shared) {
            // A configuration that is replaced stops its appenders after the next one has taken them over.
            return true;
        }
        boolean stopped = super.stop(timeout, unit);
        watch.close();
        return stopped;
    }

    @Override
    public void append(LogEvent event) {
        if (watch.isOwn(event.getLoggerName()) || isFinding(event)) {
            return;
        }
        LogEvent kept = event.toImmutable();
        String message = kept.getMessage().getFormattedMessage();
        // Asked for here: it is the name of the thread that logs.
        String thread = kept.getThreadName();
        if (thread != null) {
            watch.offer(origin -> events.event(kept, message, origin), message.length());
        }
    }

    /** Whether it is a finding, perhaps of another program in the same JVM. */
    private static boolean isFinding(LogEvent event) {
        Marker marker = event.getMarker();
        return marker != null && marker.getName().equals(FindingLine.MARKER);
    }

    /** Collects the attributes of the appender in a configuration file. Not thread-safe. */
    public static final class Builder extends AbstractAppender.Builder<Builder>
            implements org.apache.logging.log4j.core.util.Builder<@Nullable DeepSentryLog4jAppender> {
        @PluginBuilderAttribute
        private @Nullable String dataDir;

        @PluginBuilderAttribute
        private @Nullable String config;

        @PluginBuilderAttribute
        private @Nullable String system;

        @PluginBuilderAttribute
        private String findingsLogger = AppenderSettings.FINDINGS_LOGGER;

        @PluginBuilderAttribute
        private @Nullable String sessionMdc;

        @PluginBuilderAttribute
        private String mdcFields = "";

        @PluginBuilderAttribute
        private @Nullable String messagePattern;

        @PluginBuilderAttribute
        private int capacity = AppenderSettings.CAPACITY;

        private Builder() {}

        /**
         * Sets the data folder that {@code deepsentry run} wrote.
         *
         * @param folder the folder; null, the default, for that of the file, the environment or
         *     {@code deepsentry-data}
         * @return this builder
         */
        public Builder setDataDir(@Nullable String folder) {
            dataDir = folder;
            return this;
        }

        /**
         * Sets a file of further settings, such as {@code live_monitoring_config.yml}.
         *
         * @param file the file; null, the default, for none
         * @return this builder
         */
        public Builder setConfig(@Nullable String file) {
            config = file;
            return this;
        }

        /**
         * Sets the log's name in alerts.
         *
         * @param newSystem the name; null, the default, for that of the settings
         * @return this builder
         */
        public Builder setSystem(@Nullable String newSystem) {
            system = newSystem;
            return this;
        }

        /**
         * Sets the logger of findings.
         *
         * @param logger the logger's name; {@code deepsentry.findings} unless set
         * @return this builder
         */
        public Builder setFindingsLogger(String logger) {
            findingsLogger = logger;
            return this;
        }

        /**
         * Sets the entry of the thread context that is an event's session.
         *
         * @param key the entry's key; null, the default, if the session key of the training finds it in the message
         * @return this builder
         */
        public Builder setSessionMdc(@Nullable String key) {
            sessionMdc = key;
            return this;
        }

        /**
         * Sets the entries of the thread context that are fields of an event.
         *
         * @param keys the entries' keys, with commas between; {@code *} stands for all
         * @return this builder
         */
        public Builder setMdcFields(String keys) {
            mdcFields = keys;
            return this;
        }

        /**
         * Sets the part of the log file's pattern that training took for the message.
         *
         * @param pattern a pattern of Log4j; {@code %m%n%xEx} unless set
         * @return this builder
         */
        public Builder setMessagePattern(@Nullable String pattern) {
            messagePattern = pattern;
            return this;
        }

        /**
         * Sets how many events may wait. Further ones are dropped and counted.
         *
         * @param lines at least 1; 10,000 unless set
         * @return this builder
         */
        public Builder setCapacity(int lines) {
            capacity = lines;
            return this;
        }

        @Override
        public @Nullable DeepSentryLog4jAppender build() {
            LoggerContext context =
                    getConfiguration() == null ? null : getConfiguration().getLoggerContext();
            if (context == null) {
                LOGGER.error("The DeepSentry appender needs the configuration of a logger context");
                return null;
            }
            try {
                AppenderSettings settings = AppenderSettings.builder()
                        .dataDir(dataDir == null ? null : Path.of(dataDir))
                        .config(config == null ? null : Path.of(config))
                        .name(system)
                        .findingsLogger(findingsLogger)
                        .sessionMdc(sessionMdc)
                        .mdcFields(mdcFields)
                        .messagePattern(messagePattern)
                        .capacity(capacity)
                        .build();
                LogWatch watch = LogWatch.start(settings, new Log4jFindings(context, settings.findingsLogger()));
                return new DeepSentryLog4jAppender(this, watch, false);
            } catch (ConfigException e) {
                LOGGER.error("The DeepSentry appender is not started: {}", e.getMessage(), e);
                return null;
            }
        }
    }
}
