package io.deepsentry.parse;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the names of header fields mean. Case is ignored. */
final class Fields {
    static final String[] MESSAGE = {"content", "message", "msg"};
    static final String[] LEVEL = {"level", "severity", "loglevel"};
    static final String[] COMPONENT = {"component", "logger", "class", "tag", "program", "module", "process", "node"};
    static final String[] LABEL = {"label"};
    static final String[] PRIORITY = {"priority", "pri"};
    /** Fields that hold a whole point in time; where there is one, the others are not needed. */
    private static final List<String> WHOLE_TIMES = List.of("timestamp", "datetime", "epoch", "asctime");

    private static final List<String> SYSLOG_SEVERITIES =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

    private static final Set<String> TIME_PARTS = Set.of("date", "time", "month", "day", "year", "weekday");

    private static final Set<String> SEVERITIES = Set.of(
            "TRACE",
            "VERBOSE",
            "FINEST",
            "FINER",
            "FINE",
            "DEBUG",
            "CONFIG",
            "INFO",
            "NOTICE",
            "WARN",
            "WARNING",
            "ERROR",
            "ERR",
            "SEVERE",
            "CRIT",
            "CRITICAL",
            "ALERT",
            "FATAL",
            "EMERG",
            "PANIC",
            "AUDIT",
            "V",
            "D",
            "I",
            "W",
            "E",
            "F");

    private Fields() {}

    static boolean isSeverity(String text) {
        return SEVERITIES.contains(text.toUpperCase(Locale.ROOT));
    }

    /** The severity in a syslog priority (RFC 5424, 6.2.1); null if it is none. */
    static @Nullable String severityOf(@Nullable String priority) {
        if (priority == null || priority.isEmpty() || priority.length() > 3) {
            return null;
        }
        int value = 0;
        for (int i = 0; i < priority.length(); i++) {
            int digit = priority.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = value * 10 + digit;
        }
        return value > 191 ? null : SYSLOG_SEVERITIES.get(value % 8);
    }

    static boolean isMessage(String name) {
        return List.of(MESSAGE).contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isWholeTime(String name) {
        return WHOLE_TIMES.contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isTimePart(String name) {
        return TIME_PARTS.contains(name.toLowerCase(Locale.ROOT));
    }

    /** The indexes of the fields that together are the time, in order; empty if there are none. */
    static List<Integer> timeFields(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (isWholeTime(names.get(i))) {
                return List.of(i);
            }
        }
        return IntStream.range(0, names.size())
                .filter(i -> isTimePart(names.get(i)))
                .boxed()
                .toList();
    }
}
