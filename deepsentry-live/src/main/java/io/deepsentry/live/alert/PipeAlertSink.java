package io.deepsentry.live.alert;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes alerts to a named pipe, one line each. Opening one waits for its reader, and writing for its room, so a thread
 * of its own does both. The newest alerts wait for a reader; a pipe keeps none of them beyond the end of the program.
 *
 * <p>Used by one thread at a time.
 */
final class PipeAlertSink implements AlertSink {
    /** Alerts that wait for a reader; beyond them the oldest is dropped. */
    static final int MOST_WAITING = 10_000;

    private static final System.Logger LOG = System.getLogger(PipeAlertSink.class.getName());
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
    /** What the mode of a file says of its kind, and what it says of pipes. */
    private static final int KIND = 0xF000;

    private static final int PIPE = 0x1000;

    private final Path file;
    private final AlertFormat format;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Thread writer;
    private long dropped;
    private boolean closed;

    private PipeAlertSink(Path file, AlertFormat format) {
        this.file = file;
        this.format = format;
        this.writer = new Thread(this::writeAll, "deepsentry-pipe");
        writer.setDaemon(true);
    }

    /** Whether a path is that of a named pipe. */
    static boolean isPipe(Path file) {
        try {
            // The output of this very program, /dev/stdout, has no path of its own.
            Path real = file.toRealPath();
            return Files.getAttribute(real, "unix:mode") instanceof Integer mode && (mode & KIND) == PIPE;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    static PipeAlertSink open(Path file, AlertFormat format) {
        PipeAlertSink sink = new PipeAlertSink(file, format);
        sink.writer.start();
        return sink;
    }

    private void writeAll() {
        try {
            while (true) {
                byte[] next = next();
                try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
                    while (true) {
                        out.write(next);
                        taken();
                        next = next();
                    }
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "writing " + file, e);
                }
                Thread.sleep(BETWEEN_ATTEMPTS.toMillis());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for an alert, which stays until it was taken: a reader that goes away takes none with it. */
    private synchronized byte[] next() throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        return waiting.element();
    }

    private synchronized void taken() {
        waiting.remove();
        notifyAll();
    }

    @Override
    public synchronized void write(Alert alert) {
        if (closed) {
            throw new IllegalStateException("the alert pipe " + file + " is closed");
        }
        if (waiting.size() >= MOST_WAITING) {
            dropOldest();
        }
        waiting.add((format.write(alert) + '\n').getBytes(StandardCharsets.UTF_8));
        notifyAll();
    }

    private void dropOldest() {
        // The very first may be on its way.
        byte[] first = waiting.remove();
        waiting.remove();
        waiting.addFirst(first);
        if (dropped == 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "nobody reads {0}; only the newest {1} alerts for it are kept",
                    file,
                    Integer.toString(MOST_WAITING));
        }
        dropped++;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long until = System.nanoTime() + LONGEST_CLOSE.toNanos();
        try {
            for (long rest = LONGEST_CLOSE.toNanos();
                    !waiting.isEmpty() && rest > 0;
                    rest = until - System.nanoTime()) {
                wait(Math.max(1, rest / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.interrupt();
        if (waiting.size() + dropped > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} alerts for {1} had no reader",
                    Long.toString(waiting.size() + dropped),
                    file);
        }
    }
}
