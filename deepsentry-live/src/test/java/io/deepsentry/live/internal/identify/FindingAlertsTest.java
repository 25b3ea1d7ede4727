package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.Notification.Reason;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FindingAlertsTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final FindingBook.Rules RULES =
            new FindingBook.Rules(Duration.ofMinutes(10), Duration.ofMinutes(30), 20, 1_000);

    private final AlertFactory factory = new AlertFactory(
            AlertId.of(List.of("models")), Redaction.ofAll(), 10, key -> "known".equals(key.message()));
    private final List<Alert> alerts = new ArrayList<>();
    private final FindingAlerts findings = new FindingAlerts(RULES, alerts::add);
    private long line;

    private static long wall(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** A line, and what is found about it, if its message is not null. */
    private void line(FindingAlerts to, @Nullable Instant time, long wallSeconds, @Nullable String odd, String level) {
        line++;
        to.event(time, wall(wallSeconds));
        if (odd == null) {
            return;
        }
        LogEvent event = new LogEvent(
                time,
                odd + " with password=secret" + line,
                level,
                "shop",
                new Origin("app.log", line, 10 * line),
                List.of(),
                null,
                Map.of("host", "web-1"));
        Verdict verdict = new Verdict.Anomalous(12, 10);
        List<FindingKey> keys = List.of(new FindingKey(EvidenceKind.NEW_MESSAGE, odd, null));
        to.found(factory.line(
                true,
                verdict,
                event,
                keys,
                () -> factory.make(
                        verdict, event, AlertFactory.First.of(event), null, List.of(event.message()), null)));
    }

    private void error(long seconds, String odd) {
        line(findings, START.plusSeconds(seconds), 0, odd, "ERROR");
    }

    private static List<Reason> reasons(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> Objects.requireNonNull(alert.notification()).reason())
                .toList();
    }

    @Test
    void anAlertSaysWhatIsKnownOfItsFindingAndOfItsLineWithoutSecrets() {
        error(0, "timed out");
        assertThat(alerts).singleElement().satisfies(alert -> {
            assertThat(alert.level()).isEqualTo(FindingLevel.CRITICAL);
            assertThat(alert.message()).isEqualTo("timed out with password=<redacted>");
            var told = Objects.requireNonNull(alert.notification());
            assertThat(told.id()).isEqualTo(alert.id());
            assertThat(told.occurrence().component()).isEqualTo("shop");
            assertThat(told.occurrence().host()).isEqualTo("web-1");
            assertThat(told.finding().toMap().toString()).doesNotContain("secret");
        });
    }

    @Test
    void whatUsersSaidIsARealFaultIsCriticalWhateverItsLevel() {
        line(findings, START, 0, "unknown", "INFO");
        line(findings, START, 0, "known", "INFO");
        assertThat(alerts).extracting(Alert::level).containsExactly(FindingLevel.WARNING, FindingLevel.CRITICAL);
    }

    @Test
    void aFindingEndsByTheTimesOfLaterLines() {
        error(0, "disk failed");
        error(1, "disk failed");
        line(findings, START.plusSeconds(1_800), 0, null, "INFO");
        assertThat(reasons(alerts)).containsExactly(Reason.NEW);
        line(findings, START.plusSeconds(1_801), 0, null, "INFO");
        assertThat(reasons(alerts)).containsExactly(Reason.NEW, Reason.ENDED);
        assertThat(alerts.get(1).time()).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void aFindingEndsByTheClockWhileNothingComes() {
        error(0, "disk failed");
        error(1, "disk failed");
        assertThat(findings.caughtUp(wall(1_799))).isFalse();
        assertThat(findings.caughtUp(wall(1_800))).isTrue();
        findings.advance();
        assertThat(reasons(alerts)).containsExactly(Reason.NEW, Reason.ENDED);
        assertThat(findings.caughtUp(wall(9_000))).isFalse();
    }

    @Test
    void linesWithoutTimesGoByTheClock() {
        line(findings, null, 0, "disk failed", "ERROR");
        line(findings, null, 5, "disk failed", "ERROR");
        line(findings, null, 1_900, null, "INFO");
        assertThat(reasons(alerts)).containsExactly(Reason.NEW, Reason.ENDED);
    }

    @Test
    void oneWrongTimeDoesNotStopTheClock() {
        error(0, "disk failed");
        line(findings, Instant.parse("2199-01-01T00:00:00Z"), 0, null, "INFO");
        alerts.clear();
        for (int i = 0; i < 3; i++) {
            error(2_000L * i + 10, "cache failed");
            error(2_000L * i + 11, "cache failed");
        }
        assertThat(reasons(alerts)).containsExactly(Reason.NEW, Reason.ENDED, Reason.AGAIN, Reason.ENDED, Reason.AGAIN);
    }

    @Test
    void whatIsHeldBackIsSaidOnceTheMinuteIsOver() {
        for (int i = 0; i < 100; i++) {
            error(0, "kind " + i);
        }
        assertThat(alerts).as("critical ones take twice the cap").hasSize(40);
        line(findings, START.plusSeconds(60), 0, null, "INFO");
        assertThat(alerts).hasSize(41);
        Alert last = alerts.get(40);
        assertThat(last.message()).isEqualTo("60 more held back, of 60 findings not shown yet");
        assertThat(last.notification()).isNull();
        line(findings, START.plusSeconds(120), 0, null, "INFO");
        assertThat(alerts).hasSize(41);
    }

    @Test
    void continuesFromItsStateWithTheSameAlerts() throws IOException {
        for (int seed = 0; seed < 10; seed++) {
            List<Alert> whole = new ArrayList<>();
            List<Alert> parts = new ArrayList<>();
            FindingAlerts uninterrupted = new FindingAlerts(RULES, whole::add);
            FindingAlerts resumed = new FindingAlerts(RULES, parts::add);
            Random random = new Random(seed);
            long from = line;
            long seconds = 0;
            for (int i = 0; i < 300; i++) {
                seconds += random.nextInt(10) == 0 ? random.nextInt(2_500) : random.nextInt(3);
                Instant time = random.nextInt(5) == 0 ? null : START.plusSeconds(seconds);
                String odd = random.nextInt(3) == 0 ? null : "disk failed at step " + random.nextInt(8);
                line = from + i;
                line(uninterrupted, time, seconds, odd, "ERROR");
                line = from + i;
                line(resumed, time, seconds, odd, "ERROR");
                if (random.nextInt(6) == 0) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    resumed.write(new StateOutput(bytes), wall(seconds));
                    resumed = new FindingAlerts(RULES, parts::add);
                    resumed.read(new StateInput(new ByteArrayInputStream(bytes.toByteArray())), wall(seconds));
                }
            }
            assertThat(parts).isEqualTo(whole).hasSizeGreaterThan(10);
            assertThat(resumed.given()).isEqualTo(whole.size());
            assertThat(whole).extracting(Alert::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void theEndOfTheInputEndsWhatGoesOn() {
        error(0, "disk failed");
        error(1, "disk failed");
        error(2, "cache failed");
        findings.ended();
        assertThat(reasons(alerts)).containsExactly(Reason.NEW, Reason.NEW, Reason.ENDED);
        assertThat(findings.firing()).isZero();
    }
}
