package io.deepsentry.live.internal.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that advances only while somebody waits, and then does what was planned for that time. */
public final class SteppedClock implements LiveClock {
    private record Plan(long at, Runnable what) {}

    private final List<Plan> plans = new ArrayList<>();
    private long nanos;

    /** Plans something for a time after the start. */
    public SteppedClock at(Duration time, Runnable what) {
        plans.add(new Plan(time.toNanos(), what));
        return this;
    }

    public void pass(Duration time) {
        long until = nanos + time.toNanos();
        plans.stream().filter(plan -> plan.at() <= until).toList().forEach(plan -> {
            plans.remove(plan);
            nanos = Math.max(nanos, plan.at());
            plan.what().run();
        });
        nanos = until;
    }

    public Duration passed() {
        return Duration.ofNanos(nanos);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-01T00:00:00Z").plusNanos(nanos);
    }

    @Override
    public void pause(Duration howLong) {
        pass(howLong);
    }
}
