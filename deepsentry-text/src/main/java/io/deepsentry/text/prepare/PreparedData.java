package io.deepsentry.text.prepare;

import com.google.errorprone.annotations.MustBeClosed;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder that {@link Prepare} wrote: for each part its masked messages and, row by row, where they came from. Immutable;
 * what it opens is for one thread each.
 *
 * @param directory the folder
 * @param meta what its {@code prepared.json} says
 */
public record PreparedData(Path directory, PreparedMeta meta) {
    /** The name of the vocabulary's file. */
    public static final String VOCABULARY = "vocab.pkl";

    /** The name of the file of what was learned of the messages. */
    public static final String IDENTITY = "identity.json";

    static final String META = "prepared.json";
    static final List<String> FILES = List.of(
            Split.TRAIN.textFile(),
            Split.VAL.textFile(),
            Split.TEST.textFile(),
            Split.TRAIN.indexFile(),
            Split.VAL.indexFile(),
            Split.TEST.indexFile(),
            VOCABULARY,
            IDENTITY);

    /**
     * Opens a folder.
     *
     * @throws MissingDataException when it is not there or not complete
     * @throws DataException when its {@code prepared.json} cannot be understood
     */
    public static PreparedData open(Path directory) {
        PreparedMeta meta;
        try {
            meta = PreparedMeta.read(require(directory.resolve(META)));
        } catch (IOException e) {
            throw unreadable(directory.resolve(META), e);
        }
        for (String name : FILES) {
            require(directory.resolve(name));
        }
        return new PreparedData(directory, meta);
    }

    private static Path require(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("prepared data must have the file " + file
                    + ", but it is not there; run prepare, or name the folder with prepared_data_dir");
        }
        return file;
    }

    private static DataException unreadable(Path file, IOException e) {
        return e instanceof NoSuchFileException
                ? new MissingDataException(file + " is not there; run prepare again", e)
                : new MissingDataException(file + " cannot be read: " + e.getMessage(), e);
    }

    /** The file of masked messages of a part. */
    public Path text(Split split) {
        return directory.resolve(split.textFile());
    }

    /** The file that says where the messages of a part came from. */
    public Path index(Split split) {
        return directory.resolve(split.indexFile());
    }

    /** The file of the vocabulary. */
    public Path vocabulary() {
        return directory.resolve(VOCABULARY);
    }

    /** The file of what was learned of the messages. */
    public Path identityFile() {
        return directory.resolve(IDENTITY);
    }

    /** Reads what says which message a line is, as it was when the rows were written. */
    public MessageIdentity identity() {
        try {
            return MessageIdentity.of(
                    meta.normalizer(),
                    LearnedSlots.parse(
                            Files.readString(identityFile()), identityFile().toString()));
        } catch (IOException e) {
            throw unreadable(identityFile(), e);
        }
    }

    /** Rows of a part. */
    public long rows(Split split) {
        return meta.rows().getOrDefault(split, 0L);
    }

    /** Reads the masked messages of a part, in order. */
    @MustBeClosed
    public Rows<String> messages(Split split) {
        return new Rows<>(text(split), (line, where) -> line);
    }

    /** Reads where the messages of a part came from, in the same order. */
    @MustBeClosed
    public Rows<IndexRow> origins(Split split) {
        IndexLines lines = new IndexLines();
        return new Rows<>(index(split), lines::read);
    }

    /**
     * Returns where an input lies: under its name seen from the folder in which it was prepared, wherever this program runs. If no file is there, or an earlier version
     * prepared the data, it is the name as given.
     *
     * @param name as in {@link IndexRow#file()}
     */
    public String locate(String name) {
        if (meta.workingDir() == null) {
            return name;
        }
        try {
            Path file = Path.of(meta.workingDir()).resolve(name);
            return Files.isRegularFile(file) ? file.toString() : name;
        } catch (InvalidPathException e) {
            // A program may name its events as it likes.
            return name;
        }
    }

    /** Turns a line into a row; {@code where} names it in errors. */
    private interface RowReader<T> {
        T read(String line, String where);
    }

    /**
     * The rows of a file, one at a time. One thread at a time.
     *
     * @param <T> what a row is
     */
    public static final class Rows<T> implements AutoCloseable {
        private final Path file;
        private final RowReader<T> rows;
        private final BufferedReader reader;
        private long line;

        private Rows(Path file, RowReader<T> rows) {
            this.file = file;
            this.rows = rows;
            try {
                reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        /** The next row, or null after the last. */
        public @Nullable T next() {
            try {
                String text = reader.readLine();
                return text == null ? null : rows.read(text, file + ":" + ++line);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }
}
