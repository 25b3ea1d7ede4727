package io.deepsentry.anomaly.internal.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKindsTest {
    private static final int[] OFTEN = {0, 0, 1, 2};
    private static final int[] ONCE = {0, 1, 2};

    private static SessionKinds counted() {
        SessionKinds sessions = new SessionKinds();
        for (int i = 0; i < 7; i++) {
            sessions.add(OFTEN);
        }
        sessions.add(ONCE);
        return sessions;
    }

    @Test
    void aKindIsAsSurprisingAsItIsRare() {
        SessionKinds sessions = counted();
        assertThat(sessions.surprise(OFTEN)).isCloseTo(Math.log(8 / 6.5), within(1e-12));
        assertThat(sessions.surprise(ONCE)).isCloseTo(Math.log(8 / 0.5), within(1e-12));
        assertThat(sessions.surprise(new int[] {0, 1})).isInfinite();
        assertThat(sessions.surprise(new int[] {0, 0, 0, 1, 2})).isInfinite();
    }

    @Test
    void aSessionWithAnUnknownMessageIsOfNoKind() {
        SessionKinds sessions = counted();
        sessions.add(new int[] {0, -1, 2});
        assertThat(sessions.surprise(new int[] {0, -1, 2})).isInfinite();
        assertThat(SessionKinds.NONE.surprise(new int[0])).isInfinite();
    }

    @Test
    void whatCameOnceCanBeForgotten() {
        SessionKinds sessions = counted();
        sessions.forgetRarerThan(2);
        assertThat(sessions.surprise(ONCE)).isInfinite();
        assertThat(sessions.surprise(OFTEN)).isFinite();
    }

    @Test
    void noMoreKindsAreRememberedThanTheMostAndTheFrequentOnesStay() {
        SessionKinds sessions = new SessionKinds();
        for (int i = 0; i < SessionKinds.MAX_KINDS + 1; i++) {
            sessions.add(new int[] {i});
            sessions.add(OFTEN);
        }
        assertThat(sessions.lines()).hasSizeLessThanOrEqualTo(SessionKinds.MAX_KINDS + 1);
        assertThat(sessions.surprise(OFTEN)).isLessThan(1);
    }

    @Test
    void whatIsWrittenIsRead(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve(SessionKinds.FILE), counted().lines());
        SessionKinds read = SessionKinds.read(file);
        assertThat(read.lines()).isEqualTo(counted().lines());
        assertThat(read.surprise(ONCE)).isEqualTo(counted().surprise(ONCE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kinds 3",
                "sessions x",
                "sessions 0",
                "sessions 3\nzz 1",
                "sessions 3\nab",
                "sessions 3\nab 0",
                "sessions 3\nab 99999999999"
            })
    void aBrokenFileIsRefusedWithItsLine(String text, @TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve(SessionKinds.FILE), List.of(text.split("\n")));
        assertThatThrownBy(() -> SessionKinds.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(text.contains("\n") ? "line 2" : "line 1");
    }
}
