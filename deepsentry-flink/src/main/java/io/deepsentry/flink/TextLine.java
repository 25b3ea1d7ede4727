package io.deepsentry.flink;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log as it was read, or the text that a record holds of one event or more. Immutable.
 *
 * @param source the source of the line, such as a file or the partition of a topic
 * @param number its place in the source: lines of one time are judged in the order of their numbers
 * @param part its place within its record, from 0; lines of one number are judged in the order of their parts
 * @param text the line without its terminator; further lines, such as those of a stack trace, follow after {@code \n}
 * @param shipped what its record says of it, or null if there is nothing but the text
 */
public record TextLine(
        String source,
        long number,
        int part,
        String text,
        @Nullable Shipped shipped) implements Serializable {
    /**
     * Creates a line of which only the text is known.
     *
     * @param source the source of the line, such as a file or the partition of a topic
     * @param number its place in the source
     * @param text the line without its terminator
     */
    public TextLine(String source, long number, String text) {
        this(source, number, 0, text, null);
    }
}
