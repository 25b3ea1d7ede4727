package io.deepsentry.live.record;

import java.util.Map;

/**
 * The counts of a source of records. Immutable.
 *
 * @param records records returned
 * @param damaged those of them that held no text: null, or not UTF-8
 * @param lost records that were removed from the broker before they were read
 * @param lag records on the broker that were not read yet, by partition, without partitions of other members
 * @param failures how often the broker could not be reached and was tried again
 * @param unreachable whether the broker cannot be reached at the moment
 * @param requests the requests in which clients sent the records, for sources that serve clients
 */
public record RecordStats(
        long records,
        long damaged,
        long lost,
        Map<String, Long> lag,
        long failures,
        boolean unreachable,
        RequestStats requests) {
    /** The counts of no source: all zero. */
    public static final RecordStats NONE = new RecordStats(0, 0, 0, Map.of(), 0, false, RequestStats.NONE);

    public RecordStats {
        lag = Map.copyOf(lag);
    }
}
