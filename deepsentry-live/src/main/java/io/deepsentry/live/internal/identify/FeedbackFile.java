package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What users said was normal, read again whenever its file changes. For one thread. */
final class FeedbackFile {
    private final @Nullable Path file;
    private Feedback feedback = Feedback.NONE;
    private @Nullable Object seen;

    /**
     * Reads the file, which need not exist.
     *
     * @param file null for none
     * @throws DataException if it is broken
     */
    FeedbackFile(@Nullable Path file) {
        this.file = file;
        if (file != null) {
            seen = stateOf(file);
            feedback = Feedback.read(file);
        }
    }

    Feedback feedback() {
        return feedback;
    }

    /** Looks whether the file changed. One that is broken now changes nothing, as watching must go on. */
    void refresh() {
        if (file == null) {
            return;
        }
        Object now = stateOf(file);
        if (Objects.equals(now, seen)) {
            return;
        }
        seen = now;
        try {
            feedback = Feedback.read(file);
        } catch (DataException e) {
            System.getLogger(FeedbackFile.class.getName())
                    .log(System.Logger.Level.WARNING, "earlier acknowledgements stay in force: {0}", e.getMessage());
        }
    }

    /** The file is rewritten and moved to its place, so that its key changes even within the resolution of times. */
    private static @Nullable Object stateOf(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return java.util.Arrays.asList(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
