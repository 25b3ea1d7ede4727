package io.deepsentry.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The figures of one protocol for people to read.
 *
 * @param title what they are of
 * @param columns the heads of the columns, the first one of the methods
 * @param rows one a method, of as many cells as there are columns
 */
public record BenchmarkTable(String title, List<String> columns, List<List<String>> rows) {
    public BenchmarkTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The tables of a result. */
    public static List<BenchmarkTable> of(BenchmarkResult result) {
        return result.tables().stream()
                .map(rows -> ofProtocol(rows, result.unit()))
                .toList();
    }

    private static BenchmarkTable ofProtocol(List<BenchmarkRow> rows, String unit) {
        BenchmarkRow first = rows.get(0);
        int runs = first.runs().size();
        String title = first.protocol().replace('_', ' ') + ", trained on " + first.training() + ", " + first.cases()
                + " test " + unit + "s" + (runs > 1 ? ", mean of " + runs : "");
        List<String> columns = new ArrayList<>();
        columns.add("");
        for (Figure figure : Figure.values()) {
            columns.add(figure.title());
            if (figure == Figure.F1 && runs > 1) {
                columns.add("worst");
            }
        }
        List<List<String>> cells = new ArrayList<>();
        for (BenchmarkRow row : rows) {
            List<String> line = new ArrayList<>();
            line.add(row.method().replace('_', ' '));
            for (Figure figure : Figure.values()) {
                line.add(cell(figure, row.mean(figure)));
                if (figure == Figure.F1 && runs > 1) {
                    line.add(cell(figure, row.worst(figure)));
                }
            }
            cells.add(line);
        }
        return new BenchmarkTable(title, columns, cells);
    }

    private static String cell(Figure figure, OptionalDouble value) {
        if (value.isEmpty()) {
            return "-";
        }
        String format =
                switch (figure) {
                    case PRECISION, RECALL, F1, ORACLE_F1, MCC, AUC_PR, AUC_ROC -> "%.3f";
                    case FALSE_ALARMS_PER_1000, LINES_AT_ALARM, TRAIN_SECONDS, SCORE_SECONDS -> "%.1f";
                };
        return String.format(Locale.ROOT, format, value.getAsDouble());
    }
}
