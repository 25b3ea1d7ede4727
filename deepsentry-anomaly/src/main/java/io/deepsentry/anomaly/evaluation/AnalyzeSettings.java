package io.deepsentry.anomaly.evaluation;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Analysis}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * AnalyzeSettings settings = AnalyzeSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .labelsFile(Path.of("labels.csv"))
 *         .build();
 * }</pre>
 *
 * @param eval the settings of the scores
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
            .doc("Labels of sessions ('blk_123: 1', or a CSV of BlockId,Label). None: the labels given to prepare.")
            .build();

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static AnalyzeSettings from(Config config) {
        return new AnalyzeSettings(
                EvalSettings.of(config, false), config.findPath("labels_file").orElse(null));
    }

    /**
     * Begins with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder extends ScoringBuilder<AnalyzeSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        /**
         * Sets the file of labels.
         *
         * @param file the file; null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder labelsFile(@Nullable Path file) {
            return set("labels_file", file);
        }

        @Override
        protected AnalyzeSettings from(Config config) {
            return AnalyzeSettings.from(config);
        }
    }
}
