package io.deepsentry.anomaly.evaluation;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the builders of {@link EvalSettings} and {@link AnalyzeSettings} share. */
abstract class ScoringBuilder<S, B extends ScoringBuilder<S, B>> extends SettingsBuilder<S, B> {
    ScoringBuilder(ConfigSchema schema) {
        super(schema);
    }

    @CanIgnoreReturnValue
    public B textEncoderModel(Path file) {
        return set("text_encoder_model", file);
    }

    @CanIgnoreReturnValue
    public B anomalyModel(Path file) {
        return set("anomaly_model", file);
    }

    @CanIgnoreReturnValue
    public B encodedTestData(Path file) {
        return set("encoded_test_data", file);
    }

    @CanIgnoreReturnValue
    public B preparedDataDir(Path folder) {
        return set("prepared_data_dir", folder);
    }

    @CanIgnoreReturnValue
    public B sequenceLength(@Nullable Integer messages) {
        return set("sequence_length", messages);
    }

    @CanIgnoreReturnValue
    public B threshold(@Nullable Double score) {
        return set("threshold", score);
    }

    /** Gives each hour a threshold of its own; null: one threshold for all. */
    @CanIgnoreReturnValue
    public B season(EvalSettings.@Nullable Season season) {
        if (season != null) {
            set("seasonal_weekly", season.weekly());
            set("time_zone", season.zone().getId());
        }
        return set("seasonal", season != null);
    }

    @CanIgnoreReturnValue
    public B maxAlarmsPerDay(@Nullable Double alarms) {
        return set("max_alarms_per_day", alarms);
    }

    @CanIgnoreReturnValue
    public B kinds(Set<EvidenceKind> kinds) {
        return set("kinds", EvidenceKind.keys(kinds));
    }

    @CanIgnoreReturnValue
    public B outputDir(Path folder) {
        return set("output_dir", folder);
    }

    @CanIgnoreReturnValue
    public B feedbackFile(Path file) {
        return set("feedback_file", file);
    }

    @CanIgnoreReturnValue
    public B device(Device device) {
        return set("gpu", device.setting());
    }

    @CanIgnoreReturnValue
    public B runtime(ModelRuntime runtime) {
        return set("runtime", runtime);
    }
}
