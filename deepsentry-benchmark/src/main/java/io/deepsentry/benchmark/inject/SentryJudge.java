package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.SentryStream;
import io.deepsentry.parse.LogEvent;
import java.util.BitSet;
import java.util.List;

/** Judges by what a data folder learned, with the classes that programs use. */
record SentryJudge(Sentry sentry) implements LineJudge {
    @Override
    public BitSet flagged(List<LogEvent> lines) {
        return sentry.judgesSessions() ? session(lines) : stream(lines);
    }

    private BitSet stream(List<LogEvent> lines) {
        BitSet flagged = new BitSet();
        SentryStream stream = sentry.beginStream();
        for (int i = 0; i < lines.size(); i++) {
            flagged.set(i, stream.add(lines.get(i)).isAnomalous());
        }
        return flagged;
    }

    private BitSet session(List<LogEvent> lines) {
        BitSet flagged = new BitSet();
        SentrySession session = sentry.begin();
        for (int i = 0; i < lines.size(); i++) {
            if (session.add(lines.get(i)).isAnomalous()) {
                flagged.set(i);
                return flagged;
            }
        }
        flagged.set(lines.size() - 1, session.end().isAnomalous());
        return flagged;
    }
}
