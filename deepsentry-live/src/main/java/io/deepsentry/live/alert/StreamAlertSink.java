package io.deepsentry.live.alert;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Writes alerts to an output stream, such as standard output, one line each, flushed at once. The stream belongs to
 * the caller and is not closed.
 *
 * <p>Used by one thread at a time.
 */
public final class StreamAlertSink implements AlertSink {
    private final OutputStream out;
    private final AlertFormat format;

    /**
     * Creates a sink on a stream.
     *
     * @param out the stream to write to, in UTF-8
     * @param format the form of each line
     */
    public StreamAlertSink(OutputStream out, AlertFormat format) {
        this.out = Objects.requireNonNull(out, "out");
        this.format = Objects.requireNonNull(format, "format");
    }

    @Override
    public void write(Alert alert) {
        try {
            out.write((format.write(alert) + '\n').getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw unwritable(alert, IoErrors.describe(e));
        }
        // A PrintStream keeps its failures to itself unless it is asked.
        if (out instanceof PrintStream printed && printed.checkError()) {
            throw unwritable(alert, "the reader is gone or the disk is full");
        }
    }

    private static DataException unwritable(Alert alert, String why) {
        return new DataException("alert " + alert.id() + " cannot be written to the output stream: " + why);
    }

    @Override
    public void close() {}
}
