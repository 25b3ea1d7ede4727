package io.deepsentry.benchmark;

/** Judges sequences of messages one by one. */
interface SequenceModel {
    /** How anomalous a sequence is. */
    double score(int[] messages);

    /**
     * How many messages of an anomalous session had come when the verdict was certain; the whole session, unless the
     * model can say so earlier.
     */
    default int linesAtAlarm(int[] messages) {
        return messages.length;
    }
}
