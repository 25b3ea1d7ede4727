package io.deepsentry.live;

import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.alert.SinkStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the counts of a run in a Micrometer registry, which the application brings. Every meter exists from the
 * beginning. Its labels are the name of the system, one of two levels and the few sinks: nothing in a log creates a
 * new series.
 *
 * <p>Prometheus names them {@code deepsentry_anomalies_total{system,level}}, {@code deepsentry_anomaly_score},
 * {@code deepsentry_messages_processed_total}, {@code deepsentry_processing_seconds} and so on; docs/operations.md
 * lists all. Safe for use by many threads.
 */
public final class LiveMetrics implements LiveRun.Listener {
    private final Counter warnings;
    private final Counter criticals;
    private final Timer processing;

    private LiveMetrics(Counter warnings, Counter criticals, Timer processing) {
        this.warnings = warnings;
        this.criticals = criticals;
        this.processing = processing;
    }

    /**
     * Registers the meters of a run and follows it.
     *
     * @param registry the registry to register with
     * @param system the value of the label {@code system}
     * @param run the run to follow, before it begins
     * @param sinks the run's alert sinks, or null if they are not of this kind
     */
    public static void bind(MeterRegistry registry, String system, LiveRun run, @Nullable SeveralAlertSinks sinks) {
        Tags tags = Tags.of(Tag.of("system", system));
        Tag warning = Tag.of("level", "warning");
        Tag critical = Tag.of("level", "critical");
        LiveMetrics metrics = new LiveMetrics(
                Counter.builder("deepsentry.anomalies")
                        .description("Alerts given")
                        .tags(tags.and(warning))
                        .register(registry),
                Counter.builder("deepsentry.anomalies")
                        .description("Alerts given")
                        .tags(tags.and(critical))
                        .register(registry),
                Timer.builder("deepsentry.processing")
                        .description("Time from reading a batch to its last verdict")
                        .tags(tags)
                        .serviceLevelObjectives(
                                Duration.ofMillis(1),
                                Duration.ofMillis(5),
                                Duration.ofMillis(20),
                                Duration.ofMillis(100),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(10))
                        .register(registry));
        Meters meters = new Meters(registry, tags, run);
        meters.count("messages.processed", "Messages scored", seen -> seen.identified()
                .messages());
        meters.count("lines", "Lines read", seen -> seen.input().read().lines());
        meters.count("lines.malformed", "Lines that do not fit the format", seen -> seen.input()
                .read()
                .malformed());
        meters.count("lines.cut", "Lines cut because they were too long", seen -> seen.input()
                .read()
                .cut());
        meters.count("log.rotations", "Times another file was found at the path", seen -> seen.input()
                .rotations());
        meters.count("log.truncations", "Times the log was emptied in place", seen -> seen.input()
                .truncations());
        meters.count("log.missing", "Files not read to their end that were not found again", seen -> seen.input()
                .missingFiles());
        meters.count("log.lost.bytes", "Bytes known to have been lost before they were read", seen -> seen.input()
                .lostBytes());
        meters.count("log.read.failures", "Times something in or beside the log could not be read", seen -> seen.input()
                .readFailures());
        meters.gauge("log.files.unreadable", null, "Files that cannot be read now", seen -> seen.input()
                .unreadableFiles());
        meters.count("lines.dropped", "Lines dropped because they came too fast", seen -> seen.input()
                .droppedLines());
        meters.count("messages.unjudged", "Messages skipped because judging them failed", seen -> seen.identified()
                .unjudged());
        meters.gauge("log.files", null, "Files that are followed", seen -> seen.input()
                .files());
        meters.gauge(
                "queue.depth", null, "Messages of the last batch, which were judged together", LiveRun.Snapshot::batch);
        meters.count("sessions", "Sessions seen", seen -> seen.identified().sessions());
        meters.count("sessions.evicted", "Sessions judged before their end, for lack of room", seen -> seen.identified()
                .evictedSessions());
        meters.gauge("sessions.open", null, "Sessions that have not ended", seen -> seen.identified()
                .openSessions());
        meters.gauge("findings.firing", null, "Findings that have not ended", LiveRun.Snapshot::firing);
        meters.gauge("anomaly.score", null, "Highest score of the last batch", LiveRun.Snapshot::score);
        meters.gauge("threshold", null, "Threshold for that score", LiveRun.Snapshot::threshold);
        meters.gauge("lag", "bytes", "Bytes of the log not read yet", LiveRun.Snapshot::lagBytes);
        meters.gauge(
                "lag",
                "seconds",
                "Time since the end of the log was last reached",
                seen -> seen.lag().toNanos() / 1e9);
        Gauge.builder(
                        "deepsentry.last.line.timestamp.seconds",
                        run,
                        now -> now.lastLine().toEpochMilli() / 1e3)
                .description("Time at which a line was last read, in seconds since 1970")
                .tags(tags)
                .strongReference(true)
                .register(registry);
        meters.gauge(
                "cache.hit.ratio",
                null,
                "Share of messages whose vector was in the cache",
                LiveRun.Snapshot::cacheHitRatio);
        meters.gauge(
                "drift",
                null,
                "1 if scores have moved away from those of validation",
                seen -> seen.identified().drift().any() ? 1 : 0);
        meters.gauge(
                "drift.magnitude",
                null,
                "Distance of the mean of recent scores from validation, in standard deviations",
                seen -> seen.identified().drift().magnitude());
        if (sinks != null) {
            for (SinkStats sink : sinks.stats()) {
                bindSink(registry, tags.and("sink", sink.name()), sink.name(), sinks);
            }
        }
        run.addListener(metrics);
    }

    /**
     * Registers the meters of records that a run reads from a broker: their number, what was wrong with them, and how
     * many wait in each partition.
     *
     * @param registry the registry to register with
     * @param system the value of the label {@code system}
     * @param run the run to follow
     */
    public static void bindRecords(MeterRegistry registry, String system, LiveRun run) {
        Tags tags = Tags.of(Tag.of("system", system));
        Meters meters = new Meters(registry, tags, run);
        meters.count("kafka.records", "Records read", seen -> seen.records().records());
        meters.count("kafka.records.damaged", "Records that are null or not UTF-8", seen -> seen.records()
                .damaged());
        meters.count("kafka.records.lost", "Records removed before they were read", seen -> seen.records()
                .lost());
        meters.count("kafka.failures", "Times the broker could not be reached", seen -> seen.records()
                .failures());
        MultiGauge lag = MultiGauge.builder("deepsentry.kafka.lag")
                .description("Records of a partition not judged yet")
                .tags(tags)
                .register(registry);
        run.addListener(new LiveRun.Listener() {
            private Map<String, Long> shown = Map.of();

            @Override
            public void batch(int messages, Duration took, LiveRun.Snapshot snapshot) {
                Map<String, Long> now = snapshot.records().lag();
                if (!now.equals(shown)) {
                    shown = now;
                    lag.register(
                            now.entrySet().stream()
                                    .map(each -> MultiGauge.Row.of(ofPartition(each.getKey()), each.getValue()))
                                    .toList(),
                            true);
                }
            }
        });
    }

    /**
     * Registers the meters of logs that a run receives over OTLP.
     *
     * @param registry the registry to register with
     * @param system the value of the label {@code system}
     * @param run the run to follow
     */
    public static void bindOtlp(MeterRegistry registry, String system, LiveRun run) {
        Meters meters = new Meters(registry, Tags.of(Tag.of("system", system)), run);
        meters.count("otlp.requests", "Requests that came", seen -> seen.records()
                .requests()
                .received());
        meters.count("otlp.requests.refused", "Requests that the client must send again", seen -> seen.records()
                .requests()
                .refused());
        meters.count("otlp.requests.invalid", "Requests that could not be read", seen -> seen.records()
                .requests()
                .invalid());
        meters.count("otlp.requests.repeated", "Requests that had been judged before", seen -> seen.records()
                .requests()
                .repeated());
        meters.count("otlp.records", "Log records taken", seen -> seen.records().records());
        meters.count("otlp.records.rejected", "Log records without a body", seen -> seen.records()
                .damaged());
        meters.gauge("otlp.waiting", "bytes", "Bytes of requests not answered yet", seen -> seen.records()
                .requests()
                .waitingBytes());
    }

    private static Tags ofPartition(String name) {
        int slash = name.lastIndexOf('/');
        return Tags.of("topic", name.substring(0, Math.max(0, slash)), "partition", name.substring(slash + 1));
    }

    private static void bindSink(MeterRegistry registry, Tags tags, String name, SeveralAlertSinks sinks) {
        Supplier<SinkStats> stats = () -> sinks.stats().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        counter(registry, tags, "delivered", "Alerts delivered", stats, SinkStats::delivered);
        counter(registry, tags, "retries", "Delivery attempts that were repeated", stats, SinkStats::retries);
        counter(registry, tags, "dropped", "Alerts dropped for lack of room", stats, SinkStats::dropped);
        counter(registry, tags, "denied", "Deliveries that the server refused", stats, SinkStats::denied);
        sinkGauge(registry, tags, "waiting", "Alerts that wait", stats, SinkStats::waiting);
        sinkGauge(registry, tags, "refused", "Refused alerts that are kept", stats, SinkStats::refused);
        sinkGauge(
                registry,
                tags,
                "failing",
                "1 while alerts do not arrive",
                stats,
                each -> each.problem() != null ? 1 : 0);
    }

    private static void counter(
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            Supplier<SinkStats> stats,
            ToDoubleFunction<SinkStats> figure) {
        FunctionCounter.builder("deepsentry.sink." + name, stats, now -> figure.applyAsDouble(now.get()))
                .description(what)
                .tags(tags)
                .register(registry);
    }

    private static void sinkGauge(
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            Supplier<SinkStats> stats,
            ToDoubleFunction<SinkStats> figure) {
        Gauge.builder("deepsentry.sink." + name, stats, now -> figure.applyAsDouble(now.get()))
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void batch(int messages, Duration took, LiveRun.Snapshot snapshot) {
        if (messages > 0) {
            processing.record(took);
        }
    }

    @Override
    public void alert(Alert alert) {
        (alert.level() == FindingLevel.CRITICAL ? criticals : warnings).increment();
    }

    private record Meters(MeterRegistry registry, Tags tags, LiveRun run) {
        void count(String name, String what, ToDoubleFunction<LiveRun.Snapshot> figure) {
            FunctionCounter.builder("deepsentry." + name, run, now -> of(now, figure, 0))
                    .description(what)
                    .tags(tags)
                    .register(registry);
        }

        void gauge(String name, @Nullable String unit, String what, ToDoubleFunction<LiveRun.Snapshot> figure) {
            Gauge.builder(
                            "deepsentry." + name + (unit == null ? "" : "." + unit),
                            run,
                            now -> of(now, figure, Double.NaN))
                    .description(what)
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }

        private static double of(LiveRun run, ToDoubleFunction<LiveRun.Snapshot> figure, double before) {
            LiveRun.Snapshot seen = run.snapshot();
            return seen == null ? before : figure.applyAsDouble(seen);
        }
    }
}
