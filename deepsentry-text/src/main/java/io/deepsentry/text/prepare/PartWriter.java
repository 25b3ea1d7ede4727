package io.deepsentry.text.prepare;

import com.google.errorprone.annotations.MustBeClosed;
import io.deepsentry.text.identity.MessageValue;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a part of prepared data row by row, for data that {@link Prepare} did not write: its masked messages, where
 * they came from, and their values. What is there already is overwritten. One thread at a time.
 */
public final class PartWriter implements Closeable {
    private final BufferedWriter text;
    private final IndexWriter index;
    private final ValuesWriter values;

    private PartWriter(BufferedWriter text, IndexWriter index, ValuesWriter values) {
        this.text = text;
        this.index = index;
        this.values = values;
    }

    /**
     * Creates a part.
     *
     * @param folder the folder of the prepared data, which must exist
     * @param split the part
     * @return the writer, to be closed
     * @throws java.io.IOException if the files cannot be written
     */
    @MustBeClosed
    public static PartWriter create(Path folder, Split split) throws IOException {
        BufferedWriter text = Files.newBufferedWriter(folder.resolve(split.textFile()), StandardCharsets.UTF_8);
        Files.deleteIfExists(folder.resolve(split.unpackedIndexFile()));
        IndexWriter index = new IndexWriter(Files.newOutputStream(folder.resolve(split.indexFile())));
        return new PartWriter(text, index, new ValuesWriter(Files.newOutputStream(folder.resolve(split.valuesFile()))));
    }

    /**
     * Writes the next row.
     *
     * @param message the masked message
     * @param origin where the message came from
     * @param of its values
     * @throws java.io.IOException if the files cannot be written
     */
    public void write(String message, IndexRow origin, List<MessageValue> of) throws IOException {
        text.write(message);
        text.write('\n');
        index.write(origin);
        values.row(of.size());
        for (MessageValue value : of) {
            values.value(value.place(), value.type(), value.text(), value.number());
        }
    }

    @Override
    public void close() throws IOException {
        try (text;
                index) {
            values.close();
        }
    }
}
