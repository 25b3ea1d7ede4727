package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.WebhookFormat;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.UtahLogParser;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.parse.redact.RedactionRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveSettingsTest {
    @Test
    void hasTheDefaultsOfTheContract() {
        LiveSettings settings = with(Map.of());
        assertThat(settings.sequenceLength()).isNull();
        assertThat(settings.vocabulary()).isNull();
        assertThat(settings.windowSize()).isEqualTo(100);
        assertThat(settings.thresholdMultiplier()).isNull();
        assertThat(settings.season()).isNull();
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

    @Test
    void thresholdsByHourExcludeEveryOtherRule() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        EvalSettings.Season season = new EvalSettings.Season(berlin, true);
        assertThat(with(Map.of("seasonal", "true", "seasonal_weekly", "true", "time_zone", "Europe/Berlin"))
                        .season())
                .isEqualTo(season);
        assertThat(LiveSettings.builder().season(season).build().season()).isEqualTo(season);
        LiveSettings.Builder all = LiveSettings.builder()
                .season(season)
                .threshold(9.0)
                .thresholdMultiplier(3.0)
                .maxAlarmsPerDay(1.0);
        assertThatThrownBy(all::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "threshold (9.0) and seasonal exclude each other; leave one out",
                        "max_alarms_per_day (1.0) and seasonal exclude each other; leave one out",
                        "threshold_multiplier (3.0) and seasonal exclude each other; leave one out"));
    }

    @Test
    void theBuilderHasTheDefaultsOfTheSchema() {
        assertThat(LiveSettings.builder().dataDir(Path.of("data")).build()).isEqualTo(with(Map.of()));
    }

    @Test
    void everySetterOfTheBuilderSetsWhatTheKeyOfTheFileDoes() {
        LiveSettings made = LiveSettings.builder()
                .dataDir(Path.of("data"))
                .textEncoder(Path.of("e.h5"))
                .anomalyModel(Path.of("d.h5"))
                .vocabulary(Path.of("v.pkl"))
                .logFiles(Path.of("a.log"))
                .tailMode(TailMode.FROM_START)
                .timeFormat("iso")
                .customParser(UtahLogParser.class)
                .zone(ZoneId.of("Europe/Berlin"))
                .onMalformed(OnMalformed.FAIL)
                .sessionKey("(s\\d+)")
                .sessionEnd("closed")
                .idleTimeout(Duration.ofMillis(1500))
                .maxSessions(7)
                .sequenceLength(12)
                .windowSize(50)
                .thresholdMultiplier(3.0)
                .threshold(9.5)
                .maxAlarmsPerDay(2.0)
                .batchInterval(Duration.ofMillis(250))
                .checkpointDir(Path.of("c"))
                .overload(Overload.DROP)
                .feedbackFile(Path.of("f.jsonl"))
                .alertRecords(Path.of("r.jsonl"))
                .device(Device.CPU)
                .runtime(ModelRuntime.TENSORFLOW)
                .outputFile(Path.of("alerts.log"))
                .alertFormat(AlertFormat.JSON)
                .standardOutput(true)
                .syslog("udp://localhost:514")
                .webhook("http://localhost:1")
                .webhookFormat(WebhookFormat.TEMPLATE)
                .webhookTemplate(Path.of("t.json"))
                .system("shop")
                .elasticsearch("http://localhost:9200")
                .elasticsearchIndex("alerts")
                .elasticsearchTemplate(false)
                .tlsAuthorities(Path.of("ca.pem"))
                .webhookTlsAuthorities(Path.of("w.pem"))
                .syslogTlsAuthorities(Path.of("s.pem"))
                .elasticsearchTlsAuthorities(Path.of("e.pem"))
                .syslogTlsCertificate(Path.of("c.pem"), Path.of("k.pem"))
                .spoolDir(Path.of("s"))
                .spoolLimitMegabytes(3)
                .spoolFull(Overload.DROP)
                .redacted(Set.of(Redaction.Kind.KEYS))
                .redacting(new RedactionRules(List.of("member_no"), List.of("ACME-\\d+")))
                .drainLimit(Duration.ofSeconds(4))
                .build();

        assertThat(made)
                .isEqualTo(with(Map.ofEntries(
                        Map.entry("text_encoder_model", "e.h5"),
                        Map.entry("anomaly_model", "d.h5"),
                        Map.entry("vocabulary", "v.pkl"),
                        Map.entry("log_file", "a.log"),
                        Map.entry("from_start", "true"),
                        Map.entry("time_format", "iso"),
                        Map.entry("custom_parser", UtahLogParser.class.getName()),
                        Map.entry("time_zone", "Europe/Berlin"),
                        Map.entry("on_malformed", "fail"),
                        Map.entry("session_key", "(s\\d+)"),
                        Map.entry("session_end", "closed"),
                        Map.entry("idle_timeout", "1.5"),
                        Map.entry("max_sessions", "7"),
                        Map.entry("sequence_length", "12"),
                        Map.entry("window_size", "50"),
                        Map.entry("threshold_multiplier", "3"),
                        Map.entry("threshold", "9.5"),
                        Map.entry("max_alarms_per_day", "2"),
                        Map.entry("batch_interval", "0.25"),
                        Map.entry("checkpoint_dir", "c"),
                        Map.entry("overload", "drop"),
                        Map.entry("feedback_file", "f.jsonl"),
                        Map.entry("alert_records", "r.jsonl"),
                        Map.entry("gpu", "false"),
                        Map.entry("runtime", "tensorflow"),
                        Map.entry("output_file", "alerts.log"),
                        Map.entry("alert_format", "json"),
                        Map.entry("standard_output", "true"),
                        Map.entry("syslog", "udp://localhost:514"),
                        Map.entry("webhook", "http://localhost:1"),
                        Map.entry("webhook_format", "template"),
                        Map.entry("webhook_template", "t.json"),
                        Map.entry("system", "shop"),
                        Map.entry("elasticsearch", "http://localhost:9200"),
                        Map.entry("elasticsearch_index", "alerts"),
                        Map.entry("elasticsearch_template", "false"),
                        Map.entry("tls_ca", "ca.pem"),
                        Map.entry("webhook_tls_ca", "w.pem"),
                        Map.entry("syslog_tls_ca", "s.pem"),
                        Map.entry("elasticsearch_tls_ca", "e.pem"),
                        Map.entry("syslog_tls_cert", "c.pem"),
                        Map.entry("syslog_tls_key", "k.pem"),
                        Map.entry("spool_dir", "s"),
                        Map.entry("spool_limit_mb", "3"),
                        Map.entry("spool_full", "drop"),
                        Map.entry("redact", "keys"),
                        Map.entry("redact_names", "member_no"),
                        Map.entry("redact_patterns", "ACME-\\d+"),
                        Map.entry("stop_timeout", "4"))));
        assertThat(LiveSettings.builder()
                        .dataDir(Path.of("data"))
                        .customParser("com.example.Own", Path.of("own.jar"))
                        .build())
                .isEqualTo(with(Map.of("custom_parser", "com.example.Own", "parser_path", "own.jar")));
        assertThat(LiveSettings.builder().format("hdfs").build().format()).isEqualTo("hdfs");
        assertThat(LiveSettings.builder()
                        .redacted(Set.of())
                        .build()
                        .outputs()
                        .redaction()
                        .kinds())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TailMode.class)
    void everyPlaceToStartCanBeSet(TailMode mode) {
        assertThat(LiveSettings.builder().tailMode(mode).build().tailMode()).isEqualTo(mode);
    }

    @Test
    void aPathToAParserNeedsTheParsersName() {
        assertThatThrownBy(() -> with(Map.of("parser_path", "own.jar")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("parser_path (own.jar) needs custom_parser");
    }

    @Test
    void namesEveryProblemAtOnce() {
        LiveSettings.Builder builder = LiveSettings.builder()
                .logFiles()
                .threshold(Double.NaN)
                .thresholdMultiplier(0.0)
                .maxAlarmsPerDay(0.0)
                .sequenceLength(1)
                .windowSize(1)
                .maxSessions(0)
                .idleTimeout(Duration.ZERO)
                .batchInterval(Duration.ofMillis(-1));

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "log_file must name at least one log, but was empty",
                        "threshold must be a finite number, but was NaN",
                        "threshold_multiplier must be above 0, but was 0.0",
                        "max_alarms_per_day must be above 0, but was 0.0",
                        "sequence_length must be at least 2, but was 1",
                        "window_size must be at least 2, but was 1",
                        "max_sessions must be at least 1, but was 0",
                        "idle_timeout must be above 0, but was 0.0",
                        "batch_interval must be at least 0, but was -0.001"));
    }

    private static LiveSettings with(Map<String, String> flags) {
        return LiveSettings.from(Config.defaults(LiveSettings.SCHEMA, new Sources(flags, Map.of(), Path.of("data"))));
    }
}
