package io.deepsentry.live.record;

/**
 * What was seen of requests that bring records.
 *
 * @param received how many came
 * @param refused those of them that were to be sent again, as there was no room or no time for them
 * @param invalid those of them that could not be read, and are lost
 * @param repeated those of them that had come before, and were not judged again
 * @param waitingBytes what is taken and not answered yet
 */
public record RequestStats(long received, long refused, long invalid, long repeated, long waitingBytes) {
    /** None came. */
    public static final RequestStats NONE = new RequestStats(0, 0, 0, 0, 0);
}
