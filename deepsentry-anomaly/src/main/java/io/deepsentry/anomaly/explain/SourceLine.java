package io.deepsentry.anomaly.explain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log and its place. Immutable.
 *
 * @param file the input as it was named
 * @param line its number, counted from 1
 * @param offset its first byte, counted from 0, in the uncompressed input
 * @param text the line, or the beginning of a long one; null if it cannot be read back
 */
public record SourceLine(
        String file, long line, long offset, @Nullable String text) {
    public SourceLine {
        Objects.requireNonNull(file, "file");
    }
}
