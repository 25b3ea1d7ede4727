package io.deepsentry.live.internal.tail;

import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.ReadStats;

/**
 * What happened to a source, and how far its reader is behind.
 *
 * @param rotations how often another file was read on
 * @param truncations how often the file was found to have been emptied or written over in place
 * @param missingFiles how often a file that was not read to its end was not found again after a restart
 * @param lostBytes bytes that are known to have been there and could not be read any more
 * @param droppedLines lines dropped because they came too fast, where that was asked for
 * @param lagBytes bytes that are there and were not read yet
 * @param readFailures how often something in or beside it could not be read, and was tried again
 * @param unreadable whether nothing of it can be read at the moment
 */
record SourceIncidents(
        long rotations,
        long truncations,
        long missingFiles,
        long lostBytes,
        long droppedLines,
        long lagBytes,
        long readFailures,
        boolean unreadable) {
    static final SourceIncidents NONE = new SourceIncidents(0, 0, 0, 0, 0, 0, 0, false);

    /** Those of a source that is no file. */
    static SourceIncidents ofStream(long droppedLines) {
        return new SourceIncidents(0, 0, 0, 0, droppedLines, 0, 0, false);
    }

    /** The figures of a stream that has read so much. */
    StreamStats with(ReadStats read, int files) {
        return new StreamStats(
                read,
                rotations,
                truncations,
                missingFiles,
                lostBytes,
                droppedLines,
                lagBytes,
                files,
                readFailures,
                unreadable ? files : 0);
    }
}
