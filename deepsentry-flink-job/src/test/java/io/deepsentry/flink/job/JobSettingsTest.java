package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.record.RecordFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobSettingsTest {
    @Test
    void argumentsForKafkaAreTaken() {
        JobSettings settings = JobSettings.of(
                "--kafka",
                "broker:9092",
                "--topic",
                "logs,more",
                "--format",
                "hdfs",
                "--models",
                "models",
                "--alert-topic",
                "alerts",
                "--late-topic",
                "late",
                "--until-end",
                "--record-format",
                "otlp_json",
                "--out-of-order",
                "PT0S");
        assertThat(settings.topics()).containsExactly("logs", "more");
        assertThat(settings.files()).isEmpty();
        assertThat(settings.untilEnd()).isTrue();
        assertThat(settings.fromStart()).isFalse();
        assertThat(settings.recordFormat()).isEqualTo(RecordFormat.OTLP_JSON);
        assertThat(settings.outOfOrder()).isZero();
        assertThat(settings.idle()).isEqualTo(Duration.ofMinutes(30));
        assertThat(settings.quiet()).isNull();
        assertThat(settings.resultTopics()).isEqualTo(Map.of("findings", "alerts", "late", "late"));
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> JobSettings.of(
                        "--topics", "logs", "--idle", "soon", "--checkpoint", "PT0S", "--record-format", "syslog"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(
                        "either --input or --topic",
                        "results need a place",
                        "--format is missing",
                        "--models is missing",
                        "--idle must be a duration such as PT30M, but was soon",
                        "--checkpoint must be positive, but was PT0S",
                        "--record-format must be one of auto, plain, filebeat, fluent_bit, otlp_json, but was syslog",
                        "--topics is not known");
    }

    @Test
    void topicsNeedServers() {
        assertThatThrownBy(() -> JobSettings.of(
                        "--topic", "logs", "--format", "hdfs", "--models", "models", "--alert-topic", "alerts"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("topics need --kafka, the servers to connect to first");
    }

    @Test
    void filesNeedNoServers() {
        JobSettings settings =
                JobSettings.of("--input", "a.log,b.log", "--format", "hdfs", "--models", "models", "--output", "out");
        assertThat(settings.files()).isEqualTo(List.of("a.log", "b.log"));
        assertThat(settings.bootstrap()).isNull();
        assertThat(settings.recordFormat()).isEqualTo(RecordFormat.AUTO);
    }
}
