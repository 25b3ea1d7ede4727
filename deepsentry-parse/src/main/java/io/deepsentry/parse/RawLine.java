package io.deepsentry.parse;

import java.util.Objects;

/**
 * A line as it was read, before any format looks at it. Immutable.
 *
 * @param text the line without its terminator
 * @param number the ordinal of the line in its input, counted from 1
 * @param offset the byte at which it begins in the uncompressed stream, counted from 0
 * @param cut whether a part of it was left out because it was too long
 */
public record RawLine(String text, long number, long offset, boolean cut) {
    public RawLine {
        Objects.requireNonNull(text, "text");
    }
}
