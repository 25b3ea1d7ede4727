package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Messages scored by a rule that is easy to follow: the number in them. What is odd about one is its number of tens.
 */
class StreamJudgeTest {
    private final List<Alert> alerts = new ArrayList<>();
    private long line;

    @Test
    void givesOneAlertARunOfAnomalousWindows() {
        StreamJudge judge = judge(5.0);
        add(judge, 1, 6, 7);
        add(judge, 8, 9, 1);
        add(judge, 1, 9);
        assertThat(alerts).extracting(Alert::score).containsExactly(6.0, 9.0);
        assertThat(alerts.get(0).session()).isNull();
        assertThat(alerts.get(0).contextWindow()).containsExactly("message 1", "message 6");
        assertThat(alerts.get(1).contextWindow()).containsExactly("message 1", "message 1", "message 9");
        assertThat(alerts.get(1).source().lineNumber()).isEqualTo(8);
    }

    @Test
    void alertsOfWhatBeginsToBeOddInARunOnce() {
        StreamJudge judge = judge(5.0);
        add(judge, 6, 7, 21, 8, 22, 6, 33, 1);
        add(judge, 23);
        assertThat(alerts).extracting(Alert::score).containsExactly(6.0, 21.0, 33.0, 23.0);
    }

    @Test
    void continuesItsRunFromAStateThatWasWritten() throws IOException {
        StreamJudge judge = judge(5.0);
        add(judge, 6, 21);
        StreamJudge resumed = judge(5.0);
        read(resumed, written(judge));
        add(resumed, 7, 22, 33);
        assertThat(alerts).extracting(Alert::score).containsExactly(6.0, 21.0, 33.0);
    }

    @Test
    void judgesEachMessageByTheThresholdOfItsTime() {
        StreamJudge judge = judge(time -> time != null && time.isAfter(Instant.EPOCH.plusSeconds(2)) ? 9 : 5, null);
        assertThat(add(judge, 6, 1, 6, 10)).extracting(Verdict::threshold).containsExactly(5.0, 5.0, 9.0, 9.0);
        assertThat(alerts).extracting(Alert::score).containsExactly(6.0, 10.0);
    }

    @Test
    void readsTheStateOfAnAdaptiveThresholdThatItDoesNotHave() throws Exception {
        StreamJudge adaptive = judge(time -> 5, new AdaptiveThreshold(2, 2.5, Threshold.given(5)));
        add(adaptive, 1, 2, 9);
        StreamJudge trained = judge(5.0);
        read(trained, written(adaptive));
        // The run of anomalous windows continues, so there is no second alert.
        assertThat(add(trained, 8).get(0)).isEqualTo(new Verdict.Anomalous(8, 5));
        assertThat(alerts).hasSize(1);
        StreamJudge again = judge(time -> 5, new AdaptiveThreshold(2, 2.5, Threshold.given(5)));
        read(again, written(trained));
        assertThat(add(again, 1).get(0)).isInstanceOf(Verdict.WarmingUp.class);
    }

    private static byte[] written(StreamJudge judge) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        judge.write(new StateOutput(bytes));
        return bytes.toByteArray();
    }

    private static void read(StreamJudge judge, byte[] bytes) throws IOException {
        judge.read(new StateInput(new ByteArrayInputStream(bytes)));
    }

    @Test
    void givesOneAlertThatNothingComesAtTheLastLine() {
        StreamJudge judge = judge(5.0);
        judge.quiet(60);
        add(judge, 1, 2);
        judge.quiet(4);
        assertThat(alerts).isEmpty();
        judge.quiet(60);
        assertThat(alerts).singleElement().satisfies(alert -> {
            assertThat(alert.score()).isEqualTo(60);
            assertThat(alert.source().lineNumber()).isEqualTo(2);
            assertThat(alert.message()).isEqualTo("message 2");
        });
    }

    @Test
    void warmsUpAndThenAdapts() {
        StreamJudge judge = judge(time -> 50, new AdaptiveThreshold(4, 2.5, null));
        assertThat(add(judge, 1, 2, 1, 100)).allMatch(Verdict.WarmingUp.class::isInstance);
        assertThat(alerts).isEmpty();
        assertThat(add(judge, 1000).get(0)).isInstanceOf(Verdict.Anomalous.class);
        assertThat(alerts).hasSize(1);
    }

    @Test
    void letsTheTrainedThresholdStandInWhileWarmingUp() {
        StreamJudge judge = judge(time -> 50, new AdaptiveThreshold(4, 2.5, Threshold.given(50)));
        assertThat(add(judge, 1, 100)).hasExactlyElementsOfTypes(Verdict.WarmingUp.class, Verdict.Anomalous.class);
        assertThat(alerts).singleElement().extracting(Alert::threshold).isEqualTo(50.0);
    }

    @Test
    void doesNotTakeAStreamOfEqualScoresForAnomalous() {
        StreamJudge judge = judge(time -> 50, new AdaptiveThreshold(4, 2.5, null));
        for (int i = 0; i < 500; i++) {
            add(judge, 0.1);
        }
        assertThat(alerts).isEmpty();
    }

    private StreamJudge judge(double threshold) {
        return judge(time -> threshold, null);
    }

    private StreamJudge judge(ToDoubleFunction<@Nullable Instant> threshold, @Nullable AdaptiveThreshold adaptive) {
        return new StreamJudge(
                Numbers::new,
                3,
                threshold,
                adaptive,
                new AlertFactory(AlertId.of(List.of()), Redaction.of(List.of()), 5, key -> false),
                found -> {
                    if (found.isNew()) {
                        alerts.add(found.alert());
                    }
                });
    }

    private List<Verdict> add(StreamJudge judge, double... numbers) {
        List<Verdict> verdicts = new ArrayList<>();
        for (double number : numbers) {
            line++;
            String message = "message " + (number == (long) number ? Long.toString((long) number) : number);
            LogEvent event = new LogEvent(
                    Instant.EPOCH.plusSeconds(line),
                    message,
                    null,
                    null,
                    new Origin("log", line, 10 * line),
                    List.of(),
                    null);
            verdicts.add(judge.judge(new ReadMessage(
                    event, List.of(), new IdentifiedMessage(message, List.of()), new float[] {(float) number})));
        }
        return verdicts;
    }

    private static final class Numbers implements StreamScoring {
        private double last;

        @Override
        public double add(ReadMessage read) {
            last = read.vector()[0];
            return last;
        }

        @Override
        public double quiet(double seconds) {
            return seconds;
        }

        @Override
        public void repeat(float[] vector, LogEvent event) {
            last = vector[0];
        }

        @Override
        public List<FindingKey> keys() {
            return List.of(new FindingKey(EvidenceKind.NEW_MESSAGE, "tens " + (long) last / 10, null));
        }
    }
}
