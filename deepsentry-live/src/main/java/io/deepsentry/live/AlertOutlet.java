package io.deepsentry.live;

import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.identify.IdentifierListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes what is found while messages are judged, and hands it on when it is told to. For one thread. */
final class AlertOutlet implements IdentifierListener {
    private final AlertSink sink;
    private final AlertRecordFile records;
    private final Consumer<Alert> delivered;
    private final Consumer<SessionVerdict> onSessionEnd;
    private final List<Alert> waiting = new ArrayList<>();

    /**
     * @param records remembers alerts for feedback
     * @param delivered hears of each alert when the sink has it
     */
    AlertOutlet(
            AlertSink sink, AlertRecordFile records, Consumer<Alert> delivered, Consumer<SessionVerdict> onSessionEnd) {
        this.sink = sink;
        this.records = records;
        this.delivered = delivered;
        this.onSessionEnd = onSessionEnd;
    }

    @Override
    public void found(Alert alert) {
        waiting.add(alert);
        records.write(alert);
    }

    @Override
    public void moreKnown(Alert alert) {
        records.write(alert);
    }

    @Override
    public void sessionEnded(SessionVerdict verdict) {
        onSessionEnd.accept(verdict);
    }

    /** Hands on the alerts that were found so far. */
    void handOn() {
        for (Alert alert : waiting) {
            sink.write(alert);
            delivered.accept(alert);
        }
        waiting.clear();
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
