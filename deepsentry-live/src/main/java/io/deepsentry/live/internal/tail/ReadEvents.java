package io.deepsentry.live.internal.tail;

import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import java.util.Iterator;
import java.util.function.Consumer;

/** The events of a file that is read from its beginning to its end, exactly as the batch stages read it. */
final class ReadEvents implements EventSource {
    private static final int EVENTS_AT_ONCE = 1024;

    private final LogReader reader;
    private final int files;
    private final Iterator<LogEvent> events;

    ReadEvents(LogReader reader, int files) {
        this.reader = reader;
        this.files = files;
        this.events = reader.iterator();
    }

    @Override
    public PollResult poll(Consumer<LogEvent> out) {
        for (int n = 0; n < EVENTS_AT_ONCE; n++) {
            if (!events.hasNext()) {
                return PollResult.ENDED;
            }
            out.accept(events.next());
        }
        return PollResult.READ;
    }

    @Override
    public StreamStats stats() {
        return SourceIncidents.NONE.with(reader.stats(), files);
    }

    @Override
    public void close() {
        reader.close();
    }
}
