package io.deepsentry.cli;

import io.deepsentry.anomaly.update.ModelUpdate;
import io.deepsentry.anomaly.update.UpdateResult;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import java.nio.file.Path;

/**
 * What a user sees at the end of training again: what changes on the newest part, and whether the models were replaced.
 */
final class UpdateReport {
    private static final int SHOWN = 100;

    private final Path folder;
    private final UpdateResult result;

    UpdateReport(Path folder, UpdateResult result) {
        this.folder = folder;
        this.result = result;
    }

    void print(Console console) {
        console.result("newest part: " + Counted.of(result.judged(), result.unit())
                + " judged by the models in use and by the new ones");
        found(console, "found by both", result.alike());
        found(console, "gone", result.gone());
        found(console, "new", result.fresh());
        console.result("");
        if (result.leftOut() > 0) {
            console.result("left out of training because they resemble confirmed faults: "
                    + Counted.of(result.leftOut(), result.unit()));
        }
        if (!result.replaced()) {
            console.result("not replaced: the new models "
                    + (result.missed() > 0
                            ? "miss " + KeyValueTable.count(result.missed()) + " of the faults you confirmed"
                            : "find more here")
                    + "; they are in " + folder.resolve(ModelUpdate.STAGING));
            console.result("if that is right: deepsentry run --update " + folder + " --even-if-worse");
            return;
        }
        console.result("replaced"
                + (result.noWorse() ? "" : ", although the new models are worse")
                + "; the previous models are in " + folder.resolve(ModelUpdate.PREVIOUS));
        console.result("live loads them without a stop: kill -HUP $(cat PID_FILE)");
    }

    private static void found(Console console, String what, UpdateResult.Found found) {
        console.result(String.format("%-15s%s", what, KeyValueTable.count(found.count())));
        for (UpdateResult.Example example : found.examples()) {
            console.result("  " + Excerpt.of(example.name(), SHOWN));
            console.result("    " + Excerpt.of(example.message(), SHOWN));
            console.result("    " + Excerpt.of(example.reason(), SHOWN));
        }
    }
}
