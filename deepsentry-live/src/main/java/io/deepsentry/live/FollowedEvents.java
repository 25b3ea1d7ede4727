package io.deepsentry.live;

import io.deepsentry.parse.LogEvent;
import java.util.Optional;
import java.util.function.Consumer;

/** The events of lines that come in piece by piece. */
final class FollowedEvents implements EventSource {
    private final LineSource lines;
    private final EventAssembler assembler;

    FollowedEvents(LineSource lines, EventAssembler assembler) {
        this.lines = lines;
        this.assembler = assembler;
    }

    @Override
    public LineSource.State poll(Consumer<LogEvent> events) {
        LineSource.State state = lines.poll(line -> assembler.accept(line, events));
        if (state == LineSource.State.ENDED) {
            assembler.end(events);
        }
        return state;
    }

    @Override
    public boolean holdsBack() {
        return lines.holdsPartialLine() || assembler.holdsBack();
    }

    @Override
    public void release(Consumer<LogEvent> events) {
        lines.releasePartialLine(line -> assembler.accept(line, events));
        assembler.release(events);
    }

    @Override
    public Optional<String> detection() {
        return assembler.detection();
    }

    @Override
    public StreamStats stats() {
        TailedFile file = lines instanceof TailedFile tailed ? tailed : null;
        return new StreamStats(
                assembler.stats(lines.bytes()),
                file == null ? 0 : file.rotations(),
                file == null ? 0 : file.truncations());
    }

    @Override
    public void close() {
        lines.close();
    }
}
