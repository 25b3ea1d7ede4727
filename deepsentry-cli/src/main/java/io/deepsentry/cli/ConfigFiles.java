package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.benchmark.BenchmarkSettings;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.util.List;

/** The configuration files that there are, one a stage. */
final class ConfigFiles {
    /** The schemas, in the order of a run. */
    static final List<ConfigSchema> SCHEMAS = List.of(
            PrepareSettings.SCHEMA,
            TextTrainSettings.SCHEMA,
            EncodeSettings.SCHEMA,
            DetectorTrainSettings.SCHEMA,
            EvalSettings.SCHEMA,
            AnalyzeSettings.SCHEMA,
            LiveSettings.SCHEMA,
            FeedbackSettings.SCHEMA,
            BenchmarkSettings.SCHEMA);

    private ConfigFiles() {}

    static String nameOf(ConfigSchema schema) {
        return schema.name() + ".yml";
    }
}
