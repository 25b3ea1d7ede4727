package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LiveClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Logs that are opened before there is anybody to read them, so that one that is removed meanwhile is read
 * nevertheless. For one thread.
 */
public final class HeldFiles implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HeldFiles.class.getName());

    private final Map<Path, PlainPart> parts = new HashMap<>();

    private HeldFiles() {}

    /** Holds nothing. */
    public static HeldFiles none() {
        return new HeldFiles();
    }

    /**
     * Opens what there is of some logs, of which some names may be globs. What cannot be opened is left to who reads.
     */
    public static HeldFiles of(List<Path> logFiles) {
        HeldFiles held = new HeldFiles();
        for (Path file : logFiles) {
            if (!Glob.isGlob(file)) {
                held.hold(file);
                continue;
            }
            List<Path> found =
                    Glob.withoutRotated(Glob.of(file).files(new ReadFailures(LiveClock.ofSystem())), Set.of());
            found.stream().limit(SeveralInputs.MOST_FILES).forEach(held::hold);
        }
        return held;
    }

    private void hold(Path file) {
        try {
            PlainPart part = PlainPart.open(file, null);
            if (part != null) {
                parts.put(file, part);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "holding " + file, e);
        }
    }

    /** Hands over the file that was at a path; null if there was none. */
    @Nullable
    PlainPart take(Path file) {
        return parts.remove(file);
    }

    /** Lets go of what was not taken. */
    void release() {
        for (PlainPart part : parts.values()) {
            try {
                part.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing " + part.file(), e);
            }
        }
        parts.clear();
    }

    @Override
    public void close() {
        release();
    }
}
