package io.deepsentry.text.prepare;

import io.deepsentry.core.internal.AtomicFile;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of one folder that are written in a hidden folder inside it and moved to their places together, so that a
 * failure leaves what was there before. One thread at a time.
 */
final class StagedFolder implements AutoCloseable {
    private final Path folder;
    private final Path staging;
    private final List<Closeable> writers = new ArrayList<>();

    private StagedFolder(Path folder, Path staging) {
        this.folder = folder;
        this.staging = staging;
    }

    static StagedFolder in(Path folder) {
        try {
            Files.createDirectories(folder);
            return new StagedFolder(folder, Files.createTempDirectory(folder, ".writing-"));
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    /** The place of a file before {@link #commit}. */
    Path path(String name) {
        return staging.resolve(name);
    }

    /** A writer of UTF-8 text to a file that is packed with gzip. */
    BufferedWriter packed(String name) throws IOException {
        OutputStream file = Files.newOutputStream(path(name));
        writers.add(file);
        return writer(new FastGzip(file));
    }

    /** A writer of UTF-8 text to a file; {@code digest} takes its bytes. */
    BufferedWriter writer(String name, MessageDigest digest) throws IOException {
        return writer(new DigestOutputStream(Files.newOutputStream(path(name)), digest));
    }

    private BufferedWriter writer(OutputStream file) {
        BufferedWriter writer = new BufferedWriter(new OutputStreamWriter(file, StandardCharsets.UTF_8), 1 << 16);
        writers.add(0, writer);
        return writer;
    }

    /** A writer of origins to a file. */
    IndexWriter index(String name) throws IOException {
        OutputStream file = Files.newOutputStream(path(name));
        writers.add(file);
        IndexWriter writer = new IndexWriter(file);
        writers.add(0, writer);
        return writer;
    }

    /** A writer of values to a file. */
    ValuesWriter values(String name) throws IOException {
        OutputStream file = Files.newOutputStream(path(name));
        writers.add(file);
        ValuesWriter writer = new ValuesWriter(file);
        writers.add(0, writer);
        return writer;
    }

    /** Moves the files to their places in this order; {@code last} is taken away first and arrives last. */
    void commit(List<String> names, String last) throws IOException {
        closeWriters();
        for (String name : names) {
            force(path(name));
        }
        force(path(last));
        Files.deleteIfExists(folder.resolve(last));
        for (String name : names) {
            move(name);
        }
        move(last);
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void move(String name) throws IOException {
        try {
            Files.move(path(name), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(path(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void closeWriters() throws IOException {
        for (Closeable writer : writers) {
            writer.close();
        }
        writers.clear();
    }

    @Override
    public void close() {
        for (Closeable writer : writers) {
            try {
                writer.close();
            } catch (IOException e) {
                // The failure that brought us here is the one to tell; what is left in the buffer could not be written
                // for the same reason.
                System.getLogger(StagedFolder.class.getName())
                        .log(System.Logger.Level.DEBUG, "a temporary file was not closed", e);
            }
        }
        try (Stream<Path> left = Files.list(staging)) {
            for (Path file : left.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(staging);
        } catch (IOException e) {
            System.getLogger(StagedFolder.class.getName())
                    .log(System.Logger.Level.WARNING, "the temporary folder " + staging + " was not deleted", e);
        }
    }
}
