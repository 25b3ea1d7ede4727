package io.deepsentry.appender;

import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was judged, and what came of it. */
public final class Judged implements LiveRun.Listener {
    public final List<LogEvent> events = new ArrayList<>();
    public final List<Double> scores = new ArrayList<>();
    public final List<String> findings = new ArrayList<>();

    @Override
    public synchronized void judged(List<LogEvent> batch, List<Verdict> verdicts) {
        events.addAll(batch);
        verdicts.forEach(verdict -> scores.add(verdict.score()));
    }

    @Override
    public synchronized void alert(Alert alert) {
        if (alert.notification() != null) {
            findings.add(alert.notification().reason() + " "
                    + alert.notification().finding().id());
        }
    }

    /** What {@code live} says of a log file. */
    public static Judged file(Path log, Path models) {
        Judged judged = new Judged();
        LiveRun run = new LiveRun();
        run.addListener(judged);
        LiveSettings settings = LiveSettings.builder()
                .dataDir(models)
                .logFiles(log)
                .tailMode(TailMode.UNTIL_END)
                .build();
        AlertSink none = new AlertSink() {
            @Override
            public void write(Alert alert) {}

            @Override
            public void close() {}
        };
        LiveMonitor.run(settings, none, end -> {}, run, RunContext.quiet());
        return judged;
    }
}
