package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvalSettingsTest {
    private static final EvalSettings.Season SEASON = new EvalSettings.Season(ZoneId.of("Europe/Berlin"), true);

    @Test
    void builders_have_the_defaults_of_the_schemas() {
        Path week = Path.of("week");
        Sources sources = new Sources(Map.of(), Map.of(), week);

        assertThat(EvalSettings.builder().dataDir(week).build())
                .isEqualTo(EvalSettings.from(Config.defaults(EvalSettings.SCHEMA, sources)));
        assertThat(AnalyzeSettings.builder().dataDir(week).build())
                .isEqualTo(AnalyzeSettings.from(Config.defaults(AnalyzeSettings.SCHEMA, sources)));
    }

    @Test
    void every_setter_sets_its_own_component() {
        EvalSettings eval = with(EvalSettings.builder()).build();

        assertThat(eval)
                .isEqualTo(new EvalSettings(
                        Path.of("e.h5"),
                        Path.of("d.h5"),
                        Path.of("t.pkl"),
                        Path.of("p"),
                        12,
                        null,
                        SEASON,
                        null,
                        EvidenceKind.OF_STREAMS,
                        false,
                        Path.of("out"),
                        Path.of("f.jsonl"),
                        Device.CPU,
                        ModelRuntime.TENSORFLOW));
        assertThat(with(AnalyzeSettings.builder()).labelsFile(Path.of("l.csv")).build())
                .isEqualTo(new AnalyzeSettings(eval, Path.of("l.csv")));
        assertThat(EvalSettings.builder().threshold(2.5).build().threshold()).isEqualTo(2.5);
        assertThat(EvalSettings.builder().maxAlarmsPerDay(3.0).build().maxAlarmsPerDay())
                .isEqualTo(3.0);
        assertThat(EvalSettings.builder().season(SEASON).season(null).build().season())
                .isNull();
    }

    private static <S, B extends ScoringBuilder<S, B>> B with(B builder) {
        return builder.textEncoderModel(Path.of("e.h5"))
                .anomalyModel(Path.of("d.h5"))
                .encodedTestData(Path.of("t.pkl"))
                .preparedDataDir(Path.of("p"))
                .sequenceLength(12)
                .season(SEASON)
                .outputDir(Path.of("out"))
                .feedbackFile(Path.of("f.jsonl"))
                .device(Device.CPU)
                .runtime(ModelRuntime.TENSORFLOW);
    }

    @Test
    void every_problem_is_named_at_once() {
        EvalSettings.Builder builder = EvalSettings.builder()
                .sequenceLength(1)
                .threshold(Double.NaN)
                .maxAlarmsPerDay(0.0)
                .season(SEASON);

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "sequence_length must be at least 2, but was 1",
                        "threshold must be a finite number, but was NaN",
                        "max_alarms_per_day must be above 0, but was 0.0",
                        "threshold (NaN) and seasonal exclude each other: one threshold for all hours, or"
                                + " one for each; leave one out",
                        "max_alarms_per_day (0.0) and seasonal exclude each other: one threshold for all hours, or"
                                + " one for each; leave one out",
                        "threshold (NaN) and max_alarms_per_day (0.0) exclude each other; leave one out"));
    }
}
