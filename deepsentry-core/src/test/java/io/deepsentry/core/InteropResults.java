package io.deepsentry.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table that interop/check ends with, added to the file that DEEPSENTRY_INTEROP_RESULTS names if it does.
 */
public final class InteropResults {
    private final String check;
    private final String against;
    private final long start = System.nanoTime();
    private final List<String> problems = new ArrayList<>();
    private int cases;
    private double largest;

    public InteropResults(String check, String against) {
        this.check = check;
        this.against = against;
    }

    /** A case that passed, with how far it was off. */
    public void passed(double off) {
        cases++;
        largest = Math.max(largest, off);
    }

    /** A case that failed, and why. */
    public void failed(String problem) {
        cases++;
        problems.add(problem);
    }

    /** Adds the row; gives what failed. */
    public List<String> write() throws IOException {
        @Nullable String file = System.getenv("DEEPSENTRY_INTEROP_RESULTS");
        if (file != null) {
            String row = String.format(
                    Locale.ROOT,
                    "%s\t%s\t%d\t%d\t%.1e\t%.0f%n",
                    check,
                    against,
                    cases,
                    cases - problems.size(),
                    largest,
                    (System.nanoTime() - start) / 1e9);
            Files.writeString(Path.of(file), row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return List.copyOf(problems);
    }
}
