package io.deepsentry.benchmark.inject;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a trial came to.
 *
 * @param outputDir where its files are
 * @param inputs the logs, as they were named
 * @param learnedLines how many lines were learned from, training and validation
 * @param learnedFrom the earliest time of them, or null
 * @param learnedTo the latest time of them, or null
 * @param reused the data folder whose models were used, or null if they were trained for the trial
 * @param laterLines how many lines the later part has; {@link Untouched#lines} of them were judged
 * @param untouched what is flagged without any injection
 * @param wholeLog what is flagged in a log of sessions as a whole without any injection; null where that is not judged
 * @param rows what became of the injections, one row a kind
 * @param seconds wall time of all
 */
public record InjectionResult(
        Path outputDir,
        List<String> inputs,
        long learnedLines,
        @Nullable Instant learnedFrom,
        @Nullable Instant learnedTo,
        @Nullable Path reused,
        long laterLines,
        Untouched untouched,
        @Nullable Untouched wholeLog,
        List<InjectionRow> rows,
        double seconds) {
    /** The file of all figures. */
    public static final String JSON = "inject.json";
    /** The file of the picture. */
    public static final String PICTURE = "inject.png";

    public InjectionResult {
        inputs = List.copyOf(inputs);
        rows = List.copyOf(rows);
    }

    /** Returns where all figures are. */
    public Path json() {
        return outputDir.resolve(JSON);
    }

    /** Returns where the picture is. */
    public Path picture() {
        return outputDir.resolve(PICTURE);
    }

    Map<String, @Nullable Object> toMap(InjectionSettings settings) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("inputs", inputs);
        map.put("seed", settings.seed());
        map.put("per_kind", settings.perKind());
        Map<String, @Nullable Object> learned = new LinkedHashMap<>();
        learned.put("lines", learnedLines);
        learned.put("from", learnedFrom == null ? null : learnedFrom.toString());
        learned.put("to", learnedTo == null ? null : learnedTo.toString());
        learned.put("data_dir", reused == null ? null : reused.toString());
        map.put("learned", learned);
        map.put("later_lines", laterLines);
        map.put("untouched", untouched.toMap());
        map.put("untouched_whole_log", wholeLog == null ? null : wholeLog.toMap());
        map.put("kinds", rows.stream().map(InjectionRow::toMap).toList());
        map.put("seconds", seconds);
        return map;
    }
}
