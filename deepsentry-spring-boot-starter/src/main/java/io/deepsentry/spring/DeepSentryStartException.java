package io.deepsentry.spring;

import io.deepsentry.core.DeepSentryException;
import java.nio.file.Path;

/** Thrown when DeepSentry keeps an application context from starting. It says what to do about it. */
public final class DeepSentryStartException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private static final String WITHOUT = "start without DeepSentry: deepsentry.enabled=false";

    private final String action;

    private DeepSentryStartException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    static DeepSentryStartException ofModels(Path dataDir, DeepSentryException cause) {
        return new DeepSentryStartException(
                "DeepSentry has nothing to judge the log by: " + cause.getMessage() + ".",
                """
                Learn the application's log first, where it is normal:

                    deepsentry run --input logs/app.log --output-dir %s

                or name the folder of its models in deepsentry.data-dir, or %s""".formatted(dataDir, WITHOUT),
                cause);
    }

    static DeepSentryStartException ofProperties(DeepSentryException cause) {
        return new DeepSentryStartException(
                "A property of DeepSentry is wrong: " + cause.getMessage() + ".",
                "Correct it: deepsentry.live has the settings of live_monitoring_config.yml, with - for _.",
                cause);
    }

    static DeepSentryStartException ofLoggingSystem(String used) {
        return new DeepSentryStartException(
                "DeepSentry reads what Logback or Log4j 2 logs, but SLF4J is bound to " + used + ".",
                "Use one of them, or leave the log alone: deepsentry.watch=false, or " + WITHOUT,
                new ClassNotFoundException(used));
    }

    /**
     * Returns what to do about it.
     *
     * @return one or more sentences
     */
    public String action() {
        return action;
    }
}
