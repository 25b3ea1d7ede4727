package io.deepsentry.live;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/** The events of a file that is read from its beginning to its end, exactly as the batch stages read it. */
final class ReadEvents implements EventSource {
    private static final int EVENTS_AT_ONCE = 1024;

    private final LogReader reader;
    private final Iterator<LogEvent> events;

    ReadEvents(LogReader reader) {
        this.reader = reader;
        this.events = reader.iterator();
    }

    @Override
    public LineSource.State poll(Consumer<LogEvent> out) {
        for (int n = 0; n < EVENTS_AT_ONCE; n++) {
            if (!events.hasNext()) {
                return LineSource.State.ENDED;
            }
            out.accept(events.next());
        }
        return LineSource.State.READ;
    }

    @Override
    public boolean holdsBack() {
        return false;
    }

    @Override
    public void release(Consumer<LogEvent> out) {}

    @Override
    public Optional<String> detection() {
        return reader.detection();
    }

    @Override
    public StreamStats stats() {
        return new StreamStats(reader.stats(), 0, 0);
    }

    @Override
    public void close() {
        reader.close();
    }
}
