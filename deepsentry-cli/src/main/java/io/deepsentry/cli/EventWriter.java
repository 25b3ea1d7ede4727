package io.deepsentry.cli;

import io.deepsentry.parse.LogEvent;

/** Writes log events as results. */
interface EventWriter {
    void write(LogEvent event);

    /** Writes what is still held back; the last call. */
    void end();
}
