package io.deepsentry.appender.log4j;

import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.FindingsLog;
import java.util.HashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.MarkerManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;

/** Logs findings through Log4j, with what is in them in the thread context. */
final class Log4jFindings implements FindingsLog {
    static final Marker MARKER = MarkerManager.getMarker(FindingLine.MARKER);

    private final LoggerContext context;
    private final String logger;

    Log4jFindings(LoggerContext context, String logger) {
        this.context = context;
        this.logger = logger;
    }

    @Override
    public void log(FindingLine line) {
        Level level =
                switch (line.severity()) {
                    case INFO -> Level.INFO;
                    case WARN -> Level.WARN;
                    case ERROR -> Level.ERROR;
                };
        Map<String, String> fields = new HashMap<>();
        line.fields().forEach((name, value) -> fields.put("deepsentry." + name, value));
        Message text = new SimpleMessage(line.text());
        ThreadContext.putAll(fields);
        try {
            context.getLogger(logger).log(level, MARKER, text);
        } finally {
            ThreadContext.removeAll(fields.keySet());
        }
    }

    @Override
    public void failed(String message, Throwable cause) {
        context.getLogger("io.deepsentry.appender").error(message, cause);
    }
}
