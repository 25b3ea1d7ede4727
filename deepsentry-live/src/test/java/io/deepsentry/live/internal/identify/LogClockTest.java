package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogClockTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final LogClock clock = new LogClock(Duration.ofMinutes(10));
    private long wall;

    @Test
    void goesByTheTimesInTheLogHoweverFastItIsRead() {
        event(0);
        event(100);
        event(90);
        event(250);
        assertThat(seconds()).isEqualTo(250);
    }

    @Test
    void goesByTheWallWhileNothingComesAndCountsThatTimeOnce() {
        event(0);
        event(10);
        pass(30);
        pass(30);
        assertThat(seconds()).isEqualTo(70);
        event(75);
        assertThat(seconds()).isEqualTo(75);
        pass(5);
        event(76);
        assertThat(seconds()).isEqualTo(80);
    }

    @Test
    void countsLinesOfTheSameSecondOnceHoweverManyPollsLieBetweenThem() {
        for (int i = 0; i < 1200; i++) {
            event(i / 4);
            passMillis(250);
        }
        assertThat(seconds()).isEqualTo(300);
    }

    @Test
    void countsTheTimeOfLinesThatAreWrittenLateAndTogetherOnce() {
        for (int i = 0; i < 3000; i++) {
            if (i > 0 && i % 300 == 0) {
                pass(300);
            }
            event(i);
        }
        assertThat(seconds()).isEqualTo(2999);
    }

    @Test
    void goesOnceWhereTheLinesOfTwoHostsAreHoursApart() {
        for (int i = 0; i < 1000; i++) {
            event(i + (i % 2 == 0 ? 0 : 7200));
        }
        // The first line of the other clock may be the truth.
        assertThat(seconds()).isBetween(998L, 999L + 1200L);
    }

    @Test
    void continuesAfterARestartAsIfThereHadBeenNone() throws IOException {
        for (int i = 0; i < 100; i++) {
            event(i + (i % 2 == 0 ? 0 : 7200));
        }
        passMillis(700);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        clock.write(new StateOutput(bytes), wall);
        LogClock resumed = new LogClock(Duration.ofMinutes(10));
        resumed.read(new StateInput(new ByteArrayInputStream(bytes.toByteArray())), wall);
        for (int i = 100; i < 200; i++) {
            event(i + (i % 2 == 0 ? 0 : 7200));
            resumed.event(START.plusSeconds(i + (i % 2 == 0 ? 0 : 7200)), wall);
            assertThat(resumed.elapsed()).isEqualTo(clock.elapsed());
        }
    }

    @Test
    void goesByTheWallWhereEventsHaveNoTimes() {
        event(null);
        wall += 5_000_000_000L;
        event(null);
        pass(3);
        event(null);
        assertThat(seconds()).isEqualTo(8);
    }

    @Test
    void recoversFromALineOfTheDistantFuture() {
        event(0);
        event(9_000_000_000L);
        long jumped = seconds();
        assertThat(jumped).isEqualTo(1200);
        event(10);
        event(40);
        assertThat(seconds()).isEqualTo(jumped + 30);
    }

    @Test
    void doesNotRunBeforeTheFirstEvent() {
        pass(100);
        assertThat(seconds()).isZero();
        event(0);
        assertThat(seconds()).isZero();
    }

    private void event(@Nullable Integer second) {
        clock.event(second == null ? null : START.plusSeconds(second), wall);
    }

    private void event(long second) {
        clock.event(START.plusSeconds(second), wall);
    }

    private void pass(long seconds) {
        passMillis(seconds * 1_000);
    }

    private void passMillis(long millis) {
        wall += millis * 1_000_000L;
        clock.caughtUp(wall);
    }

    private long seconds() {
        return clock.elapsed() / 1_000_000_000L;
    }
}
