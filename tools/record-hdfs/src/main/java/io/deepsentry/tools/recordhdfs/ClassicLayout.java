package io.deepsentry.tools.recordhdfs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.log4j.Layout;
import org.apache.log4j.spi.LoggingEvent;

/**
 * The line layout of the first Hadoop releases: date, time, thread number, level, component, message. Stack traces
 * follow on lines of their own. It must be used by a synchronous appender: the thread number is that of the calling
 * thread.
 */
final class ClassicLayout extends Layout {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMdd HHmmss").withZone(ZoneOffset.UTC);

    @Override
    public String format(LoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        line.append(' ').append(Thread.currentThread().getId());
        line.append(' ').append(event.getLevel());
        line.append(' ').append(component(event.getLoggerName())).append(": ");
        line.append(event.getRenderedMessage()).append('\n');
        String[] trace = event.getThrowableStrRep();
        if (trace != null) {
            for (String part : trace) {
                line.append(part).append('\n');
            }
        }
        return line.toString();
    }

    /** The last two parts of a logger's name. */
    private static String component(String logger) {
        int last = logger.lastIndexOf('.');
        int before = last < 0 ? -1 : logger.lastIndexOf('.', last - 1);
        return logger.substring(before + 1);
    }

    @Override
    public boolean ignoresThrowable() {
        return false;
    }

    @Override
    public void activateOptions() {}
}
