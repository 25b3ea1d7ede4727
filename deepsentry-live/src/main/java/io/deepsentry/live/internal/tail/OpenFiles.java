package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The files that this process has open, as Linux lists them: also those that were removed. */
final class OpenFiles {
    private static final System.Logger LOG = System.getLogger(OpenFiles.class.getName());
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private OpenFiles() {}

    /** By key, when each was changed last; empty where the system does not list them. */
    static Map<String, Long> changed() {
        Map<String, Long> changed = new HashMap<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return changed;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    BasicFileAttributes file = Files.readAttributes(descriptor, BasicFileAttributes.class);
                    if (file.isRegularFile()) {
                        changed.put(PlainPart.key(file), file.lastModifiedTime().to(TimeUnit.NANOSECONDS));
                    }
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.TRACE, "closed since, or no file: " + descriptor, e);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking at " + DESCRIPTORS, e);
        }
        return changed;
    }
}
