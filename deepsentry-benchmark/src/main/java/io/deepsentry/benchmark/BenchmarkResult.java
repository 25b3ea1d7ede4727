package io.deepsentry.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark came to.
 *
 * @param outputDir where its files are
 * @param unit what a case is: {@code session} or {@code line}
 * @param normal how many cases are labelled normal
 * @param anomalous how many are labelled an anomaly
 * @param unlabelled how many have no label; they are learnt from, but not judged
 * @param distinctSequences how many different sequences the cases have
 * @param distinctMessages how many different masked messages there are
 * @param rows the figures, in the order of protocols and methods
 * @param textSeconds how long training the text encoder took, once for all; 0 where no method needs one
 * @param seconds wall time of all
 */
public record BenchmarkResult(
        Path outputDir,
        String unit,
        int normal,
        int anomalous,
        int unlabelled,
        int distinctSequences,
        int distinctMessages,
        List<BenchmarkRow> rows,
        double textSeconds,
        double seconds) {
    /** The file of all figures. */
    public static final String JSON = "benchmark.json";

    /** The file of the tables, for documents. */
    public static final String MARKDOWN = "benchmark.md";
    /** The file of the picture. */
    public static final String PICTURE = "benchmark.png";

    public BenchmarkResult {
        rows = List.copyOf(rows);
    }

    /** Where all figures are. */
    public Path json() {
        return outputDir.resolve(JSON);
    }

    /** Where the tables are, for documents. */
    public Path markdown() {
        return outputDir.resolve(MARKDOWN);
    }

    /** Where the picture is. */
    public Path picture() {
        return outputDir.resolve(PICTURE);
    }

    /** The rows as tables, each of one protocol, one training and one kind of cases. */
    List<List<BenchmarkRow>> tables() {
        List<List<BenchmarkRow>> tables = new ArrayList<>();
        for (BenchmarkRow row : rows) {
            List<BenchmarkRow> table = tables.stream()
                    .filter(each -> each.get(0).isBeside(row))
                    .findFirst()
                    .orElse(null);
            if (table == null) {
                table = new ArrayList<>();
                tables.add(table);
            }
            table.add(row);
        }
        return tables;
    }

    Map<String, Object> toMap(Map<String, Object> settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("unit", unit);
        Map<String, Object> cases = new LinkedHashMap<>();
        cases.put("normal", normal);
        cases.put("anomalous", anomalous);
        cases.put("unlabelled", unlabelled);
        cases.put("distinct_sequences", distinctSequences);
        cases.put("distinct_messages", distinctMessages);
        map.put("cases", cases);
        map.put("settings", settings);
        map.put("text_encoder_seconds", textSeconds);
        map.put("seconds", seconds);
        map.put("rows", rows.stream().map(BenchmarkRow::toMap).toList());
        return map;
    }
}
