package io.deepsentry.flink;

import java.io.Serializable;

/**
 * A line of a log as it was read.
 *
 * @param source what the line is from, such as a file or the partition of a topic
 * @param number where it is in its source: lines of one time are taken in the order of their numbers
 * @param text without its line terminator
 */
public record TextLine(String source, long number, String text) implements Serializable {}
