package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;

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
        wall += seconds * 1_000_000_000L;
        clock.caughtUp(wall);
    }

    private long seconds() {
        return clock.elapsed() / 1_000_000_000L;
    }
}
