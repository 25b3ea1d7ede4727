package io.deepsentry.live.record;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as a source gives it. Immutable.
 *
 * @param partition the sequence of records that it belongs to, without blanks; records of one partition are in order
 * @param offset its place there, greater than that of the record before
 * @param time when it was written, or null if that is not known
 * @param bytes its size in bytes
 * @param lines the lines in it, in order
 */
public record SourceRecord(
        String partition, long offset, @Nullable Instant time, int bytes, List<RecordedLine> lines) {
    public SourceRecord {
        lines = List.copyOf(lines);
    }
}
