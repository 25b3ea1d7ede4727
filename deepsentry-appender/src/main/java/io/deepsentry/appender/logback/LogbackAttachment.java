package io.deepsentry.appender.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.LogWatch;

/**
 * Watches everything that is logged through a context of Logback, without a configuration file.
 *
 * <pre>{@code
 * LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
 * try (LogbackAttachment attached = LogbackAttachment.attach(context, "shop", settings)) {
 *     serve();
 * }
 * }</pre>
 *
 * <p>It stays attached when the context is reset, such as by a configuration that is read again. Safe for use by
 * several threads.
 */
public final class LogbackAttachment implements AutoCloseable {
    private final LoggerContext context;
    private final DeepSentryAppender appender;
    private final LogWatch watch;
    private final Staying staying = new Staying();

    private LogbackAttachment(LoggerContext context, String name, LogWatch watch) {
        this.context = context;
        this.watch = watch;
        this.appender = DeepSentryAppender.of(watch);
        this.appender.setName("deepsentry-" + name);
        this.appender.setContext(context);
    }

    /**
     * Starts a watch and feeds it with the events of a context.
     *
     * @param context the context to watch
     * @param name distinguishes it from others of the same context
     * @param settings the settings of the watch
     * @return the attachment; close it
     */
    public static LogbackAttachment attach(LoggerContext context, String name, AppenderSettings settings) {
        LogWatch watch = LogWatch.start(settings, new LogbackFindings(context, settings.findingsLogger()));
        LogbackAttachment attachment = new LogbackAttachment(context, name, watch);
        attachment.add();
        context.addListener(attachment.staying);
        return attachment;
    }

    private void add() {
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    /**
     * Returns the watch that judges the events.
     *
     * @return the watch
     */
    public LogWatch watch() {
        return watch;
    }

    /** Removes the appender and closes the watch. */
    @Override
    public void close() {
        context.removeListener(staying);
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
        appender.stop();
        watch.close();
    }

    private final class Staying implements LoggerContextListener {
        @Override
        public boolean isResetResistant() {
            return true;
        }

        @Override
        public void onReset(LoggerContext reset) {
            add();
        }

        @Override
        public void onStart(LoggerContext started) {}

        @Override
        public void onStop(LoggerContext stopped) {}

        @Override
        public void onLevelChange(Logger logger, Level level) {}
    }
}
