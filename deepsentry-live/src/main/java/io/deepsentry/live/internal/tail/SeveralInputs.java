package io.deepsentry.live.internal.tail;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.ReadStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Several inputs read in turn, and the files that come to fit a glob. */
final class SeveralInputs implements EventSource {
    /** Files that are followed at once; each holds a descriptor. */
    static final int MOST_FILES = 1000;

    private static final System.Logger LOG = System.getLogger(SeveralInputs.class.getName());
    private static final Duration BETWEEN_SCANS = Duration.ofSeconds(1);
    /** How long a file of a glob must have been away before it is let go. */
    private static final Duration GONE = Duration.ofMinutes(1);

    /** Opens the input of a file that has come to fit a glob. */
    @FunctionalInterface
    interface Opener {
        EventSource open(Path file);
    }

    /**
     * Where other files are looked for.
     *
     * @param globs what their names fit
     * @param named files that are not taken for those of a glob
     * @param same names of files that are read under another name, and are inputs of their own once they are not
     * @param failures counts what cannot be looked at or opened
     */
    record Further(List<Glob> globs, Set<Path> named, Set<Path> same, ReadFailures failures) {
        Further {
            globs = List.copyOf(globs);
            named = Set.copyOf(named);
            same = Set.copyOf(same);
        }

        boolean isNone() {
            return globs.isEmpty() && same.isEmpty();
        }
    }

    private final Map<String, EventSource> inputs = new LinkedHashMap<>();
    private final Further further;
    /** Files that could not be opened, and when they are tried again. */
    private final Map<Path, Long> refused = new HashMap<>();

    private final Opener opener;
    private final boolean ends;
    private final LiveClock pace;
    private final int mostEvents;

    private final Map<String, Long> goneSince = new HashMap<>();
    private StreamStats past = SourceIncidents.NONE.with(ReadStats.NONE, 0);
    private long nextScan;
    private boolean full;

    /**
     * @param first the inputs there are, by name
     * @param further what other files are looked for
     * @param ends whether no more files are looked for once all inputs have ended
     * @param mostEvents after how many events reading pauses
     */
    SeveralInputs(
            Map<String, EventSource> first,
            Further further,
            Opener opener,
            boolean ends,
            LiveClock pace,
            int mostEvents) {
        inputs.putAll(first);
        this.further = further;
        this.opener = opener;
        this.ends = ends;
        this.pace = pace;
        this.mostEvents = mostEvents;
        this.nextScan = pace.nanoTime() + BETWEEN_SCANS.toNanos();
    }

    @Override
    public PollResult poll(Consumer<LogEvent> events) {
        if (!ends && !further.isNone() && pace.nanoTime() - nextScan >= 0) {
            nextScan = pace.nanoTime() + BETWEEN_SCANS.toNanos();
            scan();
            letGo();
        }
        boolean read = false;
        int[] count = {0};
        for (String name : List.copyOf(inputs.keySet())) {
            EventSource input = inputs.get(name);
            if (input == null) {
                continue;
            }
            PollResult state;
            try {
                state = input.poll(event -> {
                    count[0]++;
                    events.accept(event);
                });
            } catch (DataException e) {
                if (ends || (inputs.size() == 1 && further.isNone())) {
                    throw e;
                }
                // A pipe whose other end broke: the others are read on.
                LOG.log(System.Logger.Level.WARNING, "{0}; the other inputs are still read", IoErrors.describe(e));
                further.failures().note(Path.of(name), e, "it is left");
                state = PollResult.ENDED;
            }
            if (state == PollResult.ENDED) {
                drop(name, input);
            }
            read |= state != PollResult.IDLE;
            // Who was read goes to the end of the row, so that no input waits for a busy one for ever.
            if (state == PollResult.READ) {
                inputs.remove(name);
                inputs.put(name, input);
            }
            if (count[0] >= mostEvents) {
                break;
            }
        }
        if (inputs.isEmpty() && (ends || further.isNone())) {
            return PollResult.ENDED;
        }
        return read ? PollResult.READ : PollResult.IDLE;
    }

    private void scan() {
        List<Path> found = new ArrayList<>();
        for (Glob glob : further.globs()) {
            found.addAll(glob.files(further.failures()));
        }
        List<Path> candidates = new ArrayList<>(Glob.withoutRotated(found, further.named()));
        candidates.addAll(further.same());
        for (Path file : LogInputs.realFirst(candidates)) {
            if (!inputs.containsKey(file.toString()) && isNew(file)) {
                if (inputs.size() >= MOST_FILES) {
                    if (!full) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "more than {0} files match; {1} and others are not followed until some are gone",
                                Integer.toString(MOST_FILES),
                                file);
                    }
                    full = true;
                    return;
                }
                try {
                    inputs.put(file.toString(), opener.open(file));
                    refused.remove(file);
                } catch (ConfigException | DataException e) {
                    further.failures().note(file, e, "trying again");
                    refused.put(file, pace.nanoTime() + GONE.toNanos());
                }
            }
        }
        full = false;
    }

    /** Whether there is a file that no input reads under another name, and that was not refused a moment ago. */
    private boolean isNew(Path file) {
        Long again = refused.get(file);
        if (again != null && pace.nanoTime() - again < 0) {
            return false;
        }
        try {
            String key = PlainPart.keyAt(file);
            return key != null && inputs.values().stream().noneMatch(input -> input.reads(file, key));
        } catch (IOException e) {
            further.failures().note(file, e, "trying again");
            return false;
        }
    }

    private void letGo() {
        long now = pace.nanoTime();
        for (String name : List.copyOf(inputs.keySet())) {
            EventSource input = inputs.get(name);
            if (input == null || further.named().contains(Path.of(name)) || !input.isGone()) {
                goneSince.remove(name);
            } else if (now - goneSince.computeIfAbsent(name, unused -> now) >= GONE.toNanos()) {
                goneSince.remove(name);
                drop(name, input);
            }
        }
    }

    private void drop(String name, EventSource input) {
        past = sum(past, input.stats());
        inputs.remove(name);
        input.close();
    }

    @Override
    public void release(Consumer<LogEvent> events) {
        inputs.values().forEach(input -> input.release(events));
    }

    @Override
    public StreamStats stats() {
        StreamStats all = past;
        for (EventSource input : inputs.values()) {
            all = sum(all, input.stats());
        }
        return sum(all, failures());
    }

    private StreamStats failures() {
        return new SourceIncidents(0, 0, 0, 0, 0, 0, further.failures().count(), false).with(ReadStats.NONE, 0);
    }

    private static StreamStats sum(StreamStats one, StreamStats other) {
        return new StreamStats(
                one.read().plus(other.read()),
                one.rotations() + other.rotations(),
                one.truncations() + other.truncations(),
                one.missingFiles() + other.missingFiles(),
                one.lostBytes() + other.lostBytes(),
                one.droppedLines() + other.droppedLines(),
                one.lagBytes() + other.lagBytes(),
                one.files() + other.files(),
                one.readFailures() + other.readFailures(),
                one.unreadableFiles() + other.unreadableFiles());
    }

    @Override
    public boolean isPlaced() {
        return inputs.values().stream().allMatch(EventSource::isPlaced);
    }

    /** None as long as one is missing: a run that resumes takes what has no place for a new file. */
    @Override
    public Map<String, ReadPosition> places() {
        if (!isPlaced()) {
            return Map.of();
        }
        Map<String, ReadPosition> places = new LinkedHashMap<>();
        inputs.values().forEach(input -> places.putAll(input.places()));
        return places;
    }

    @Override
    public long keptLines() {
        return isPlaced()
                ? inputs.values().stream().mapToLong(EventSource::keptLines).sum()
                : 0;
    }

    @Override
    public void close() {
        DataException failure = null;
        for (EventSource input : inputs.values()) {
            try {
                input.close();
            } catch (DataException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
