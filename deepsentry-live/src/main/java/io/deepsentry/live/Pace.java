package io.deepsentry.live;

import java.time.Duration;
import java.time.Instant;

/** The clock that following a log goes by, and the way it waits. */
interface Pace {
    /** Time that only ever goes forward, in nanoseconds from an arbitrary start. */
    long nanoTime();

    /** The time of day. */
    Instant now();

    /** Waits. */
    void pause(Duration howLong) throws InterruptedException;

    /** The clock of this machine, and waiting by sleeping. */
    static Pace ofSystem() {
        return new Pace() {
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
