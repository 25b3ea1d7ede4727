package io.deepsentry.anomaly.report;

import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.token.MaskType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who took part in lines: components, threads, files, and the values that name somebody. Bounded; for one thread. */
final class FieldCounts {
    private static final int MOST_FIELDS = 50;
    private static final int MOST_VALUES = 2_000;
    private static final int SHOWN = 6;
    /** A value in fewer of the lines than this says nothing of them. */
    private static final double LEAST_SHARE = 0.3;
    /** How many times its usual share a value must have. */
    private static final double LEAST_LIFT = 2;
    /** With fewer lines, values of a message are chance. */
    private static final int FEW = 3;

    /** What a value without a name can be and still name somebody. */
    private static final Set<MaskType> NAMING =
            EnumSet.of(MaskType.IP, MaskType.HOST, MaskType.MAC, MaskType.EMAIL, MaskType.PATH, MaskType.URL);

    private final Map<String, Counts> fields = new LinkedHashMap<>();
    private long lines;

    private static final class Counts {
        private final Map<String, Long> values = new LinkedHashMap<>();
        private long lines;
        private boolean named;

        void add(String value) {
            lines++;
            if (values.size() < MOST_VALUES || values.containsKey(value)) {
                values.merge(value, 1L, Long::sum);
            }
        }
    }

    void add(LogRows.Row row, boolean severalFiles) {
        lines++;
        IndexRow origin = row.origin();
        add("component", origin.component(), true);
        add("thread", origin.thread(), true);
        if (severalFiles) {
            add("file", origin.file(), true);
        }
        String session = origin.session();
        for (MessageValue value : row.values()) {
            boolean field =
                    !value.place().isEmpty() && !Character.isDigit(value.place().charAt(0));
            boolean names = field ? Double.isNaN(value.number()) : NAMING.contains(value.type());
            boolean key = session != null && (value.text().contains(session) || session.contains(value.text()));
            if (names && !key) {
                add(field ? value.place() : value.type().key(), value.text(), field);
            }
        }
    }

    private void add(String field, @Nullable String value, boolean named) {
        if (value == null || (fields.size() >= MOST_FIELDS && !fields.containsKey(field))) {
            return;
        }
        Counts counts = fields.computeIfAbsent(field, unused -> new Counts());
        counts.named = named;
        counts.add(value);
    }

    /** Returns the values that these lines have more often than the lines before, the most telling first. */
    List<Map<String, Object>> against(FieldCounts before) {
        record Found(String field, String value, long here, long of, double usual, double weight) {}
        List<Found> found = new ArrayList<>();
        fields.forEach((field, counts) -> {
            Counts usual = before.fields.get(field);
            if (usual == null || (!counts.named && counts.lines < FEW)) {
                return;
            }
            counts.values.forEach((value, here) -> {
                double share = (double) here / counts.lines;
                double share0 = (double) usual.values.getOrDefault(value, 0L) / usual.lines;
                double lift = share / Math.max(share0, 0.5 / (usual.lines + 1));
                if (share >= LEAST_SHARE && lift >= LEAST_LIFT) {
                    found.add(new Found(field, value, here, counts.lines, share0, share * Math.log(lift)));
                }
            });
        });
        return found.stream()
                .sorted(Comparator.comparingDouble((Found each) -> -each.weight()))
                .limit(SHOWN)
                .map(each -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    map.put("field", each.field());
                    map.put("value", ReportData.shown(each.value()));
                    map.put("lines", each.here());
                    map.put("of", each.of());
                    map.put("usual", each.usual());
                    return map;
                })
                .toList();
    }

    long lines() {
        return lines;
    }
}
