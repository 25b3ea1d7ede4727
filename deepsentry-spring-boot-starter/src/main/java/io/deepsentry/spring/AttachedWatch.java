package io.deepsentry.spring;

import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.appender.log4j.Log4jAttachment;
import io.deepsentry.appender.logback.LogbackAttachment;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import org.apache.logging.log4j.LogManager;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** A watch on what an application context logs, attached to the logging system in use until the context is closed. */
final class AttachedWatch implements DisposableBean {
    private static final String LOGBACK = "ch.qos.logback.classic.LoggerContext";
    private static final String LOG4J = "org.apache.logging.log4j.core.LoggerContext";

    private final LogWatch watch;
    private final Attachment attachment;

    /** Takes the appender away and closes the watch. */
    private interface Attachment {
        void close();
    }

    private AttachedWatch(LogWatch watch, Attachment attachment) {
        this.watch = watch;
        this.attachment = attachment;
    }

    /**
     * Attaches a watch.
     *
     * @throws DeepSentryStartException if there are no models, a property is wrong, or another logging system is in use
     */
    static AttachedWatch attach(DeepSentryProperties properties, ApplicationContext context) {
        AppenderSettings settings;
        try {
            settings = properties.settings(context.getEnvironment().getProperty("spring.application.name"));
            LogWatch.requireModels(settings);
        } catch (MissingDataException e) {
            throw DeepSentryStartException.ofModels(properties.dataDir(), e);
        } catch (ConfigException e) {
            throw DeepSentryStartException.ofProperties(e);
        }
        // Contexts of one JVM may share the logging system.
        String name = context.getId() + "-" + Integer.toHexString(System.identityHashCode(context));
        ClassLoader loader = AttachedWatch.class.getClassLoader();
        if (ClassUtils.isPresent(LOGBACK, loader) && Logback.isUsed()) {
            return Logback.attach(name, settings);
        }
        if (ClassUtils.isPresent(LOG4J, loader) && Log4j.isUsed()) {
            return Log4j.attach(name, settings);
        }
        throw DeepSentryStartException.ofLoggingSystem(
                LoggerFactory.getILoggerFactory().getClass().getName());
    }

    LogWatch watch() {
        return watch;
    }

    @Override
    public void destroy() {
        attachment.close();
    }

    /** Loaded only where Logback is there. */
    private static final class Logback {
        static boolean isUsed() {
            return LoggerFactory.getILoggerFactory() instanceof ch.qos.logback.classic.LoggerContext;
        }

        static AttachedWatch attach(String name, AppenderSettings settings) {
            LogbackAttachment attached = LogbackAttachment.attach(
                    (ch.qos.logback.classic.LoggerContext) LoggerFactory.getILoggerFactory(), name, settings);
            return new AttachedWatch(attached.watch(), attached::close);
        }
    }

    /** Loaded only where Log4j is there. */
    private static final class Log4j {
        static boolean isUsed() {
            return LogManager.getContext(false) instanceof org.apache.logging.log4j.core.LoggerContext;
        }

        static AttachedWatch attach(String name, AppenderSettings settings) {
            Log4jAttachment attached = Log4jAttachment.attach(
                    (org.apache.logging.log4j.core.LoggerContext) LogManager.getContext(false), name, settings);
            return new AttachedWatch(attached.watch(), attached::close);
        }
    }
}
