package io.deepsentry.appender.log4j;

import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.LogWatch;
import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;

/**
 * Watches everything that is logged through a context of Log4j 2, without a configuration file.
 *
 * <pre>{@code
 * LoggerContext context = (LoggerContext) LogManager.getContext(false);
 * try (Log4jAttachment attached = Log4jAttachment.attach(context, "shop", settings)) {
 *     serve();
 * }
 * }</pre>
 *
 * <p>It stays attached when the context is reconfigured. Safe for use by several threads.
 */
public final class Log4jAttachment implements AutoCloseable {
    private final LoggerContext context;
    private final DeepSentryLog4jAppender appender;
    private final PropertyChangeListener staying = this::configured;

    private Log4jAttachment(LoggerContext context, DeepSentryLog4jAppender appender) {
        this.context = context;
        this.appender = appender;
    }

    /**
     * Starts a watch and feeds it with the events of a context.
     *
     * @param context the context to watch
     * @param name distinguishes it from others of the same context
     * @param settings the settings of the watch
     * @return the attachment; close it
     */
    public static Log4jAttachment attach(LoggerContext context, String name, AppenderSettings settings) {
        LogWatch watch = LogWatch.start(settings, new Log4jFindings(context, settings.findingsLogger()));
        Log4jAttachment attachment =
                new Log4jAttachment(context, DeepSentryLog4jAppender.of("deepsentry-" + name, watch));
        attachment.add(context.getConfiguration());
        context.addPropertyChangeListener(attachment.staying);
        return attachment;
    }

    private void add(Configuration configuration) {
        appender.start();
        configuration.addAppender(appender);
        configuration.getRootLogger().addAppender(appender, null, null);
        context.updateLoggers();
    }

    private void configured(PropertyChangeEvent change) {
        // An update of the loggers, which adding makes, is told as a change of the configuration, too.
        if (LoggerContext.PROPERTY_CONFIG.equals(change.getPropertyName())
                && change.getNewValue() instanceof Configuration configuration
                && configuration.getAppender(appender.getName()) == null) {
            add(configuration);
        }
    }

    /**
     * Returns the watch that judges the events.
     *
     * @return the watch
     */
    public LogWatch watch() {
        return appender.watch();
    }

    /** Removes the appender and closes the watch. */
    @Override
    public void close() {
        context.removePropertyChangeListener(staying);
        Configuration configuration = context.getConfiguration();
        configuration.getRootLogger().removeAppender(appender.getName());
        configuration.getAppenders().remove(appender.getName());
        context.updateLoggers();
        appender.watch().close();
    }
}
