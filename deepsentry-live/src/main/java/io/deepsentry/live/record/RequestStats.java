package io.deepsentry.live.record;

/**
 * The counts of requests that bring records. Immutable.
 *
 * @param received requests that arrived
 * @param refused those of them that the client must repeat, as there was no room or no time for them
 * @param invalid those of them that could not be read, and are lost
 * @param repeated those of them that had arrived before, and were not judged again
 * @param waitingBytes bytes that were taken and not acknowledged yet
 */
public record RequestStats(long received, long refused, long invalid, long repeated, long waitingBytes) {
    /** No requests: all zero. */
    public static final RequestStats NONE = new RequestStats(0, 0, 0, 0, 0);
}
