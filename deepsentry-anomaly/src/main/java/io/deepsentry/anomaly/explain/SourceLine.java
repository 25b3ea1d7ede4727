package io.deepsentry.anomaly.explain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log, and where it stands.
 *
 * @param file the input as it was named
 * @param line its number, counted from 1
 * @param offset the byte it begins at, counted from 0, in the uncompressed input
 * @param text the line as it stands there, a long one by its beginning; null if it cannot be read back
 */
public record SourceLine(
        String file, long line, long offset, @Nullable String text) {
    public SourceLine {
        Objects.requireNonNull(file, "file");
    }
}
