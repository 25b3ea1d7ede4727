package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.internal.vector.SessionEdges.CutOff;
import io.deepsentry.anomaly.internal.vector.SessionEdges.Stretch;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of four messages: 0 at once, 1 a second later, 2 an hour later and 3 a second after that. */
class SessionEdgesTest {
    private static final int[] SECONDS = {0, 1, 3600, 3601};

    @Test
    void aSessionIsHeldOnlyToWhatIsOverdueWhenTheLogEnds() {
        SessionEdges edges = learnt(true);
        CutOff soon = edges.cutOff(rows(0, 1), false, time(600));
        assertThat(soon.isWhole()).isFalse();
        assertThat(soon.end()).isTrue();
        assertThat(soon.lacks(2, 1)).as("an hour after the begin").isFalse();
        assertThat(edges.cutOff(rows(0), false, time(600)).lacks(1, 1))
                .as("a second after the begin")
                .isTrue();
        assertThat(edges.cutOff(rows(0, 1), false, time(20_000)))
                .as("older than sessions become")
                .isEqualTo(CutOff.NEITHER);
        assertThat(CutOff.NEITHER.lacks(2, 1)).isTrue();
        assertThat(CutOff.UNDER_WAY.lacks(2, 1)).isFalse();
    }

    @Test
    void aSessionWithItsUsualLastMessageIsOver() {
        assertThat(learnt(true).cutOff(rows(0, 1, 3), false, time(5))).isEqualTo(CutOff.NEITHER);
    }

    @Test
    void aSessionBeganBeforeTheLogIfNoneBeginsWithItsFirstMessageAndTheOneBeforeMayHaveComeEarlier() {
        SessionEdges edges = learnt(true);
        assertThat(edges.cutAtBegin(2, time(60))).isTrue();
        assertThat(edges.cutAtBegin(3, time(60))).as("it would have been seen").isFalse();
        assertThat(edges.cutAtBegin(0, time(60))).as("sessions begin with it").isFalse();
        assertThat(edges.cutAtBegin(-1, time(60))).isFalse();
        CutOff cut = edges.cutOff(rows(2, 3), true, time(600));
        assertThat(cut.begin()).isTrue();
        assertThat(cut.end()).isFalse();
        assertThat(cut.lacks(0, 1)).isFalse();
    }

    @Test
    void whereLinesHaveNoTimesMessagesAreCounted() {
        SessionEdges edges = learnt(false);
        assertThat(edges.cutOff(rows(0, 1), false, new Stretch(null, 2)).lacks(2, 1))
                .isFalse();
        assertThat(edges.cutOff(rows(0, 1), false, new Stretch(null, 100)).lacks(2, 1))
                .isTrue();
    }

    @Test
    void anAgeThatIsNotKnownIsNoReasonToExcuse() {
        assertThat(learnt(true).cutOff(rows(0, 1), false, new Stretch(null, 1))).isEqualTo(CutOff.NEITHER);
    }

    @Test
    void whatWasWrittenIsReadAlike(@TempDir Path folder) throws IOException {
        SessionEdges edges = learnt(true);
        edges.writer().write(folder.resolve(SessionEdges.FILE));
        SessionEdges read = SessionEdges.read(folder, 4);
        assertThat(read.cutOff(rows(0, 1), false, time(600)).lacks(2, 1)).isFalse();
        assertThat(read.cutOff(rows(0), false, time(600)).lacks(1, 1)).isTrue();
        assertThat(read.cutOff(rows(0, 1), false, time(20_000))).isEqualTo(CutOff.NEITHER);
        assertThat(read.cutAtBegin(2, time(60))).isTrue();
        assertThatThrownBy(() -> SessionEdges.read(folder, 2)).isInstanceOf(ModelException.class);
        assertThat(SessionEdges.read(folder.resolve("none"), 4)).isSameAs(SessionEdges.NONE);
    }

    private static int[] rows(int... rows) {
        return rows;
    }

    private static Stretch time(long seconds) {
        return new Stretch(Duration.ofSeconds(seconds), 1);
    }

    private static SessionEdges learnt(boolean timed) {
        SessionEdges.Counter counter = new SessionEdges.Counter();
        for (int session = 0; session < 20; session++) {
            for (int i = 0; i < SECONDS.length; i++) {
                Stretch pause = stretch(timed, i == 0 ? 0 : SECONDS[i] - SECONDS[i - 1], i == 0 ? 0 : 1);
                Stretch age = stretch(timed, SECONDS[i], i);
                counter.add(i, 1, i == 0, i == 3, SessionEdges.Counter.packed(pause, age));
            }
        }
        try (VectorTable table = new VectorTable(4)) {
            float[] vectors = new float[16];
            for (int i = 0; i < 4; i++) {
                vectors[5 * i] = 1;
            }
            Matrix known = Matrix.of(4, 4, vectors);
            for (int i = 0; i < 4; i++) {
                assertThat(table.intern(known.row(i))).isEqualTo(i);
            }
            return counter.edges(new MessageTable(table, TrainingMessages.of(known, 0.1)));
        }
    }

    private static Stretch stretch(boolean timed, long seconds, long messages) {
        return new Stretch(timed ? Duration.ofSeconds(seconds) : null, messages);
    }
}
