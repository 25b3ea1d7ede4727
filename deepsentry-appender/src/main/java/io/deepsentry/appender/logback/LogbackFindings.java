package io.deepsentry.appender.logback;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.status.ErrorStatus;
import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.FindingsLog;
import java.util.Map;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs findings through Logback, with what is in them as key-value pairs. */
final class LogbackFindings implements FindingsLog {
    static final Marker MARKER = new BasicMarkerFactory().getMarker(FindingLine.MARKER);

    private final LoggerContext context;
    private final Logger findings;

    LogbackFindings(LoggerContext context, String logger) {
        this.context = context;
        this.findings = context.getLogger(logger);
    }

    @Override
    public void log(FindingLine line) {
        Level level =
                switch (line.severity()) {
                    case INFO -> Level.INFO;
                    case WARN -> Level.WARN;
                    case ERROR -> Level.ERROR;
                };
        LoggingEventBuilder event = findings.atLevel(level).addMarker(MARKER);
        for (Map.Entry<String, String> field : line.fields().entrySet()) {
            event = event.addKeyValue("deepsentry." + field.getKey(), field.getValue());
        }
        event.log(line.text());
    }

    @Override
    public void failed(String message, Throwable cause) {
        context.getStatusManager().add(new ErrorStatus(message, this, cause));
        context.getLogger("io.deepsentry.appender").error(message, cause);
    }
}
