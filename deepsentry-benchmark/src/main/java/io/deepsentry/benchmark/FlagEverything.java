package io.deepsentry.benchmark;

/** Says yes to all, at the first line. */
final class FlagEverything implements SequenceModel {
    @Override
    public double score(int[] messages) {
        return 1;
    }

    @Override
    public int linesAtAlarm(int[] messages) {
        return 1;
    }
}
