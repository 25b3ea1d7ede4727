package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.IoErrors;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What could not be read in or beside a log. Each is said once with its reason, until it could be read again. For one thread. */
final class ReadFailures {
    private static final System.Logger LOG = System.getLogger(ReadFailures.class.getName());
    /** Beyond so many different ones they are only counted. */
    private static final int MOST_SAID = 1_000;

    private record Said(Path file, String reason) {}

    private final Set<Said> said = new HashSet<>();
    private long count;
    private long lostFiles;
    private long lostBytes;

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
