package io.deepsentry.appender.log4j;

import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.util.ReadOnlyStringMap;
import org.jspecify.annotations.Nullable;

/** Makes events of what Log4j logs, as if they had been read in the program's log file. For one thread. */
final class Log4jEvents {
    private static final String WITH_STACK_TRACE = "%m%n%xEx";

    private final boolean patterned;
    private final PatternLayout layout;
    private final @Nullable String sessionMdc;
    private final Set<String> mdcFields;
    private final boolean allMdc;

    Log4jEvents(AppenderSettings settings, @Nullable Configuration configuration) {
        String pattern = settings.messagePattern();
        patterned = pattern != null;
        layout = PatternLayout.newBuilder()
                .withPattern(pattern == null ? WITH_STACK_TRACE : pattern)
                .withConfiguration(configuration)
                .build();
        sessionMdc = settings.sessionMdc();
        mdcFields = settings.mdcFields();
        allMdc = mdcFields.contains("*");
    }

    /** @param logged one that does not change any more */
    LogEvent event(org.apache.logging.log4j.core.LogEvent logged, String message, Origin origin) {
        String text = patterned || logged.getThrown() != null ? layout.toSerializable(logged) : message;
        ReadOnlyStringMap context = logged.getContextData();
        String session = sessionMdc == null || context == null ? null : context.getValue(sessionMdc);
        return new LogEvent(
                // As log files have it.
                Instant.ofEpochMilli(logged.getTimeMillis()),
                LogEvent.messageOf(text),
                logged.getLevel().name(),
                logged.getLoggerName(),
                logged.getThreadName(),
                origin,
                session == null || session.isBlank() ? List.of() : List.of(session),
                null,
                fields(context));
    }

    private Map<String, String> fields(@Nullable ReadOnlyStringMap context) {
        if (mdcFields.isEmpty() || context == null || context.isEmpty()) {
            return Map.of();
        }
        Map<String, String> fields = new HashMap<>();
        context.toMap().forEach((name, value) -> {
            if (value != null && (allMdc || mdcFields.contains(name))) {
                fields.put(name, value);
            }
        });
        return fields;
    }
}
