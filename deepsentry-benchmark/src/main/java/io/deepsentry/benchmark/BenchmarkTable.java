package io.deepsentry.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Figures of a benchmark for people to read.
 *
 * @param title what they are of
 * @param columns the heads of the columns, the first one of the methods
 * @param rows one a method, of as many cells as there are columns
 */
public record BenchmarkTable(String title, List<String> columns, List<List<String>> rows) {
    private static final List<Figure> ALL = Arrays.asList(Figure.values());
    /** Of swapped sessions half are anomalies, which says nothing of a precision elsewhere. */
    private static final List<Figure> OF_SWAPS =
            List.of(Figure.AUC_ROC, Figure.AUC_PR, Figure.RECALL, Figure.FALSE_ALARMS_PER_1000);

    public BenchmarkTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The tables of a result. */
    public static List<BenchmarkTable> of(BenchmarkResult result) {
        List<BenchmarkTable> tables = new ArrayList<>();
        Map<String, List<List<BenchmarkRow>>> contaminated = new LinkedHashMap<>();
        for (List<BenchmarkRow> rows : result.tables()) {
            BenchmarkRow first = rows.get(0);
            switch (first.protocol()) {
                case Protocols.CONTAMINATION ->
                    contaminated
                            .computeIfAbsent(first.cases(), unused -> new ArrayList<>())
                            .add(rows);
                case Protocols.ORDER_SWAP -> tables.add(of(rows, result.unit(), OF_SWAPS, Figure.AUC_ROC));
                default -> tables.add(of(rows, result.unit(), ALL, Figure.F1));
            }
        }
        contaminated.forEach((cases, levels) -> tables.add(ofContamination(levels, result.unit())));
        return tables;
    }

    private static String title(BenchmarkRow first, String training, String unit) {
        return Protocols.named(first.protocol()) + ", trained on " + training + ", " + first.cases() + " test " + unit
                + "s" + (first.draws() > 1 ? ", mean of " + first.draws() : "");
    }

    /**
     * A table of one protocol; beside the leading figure stands its worst value, and how far trainings on the same lie
     * apart.
     */
    private static BenchmarkTable of(List<BenchmarkRow> rows, String unit, List<Figure> figures, Figure leading) {
        BenchmarkRow first = rows.get(0);
        boolean several = rows.stream().anyMatch(row -> row.runs().size() > 1);
        boolean trainedAgain = rows.stream().anyMatch(row -> row.trainings() > 1);
        List<String> columns = new ArrayList<>();
        columns.add("method");
        for (Figure figure : figures) {
            columns.add(figure.title());
            if (figure == leading && several) {
                columns.add("worst");
            }
            if (figure == leading && trainedAgain) {
                columns.add("spread");
            }
        }
        List<List<String>> cells = new ArrayList<>();
        for (BenchmarkRow row : rows) {
            List<String> line = new ArrayList<>();
            line.add(Protocols.named(row.method()));
            for (Figure figure : figures) {
                line.add(cell(figure, row.mean(figure)));
                if (figure == leading && several) {
                    line.add(cell(figure, row.worst(figure)));
                }
                if (figure == leading && trainedAgain) {
                    line.add(cell(figure, row.spread(figure)));
                }
            }
            cells.add(line);
        }
        return new BenchmarkTable(title(first, first.training(), unit), columns, cells);
    }

    /** F1 at each share of anomalies, and what the greatest one costs. */
    private static BenchmarkTable ofContamination(List<List<BenchmarkRow>> levels, String unit) {
        List<String> columns = new ArrayList<>();
        columns.add("method");
        levels.forEach(level -> columns.add("F1 at " + level.get(0).training()));
        columns.add("loss");
        columns.add("worst loss");
        List<List<String>> cells = new ArrayList<>();
        for (int method = 0; method < levels.get(0).size(); method++) {
            List<String> line = new ArrayList<>();
            BenchmarkRow clean = levels.get(0).get(method);
            line.add(Protocols.named(clean.method()));
            for (List<BenchmarkRow> level : levels) {
                line.add(cell(Figure.F1, level.get(method).mean(Figure.F1)));
            }
            List<Double> losses = losses(clean, levels.get(levels.size() - 1).get(method));
            double mean =
                    losses.stream().mapToDouble(Double::doubleValue).average().orElse(0);
            line.add(String.format(Locale.ROOT, "%.3f", mean));
            line.add(String.format(Locale.ROOT, "%.3f", Collections.max(losses)));
            cells.add(line);
        }
        return new BenchmarkTable(title(levels.get(0).get(0), "a share of anomalies", unit), columns, cells);
    }

    /** What is lost in each run. */
    private static List<Double> losses(BenchmarkRow clean, BenchmarkRow contaminated) {
        List<Double> losses = new ArrayList<>();
        for (int run = 0; run < clean.runs().size(); run++) {
            double before = clean.runs().get(run).get(Figure.F1).orElse(0);
            losses.add(before - contaminated.runs().get(run).get(Figure.F1).orElse(0));
        }
        return losses;
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

    /** All tables of a result as Markdown. */
    static String markdown(BenchmarkResult result) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d normal and %,d anomalous %ss, %,d without a label; %,d different sequences of %,d messages; %.0f s in all.%n",
                result.normal(),
                result.anomalous(),
                result.unit(),
                result.unlabelled(),
                result.distinctSequences(),
                result.distinctMessages(),
                result.seconds()));
        for (BenchmarkTable table : of(result)) {
            text.append("\n**").append(table.title).append("**\n\n");
            line(text, table.columns);
            text.append("|---|")
                    .append("---:|".repeat(table.columns.size() - 1))
                    .append('\n');
            table.rows.forEach(row -> line(text, row));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
