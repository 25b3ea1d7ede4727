package io.deepsentry.parse;

import java.util.HashMap;
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
    /** Fields that say on which host a line was written, by which process, and by which of its threads. */
    static final String[] HOST = {"host", "hostname", "host.name", "_hostname"};

    /** Header fields that say it where none of these does. */
    static final String[] PLACE = {"location", "node", "user"};

    static final String[] PROCESS = {"process.pid", "pid", "_pid", "procid", "process_id", "processid"};
    static final String[] THREAD = {
        "thread", "thread_name", "threadname", "thread.name", "thread_id", "threadid", "thread.id", "tid"
    };
    /** The parts of a thread by the names that they have, in their order. */
    private static final Map<String, Integer> PARTS = new HashMap<>();

    static {
        int part = 0;
        for (String[] names : List.of(HOST, PROCESS, THREAD)) {
            for (String name : names) {
                PARTS.put(name, part);
            }
            part++;
        }
    }

    /** Fields that hold a whole point in time; where there is one, the others are not needed. */
    private static final List<String> WHOLE_TIMES = List.of("timestamp", "datetime", "epoch", "asctime");

    private static final Set<String> TIME_PARTS = Set.of("date", "time", "month", "day", "year", "weekday");

    private static final int LONGEST_PART_NAME = 16;
    private static final int LONGEST_PART = 100;

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

    /** The host, process and thread that fields say wrote a line; null if they say none. */
    static @Nullable String thread(Map<String, String> fields) {
        if (fields.isEmpty()) {
            return null;
        }
        String[] parts = new String[3];
        boolean any = false;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String name = field.getKey();
            Integer part = name.length() > LONGEST_PART_NAME ? null : PARTS.get(name.toLowerCase(Locale.ROOT));
            if (part != null && parts[part] == null) {
                parts[part] = field.getValue().strip();
                any = true;
            }
        }
        return any ? thread(parts[0], parts[1], parts[2]) : null;
    }

    /** Who wrote a line, of the parts that it names: {@code host/process/thread}; null if it names none. */
    static @Nullable String thread(@Nullable String host, @Nullable String process, @Nullable String thread) {
        return joined(
                joined(isName(host) ? host : null, isName(process) ? process : null), isName(thread) ? thread : null);
    }

    private static @Nullable String joined(@Nullable String first, @Nullable String second) {
        return first == null ? second : second == null ? first : first + '/' + second;
    }

    private static boolean isName(@Nullable String part) {
        return part != null && !part.isEmpty() && !part.equals("-") && part.length() <= LONGEST_PART;
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
