package io.deepsentry.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.base.Strings;
import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.DataException;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a line that ends the program from ending each of its next starts. What is being judged is noted beside the
 * checkpoint. A start that finds such a note judges one line at a time, each with a note of its own; a line at which
 * {@link #MOST_DEATHS} starts in a row have ended is left out from then on. Being killed for another reason costs no
 * line: it does not happen at the same one again and again.
 *
 * <p>For one thread.
 */
final class Quarantine implements AutoCloseable {
    /**
     * How many starts may end at a line before it is left out. The first line of a start takes longest, so one that is
     * killed soon after its start for another reason is often killed there: of 1,000 starts that were, three in a row
     * once.
     */
    static final int MOST_DEATHS = 5;
    /** How many lines are judged one at a time after a start has found a note: more than were noted together. */
    static final int SUSPECTS = 20_000;

    private static final System.Logger LOG = System.getLogger(Quarantine.class.getName());
    private static final int NOTE_LENGTH = 64;
    private static final String NOTHING = "-";
    private static final String BATCH = "batch";
    private static final String LINE = "line";

    /** Judges some events; {@link CheckpointedIdentifier#judge}. */
    @FunctionalInterface
    interface Judging {
        List<Verdict> judge(List<LogEvent> events, boolean caughtUp);
    }

    private final @Nullable Path list;
    private final @Nullable FileChannel note;
    private final Set<String> leftOut = new HashSet<>();
    private String suspect = "";
    private int deaths;
    private int suspects;
    private long count;

    private Quarantine(@Nullable Path list, @Nullable FileChannel note) {
        this.list = list;
        this.note = note;
    }

    /**
     * Reads what an earlier run noted.
     *
     * @param folder that of the checkpoint, or null for a run that nobody resumes
     */
    static Quarantine open(@Nullable Path folder) {
        if (folder == null) {
            return new Quarantine(null, null);
        }
        Path file = folder.resolve("judging");
        try {
            FileChannel note = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Quarantine quarantine = new Quarantine(folder.resolve("quarantine"), note);
            quarantine.read(note);
            return quarantine;
        } catch (IOException e) {
            throw new DataException(file + " cannot be used: " + IoErrors.describe(e), e);
        }
    }

    private void read(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(NOTE_LENGTH);
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {}
        List<String> words = Splitter.on(' ')
                .omitEmptyStrings()
                .splitToList(new String(bytes.array(), 0, bytes.position(), UTF_8).strip());
        String what = words.isEmpty() ? NOTHING : words.get(0);
        suspects = what.equals(BATCH) || what.equals(LINE) ? SUSPECTS : 0;
        if (what.equals(LINE) && words.size() == 3 && words.get(1).matches("\\d{1,6}")) {
            deaths = Integer.parseInt(words.get(1));
            suspect = words.get(2);
        }
        if (list != null && Files.exists(list)) {
            leftOut.addAll(Files.readAllLines(list, UTF_8));
        }
    }

    /**
     * Whether lines are judged one at a time, as one of them may end the program: none may be looked at before its
     * time.
     */
    boolean isCareful() {
        return suspects > 0;
    }

    /**
     * Judges events, apart from those that are left out.
     *
     * @param readingAhead whether another thread is at work on the events after these
     */
    List<Verdict> judge(List<LogEvent> events, boolean caughtUp, boolean readingAhead, Judging judging) {
        if (note == null || events.isEmpty()) {
            return judging.judge(events, caughtUp);
        }
        if (suspects == 0) {
            List<LogEvent> admitted = leftOut.isEmpty()
                    ? events
                    : events.stream().filter(event -> !isLeftOut(event)).toList();
            note(BATCH);
            List<Verdict> verdicts = judging.judge(admitted, caughtUp);
            if (!readingAhead) {
                note(NOTHING);
            }
            return verdicts;
        }
        List<Verdict> verdicts = new ArrayList<>(events.size());
        for (LogEvent event : events) {
            String key = key(event);
            if (isLeftOut(event) || isQuarantined(event, key)) {
                continue;
            }
            note(LINE + ' ' + (key.equals(suspect) ? deaths + 1 : 1) + ' ' + key);
            verdicts.addAll(judging.judge(List.of(event), false));
        }
        suspects = Math.max(0, suspects - events.size());
        note(NOTHING);
        verdicts.addAll(judging.judge(List.of(), caughtUp));
        return verdicts;
    }

    private boolean isLeftOut(LogEvent event) {
        if (leftOut.isEmpty() || !leftOut.contains(key(event))) {
            return false;
        }
        count++;
        return true;
    }

    private boolean isQuarantined(LogEvent event, String key) {
        if (!key.equals(suspect) || deaths < MOST_DEATHS) {
            return false;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}:{1} is skipped: the last {2} starts ended while it was judged",
                event.origin().file(),
                Long.toString(event.origin().lineNumber()),
                Integer.toString(deaths));
        leftOut.add(key);
        count++;
        try {
            if (list != null) {
                Files.writeString(list, key + '\n', UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be written: {1}", list, IoErrors.describe(e));
        }
        return true;
    }

    private static String key(LogEvent event) {
        Origin origin = event.origin();
        return Hashing.murmur3_128()
                .newHasher()
                .putUnencodedChars(origin.file())
                .putLong(origin.byteOffset())
                .putUnencodedChars(event.message())
                .hash()
                .toString();
    }

    private void note(String what) {
        FileChannel file = note;
        if (file == null) {
            return;
        }
        try {
            ByteBuffer bytes = UTF_8.encode(Strings.padEnd(what, NOTE_LENGTH - 1, ' ') + '\n');
            while (bytes.hasRemaining()) {
                file.write(bytes, bytes.position());
            }
        } catch (IOException e) {
            // It only helps if the program ends here.
            LOG.log(System.Logger.Level.DEBUG, "noting what is judged", e);
        }
    }

    /** The figures of a run with the lines that were left out. */
    IdentifierStats counted(IdentifierStats stats) {
        return count == 0
                ? stats
                : new IdentifierStats(
                        stats.messages(),
                        stats.anomalous(),
                        stats.withoutKey(),
                        stats.alerts(),
                        stats.sessions(),
                        stats.openSessions(),
                        stats.evictedSessions(),
                        stats.drift(),
                        stats.unjudged() + count);
    }

    @Override
    public void close() {
        if (note != null) {
            try {
                note.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a note", e);
            }
        }
    }
}
