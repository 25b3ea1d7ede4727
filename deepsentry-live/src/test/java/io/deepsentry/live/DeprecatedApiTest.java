package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.alert.AlertOutputs;
import io.deepsentry.live.alert.Redaction;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What 0.1.0 had still does what its replacement does. */
@SuppressWarnings("removal")
class DeprecatedApiTest {
    private static final String LINE = "password=hunter2 of bob@example.org, card 4111 1111 1111 1111";

    @Test
    void theFormerRedactionReplacesTheSame() {
        assertThat(Redaction.MARK).isEqualTo("<redacted>");
        assertThat(Redaction.ofAll().apply(LINE))
                .isEqualTo("password=<redacted> of <redacted>, card <redacted>")
                .isEqualTo(io.deepsentry.parse.redact.Redaction.ofAll().apply(LINE));
        assertThat(Redaction.of(List.of(Redaction.Kind.EMAILS)).apply(LINE))
                .isEqualTo("password=hunter2 of <redacted>, card 4111 1111 1111 1111");
        assertThat(Redaction.of(Set.of()).apply(LINE)).isSameAs(LINE);
        assertThat(Redaction.ofAll().current()).isEqualTo(io.deepsentry.parse.redact.Redaction.ofAll());
    }

    @Test
    void theFormerKindsAreNamedAsTheOthers() {
        assertThat(Arrays.stream(Redaction.Kind.values()).map(Redaction.Kind::configName))
                .containsExactly("keys", "passwords", "emails", "cards");
    }

    @Test
    void settingsTakeKindsOfBothRedactions() {
        AlertOutputs former = LiveSettings.builder()
                .redacted(EnumSet.of(Redaction.Kind.KEYS, Redaction.Kind.CARDS))
                .build()
                .outputs();
        AlertOutputs now = LiveSettings.builder()
                .redacted(EnumSet.of(
                        io.deepsentry.parse.redact.Redaction.Kind.KEYS,
                        io.deepsentry.parse.redact.Redaction.Kind.CARDS))
                .build()
                .outputs();

        assertThat(former).isEqualTo(now);
        assertThat(now.redacted()).containsExactlyInAnyOrder(Redaction.Kind.KEYS, Redaction.Kind.CARDS);
    }

    @Test
    void theFormerConstructorsOfSettingsLeaveOutOnlyTheBroker() {
        LiveSettings settings = LiveSettings.builder()
                .threshold(9.5)
                .thresholdMultiplier(3.0)
                .maxAlarmsPerDay(2.0)
                .feedbackFile(Path.of("f.jsonl"))
                .alertRecords(Path.of("r.jsonl"))
                .sessionKey("(s\\d+)")
                .sessionEnd("closed")
                .customParser("com.example.Own", Path.of("own.jar"))
                .timeFormat("iso")
                .syslog("udp://localhost:514")
                .webhook("http://localhost:1")
                .elasticsearch("http://localhost:9200")
                .system("shop")
                .redacted(Set.of(Redaction.Kind.EMAILS))
                .build();

        assertThat(rebuilt(settings)).isEqualTo(settings);
    }

    private static LiveSettings rebuilt(LiveSettings from) {
        return new LiveSettings(
                from.textEncoder(),
                from.anomalyModel(),
                from.vocabulary(),
                from.logFiles(),
                from.tailMode(),
                from.format(),
                from.customParser(),
                from.parserPath(),
                from.timeFormat(),
                from.zone(),
                from.onMalformed(),
                from.sessionKey(),
                from.sessionEnd(),
                from.idleTimeout(),
                from.maxSessions(),
                from.sequenceLength(),
                from.windowSize(),
                from.thresholdMultiplier(),
                from.threshold(),
                from.season(),
                from.maxAlarmsPerDay(),
                from.kinds(),
                from.batchInterval(),
                from.checkpointDir(),
                from.overload(),
                rebuilt(from.outputs()),
                from.feedbackFile(),
                from.alertRecords(),
                from.findings(),
                from.device(),
                from.runtime());
    }

    private static AlertOutputs rebuilt(AlertOutputs from) {
        return new AlertOutputs(
                from.file(),
                from.format(),
                from.standardOutput(),
                from.system(),
                from.syslog(),
                from.webhook(),
                from.webhookFormat(),
                from.webhookTemplate(),
                from.elasticsearch(),
                from.elasticsearchIndex(),
                from.elasticsearchTemplate(),
                from.tls(),
                from.spoolDir(),
                from.spoolLimit(),
                from.whenFull(),
                from.drainLimit(),
                from.redacted());
    }
}
