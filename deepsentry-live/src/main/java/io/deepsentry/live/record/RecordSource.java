package io.deepsentry.live.record;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives records. One thread uses it and judges the records; reading, and anything that may wait for a network,
 * belongs to threads of the source.
 *
 * <p>The judging thread calls {@link #takeBegun}, {@link #poll} and {@link #takeLeft} in this order, any number of
 * times, then {@link #settled}: by then, everything returned before is judged, and saved if state is saved.
 */
public interface RecordSource extends AutoCloseable {
    /**
     * Returns the source's name in messages.
     *
     * @return the name
     */
    String name();

    /**
     * Begins to read.
     *
     * @param next where an earlier run was in each partition: its next offset. If it is not empty, a partition that
     *     is not in it is new
     */
    void start(Map<String, Long> next);

    /**
     * Restores the {@link #notes} of an earlier run. Called before {@link #start}, if there was such a run.
     *
     * @param notes what {@link #notes} returned at the position where this run begins
     */
    default void recall(Map<String, String> notes) {}

    /**
     * Returns what the source must know again after a restart, for everything returned so far. It is saved with the
     * positions.
     *
     * @return the notes, empty if there are none
     */
    default Map<String, String> notes() {
        return Map.of();
    }

    /**
     * Returns whether a client waits for {@link #settled}: records are then judged at once instead of collected.
     *
     * @return false unless overridden
     */
    default boolean isAwaited() {
        return false;
    }

    /**
     * Returns partitions that are read from now on. Each is returned once, before its first record.
     *
     * @return the offset at which reading begins, by partition
     */
    Map<String, Long> takeBegun();

    /**
     * Returns records that were read and not returned yet. Never waits.
     *
     * @return a bounded number of records, in order within each partition; empty if there are none
     * @throws io.deepsentry.core.DeepSentryException if nothing can be read, and trying again would not help
     */
    List<SourceRecord> poll();

    /**
     * Returns partitions that another member reads from now on. Each is returned once, after its last record.
     *
     * @return the partitions, empty if there are none
     */
    Set<String> takeLeft();

    /**
     * Records that everything returned is judged.
     *
     * @param next for each partition, the offset of the first record that is not fully judged, or the one after the
     *     last
     */
    void settled(Map<String, Long> next);

    /**
     * Returns whether it is known where reading begins.
     *
     * @return true if it is known for everything it reads
     */
    boolean isPlaced();

    /**
     * Returns whether no more records will come.
     *
     * @return true at the end of the input
     */
    boolean isEnded();

    /**
     * Returns the counts so far.
     *
     * @return the counts, as of now
     */
    RecordStats stats();

    /** Ends reading. Calling it again changes nothing. */
    @Override
    void close();
}
