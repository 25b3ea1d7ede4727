package io.deepsentry.core.keras;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.nn.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model in a file of Keras, HDF5 ({@code .h5}) or archive ({@code .keras}), with texts of our own beside it.
 *
 * <p>Sequential and functional models of Keras 2 and 3 are read, if they consist of the layers of {@link io.deepsentry.core.nn.Layer} and have one input of
 * a fixed length. An HDF5 file is written with the configuration of Keras 2, which Keras 3 reads too; an archive for Keras 3. Texts live in a group or folder
 * named {@code deepsentry}, which Keras passes over. Immutable.
 *
 * @param model the architecture and its weights
 * @param extras texts by name; empty for files that others wrote
 */
public record KerasFile(Model model, Map<String, String> extras) {
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    public KerasFile {
        extras = Collections.unmodifiableMap(new TreeMap<>(extras));
    }

    /**
     * Reads a file; which of the two formats it has is told by its content.
     *
     * @throws MissingDataException if it is not there or cannot be opened
     * @throws io.deepsentry.core.ModelException if it is damaged, not a Keras model, or holds a layer or an option that is not supported
     */
    public static KerasFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("model file " + file + " is not there, or is not a file");
        }
        if (!Files.isReadable(file)) {
            throw new MissingDataException("model file " + file + " cannot be opened for reading");
        }
        return isArchive(file) ? new KerasArchiveReader(file).read() : new KerasReader(file).read();
    }

    private static boolean isArchive(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
        } catch (IOException e) {
            throw new MissingDataException("model file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a file, an archive if its name ends in {@code .keras} and else HDF5: under another name first, read back and compared, then moved to its place,
     * so that no half file is ever there.
     *
     * @param extras texts by name; names without a slash
     * @throws io.deepsentry.core.ModelException if the model has an option that those who are to read the file understand differently
     * @throws io.deepsentry.core.DataException if the file cannot be written
     */
    public static void write(Path file, Model model, Map<String, String> extras) {
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".keras")) {
            new KerasArchiveWriter(model, extras).write(file);
        } else {
            new KerasWriter(model, extras).write(file);
        }
    }
}
