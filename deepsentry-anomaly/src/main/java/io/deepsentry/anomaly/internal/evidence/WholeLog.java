package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all lines of prepared sessions, and those that belong to none, as they stood in the log: each once,
 * input by input.
 *
 * <p>A split of sessions parts the log by their first lines, so around its cut lines of both parts mix. The log is cut
 * here where the test part begins: what stands before is training, all that comes after is the test.
 */
public final class WholeLog implements AutoCloseable {
    private final PreparedData prepared;
    private final List<Cursor> cursors = new ArrayList<>();
    private final Map<String, Integer> inputs = new HashMap<>();
    /** The first line of the test part by input; none where the test part is a log of its own. */
    private final Map<String, Long> testBegins = new HashMap<>();

    private int firstOfTest = Integer.MAX_VALUE;
    /** Whether the lines of inputs stand between each other, as in a sample of several: then they are no one log. */
    private boolean mixed;

    /** Opens the log. */
    private WholeLog(PreparedData prepared) {
        this.prepared = prepared;
    }

    /**
     * Hands over the lines before the test part.
     *
     * @param doing what the progress says
     */
    public static void forEachOfTraining(
            PreparedData prepared, String doing, RunContext context, ObservedLines.Visitor visitor) {
        try (WholeLog log = new WholeLog(prepared)) {
            log.findInputs();
            if (log.mixed) {
                return;
            }
            boolean apart = prepared.meta().test() != null;
            log.open(apart ? List.of(Split.TRAIN, Split.VAL) : List.of(Split.values()));
            log.visit(doing, context, (origin, line) -> {
                if (apart || !log.isOfTest(origin)) {
                    visitor.visit(origin, line);
                }
            });
        }
    }

    /**
     * Hands over the lines of the test part and those between them, from the first one of the test part on.
     *
     * @param doing what the progress says
     */
    public static void forEachOfTest(
            PreparedData prepared, String doing, RunContext context, ObservedLines.Visitor visitor) {
        try (WholeLog log = new WholeLog(prepared)) {
            boolean apart = prepared.meta().test() != null;
            log.findInputs();
            log.open(apart ? List.of(Split.TEST) : List.of(Split.values()));
            log.visit(doing, context, (origin, line) -> {
                if (apart || log.isOfTest(origin)) {
                    visitor.visit(origin, line);
                }
            });
        }
    }

    /**
     * Whether a line comes when the test part has begun, in its input or, if no session of it begins there, in one
     * before.
     */
    private boolean isOfTest(IndexRow origin) {
        Long begin = testBegins.get(origin.file());
        return begin == null ? inputs.getOrDefault(origin.file(), 0) > firstOfTest : origin.line() >= begin;
    }

    /** The inputs in the order in which they were read, and where the test part begins. */
    private void findInputs() {
        List<String> order = new ArrayList<>();
        for (PreparedData data : parts()) {
            for (Split split : Split.values()) {
                int[] place = {-1};
                @Nullable String[] last = {null};
                Set<String> seen = new HashSet<>();
                boolean begins = split == Split.TEST
                        && data.equals(prepared)
                        && prepared.meta().test() == null;
                try (PreparedData.Rows<IndexRow> origins = data.origins(split)) {
                    for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                        if (!row.file().equals(last[0])) {
                            last[0] = row.file();
                            mixed |= !seen.add(row.file());
                            int known = order.indexOf(row.file());
                            if (known < 0) {
                                known = place[0] + 1;
                                order.add(known, row.file());
                            }
                            place[0] = known;
                            if (begins) {
                                testBegins.putIfAbsent(row.file(), row.line());
                            }
                        }
                    }
                }
            }
        }
        for (int i = 0; i < order.size(); i++) {
            inputs.put(order.get(i), i);
        }
        for (String input : testBegins.keySet()) {
            firstOfTest = Math.min(firstOfTest, inputs.getOrDefault(input, 0));
        }
    }

    private List<PreparedData> parts() {
        return prepared.keyless().map(keyless -> List.of(prepared, keyless)).orElse(List.of(prepared));
    }

    private void open(List<Split> splits) {
        for (PreparedData data : parts()) {
            for (Split split : splits) {
                cursors.add(new Cursor(data, split));
            }
        }
    }

    private void visit(String doing, RunContext context, ObservedLines.Visitor visitor) {
        long rows = 0;
        for (Cursor cursor : cursors) {
            rows += cursor.data.rows(cursor.split);
        }
        try (Progress.Stage stage = context.progress().begin(doing, rows, "rows")) {
            cursors.removeIf(cursor -> !cursor.advance());
            IndexRow last = null;
            for (long row = 0; !cursors.isEmpty(); row++) {
                if ((row & 0xFFF) == 0) {
                    context.cancellation().check();
                }
                Cursor first = cursors.get(0);
                for (Cursor cursor : cursors) {
                    first = cursor.isBefore(first) ? cursor : first;
                }
                IndexRow origin = first.origin();
                // A line of several sessions has a row for each.
                if (last == null || last.line() != origin.line() || !last.file().equals(origin.file())) {
                    visitor.visit(origin, Observation.of(origin, first.message, first.values));
                }
                last = origin;
                stage.advance(1);
                if (!first.advance()) {
                    first.close();
                    cursors.remove(first);
                }
            }
        }
    }

    @Override
    public void close() {
        cursors.forEach(Cursor::close);
    }

    /** The rows of a part that are left. */
    @SuppressWarnings("MustBeClosedChecker") // closed with the log
    private final class Cursor {
        private final PreparedData data;
        private final Split split;
        private final PreparedData.Rows<IndexRow> origins;
        private final PreparedData.Rows<String> messages;
        private final PreparedData.Rows<List<MessageValue>> allValues;
        private @Nullable IndexRow origin;
        private String message = "";
        private List<MessageValue> values = List.of();

        Cursor(PreparedData data, Split split) {
            this.data = data;
            this.split = split;
            this.origins = data.origins(split);
            this.messages = data.messages(split);
            this.allValues = data.values(split);
        }

        boolean advance() {
            origin = origins.next();
            if (origin == null) {
                return false;
            }
            String next = messages.next();
            List<MessageValue> of = allValues.next();
            if (next == null || of == null) {
                throw new DataException(data.index(split) + " has more rows than there are "
                        + (next == null ? "messages" : "values") + "; run prepare again");
            }
            message = next;
            values = of;
            return true;
        }

        IndexRow origin() {
            IndexRow row = origin;
            if (row == null) {
                throw new IllegalStateException("there is no row left");
            }
            return row;
        }

        boolean isBefore(Cursor other) {
            int input = inputs.getOrDefault(origin().file(), 0);
            int others = inputs.getOrDefault(other.origin().file(), 0);
            return input != others
                    ? input < others
                    : origin().line() < other.origin().line();
        }

        void close() {
            origins.close();
            messages.close();
            allValues.close();
        }
    }
}
