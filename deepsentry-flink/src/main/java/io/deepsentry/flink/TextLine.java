package io.deepsentry.flink;

import java.io.Serializable;

/**
 * A line of a log as it was read. Immutable.
 *
 * @param source the source of the line, such as a file or the partition of a topic
 * @param number its place in the source: lines of one time are taken in the order of their numbers
 * @param text the line without its terminator
 */
public record TextLine(String source, long number, String text) implements Serializable {}
