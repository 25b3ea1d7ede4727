package io.deepsentry.live.internal.state;

import java.time.Duration;
import java.time.Instant;

/** The clock that following a log goes by, and the way it waits. */
public interface LiveClock {
    /** Time that only ever goes forward, in nanoseconds from an arbitrary start. */
    long nanoTime();

    /** The time of day. */
    Instant now();

    /** Waits. */
    void pause(Duration howLong) throws InterruptedException;

    /** The clock of this machine, and waiting by sleeping. */
    static LiveClock ofSystem() {
        return new LiveClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void pause(Duration howLong) throws InterruptedException {
                Thread.sleep(howLong.toMillis(), howLong.toNanosPart() % 1_000_000);
            }
        };
    }
}
