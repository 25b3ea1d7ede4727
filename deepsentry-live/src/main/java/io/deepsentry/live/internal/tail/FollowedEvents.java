package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogEvent;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The events of lines that come in piece by piece. */
final class FollowedEvents implements EventSource {
    private final LineSource lines;
    private final EventAssembler assembler;
    private final LiveClock pace;
    private final long holdNanos;
    private long lastReadNanos;
    private long gaps;

    FollowedEvents(LineSource lines, EventAssembler assembler, LiveClock pace, long holdNanos) {
        this.lines = lines;
        this.assembler = assembler;
        this.pace = pace;
        this.holdNanos = holdNanos;
        this.lastReadNanos = pace.nanoTime();
    }

    @Override
    public PollResult poll(Consumer<LogEvent> events) {
        PollResult state = lines.poll(line -> assembler.accept(line, events));
        if (lines.gaps() != gaps) {
            // What follows a gap is no part of what came before it.
            gaps = lines.gaps();
            assembler.release(events);
        }
        switch (state) {
            case READ -> lastReadNanos = pace.nanoTime();
            case IDLE -> {
                boolean held = lines.holdsPartialLine() || assembler.holdsBack();
                boolean failing = lines instanceof TailedFile file && file.isFailing();
                if (held && !failing && pace.nanoTime() - lastReadNanos >= holdNanos) {
                    lines.releasePartialLine(line -> assembler.accept(line, events));
                    assembler.release(events);
                }
            }
            case ENDED -> assembler.end(events);
        }
        return state;
    }

    @Override
    public void release(Consumer<LogEvent> events) {
        assembler.release(events);
    }

    @Override
    public StreamStats stats() {
        return lines.incidents().with(assembler.stats(lines.bytes(), lines.ignoredBytes()), 1);
    }

    @Override
    public Map<String, ReadPosition> places() {
        ReadPosition place = lines.place();
        return place == null ? Map.of() : Map.of(lines.name(), place.holding(assembler.state()));
    }

    @Override
    public long keptLines() {
        return lines.place() == null ? 0 : assembler.heldLines();
    }

    @Override
    public boolean isPlaced() {
        return !(lines instanceof TailedFile file) || file.isPlaced();
    }

    @Override
    public boolean reads(Path file, String key) {
        return lines instanceof TailedFile tailed && tailed.reads(file, key);
    }

    @Override
    public boolean isGone() {
        return lines instanceof TailedFile file && file.isGone();
    }

    @Override
    public void close() {
        lines.close();
    }
}
