package io.deepsentry.text.prepare;

import com.google.common.io.MoreFiles;
import com.google.errorprone.annotations.MustBeClosed;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A folder that {@link Prepare} wrote: for each part its masked messages and, row by row, where they came from.
 * Immutable; what it opens is for one thread each.
 *
 * @param directory the folder
 * @param meta what its {@code prepared.json} says
 */
public record PreparedData(Path directory, PreparedMeta meta) {
    /** The name of the vocabulary's file. */
    public static final String VOCABULARY = "vocab.pkl";

    /** The name of the file of what was learned of the messages. */
    public static final String IDENTITY = "identity.json";

    /** The folder of the lines without a session key, in a folder of sessions. */
    static final String KEYLESS = "keyless";

    static final String META = "prepared.json";

    private static final int BUFFER = 1 << 15;
    /** What {@link #open} asks for. */
    private static final List<String> REQUIRED =
            List.of(Split.TRAIN.textFile(), Split.VAL.textFile(), Split.TEST.textFile(), VOCABULARY, IDENTITY);

    /** What {@link Prepare} writes beside {@link #META}. */
    static final List<String> FILES = Stream.concat(
                    REQUIRED.stream(),
                    Arrays.stream(Split.values()).flatMap(split -> Stream.of(split.indexFile(), split.valuesFile())))
            .toList();

    /** The same for a sample of streams that is not whole. */
    static final List<String> FILES_OF_SAMPLE =
            Stream.concat(FILES.stream(), Stream.of(HourFile.NAME)).toList();

    /**
     * Opens a folder.
     *
     * @param directory the folder of the prepared data
     * @return the prepared data
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
        for (String name : REQUIRED) {
            require(directory.resolve(name));
        }
        PreparedData data = new PreparedData(directory, meta);
        for (Split split : Split.values()) {
            require(data.index(split));
        }
        return data;
    }

    /**
     * Opens the lines that have no session key: streams, one an input, in the same form and with the same identity of
     * messages.
     *
     * @return empty if every line has a key, or there is none
     */
    public Optional<PreparedData> keyless() {
        Path folder = directory.resolve(KEYLESS);
        return Files.isRegularFile(folder.resolve(META)) ? Optional.of(open(folder)) : Optional.empty();
    }

    /** Deletes the lines without a session key of data that was prepared before. */
    static void deleteKeyless(Path directory) throws IOException {
        Path folder = directory.resolve(KEYLESS);
        Files.deleteIfExists(folder.resolve(META));
        for (String name : FILES) {
            Files.deleteIfExists(folder.resolve(name));
        }
        deleteUnpackedIn(folder);
        if (Files.isDirectory(folder) && MoreFiles.listFiles(folder).isEmpty()) {
            Files.delete(folder);
        }
    }

    /** Deletes unpacked indexes, which are read before packed ones, of data that was prepared before. */
    static void deleteUnpacked(Path directory) throws IOException {
        deleteUnpackedIn(directory);
        deleteUnpackedIn(directory.resolve(KEYLESS));
    }

    private static void deleteUnpackedIn(Path folder) throws IOException {
        for (Split split : Split.values()) {
            Files.deleteIfExists(folder.resolve(split.unpackedIndexFile()));
        }
    }

    private static Path require(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("prepared data must have the file " + file
                    + ", but it does not exist; run prepare, or name the folder with prepared_data_dir");
        }
        return file;
    }

    private static DataException unreadable(Path file, IOException e) {
        if (e instanceof EOFException || e instanceof ZipException) {
            return new DataException(file + ": is damaged or incomplete; run prepare again", e);
        }
        return e instanceof NoSuchFileException
                ? new MissingDataException(file + " does not exist; run prepare again", e)
                : new MissingDataException(file + " cannot be read: " + e.getMessage(), e);
    }

    /**
     * {@return the file of masked messages of a part}
     *
     * @param split the part
     */
    public Path text(Split split) {
        return directory.resolve(split.textFile());
    }

    /**
     * {@return the file that says where the messages of a part came from: a JSON object a line, packed with gzip, or
     * unpacked where its name does not end in {@code .gz}} The unpacked one is of an earlier version, or someone
     * unpacked it.
     *
     * @param split the part
     */
    public Path index(Split split) {
        Path unpacked = directory.resolve(split.unpackedIndexFile());
        return Files.exists(unpacked) ? unpacked : directory.resolve(split.indexFile());
    }

    /**
     * {@return the file of the values of the messages of a part}
     *
     * @param split the part
     */
    public Path valuesFile(Split split) {
        return directory.resolve(split.valuesFile());
    }

    /** {@return the file of the vocabulary} */
    public Path vocabulary() {
        return directory.resolve(VOCABULARY);
    }

    /** {@return the file of what was learned of the messages} */
    public Path identityFile() {
        return directory.resolve(IDENTITY);
    }

    /**
     * Reads what says which message a line is, as it was when the rows were written.
     *
     * @return what says which message a line is
     */
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

    /** {@return what is redacted in these rows, and in lines that are read back from the logs they came from} */
    public Redaction redaction() {
        return meta.normalizer().redaction();
    }

    /**
     * {@return how many rows a part has}
     *
     * @param split the part
     */
    public long rows(Split split) {
        return meta.rows().getOrDefault(split, 0L);
    }

    /**
     * Reads the masked messages of a part, in order.
     *
     * @param split the part
     * @return the rows, to be closed
     */
    @MustBeClosed
    public Rows<String> messages(Split split) {
        Path file = text(split);
        return new Rows<>(file, lines(file, Files::newInputStream, (line, where) -> line));
    }

    /**
     * Reads where the messages of a part came from, in the same order.
     *
     * @param split the part
     * @return the rows, to be closed
     * @throws DataException if the file is not what {@code prepare} writes; reading on throws this, too
     */
    @MustBeClosed
    public Rows<IndexRow> origins(Split split) {
        Path file = index(split);
        IndexLines lines = new IndexLines();
        return new Rows<>(file, lines(file, PreparedData::unpacked, lines::read));
    }

    private static InputStream unpacked(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        if (!file.toString().endsWith(".gz")) {
            return in;
        }
        boolean opened = false;
        try {
            InputStream unpacked = new GZIPInputStream(in, BUFFER);
            opened = true;
            return unpacked;
        } finally {
            if (!opened) {
                in.close();
            }
        }
    }

    /**
     * Reads the values of the messages of a part, in the same order: those that {@link MessageIdentity#identify} finds
     * in the line of each row.
     *
     * @param split the part
     * @return the rows, to be closed
     * @throws MissingDataException if the file is not there
     * @throws DataException if it is not what {@code prepare} writes; reading on throws this, too
     */
    @MustBeClosed
    public Rows<List<MessageValue>> values(Split split) {
        Path file = require(valuesFile(split));
        return new Rows<>(file, new Source<>() {
            private final ValuesReader reader = opened(file, () -> new ValuesReader(file));

            @Override
            public @Nullable List<MessageValue> next() throws IOException {
                return reader.next();
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        });
    }

    /**
     * {@return where an input lies: under its name seen from the folder in which it was prepared, wherever this program
     * runs} If no file is there, or an earlier version prepared the data, it is the name as given.
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

    /**
     * Reads how many lines came in which hour of training, where the data is of a sample of streams that is not whole.
     *
     * @return the rows, to be closed: source by source, in the order of their time; none in other data
     */
    @MustBeClosed
    public Rows<HourRow> hours() {
        Path file = directory.resolve(HourFile.NAME);
        return new Rows<>(
                file,
                Files.exists(file)
                        ? lines(file, PreparedData::unpacked, HourFile::read)
                        : new Source<HourRow>() {
                            @Override
                            public @Nullable HourRow next() {
                                return null;
                            }

                            @Override
                            public void close() {}
                        });
    }

    /** Turns a line into a row; {@code where} names it in errors. */
    private interface RowReader<T> {
        T read(String line, String where);
    }

    /** Where rows come from. */
    private interface Source<T> extends Closeable {
        @Nullable
        T next() throws IOException;
    }

    /** Opens a file. */
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Opens the bytes of a file. */
    private interface Bytes {
        InputStream of(Path file) throws IOException;
    }

    private static <T> T opened(Path file, Opening<T> opening) {
        try {
            return opening.open();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static <T> Source<T> lines(Path file, Bytes bytes, RowReader<T> rows) {
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(opened(file, () -> bytes.of(file)), StandardCharsets.UTF_8.newDecoder()));
        return new Source<>() {
            private long line;

            @Override
            public @Nullable T next() throws IOException {
                String text = reader.readLine();
                return text == null ? null : rows.read(text, file + ":" + ++line);
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    /**
     * The rows of a file, one at a time. One thread at a time.
     *
     * @param <T> what a row is
     */
    public static final class Rows<T> implements AutoCloseable {
        private final Path file;
        private final Source<T> source;

        private Rows(Path file, Source<T> source) {
            this.file = file;
            this.source = source;
        }

        /** {@return the next row, or null after the last} */
        public @Nullable T next() {
            try {
                return source.next();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        @Override
        public void close() {
            try {
                source.close();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }
}
