package io.deepsentry.text.encode;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.VectorFileWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes files of identities, one a line, to vectors in the same order: {@code train.txt} and its like. It computes a
 * distinct one once as long as at most {@value #REMEMBERED} others come between; memory does not grow with the file.
 * For raw messages use {@link TextEncoder#encodeBatch}.
 *
 * <pre>{@code
 * try (TextEncoderHandle handle = TextEncoderHandle.open(Path.of("encoder.h5"))) {
 *     long rows = new DatasetEncoder(handle).encodeFile(Path.of("test.txt"), Path.of("test_encoded.pkl"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It does not close the encoder.
 */
public final class DatasetEncoder {
    private static final int REMEMBERED = 100_000;
    private static final int DEFAULT_BATCH = 1024;
    /** Ends a batch of long lines early, which keeps its memory small. */
    private static final int BATCH_CHARACTERS = 1 << 20;

    private final CachedEncoder encoder;
    private final int batchSize;
    private final RunContext context;

    /**
     * Encodes with an encoder.
     *
     * @param encoder the encoder
     */
    public DatasetEncoder(TextEncoder encoder) {
        this(encoder, DEFAULT_BATCH, RunContext.quiet());
    }

    /**
     * Encodes with an encoder and reports progress to a context.
     *
     * @param encoder the encoder
     * @param batchSize lines to encode together, at least 1; no result depends on it
     * @param context takes reports of progress, and may cancel
     */
    public DatasetEncoder(TextEncoder encoder, int batchSize, RunContext context) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize must be at least 1, but was " + batchSize);
        }
        this.encoder = new CachedEncoder(encoder, REMEMBERED);
        this.batchSize = batchSize;
        this.context = context;
    }

    /** Where the vectors of a file go, in order. */
    private interface Sink {
        void accept(float[] vector);
    }

    /**
     * {@return the vectors of a file, {@code [lines, 128]}, in memory}
     *
     * @param messages a file of masked messages, one a line
     * @throws MissingDataException when the file is not there or cannot be read
     */
    public Matrix encodeFile(Path messages) {
        long lines = count(messages);
        int dimension = encoder.dimension();
        if (lines * dimension > Integer.MAX_VALUE - 16) {
            throw new DataException(
                    messages + " has " + lines + " lines, too many for one matrix in memory; encode it to a file");
        }
        float[] values = new float[(int) lines * dimension];
        int[] filled = new int[1];
        encode(messages, lines, vector -> {
            System.arraycopy(vector, 0, values, filled[0], dimension);
            filled[0] += dimension;
        });
        return Matrix.of((int) lines, dimension, values);
    }

    /**
     * Writes the vectors of a file, {@code [lines, 128]}, to a pickle or {@code .npy}.
     *
     * @param messages a file of masked messages, one a line
     * @param vectors the file to write
     * @return the number of lines
     * @throws MissingDataException when the file of messages is not there or cannot be read
     * @throws DataException when the vectors cannot be written
     */
    public long encodeFile(Path messages, Path vectors) {
        long lines = count(messages);
        VectorFileWriter writer = VectorFileWriter.createDistinct(vectors, lines, encoder.dimension());
        boolean done = false;
        try {
            encode(messages, lines, writer::write);
            done = true;
        } finally {
            if (!done) {
                writer.abort();
            }
        }
        writer.close();
        return lines;
    }

    private void encode(Path messages, long lines, Sink sink) {
        String what = "encoding " + messages.getFileName();
        try (Progress.Stage stage = context.progress().begin(what, lines, "lines");
                BufferedReader reader = reader(messages)) {
            List<String> batch = new ArrayList<>(batchSize);
            int characters = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                batch.add(line);
                characters += line.length();
                if (batch.size() == batchSize || characters >= BATCH_CHARACTERS) {
                    flush(batch, stage, sink);
                    characters = 0;
                }
            }
            flush(batch, stage, sink);
        } catch (IOException e) {
            throw unreadable(messages, e);
        }
    }

    private void flush(List<String> batch, Progress.Stage stage, Sink sink) {
        context.cancellation().check();
        encoder.vectors(batch).forEach(sink::accept);
        stage.advance(batch.size());
        batch.clear();
    }

    private static long count(Path messages) {
        try (BufferedReader reader = reader(messages)) {
            long lines = 0;
            while (reader.readLine() != null) {
                lines++;
            }
            return lines;
        } catch (IOException e) {
            throw unreadable(messages, e);
        }
    }

    /** Broken UTF-8 becomes U+FFFD, as in logs. */
    private static BufferedReader reader(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16);
    }

    private static MissingDataException unreadable(Path file, IOException e) {
        return new MissingDataException(
                e instanceof NoSuchFileException
                        ? file + " does not exist; name a file of messages, one a line"
                        : file + " cannot be read: " + e.getMessage(),
                e);
    }
}
