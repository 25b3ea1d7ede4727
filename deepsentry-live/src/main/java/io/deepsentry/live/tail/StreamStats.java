package io.deepsentry.live.tail;

import io.deepsentry.parse.ReadStats;

/**
 * The counts of a {@link io.deepsentry.live.DataStream} so far. Immutable.
 *
 * @param read lines, events and bytes, and what was wrong with them
 * @param rotations how often another file was found at the path and read from its beginning
 * @param truncations how often the file was found to have been emptied or overwritten in place
 * @param missingFiles how often a file that was not read to its end was not found again after a restart
 * @param lostBytes bytes known to have been in a file that was emptied or removed before they were read
 * @param droppedLines lines dropped because they came too fast, where {@link Overload#DROP} allows it
 * @param lagBytes bytes in the files that were not read yet
 * @param files files that are followed
 * @param readFailures how often something in or beside a log could not be read; each time it was tried again
 * @param unreadableFiles files of which nothing can be read at the moment
 */
public record StreamStats(
        ReadStats read,
        long rotations,
        long truncations,
        long missingFiles,
        long lostBytes,
        long droppedLines,
        long lagBytes,
        int files,
        long readFailures,
        int unreadableFiles) {}
