package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.core.RunContext;
import java.util.List;

/** A way to tell anomalies from normal cases. */
interface Method {
    /** Its name in the results. */
    String name();

    /** Learns from the training part of a division, and a threshold from its validation part; looks at no label. */
    Judge learn(Corpus corpus, Division division, RunContext context);

    /** What was learnt. For one thread. */
    interface Judge extends AutoCloseable {
        /** Scores above it are anomalies. */
        double threshold();

        /** A score for each case, higher is more anomalous. */
        double[] scores(int[] cases);

        /** A score for each session of messages, which need not be of the log. */
        double[] scores(List<MessageSequence> sessions);

        /**
         * How many messages of a session that scores above the threshold had come when that was certain: 1 to all of
         * them.
         */
        int linesAtAlarm(MessageSequence session);

        @Override
        void close();
    }
}
