package io.deepsentry.live;

import io.deepsentry.parse.ReadStats;

/**
 * What a {@link DataStream} has seen so far.
 *
 * @param read lines, events and bytes, and what was wrong with them
 * @param rotations how often another file was found at the path and read on from its beginning
 * @param truncations how often the file was found to have been emptied or written over in place
 */
public record StreamStats(ReadStats read, long rotations, long truncations) {}
