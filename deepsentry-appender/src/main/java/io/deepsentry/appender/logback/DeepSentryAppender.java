package io.deepsentry.appender.logback;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.core.ConfigException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Judges the events that a program logs through Logback, and logs what it finds.
 *
 * <pre>{@code
 * <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender">
 *   <dataDir>/var/lib/shop</dataDir>
 * </appender>
 * <root level="INFO"><appender-ref ref="DEEPSENTRY"/></root>
 * }</pre>
 *
 * <p>The logging thread formats the message, as for any appender, and hands the event over; it never waits. Events of
 * DeepSentry itself are skipped. A wrong setting is an error among Logback's status messages, and the program's log
 * is written as without the appender. Safe for use by several threads once it is started.
 */
public final class DeepSentryAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final AppenderSettings.Builder settings = AppenderSettings.builder();
    /** Whether the watch was started elsewhere, and continues when this is stopped. */
    private final boolean shared;

    private @Nullable LogWatch watch;
    private @Nullable LogbackEvents events;

    /** Creates an appender that is not configured yet. */
    public DeepSentryAppender() {
        shared = false;
    }

    private DeepSentryAppender(LogWatch watch) {
        this.watch = watch;
        shared = true;
    }

    /** An appender that feeds a watch, which it does not close. */
    static DeepSentryAppender of(LogWatch watch) {
        return new DeepSentryAppender(watch);
    }

    /**
     * Sets the data folder that {@code deepsentry run} wrote.
     *
     * @param folder the folder
     */
    public void setDataDir(String folder) {
        settings.dataDir(Path.of(folder));
    }

    /**
     * Sets a file of further settings, such as {@code live_monitoring_config.yml}.
     *
     * @param file the file
     */
    public void setConfig(String file) {
        settings.config(Path.of(file));
    }

    /**
     * Sets the log's name in alerts.
     *
     * @param name the name
     */
    public void setSystem(String name) {
        settings.name(name);
    }

    /**
     * Sets the logger of findings.
     *
     * @param logger the logger's name; {@code deepsentry.findings} unless set
     */
    public void setFindingsLogger(String logger) {
        settings.findingsLogger(logger);
    }

    /**
     * Sets the entry of the MDC that is an event's session.
     *
     * @param key the entry's key
     */
    public void setSessionMdc(String key) {
        settings.sessionMdc(key);
    }

    /**
     * Sets the entries of the MDC that are fields of an event.
     *
     * @param keys the entries' keys, with commas between; {@code *} stands for all
     */
    public void setMdcFields(String keys) {
        settings.mdcFields(keys);
    }

    /**
     * Sets the part of the log file's pattern that training took for the message.
     *
     * @param pattern a pattern of Logback; {@code %msg%n%ex} unless set
     */
    public void setMessagePattern(String pattern) {
        settings.messagePattern(pattern);
    }

    /**
     * Sets how many events may wait. Further ones are dropped and counted.
     *
     * @param lines at least 1; 10,000 unless set
     */
    public void setCapacity(int lines) {
        settings.capacity(lines);
    }

    /**
     * Returns the watch that judges the events.
     *
     * @return the watch; empty before the start, or if that failed
     */
    public Optional<LogWatch> watch() {
        return Optional.ofNullable(watch);
    }

    @Override
    public void start() {
        if (isStarted()) {
            return;
        }
        LogWatch feeding = watch;
        if (feeding == null || !shared) {
            if (!(getContext() instanceof LoggerContext context)) {
                addError("DeepSentryAppender needs the LoggerContext of Logback Classic");
                return;
            }
            try {
                AppenderSettings built = settings.build();
                feeding = LogWatch.start(built, new LogbackFindings(context, built.findingsLogger()));
            } catch (ConfigException e) {
                addError("DeepSentryAppender is not started: " + e.getMessage(), e);
                return;
            }
        }
        watch = feeding;
        events = new LogbackEvents(feeding.settings(), getContext());
        super.start();
    }

    @Override
    public void stop() {
        super.stop();
        LogWatch feeding = watch;
        if (feeding != null && !shared) {
            feeding.close();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        LogWatch feeding = watch;
        LogbackEvents read = events;
        if (feeding == null || read == null || feeding.isOwn(event.getLoggerName()) || isFinding(event)) {
            return;
        }
        event.prepareForDeferredProcessing();
        String message = event.getFormattedMessage();
        feeding.offer(origin -> read.event(event, origin), message == null ? 0 : message.length());
    }

    /** Whether it is a finding, perhaps of another program in the same JVM. */
    private static boolean isFinding(ILoggingEvent event) {
        if (event.getMarkerList() == null) {
            return false;
        }
        for (Marker marker : event.getMarkerList()) {
            if (marker.getName().equals(FindingLine.MARKER)) {
                return true;
            }
        }
        return false;
    }
}
