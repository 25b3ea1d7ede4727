package io.deepsentry.live.internal.record;

import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.EventSource;
import io.deepsentry.live.internal.tail.LineRules;
import io.deepsentry.live.internal.tail.PollResult;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.SourceRecord;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.ReadStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of records. In each partition, the lines of each file of each host are a sequence of their own, as the
 * file was: lines that belong to one event are put together again, and not with those of others that came between. For
 * one thread.
 */
public final class RecordEvents implements EventSource {
    /** How many files' lines are told apart at once; beyond, those that were silent longest are let go. */
    private static final int MOST_FILES = 10_000;

    private static final Duration BETWEEN_RELEASES = Duration.ofMillis(200);
    /** How long it is kept in the places that a file holds nothing any more: until a snapshot has it. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(2);

    /** What the names of the places of notes begin with. */
    private static final String NOTE = "note:";

    private final RecordSource source;
    private final LineRules rules;
    private final LiveClock clock;
    private final long holdNanos;
    private final Map<String, Long> next = new LinkedHashMap<>();
    /** By partition, host and file; that which had a line last is the last. */
    private final LinkedHashMap<FileId, RecordedFile> files = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<FileId, ReadPosition> resumed = new HashMap<>();
    /** The files that were let go, and when. */
    private final Map<FileId, Long> forgotten = new LinkedHashMap<>();

    private ReadStats past = ReadStats.NONE;
    private long bytes;
    private long lastRelease;

    /**
     * Begins to read.
     *
     * @param holdTimeout how long an event to which lines may be attached is held back
     * @param places where an earlier run was, as {@link #places} gave it; null if there was none
     */
    public RecordEvents(
            RecordSource source,
            LineRules rules,
            Duration holdTimeout,
            LiveClock clock,
            @Nullable Map<String, ReadPosition> places) {
        this.source = source;
        this.rules = rules;
        this.clock = clock;
        this.holdNanos = holdTimeout.toNanos();
        this.lastRelease = clock.nanoTime();
        if (places != null) {
            Map<String, String> notes = new LinkedHashMap<>();
            places.forEach((name, place) -> {
                if (name.startsWith(NOTE)) {
                    notes.put(name.substring(NOTE.length()), place.held());
                } else if (FileId.isPartition(name)) {
                    next.put(FileId.partitionOf(name), place.readTo());
                } else if (FileId.isFile(name) && !place.held().isEmpty()) {
                    resumed.put(FileId.of(name), place);
                }
            });
            source.recall(notes);
        }
        source.start(Map.copyOf(next));
    }

    @Override
    public PollResult poll(Consumer<LogEvent> events) {
        boolean ended = source.isEnded();
        source.takeBegun().forEach(this::begin);
        List<SourceRecord> records = source.poll();
        for (SourceRecord each : records) {
            take(each, events);
        }
        for (String partition : source.takeLeft()) {
            leave(partition, events);
        }
        if (ended && records.isEmpty()) {
            // What was held when an earlier run ended may have had no line since.
            List.copyOf(resumed.keySet()).forEach(this::file);
            files.values().forEach(file -> file.release(events));
            return PollResult.ENDED;
        }
        long now = clock.nanoTime();
        if (now - lastRelease >= BETWEEN_RELEASES.toNanos()) {
            lastRelease = now;
            List.copyOf(resumed.keySet()).forEach(this::file);
            for (RecordedFile file : files.values()) {
                if (file.heldSince(now) >= holdNanos) {
                    file.release(events);
                }
            }
            forgotten.values().removeIf(since -> now - since > FORGOTTEN.toNanos());
        }
        return records.isEmpty() ? PollResult.IDLE : PollResult.READ;
    }

    private void begin(String partition, long offset) {
        Long before = next.put(partition, offset);
        if (before != null && before != offset) {
            // Another member has read on meanwhile: what was held here is not continued.
            resumed.keySet().removeIf(id -> id.partition().equals(partition));
        }
    }

    private void take(SourceRecord record, Consumer<LogEvent> events) {
        bytes += record.bytes();
        for (int i = 0; i < record.lines().size(); i++) {
            RecordedLine line = record.lines().get(i);
            RecordedFile file = file(new FileId(record.partition(), line.host(), line.file()));
            file.take(record, i, line, events);
        }
        next.put(record.partition(), record.offset() + 1);
        while (files.size() > MOST_FILES) {
            Iterator<Map.Entry<FileId, RecordedFile>> eldest = files.entrySet().iterator();
            Map.Entry<FileId, RecordedFile> entry = eldest.next();
            entry.getValue().release(events);
            letGo(entry.getKey(), entry.getValue());
            eldest.remove();
        }
    }

    private RecordedFile file(FileId id) {
        RecordedFile known = files.get(id);
        if (known == null) {
            ReadPosition place = resumed.remove(id);
            forgotten.remove(id);
            known = new RecordedFile(id, rules, clock, place == null ? null : place.held());
            files.put(id, known);
        }
        return known;
    }

    /** Another member reads a partition from here on: what is held of it is judged here. */
    private void leave(String partition, Consumer<LogEvent> events) {
        for (Iterator<RecordedFile> all = files.values().iterator(); all.hasNext(); ) {
            RecordedFile file = all.next();
            if (file.id().partition().equals(partition)) {
                file.release(events);
                letGo(file.id(), file);
                all.remove();
            }
        }
        resumed.keySet().removeIf(id -> id.partition().equals(partition));
    }

    private void letGo(FileId id, RecordedFile file) {
        past = past.plus(file.stats());
        forgotten.put(id, clock.nanoTime());
    }

    @Override
    public void release(Consumer<LogEvent> events) {
        files.values().forEach(file -> file.release(events));
    }

    @Override
    public StreamStats stats() {
        ReadStats read = past;
        for (RecordedFile file : files.values()) {
            read = read.plus(file.stats());
        }
        RecordStats seen = source.stats();
        ReadStats all = read.plus(new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, 0, bytes, 0, List.of()));
        return new StreamStats(all, 0, 0, 0, 0, 0, 0, 1, seen.failures(), seen.unreachable() ? 1 : 0);
    }

    @Override
    public RecordStats records() {
        return source.stats();
    }

    @Override
    public boolean isPlaced() {
        return source.isPlaced();
    }

    @Override
    public boolean isAwaited() {
        return source.isAwaited();
    }

    @Override
    public Map<String, ReadPosition> places() {
        Map<String, ReadPosition> places = new LinkedHashMap<>();
        next.forEach((partition, offset) -> places.put(FileId.name(partition), place(partition, offset, "")));
        files.forEach((id, file) -> places.put(id.name(), place(id.partition(), 0, file.state())));
        resumed.forEach((id, place) -> places.put(id.name(), place));
        forgotten.keySet().forEach(id -> places.put(id.name(), place(id.partition(), 0, "")));
        source.notes().forEach((name, note) -> places.put(NOTE + name, place("", 0, note)));
        return places;
    }

    @Override
    public long keptLines() {
        return files.values().stream().mapToLong(RecordedFile::keptLines).sum();
    }

    private static ReadPosition place(String partition, long offset, String held) {
        return new ReadPosition(
                partition, "", offset, "", new LinePosition(offset, offset, offset + 1, false, ""), offset, 0, held);
    }

    @Override
    public void settled() {
        Map<String, Long> settled = new HashMap<>(next);
        List<RecordedFile> holding = new ArrayList<>(files.values());
        for (RecordedFile file : holding) {
            long first = file.heldFrom();
            if (first >= 0) {
                settled.merge(file.id().partition(), first, Math::min);
            }
        }
        source.settled(settled);
    }

    @Override
    public void close() {
        source.close();
    }
}
