package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentryWholeLog;
import io.deepsentry.parse.LogEvent;
import java.util.BitSet;
import java.util.List;

/** Judges a log of sessions as a whole, as it is judged beside them. */
record WholeLogJudge(Sentry sentry) implements LineJudge {
    @Override
    public BitSet flagged(List<LogEvent> lines) {
        BitSet flagged = new BitSet();
        SentryWholeLog log = sentry.beginWholeLog();
        for (int i = 0; i < lines.size(); i++) {
            flagged.set(i, log.add(lines.get(i)).isAnomalous());
        }
        return flagged;
    }
}
