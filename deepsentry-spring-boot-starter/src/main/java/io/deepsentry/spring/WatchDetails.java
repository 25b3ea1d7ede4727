package io.deepsentry.spring;

import io.deepsentry.appender.LogWatch;
import io.deepsentry.live.LiveRun;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What is told of a watch, by name. */
final class WatchDetails {
    private WatchDetails() {}

    static Map<String, Object> of(LogWatch watch) {
        LiveRun.Snapshot seen = watch.run().snapshot();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(
                "state",
                watch.failure().isPresent()
                        ? "failed"
                        : watch.run().phase().name().toLowerCase(Locale.ROOT));
        details.put("system", watch.settings().name());
        details.put("judged", seen == null ? 0 : seen.identified().messages());
        details.put("waiting", watch.waiting());
        details.put("dropped", watch.dropped());
        details.put("firing", seen == null ? 0 : seen.firing());
        return details;
    }
}
