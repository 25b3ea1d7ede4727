package io.deepsentry.live.record;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives records. It is used by one thread, which judges what it is given: reading itself, and what may wait for a network, belongs to threads of the source.
 *
 * <p>The judging thread calls {@link #takeBegun}, {@link #poll} and {@link #takeLeft} in this order as often as it likes, then {@link #settled}: everything it was given before that is judged now, and
 * kept if anything is kept.
 */
public interface RecordSource extends AutoCloseable {
    /** Returns how the source is called in messages. */
    String name();

    /**
     * Begins to read.
     *
     * @param next where an earlier run was in each partition: its next offset. A partition that is not in it is new if it holds any
     */
    void start(Map<String, Long> next);

    /**
     * Takes back what {@link #notes} was when an earlier run was where this one begins. Called before {@link #start}, if there was one.
     */
    default void recall(Map<String, String> notes) {}

    /** Returns what the source is to know again after a restart, about everything given so far; kept with the places. */
    default Map<String, String> notes() {
        return Map.of();
    }

    /** Returns whether somebody waits for {@link #settled}: what was given is then judged at once, not collected. */
    default boolean isAwaited() {
        return false;
    }

    /** Returns partitions that are read from now on, with the offset at which that begins. Each is returned once, before its first record. */
    Map<String, Long> takeBegun();

    /**
     * Returns what was read and not given yet, a bounded number; never waits.
     *
     * @throws io.deepsentry.core.DeepSentryException if nothing can be read, and trying again would not help
     */
    List<SourceRecord> poll();

    /** Returns partitions of which nothing more is given, as another member reads them from now on. Each is returned once, behind its last record. */
    Set<String> takeLeft();

    /**
     * Takes note that everything given is judged.
     *
     * @param next the first record of each partition that is not wholly judged: its offset, or the one behind the last
     */
    void settled(Map<String, Long> next);

    /** Returns whether it is known where reading begins. */
    boolean isPlaced();

    /** Returns whether nothing more will ever come. */
    boolean isEnded();

    /** Returns what was seen so far. */
    RecordStats stats();

    /** Ends reading. Calling it again changes nothing. */
    @Override
    void close();
}
