package io.deepsentry.cli.output;

import io.deepsentry.benchmark.BenchmarkResult;
import io.deepsentry.benchmark.BenchmarkTable;
import io.deepsentry.parse.internal.Counted;

/** What a user sees at the end of a benchmark: the data, a table for each protocol, and where to look. */
public final class BenchmarkReport {
    private final BenchmarkResult result;

    public BenchmarkReport(BenchmarkResult result) {
        this.result = result;
    }

    public void print(Console console) {
        new KeyValueTable()
                .add(
                        "data",
                        KeyValueTable.count(result.normal()) + " normal and " + KeyValueTable.count(result.anomalous())
                                + " anomalous "
                                + result.unit() + "s, " + KeyValueTable.count(result.unlabelled())
                                + " without a label; "
                                + Counted.of(result.distinctSequences(), "different sequence") + " of "
                                + Counted.of(result.distinctMessages(), "message"))
                .add("time", KeyValueTable.seconds(result.seconds()) + " s")
                .print(console);
        for (BenchmarkTable benchmark : BenchmarkTable.of(result)) {
            console.result("");
            console.result(benchmark.title());
            Table table = new Table(benchmark.columns().toArray(String[]::new));
            benchmark.rows().forEach(row -> table.row(row.toArray(String[]::new)));
            table.print(console);
        }
        console.result("");
        new KeyValueTable()
                .add("figures", result.json())
                .add("tables", result.markdown())
                .add("picture", result.picture())
                .print(console);
    }
}
