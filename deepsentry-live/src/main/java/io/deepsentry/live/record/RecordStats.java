package io.deepsentry.live.record;

import java.util.Map;

/**
 * What a source of records has seen.
 *
 * @param records how many it has given
 * @param damaged those of them that held no text: null, or not UTF-8
 * @param lost records known to have been there and removed before they were read
 * @param lag records that are there and were not read yet, by partition; partitions of other members are not in it
 * @param failures how often the broker could not be reached, and was tried again
 * @param unreachable whether it cannot be reached at the moment
 * @param requests the requests in which clients sent them, where clients do
 */
public record RecordStats(
        long records,
        long damaged,
        long lost,
        Map<String, Long> lag,
        long failures,
        boolean unreachable,
        RequestStats requests) {
    /** What was seen of no source. */
    public static final RecordStats NONE = new RecordStats(0, 0, 0, Map.of(), 0, false, RequestStats.NONE);

    public RecordStats {
        lag = Map.copyOf(lag);
    }
}
