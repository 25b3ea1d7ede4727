package io.deepsentry.benchmark.inject;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.internal.evidence.ObservedLines;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Injects into the logs of many trained data folders and prints a line for each, then the sums: for who works on the
 * kinds of evidence. With {@code --relearn} the evidence of streams is learned again first, and written into the
 * folders, while the networks stay.
 *
 * <pre>{@code
 * java -cp ... io.deepsentry.benchmark.inject.InjectionSweep --relearn data/apache data/openssh
 * }</pre>
 */
final class InjectionSweep {
    private static final String DETECTOR = "anomaly_trained_model";

    private final Map<InjectionKind, int[]> sums = new TreeMap<>();

    private InjectionSweep() {}

    public static void main(String... arguments) throws IOException {
        List<String> given = new ArrayList<>(List.of(arguments));
        boolean relearn = given.remove("--relearn");
        InjectionSweep sweep = new InjectionSweep();
        for (String folder : given) {
            try {
                if (relearn) {
                    relearn(Path.of(folder));
                }
                sweep.judge(Path.of(folder));
            } catch (DeepSentryException e) {
                System.out.println(folder + ": " + e.getMessage());
            }
        }
        StringBuilder line = new StringBuilder(String.format("%-16s", "all"));
        sweep.sums.forEach((kind, sum) -> line.append(
                String.format(Locale.ROOT, "  %s %.0f%%", kind.key(), sum[1] == 0 ? 0 : 100.0 * sum[0] / sum[1])));
        System.out.println(line);
    }

    private void judge(Path folder) {
        InjectionResult result =
                InjectionTrial.run(InjectionSettings.builder().dataDir(folder).build(), RunContext.quiet());
        StringBuilder line = new StringBuilder(String.format("%-16s", folder.getFileName()));
        for (InjectionRow row : result.rows()) {
            int made = row.outcomes().size();
            int[] sum = sums.computeIfAbsent(row.kind(), unused -> new int[2]);
            sum[0] += row.found();
            sum[1] += made;
            line.append("  ").append(row.kind().key()).append(' ').append(made == 0 ? "-" : row.found() + "/" + made);
        }
        line.append(String.format(
                Locale.ROOT,
                "  false/1000 %.1f (findings %.1f)  %.1f s",
                result.untouched().perThousandLines(),
                result.untouched().findingsPerThousandLines(),
                result.seconds()));
        System.out.println(line);
    }

    private static void relearn(Path folder) throws IOException {
        PreparedData prepared = PreparedData.open(folder.resolve(InjectionSettings.PREPARED));
        StreamEvidence.Learner learner = StreamEvidence.learner();
        for (Split split : List.of(Split.TRAIN, Split.VAL)) {
            ObservedLines.forEach(
                    prepared,
                    split,
                    "learn evidence",
                    RunContext.quiet(),
                    (origin, line) -> learner.add(origin.file(), line));
        }
        Path evidence = folder.resolve(DETECTOR).resolve(StreamEvidence.FILE);
        AtomicFile.writeAt(evidence, JsonFile.compact(learner.finish().toMap()));
        Path file = folder.resolve(DETECTOR).resolve("metadata.json");
        JsonMapper json = JsonMapper.builder().build();
        ObjectNode metadata = (ObjectNode) json.readTree(file.toFile());
        ((ObjectNode) metadata.path("files")).put(StreamEvidence.FILE, ModelDirectory.digestOf(evidence));
        json.writeValue(file.toFile(), metadata);
    }
}
