package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.tail.TailMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSettingsTest {
    @Test
    void hasTheDefaultsOfTheContract() {
        LiveSettings settings = with(Map.of());
        assertThat(settings.sequenceLength()).isNull();
        assertThat(settings.vocabulary()).isNull();
        assertThat(settings.windowSize()).isEqualTo(100);
        assertThat(settings.thresholdMultiplier()).isEqualTo(2.5);
        assertThat(settings.batchInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.outputs().format()).isEqualTo(AlertFormat.RECORD);
        assertThat(settings.tailMode()).isEqualTo(TailMode.FROM_END);
        assertThat(settings.outputs().file()).isNull();
        assertThat(settings.threshold()).isNull();
        assertThat(settings.anomalyModel()).isEqualTo(Path.of("data/anomaly_trained_model/detector.h5"));
    }

    @Test
    void readsItsOwnCommentedFileAsTheDefaults(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("live_monitoring_config.yml");
        Files.writeString(file, LiveSettings.SCHEMA.toYaml());
        Config config = Config.load(file, LiveSettings.SCHEMA, new Sources(Map.of(), Map.of(), Path.of("data")));
        assertThat(LiveSettings.from(config))
                .usingRecursiveComparison()
                .ignoringFields("sequenceLength")
                .isEqualTo(with(Map.of()));
        assertThat(LiveSettings.from(config).sequenceLength()).isEqualTo(10);
    }

    @Test
    void takesFractionsOfSeconds() {
        assertThat(with(Map.of("batch_interval", "0.25")).batchInterval()).isEqualTo(Duration.ofMillis(250));
        assertThat(with(Map.of("batch_interval", "0")).batchInterval()).isZero();
    }

    @Test
    void refusesContradictionsNamingBothSettings() {
        assertThatThrownBy(() -> with(Map.of("until_end", "true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("until_end")
                .hasMessageContaining("from_start");
        assertThatThrownBy(() -> with(Map.of("custom_parser", "my.Parser", "log_format", "hdfs")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("custom_parser")
                .hasMessageContaining("log_format");
        assertThatThrownBy(() -> with(Map.of("time_zone", "Mars")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("time_zone")
                .hasMessageContaining("Mars");
        assertThatThrownBy(() -> with(Map.of("threshold", "NaN"))).isInstanceOf(ConfigException.class);
    }

    private static LiveSettings with(Map<String, String> flags) {
        return LiveSettings.from(Config.defaults(LiveSettings.SCHEMA, new Sources(flags, Map.of(), Path.of("data"))));
    }
}
