package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import org.jspecify.annotations.Nullable;

/** How many rows a command shows. */
final class Limit {
    private Limit() {}

    /**
     * Returns the number of rows.
     *
     * @param top as asked for, 0 for all; null if it was not
     * @param usual what counts if it was not, 0 for all
     */
    static int of(@Nullable Integer top, int usual, int rows) {
        int most = top == null ? usual : top;
        if (most < 0) {
            throw new ConfigException("--top must be at least 0, but was " + most);
        }
        return most == 0 ? rows : Math.min(most, rows);
    }
}
