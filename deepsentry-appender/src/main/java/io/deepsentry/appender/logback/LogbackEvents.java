package io.deepsentry.appender.logback;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes events of what Logback logs, as if they had been read in the program's log file. For one thread. */
final class LogbackEvents {
    private static final String WITH_STACK_TRACE = "%msg%n%ex";

    private final boolean patterned;
    private final PatternLayout layout = new PatternLayout();
    private final @Nullable String sessionMdc;
    private final Set<String> mdcFields;
    private final boolean allMdc;

    LogbackEvents(AppenderSettings settings, Context context) {
        String pattern = settings.messagePattern();
        patterned = pattern != null;
        layout.setContext(context);
        layout.setPattern(pattern == null ? WITH_STACK_TRACE : pattern);
        layout.start();
        sessionMdc = settings.sessionMdc();
        mdcFields = settings.mdcFields();
        allMdc = mdcFields.contains("*");
    }

    /** @param logged prepared for being read on another thread than the one it was logged on */
    LogEvent event(ILoggingEvent logged, Origin origin) {
        boolean laidOut = patterned || logged.getThrowableProxy() != null;
        String text = laidOut ? layout.doLayout(logged) : logged.getFormattedMessage();
        Map<String, String> mdc = logged.getMDCPropertyMap();
        String session = sessionMdc == null ? null : mdc.get(sessionMdc);
        return new LogEvent(
                // As log files have it.
                Instant.ofEpochMilli(logged.getTimeStamp()),
                LogEvent.messageOf(text == null ? "null" : text),
                logged.getLevel().toString(),
                logged.getLoggerName(),
                logged.getThreadName(),
                origin,
                session == null || session.isBlank() ? List.of() : List.of(session),
                null,
                fields(mdc));
    }

    private Map<String, String> fields(Map<String, String> mdc) {
        if (mdcFields.isEmpty() || mdc.isEmpty()) {
            return Map.of();
        }
        Map<String, String> fields = new HashMap<>();
        mdc.forEach((name, value) -> {
            if (value != null && (allMdc || mdcFields.contains(name))) {
                fields.put(name, value);
            }
        });
        return fields;
    }
}
