package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.file.Path;

/**
 * How much of the heap one file may take when it is loaded, so that a file that asks for all of it gets an answer
 * instead.
 */
final class MemoryBudget {
    private final Path file;
    private long left;

    MemoryBudget(Path file) {
        this.file = file;
        // A third: the values, once more while they are converted, and what the program holds besides.
        this.left = Runtime.getRuntime().maxMemory() / 3;
    }

    /**
     * Takes a share.
     *
     * @throws DataException if that is more than is left
     */
    void take(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw new DataException(
                    "the file " + file
                            + " needs more memory than this program has; is it another file? Otherwise give the program more (-Xmx)");
        }
    }
}
