package io.deepsentry.anomaly.report;

import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows of prepared data, part by part: those of sessions or streams first, then those without a session key. */
final class LogRows {
    private static final int CHECK_EVERY = 0xFFF;

    private final List<PreparedData> folders = new ArrayList<>();
    private final boolean timed;
    /** The time of parts of which no line has one. */
    private final Instant usualTime;

    /**
     * One row.
     *
     * @param split its part
     * @param keyless whether it has no session key
     * @param origin where it came from
     * @param message its masked message
     * @param values its values; empty if they are not asked for or not there
     * @param at its place on the axis: the time in milliseconds, or its ordinal in a log without times
     * @param repeated whether it is the line of the row before it, which belongs to several sessions
     */
    record Row(
            Split split,
            boolean keyless,
            IndexRow origin,
            String message,
            List<MessageValue> values,
            long at,
            boolean repeated) {
        boolean learned() {
            return split != Split.TEST;
        }
    }

    /** Takes rows. */
    interface Visitor {
        void row(Row row);
    }

    private LogRows(PreparedData prepared) {
        folders.add(prepared);
        prepared.keyless().ifPresent(folders::add);
        timed = mostHaveTimes(prepared);
        usualTime = Objects.requireNonNullElse(firstTime(prepared, Split.TEST), Instant.EPOCH);
    }

    static LogRows of(PreparedData prepared) {
        return new LogRows(prepared);
    }

    /** Whether rows are placed by their times; otherwise by their order. */
    boolean timed() {
        return timed;
    }

    /** The first rows tell: a log has times or it has none. */
    private static boolean mostHaveTimes(PreparedData prepared) {
        int rows = 0;
        int times = 0;
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST)) {
            for (IndexRow row = origins.next(); row != null && rows < 10_000; row = origins.next()) {
                rows++;
                times += row.time() == null ? 0 : 1;
            }
        }
        return 2 * times > rows;
    }

    /** Visits where all rows came from, without their messages. */
    void forEachOrigin(RunContext context, Visitor visitor) {
        visit(context, "read where the lines are", false, visitor);
    }

    /** Visits all rows with their messages and values. */
    void forEach(RunContext context, Visitor visitor) {
        visit(context, "read the lines for the report", true, visitor);
    }

    private void visit(RunContext context, String what, boolean whole, Visitor visitor) {
        long total = 0;
        for (PreparedData folder : folders) {
            for (Split split : Split.values()) {
                total += folder.rows(split);
            }
        }
        try (Progress.Stage stage = context.progress().begin(what, total, "lines")) {
            for (int i = 0; i < folders.size(); i++) {
                long ordinal = 0;
                for (Split split : Split.values()) {
                    ordinal = visit(folders.get(i), i > 0, split, ordinal, whole, visitor, context, stage);
                }
            }
        }
    }

    /** The time of lines before the first that has one. */
    private static @Nullable Instant firstTime(PreparedData folder, Split split) {
        try (PreparedData.Rows<IndexRow> origins = folder.origins(split)) {
            for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                if (row.time() != null) {
                    return row.time();
                }
            }
            return null;
        }
    }

    private long visit(
            PreparedData folder,
            boolean keyless,
            Split split,
            long first,
            boolean whole,
            Visitor visitor,
            RunContext context,
            Progress.Stage stage) {
        long ordinal = first;
        Instant last = timed ? Objects.requireNonNullElse(firstTime(folder, split), usualTime) : null;
        IndexRow before = null;
        try (PreparedData.Rows<IndexRow> origins = folder.origins(split);
                Contents contents = new Contents(folder, split, whole)) {
            for (IndexRow origin = origins.next(); origin != null; origin = origins.next(), ordinal++) {
                if ((ordinal & CHECK_EVERY) == 0) {
                    context.cancellation().check();
                }
                Instant time = origin.time();
                last = time == null || !timed ? last : time;
                boolean repeated = before != null
                        && before.line() == origin.line()
                        && before.file().equals(origin.file());
                visitor.row(new Row(
                        split,
                        keyless,
                        origin,
                        contents.message(),
                        contents.values(),
                        last == null ? ordinal : last.toEpochMilli(),
                        repeated));
                before = origin;
                stage.advance(1);
            }
        }
        return ordinal;
    }

    /** The messages and values of a part, read beside its index. */
    private static final class Contents implements AutoCloseable {
        private final PreparedData.@Nullable Rows<String> messages;
        private final PreparedData.@Nullable Rows<List<MessageValue>> values;

        @SuppressWarnings("MustBeClosedChecker") // Closed with this.
        Contents(PreparedData folder, Split split, boolean whole) {
            messages = whole ? folder.messages(split) : null;
            values = whole && Files.isRegularFile(folder.valuesFile(split)) ? folder.values(split) : null;
        }

        String message() {
            String message = messages == null ? null : messages.next();
            return message == null ? "" : message;
        }

        List<MessageValue> values() {
            List<MessageValue> found = values == null ? null : values.next();
            return found == null ? List.of() : found;
        }

        @Override
        public void close() {
            if (messages != null) {
                messages.close();
            }
            if (values != null) {
                values.close();
            }
        }
    }
}
