package io.deepsentry.spring;

import io.deepsentry.appender.LogWatch;
import io.deepsentry.live.LiveRun;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * Whether the log is judged. Findings are no matter of health: they are about the application, not about the watch.
 *
 * <p>Down if the watch has failed, unknown while its models are loaded, else up.
 */
final class DeepSentryHealthIndicator extends AbstractHealthIndicator {
    private final LogWatch watch;

    DeepSentryHealthIndicator(LogWatch watch) {
        super("the health of DeepSentry is unknown");
        this.watch = watch;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        LiveRun run = watch.run();
        String failure = watch.failure().orElse(null);
        if (failure != null) {
            builder.down().withDetail("failure", failure);
        } else if (run.phase() == LiveRun.Phase.WATCHING) {
            builder.up();
        } else {
            builder.unknown();
        }
        builder.withDetails(WatchDetails.of(watch));
        String problem = run.problem();
        if (problem != null) {
            builder.withDetail("alerts", problem);
        }
    }
}
