package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines whose judging ends the program, which starts again and reads them again. */
class QuarantineTest {
    private final Path folder;
    private final List<String> judged = new ArrayList<>();

    QuarantineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void leavesOutALineAtWhichThreeStartsHaveEndedAndJudgesAllOthers() {
        List<LogEvent> events =
                IntStream.range(0, 10).mapToObj(QuarantineTest::event).toList();
        for (int start = 0; start <= Quarantine.MOST_DEATHS; start++) {
            judged.clear();
            assertThatThrownBy(() -> run(events, 6)).isInstanceOf(Death.class);
        }
        // One at a time by now: those before the line were judged.
        assertThat(judged).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
        judged.clear();
        assertThat(run(events, 6)).isEqualTo(1);
        assertThat(judged).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m7", "m8", "m9");
        judged.clear();
        assertThat(run(events, 6)).isEqualTo(1);
        assertThat(judged).doesNotContain("m6").hasSize(9);
    }

    @Test
    void costsNoLineIfTheProgramEndsAtAnotherOneEachTime() {
        List<LogEvent> events =
                IntStream.range(0, 10).mapToObj(QuarantineTest::event).toList();
        for (int start = 0; start < 20; start++) {
            int at = start % 10;
            assertThatThrownBy(() -> run(events, at)).isInstanceOf(Death.class);
        }
        judged.clear();
        assertThat(run(events, -1)).isZero();
        assertThat(judged).hasSize(10);
    }

    @Test
    void leavesOutNoLineOfTheSamePlaceInALaterFile() {
        List<LogEvent> events = List.of(event(1), event(2));
        for (int start = 0; start <= Quarantine.MOST_DEATHS; start++) {
            assertThatThrownBy(() -> run(events, 1)).isInstanceOf(Death.class);
        }
        assertThat(run(events, 1)).isEqualTo(1);
        Origin same = event(1).origin();
        judged.clear();
        assertThat(run(List.of(new LogEvent(null, "other", null, null, same, List.of(), null)), -1))
                .isZero();
        assertThat(judged).containsExactly("other");
    }

    /** One start; the number of lines left out. */
    private long run(List<LogEvent> events, int deadly) {
        try (Quarantine quarantine = Quarantine.open(folder)) {
            quarantine.judge(events, true, false, (some, caughtUp) -> {
                List<Verdict> verdicts = new ArrayList<>();
                for (LogEvent event : some) {
                    if (event.message().equals("m" + deadly)) {
                        throw new Death();
                    }
                    judged.add(event.message());
                    verdicts.add(new Verdict.Normal(0, 1));
                }
                return verdicts;
            });
            Drift drift = new Drift(false, 0, 0, false, 0, 0, 0);
            IdentifierStats none = new IdentifierStats(0, 0, 0, 0, 0, 0, 0, drift, 0);
            return quarantine.counted(none).unjudged();
        }
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static LogEvent event(int number) {
        return new LogEvent(
                null, "m" + number, null, null, new Origin("app.log", number + 1, 10L * number), List.of(), null);
    }
}
