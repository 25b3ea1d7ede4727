package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The files that this process has open, as Linux lists them: also those that were removed. */
final class OpenFiles {
    private static final System.Logger LOG = System.getLogger(OpenFiles.class.getName());
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private OpenFiles() {}

    /** By key, when each was changed last; empty where the system does not list them. */
    static Map<String, Long> changed() {
        Map<String, Long> changed = new HashMap<>();
        forEach((descriptor, file) -> changed.put(PlainPart.key(file), changed(file)));
        return changed;
    }

    /** Opens a file with a key once more, though it may have no name any more; null if none of that key is open. */
    static @Nullable FileChannel open(String key) {
        FileChannel[] found = {null};
        forEach((descriptor, file) -> {
            if (found[0] == null && PlainPart.key(file).equals(key)) {
                found[0] = open(descriptor, key);
            }
        });
        return found[0];
    }

    private static @Nullable FileChannel open(Path descriptor, String key) throws IOException {
        FileChannel channel = FileChannel.open(descriptor, StandardOpenOption.READ);
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(descriptor, BasicFileAttributes.class);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        // Meanwhile the descriptor may have been given to another file.
        if (PlainPart.key(now).equals(key)) {
            return channel;
        }
        channel.close();
        return null;
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(Path descriptor, BasicFileAttributes file) throws IOException;
    }

    private static void forEach(Visitor visitor) {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    BasicFileAttributes file = Files.readAttributes(descriptor, BasicFileAttributes.class);
                    if (file.isRegularFile()) {
                        visitor.visit(descriptor, file);
                    }
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.TRACE, "closed since, or no file: " + descriptor, e);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking at " + DESCRIPTORS, e);
        }
    }

    private static long changed(BasicFileAttributes file) {
        return file.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    }
}
