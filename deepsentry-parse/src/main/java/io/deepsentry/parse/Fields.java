package io.deepsentry.parse;

import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    /** Fields that say which thread or process wrote a line, the narrowest first. */
    private static final List<String> THREADS = List.of(
            "thread",
            "thread_name",
            "threadname",
            "thread.name",
            "thread_id",
            "threadid",
            "thread.id",
            "tid",
            "process.pid",
            "pid",
            "_pid",
            "host",
            "hostname",
            "host.name",
            "_hostname");

    /** Fields that hold a whole point in time; where there is one, the others are not needed. */
    private static final List<String> WHOLE_TIMES = List.of("timestamp", "datetime", "epoch", "asctime");

    private static final Set<String> TIME_PARTS = Set.of("date", "time", "month", "day", "year", "weekday");

    private Fields() {}

    static boolean isMessage(String name) {
        return List.of(MESSAGE).contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isWholeTime(String name) {
        return WHOLE_TIMES.contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isTimePart(String name) {
        return TIME_PARTS.contains(name.toLowerCase(Locale.ROOT));
    }

    /** The value of the field that says which thread wrote a line, or null. */
    static @Nullable String thread(Map<String, String> fields) {
        String found = null;
        int best = THREADS.size();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            int rank = THREADS.indexOf(field.getKey().toLowerCase(Locale.ROOT));
            if (rank >= 0 && rank < best && !field.getValue().isBlank()) {
                best = rank;
                found = field.getValue();
            }
        }
        return found;
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
