package io.deepsentry.live;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An input stream such as standard input. Reading it may block for ever and cannot be interrupted, so a thread of its own does it and hands the pieces over
 * through a short queue: who writes too fast waits.
 */
final class StreamSource implements LineSource {
    /** Opens the stream in the reading thread: opening a named pipe waits for its writer. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    private static final int QUEUED_PIECES = 16;

    /** An empty piece is the end. */
    private static final byte[] END = new byte[0];

    private final String name;
    private final LineSplitter splitter;
    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(QUEUED_PIECES);
    private final Thread reader;
    /** Why the reading thread cannot go on; set before the end is queued. */
    private volatile @Nullable Exception failure;

    private boolean ended;
    private long bytes;

    StreamSource(String name, Opener opener, int maxChars) {
        this.name = name;
        this.splitter = new LineSplitter(maxChars);
        this.reader = new Thread(() -> readAll(opener), "deepsentry-read-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(Opener opener) {
        try {
            try (InputStream in = opener.open()) {
                byte[] buffer = new byte[TailedFile.BUFFER];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (n > 0) {
                        pieces.put(Arrays.copyOf(buffer, n));
                    }
                }
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            pieces.put(END);
        } catch (InterruptedException e) {
            // Closed: nobody wants the rest.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public State poll(Consumer<RawLine> lines) {
        if (ended) {
            return State.ENDED;
        }
        byte[] piece = pieces.poll();
        if (piece == null) {
            return State.IDLE;
        }
        if (piece.length > 0) {
            bytes += piece.length;
            splitter.feed(piece, piece.length, lines);
            return State.READ;
        }
        ended = true;
        splitter.releasePartialLine(lines);
        Exception why = failure;
        if (why != null) {
            throw new DataException(
                    "reading " + name + " failed after " + bytes + " bytes: " + Failure.describe(why), why);
        }
        return State.ENDED;
    }

    @Override
    public boolean holdsPartialLine() {
        return splitter.holdsPartialLine();
    }

    @Override
    public void releasePartialLine(Consumer<RawLine> lines) {
        splitter.releasePartialLine(lines);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        ended = true;
        reader.interrupt();
    }
}
