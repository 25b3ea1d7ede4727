package io.deepsentry.spring;

import io.deepsentry.appender.LogWatch;
import io.deepsentry.live.LiveMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The meters of {@code live}, and one of the lines that wait. */
final class DeepSentryMetrics implements MeterBinder {
    private final LogWatch watch;

    DeepSentryMetrics(LogWatch watch) {
        this.watch = watch;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        String system = watch.settings().name();
        LiveMetrics.bind(registry, system, watch.run(), watch.sinks().orElse(null));
        Gauge.builder("deepsentry.lines.waiting", watch, LogWatch::waiting)
                .description("Lines that wait to be judged")
                .tag("system", system)
                .register(registry);
    }
}
