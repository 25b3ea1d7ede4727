package io.deepsentry.live.internal.tail;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.bytes.Archive;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.bytes.Utf16;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An input stream such as standard input, compressed or UTF-16 as it may be. Reading it may block for ever and cannot
 * be interrupted, so a thread of its own does it and hands the pieces over through a short queue: who writes too fast
 * waits, or whole lines are dropped where that is asked for.
 */
final class StreamSource implements LineSource {
    /** Opens the stream in the reading thread: opening a named pipe waits for its writer. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    private static final int QUEUED_PIECES = 16;

    /** What was read at once, and what was dropped before it: up to a line break, so that it begins a line. */
    private static final class Piece {
        private final byte[] bytes;
        private final long droppedBytes;
        private final long droppedLines;

        Piece(byte[] bytes, long droppedBytes, long droppedLines) {
            this.bytes = bytes;
            this.droppedBytes = droppedBytes;
            this.droppedLines = droppedLines;
        }
    }

    /** An empty piece is the end. */
    private static final Piece END = new Piece(new byte[0], 0, 0);

    private final String name;
    private final LineSplitter splitter;
    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(QUEUED_PIECES);
    private final Thread reader;
    private final Overload overload;
    /** Of the reading thread: what is dropped until there is room again. */
    private long droppedBytes;

    private long droppedLines;
    /** Of the thread that polls. */
    private long droppedInAll;
    /** Why the reading thread cannot go on; set before the end is queued. */
    private volatile @Nullable Exception failure;

    private boolean ended;
    private long bytes;

    StreamSource(String name, Opener opener, int maxChars, Overload overload) {
        this.name = name;
        this.overload = overload;
        this.splitter = new LineSplitter(maxChars);
        this.reader = new Thread(() -> readAll(opener), "deepsentry-read-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(Opener opener) {
        try {
            try (InputStream raw = opener.open();
                    InputStream in = Utf16.decoded(Decompressed.open(raw))) {
                byte[] buffer = new byte[TailedFile.BUFFER];
                boolean first = true;
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (n > 0) {
                        if (first) {
                            refuseArchive(buffer, n);
                        }
                        first = false;
                        hand(buffer, n);
                    }
                }
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            pieces.put(droppedBytes == 0 ? END : new Piece(new byte[0], droppedBytes, droppedLines));
        } catch (InterruptedException e) {
            // Closed: nobody wants the rest.
            Thread.currentThread().interrupt();
        }
    }

    private void refuseArchive(byte[] head, int length) {
        Archive.of(head, length).ifPresent(archive -> {
            throw new ConfigException("log_file " + name + " " + archive.problem());
        });
    }

    private void hand(byte[] buffer, int n) throws InterruptedException {
        if (overload == Overload.WAIT) {
            pieces.put(new Piece(Arrays.copyOf(buffer, n), 0, 0));
            return;
        }
        int from = 0;
        if (droppedBytes > 0 && pieces.remainingCapacity() > 0) {
            // Goes on at the first line that begins here.
            while (from < n && buffer[from] != '\n') {
                from++;
            }
            from = Math.min(n, from + 1);
            drop(buffer, 0, from);
            boolean begins = buffer[from - 1] == '\n';
            if (!begins || from == n) {
                return;
            }
        }
        Piece piece = new Piece(Arrays.copyOfRange(buffer, from, n), droppedBytes, droppedLines);
        if (pieces.offer(piece)) {
            droppedBytes = 0;
            droppedLines = 0;
        } else {
            drop(buffer, from, n);
        }
    }

    private void drop(byte[] buffer, int from, int to) {
        droppedBytes += to - from;
        for (int i = from; i < to; i++) {
            droppedLines += buffer[i] == '\n' ? 1 : 0;
        }
    }

    @Override
    public PollResult poll(Consumer<RawLine> lines) {
        if (ended) {
            return PollResult.ENDED;
        }
        Piece piece = pieces.poll();
        if (piece == null) {
            return PollResult.IDLE;
        }
        if (piece.droppedBytes > 0) {
            bytes += piece.droppedBytes;
            droppedInAll += piece.droppedLines;
            splitter.skip(piece.droppedBytes, piece.droppedLines);
        }
        if (piece.bytes.length > 0) {
            bytes += piece.bytes.length;
            splitter.feed(piece.bytes, piece.bytes.length, lines);
            return PollResult.READ;
        }
        ended = true;
        splitter.releasePartialLine(lines);
        Exception why = failure;
        if (why instanceof ConfigException refused) {
            throw refused;
        }
        if (why != null) {
            throw new DataException(
                    "reading " + name + " failed after " + bytes + " bytes: " + IoErrors.describe(why), why);
        }
        return PollResult.ENDED;
    }

    @Override
    public boolean holdsPartialLine() {
        return splitter.holdsPartialLine();
    }

    @Override
    public void releasePartialLine(Consumer<RawLine> lines) {
        if (splitter.holdsText()) {
            splitter.releasePartialLine(lines);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long ignoredBytes() {
        return splitter.nullBytes();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public SourceIncidents incidents() {
        return SourceIncidents.ofStream(droppedInAll);
    }

    @Override
    public void close() {
        ended = true;
        reader.interrupt();
    }
}
