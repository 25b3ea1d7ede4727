package io.deepsentry.cli.output;

import io.deepsentry.parse.LogEvent;

/** Writes log events as results. */
public interface EventWriter {
    void write(LogEvent event);

    /** Writes what is still held back; the last call. */
    void end();
}
