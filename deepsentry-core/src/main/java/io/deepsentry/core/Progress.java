package io.deepsentry.core;

/**
 * Where a long task reports how far it is. The task says what it begins and how much there is of it; who shows it, and
 * how, is the caller's affair.
 *
 * <p>An implementation is safe for use by several threads if the tasks it is handed to are run by several.
 */
public interface Progress {
    /** The {@code total} of a stage whose length nobody knows beforehand. */
    long UNKNOWN = -1;

    /**
     * Begins a stage of the task.
     *
     * @param what the stage in a few words, such as {@code training the detector}
     * @param total how many units there are, or {@link #UNKNOWN}
     * @param unit what is counted, in the plural, such as {@code lines}
     * @return the stage, to be closed at its end
     */
    Stage begin(String what, long total, String unit);

    /**
     * Creates reports that go nowhere.
     *
     * @return reports that nobody sees
     */
    static Progress none() {
        return SilentProgress.INSTANCE;
    }

    /** One stage under way, until it is closed. */
    interface Stage extends AutoCloseable {
        /**
         * Reports that {@code n} more units are done.
         *
         * @param n how many units are done beside those reported before
         */
        void advance(long n);

        /**
         * Reports a short remark on the stage, such as its current loss; it replaces the one before.
         *
         * @param text a few words
         */
        void note(String text);

        /** Ends the stage. Calling it again changes nothing. */
        @Override
        void close();
    }
}
