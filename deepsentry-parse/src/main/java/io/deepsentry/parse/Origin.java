package io.deepsentry.parse;

import java.util.Objects;

/**
 * The place at which a log event begins: file, line and byte. Immutable.
 *
 * @param file the input as it was named, or {@code stdin}
 * @param lineNumber the event's first line, counted from 1
 * @param byteOffset the first byte of that line in the uncompressed stream, counted from 0
 */
public record Origin(String file, long lineNumber, long byteOffset) {
    public Origin {
        Objects.requireNonNull(file, "file");
        if (lineNumber < 1) {
            throw new IllegalArgumentException("lineNumber must be at least 1, but was " + lineNumber);
        }
        if (byteOffset < 0) {
            throw new IllegalArgumentException("byteOffset must not be negative, but was " + byteOffset);
        }
    }

    /** Returns {@code file:line}, as compilers and editors write it. */
    @Override
    public String toString() {
        return file + ":" + lineNumber;
    }
}
