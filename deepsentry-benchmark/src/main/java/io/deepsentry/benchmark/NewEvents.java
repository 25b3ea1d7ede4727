package io.deepsentry.benchmark;

import java.util.BitSet;

/** Counts the messages that training did not have; a line is judged by itself. */
final class NewEvents implements SequenceModel {
    private final BitSet known = new BitSet();
    private final boolean lines;

    private NewEvents(boolean lines) {
        this.lines = lines;
    }

    static NewEvents learn(Examples examples, boolean lines) {
        NewEvents model = new NewEvents(lines);
        for (int i = 0; i < examples.size(); i++) {
            for (int message : examples.messages(i)) {
                model.known.set(message);
            }
        }
        return model;
    }

    @Override
    public double score(int[] messages) {
        int unknown = 0;
        for (int i = lines ? messages.length - 1 : 0; i < messages.length; i++) {
            unknown += known.get(messages[i]) ? 0 : 1;
        }
        return unknown;
    }

    @Override
    public int linesAtAlarm(int[] messages) {
        int at = 0;
        while (at < messages.length - 1 && known.get(messages[at])) {
            at++;
        }
        return at + 1;
    }
}
