package io.deepsentry.core.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The temporary files that are being written. What is left of them when the process is interrupted or terminated is
 * removed.
 */
final class UnfinishedFiles {
    private static final Set<Path> FILES = ConcurrentHashMap.newKeySet();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(UnfinishedFiles::removeAll, "deepsentry-unfinished-files"));
        } catch (IllegalStateException e) {
            log(System.Logger.Level.DEBUG, "the process is already ending, so unfinished files may be left behind");
        }
    }

    private UnfinishedFiles() {}

    static void add(Path file) {
        FILES.add(file);
    }

    /** Forgets a file that is in its place, or was never there. */
    static void forget(Path file) {
        FILES.remove(file);
    }

    /** Removes a file that will not be finished. */
    static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log(System.Logger.Level.WARNING, "the temporary file " + file + " is left behind: " + e.getMessage());
        }
        FILES.remove(file);
    }

    private static void removeAll() {
        FILES.forEach(UnfinishedFiles::remove);
    }

    private static void log(System.Logger.Level level, String message) {
        System.getLogger(UnfinishedFiles.class.getName()).log(level, message);
    }
}
