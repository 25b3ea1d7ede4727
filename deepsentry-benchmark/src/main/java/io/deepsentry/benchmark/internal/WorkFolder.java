package io.deepsentry.benchmark.internal;

import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder for what is needed on the way. */
public final class WorkFolder {
    private WorkFolder() {}

    /** Removes a folder with all that is in it; none is fine. */
    public static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (NoSuchFileException e) {
            // Nothing was written.
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }
}
