package io.deepsentry.anomaly.evaluation;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Analysis} is told.
 *
 * @param eval what is scored, and how
 * @param labelsFile labels of sessions; null: those that the prepared data carries
 */
public record AnalyzeSettings(EvalSettings eval, @Nullable Path labelsFile) {
    /** The keys of {@code anomaly_detector_eval_labeled.yml}. */
    public static final ConfigSchema SCHEMA = EvalSettings.schema(
                    "anomaly_detector_eval_labeled",
                    "analyze",
                    "Scores the test part and compares the verdicts with labels: figures, baselines, pictures.")
            .key("labels_file", ConfigType.PATH, null)
            .flag("--labels")
            .doc("Labels of sessions ('blk_123: 1', or a CSV of BlockId,Label). None: those the prepared data carries.")
            .build();

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static AnalyzeSettings from(Config config) {
        return new AnalyzeSettings(
                EvalSettings.from(config), config.findPath("labels_file").orElse(null));
    }
}
