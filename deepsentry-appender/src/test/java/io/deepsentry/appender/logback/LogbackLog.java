package io.deepsentry.appender.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.read.ListAppender;
import io.deepsentry.appender.ShopLog.Said;
import java.nio.file.Path;
import java.util.List;

/** A context of Logback that says what it is told to say. */
final class LogbackLog implements AutoCloseable {
    static final String PATTERN = "%d [%thread] %-5level %logger - %msg%n";

    final LoggerContext context = new LoggerContext();

    LogbackLog() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.DEBUG);
    }

    LogbackLog toFile(Path file, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setName(file.toString());
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        return to(appender);
    }

    LogbackLog to(Appender<ILoggingEvent> appender) {
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        return this;
    }

    /** What a logger logs, and the log file does not. */
    ListAppender<ILoggingEvent> findings(String logger) {
        ListAppender<ILoggingEvent> list = new ListAppender<>();
        list.setContext(context);
        list.start();
        context.getLogger(logger).addAppender(list);
        context.getLogger(logger).setAdditive(false);
        return list;
    }

    LogbackLog say(List<Said> lines) {
        lines.forEach(this::say);
        return this;
    }

    void say(Said said) {
        Logger logger = context.getLogger(said.logger());
        LoggingEvent event = new LoggingEvent(
                LogbackLog.class.getName(), logger, Level.toLevel(said.level()), said.message(), said.thrown(), null);
        event.setInstant(said.time());
        event.setThreadName(said.thread());
        event.setMDCPropertyMap(said.mdc());
        logger.callAppenders(event);
    }

    @Override
    public void close() {
        context.stop();
    }
}
