package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.tail.PlainPart.NotAFileException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What could not be read in or beside a log. Each is said once with its reason, until it could be read again. For one
 * thread.
 */
final class ReadFailures {
    /**
     * How long a file beside the log that fails, which may be none of its own, keeps the reader from what comes after
     * it.
     */
    static final Duration LONGEST_BESIDE = Duration.ofSeconds(5);

    /** After so long a file that was passed over is waited for once more. */
    private static final Duration PASSED_OVER = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger(ReadFailures.class.getName());
    /** Beyond so many different ones they are only counted. */
    private static final int MOST_SAID = 1_000;

    private record Said(Path file, String reason) {}

    private final LiveClock clock;
    private final Set<Said> said = new HashSet<>();
    /** Since when files beside the log fail. */
    private final Map<Path, Long> beside = new HashMap<>();

    private long count;
    private long lostFiles;
    private long lostBytes;

    ReadFailures(LiveClock clock) {
        this.clock = clock;
    }

    /** A file beside the log fails, and may hold lines of it: it is tried again before reading goes on. */
    static final class FailsBesideException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Path file;

        FailsBesideException(Path file, IOException cause) {
            super(IoErrors.reason(cause), cause);
            this.file = file;
        }

        Path file() {
            return file;
        }
    }

    /**
     * Counts a failure, and says it if it is new.
     *
     * @param then what happens next, for the message
     */
    void note(Path file, Exception failure, String then) {
        count++;
        String reason = IoErrors.reason(failure);
        if (said.size() < MOST_SAID && said.add(new Said(file, reason))) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be read ({1}); {2}", file, reason, then);
        }
    }

    /**
     * A file beside the log fails: notes that it is passed over, unless the failure is new and may be over soon.
     *
     * @throws FailsBesideException if it is to be tried again first
     */
    void passOver(Path file, IOException failure) throws FailsBesideException {
        if (failure instanceof FailsBesideException known) {
            throw known;
        }
        boolean lasting = failure instanceof AccessDeniedException
                || failure instanceof FileSystemLoopException
                || failure instanceof NoSuchFileException
                || failure instanceof NotAFileException;
        if (!lasting) {
            long now = clock.nanoTime();
            beside.values().removeIf(since -> now - since >= PASSED_OVER.toNanos());
            if (beside.size() < MOST_SAID
                    && now - beside.computeIfAbsent(file, first -> now) < LONGEST_BESIDE.toNanos()) {
                throw new FailsBesideException(file, failure);
            }
        }
        note(file, failure, "it is skipped");
    }

    /** Counts a failure by which the rest of a file is lost. */
    void lost(Path file, long bytes, Exception failure) {
        lostFiles++;
        lostBytes += Math.max(0, bytes);
        note(file, failure, "it is left out and counted as lost");
    }

    /** A file can be read again: its next failure is said again. */
    void over(Path file) {
        if (!said.isEmpty()) {
            said.removeIf(each -> each.file().equals(file));
        }
    }

    /** How often something could not be read. */
    long count() {
        return count;
    }

    /** Files that were not read to their end because of it. */
    long lostFiles() {
        return lostFiles;
    }

    /** Bytes of those that are known. */
    long lostBytes() {
        return lostBytes;
    }
}
