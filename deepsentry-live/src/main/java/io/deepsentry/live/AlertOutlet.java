package io.deepsentry.live;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.identify.FindingAlerts;
import io.deepsentry.live.internal.identify.FoundAlert;
import io.deepsentry.live.internal.identify.IdentifierListener;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what is found while messages are judged, and hands its alerts on when it is told to. For one thread. */
final class AlertOutlet implements IdentifierListener {
    /** Alerts of which more may become known. */
    private static final int MOST_REMEMBERED = 10_000;

    private final AlertSink sink;
    private final AlertRecordFile records;
    private final Consumer<Alert> delivered;
    private final Consumer<SessionVerdict> onSessionEnd;
    private final List<Alert> waiting = new ArrayList<>();
    private final FindingAlerts findings;
    /** The ids of the last alerts. */
    private final Set<String> remembered = new LinkedHashSet<>();

    /**
     * @param records remembers alerts for feedback
     * @param delivered hears of each alert when the sink has it
     */
    AlertOutlet(
            FindingBook.Rules rules,
            AlertSink sink,
            AlertRecordFile records,
            Consumer<Alert> delivered,
            Consumer<SessionVerdict> onSessionEnd) {
        this.findings = new FindingAlerts(rules, this::give);
        this.sink = sink;
        this.records = records;
        this.delivered = delivered;
        this.onSessionEnd = onSessionEnd;
    }

    private void give(Alert alert) {
        waiting.add(alert);
        records.write(alert);
        remembered.add(alert.id());
        if (remembered.size() > MOST_REMEMBERED) {
            remembered.remove(remembered.iterator().next());
        }
    }

    @Override
    public void found(FoundAlert found) {
        findings.found(found);
    }

    @Override
    public void over(List<Evidence> outages, @Nullable Instant time) {
        findings.over(outages, time);
    }

    @Override
    public void moreKnown(Alert alert) {
        if (remembered.contains(alert.id())) {
            records.write(alert);
        }
    }

    @Override
    public void sessionEnded(SessionVerdict verdict) {
        onSessionEnd.accept(verdict);
    }

    @Override
    public void event(@Nullable Instant time, long wall) {
        findings.event(time, wall);
    }

    @Override
    public boolean caughtUp(long wall) {
        return findings.caughtUp(wall);
    }

    @Override
    public void quiet() {
        findings.advance();
    }

    /** Ends all findings: nothing more comes, and no other run will continue this one. */
    void ended() {
        findings.ended();
    }

    @Override
    public void writeClock(StateOutput out, long wall) throws IOException {
        findings.writeClock(out, wall);
    }

    @Override
    public void readClock(StateInput in, long wall) throws IOException {
        findings.readClock(in, wall);
    }

    /** Writes what is known of findings. */
    void write(StateOutput out, long wall) throws IOException {
        findings.write(out, wall);
    }

    /** Reads it. */
    void read(StateInput in, long wall) throws IOException {
        findings.read(in, wall);
    }

    /** How many alerts were given. */
    long given() {
        return findings.given();
    }

    /** How many findings have not ended. */
    int firing() {
        return findings.firing();
    }

    /** The findings if they changed since they were last asked for, the most important first; null otherwise. */
    @Nullable
    List<Finding> changed() {
        return findings.takeChanged() ? findings.findings() : null;
    }

    /** Hands on the alerts that were found so far. */
    void handOn() {
        for (Alert alert : waiting) {
            sink.write(alert);
            delivered.accept(alert);
        }
        waiting.clear();
        sink.commit();
    }

    /** Makes sure that what was handed on outlives this program, and says where the sink stands. */
    String settle() {
        sink.flush();
        return sink.mark();
    }

    /** The sink stood there; what it was given since will be handed on again. */
    void resumeAt(String mark) {
        sink.resume(mark);
    }

    /** Has the sink open what it writes to again. */
    void reopen() {
        sink.reopen();
    }
}
