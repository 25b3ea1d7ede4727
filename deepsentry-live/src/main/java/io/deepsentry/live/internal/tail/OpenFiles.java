package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The files that this process has open, as Linux lists them: also those that were removed. */
final class OpenFiles {
    private static final System.Logger LOG = System.getLogger(OpenFiles.class.getName());
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path POSITIONS = Path.of("/proc/self/fdinfo");
    /** Every file system allows a place of three gigabytes. */
    private static final AtomicLong MARKS = new AtomicLong(3L << 30);

    private OpenFiles() {}

    /** By key, when each was changed last; empty where the system does not list them. */
    static Map<String, Long> changed() {
        Map<String, Long> changed = new HashMap<>();
        forEach((descriptor, file) -> changed.put(PlainPart.key(file), changed(file)));
        return changed;
    }

    /**
     * What a channel has open, though it may have no name any more; null where the system does not tell. The channel's
     * position is moved.
     */
    static @Nullable BasicFileAttributes of(FileChannel channel) throws IOException {
        // The system tells where each descriptor is. No other one should be there.
        long mark = MARKS.incrementAndGet();
        channel.position(mark);
        List<BasicFileAttributes> there = new ArrayList<>(1);
        forEach((descriptor, file) -> {
            Path info = POSITIONS.resolve(String.valueOf(descriptor.getFileName()));
            if (Files.readAllLines(info).contains("pos:\t" + mark)) {
                there.add(file);
            }
        });
        return there.size() == 1 ? there.get(0) : null;
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

    static long changed(BasicFileAttributes file) {
        return file.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    }
}
