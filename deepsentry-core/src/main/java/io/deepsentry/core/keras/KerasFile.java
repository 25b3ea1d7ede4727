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
 * A model from a Keras file, HDF5 ({@code .h5}) or archive ({@code .keras}), and the texts that DeepSentry keeps in it.
 *
 * <pre>{@code
 * KerasFile file = KerasFile.read(Path.of("encoder.h5"));
 * KerasFile.write(Path.of("encoder.keras"), file.model(), file.extras());
 * }</pre>
 *
 * <p>Reads sequential and functional models of Keras 2 and 3 that consist of the layers of {@link
 * io.deepsentry.core.nn.Layer} and have one input of a fixed length. Writes HDF5 files with the configuration of Keras
 * 2, which Keras 3 reads too, and archives for Keras 3. Texts live in a group or folder named {@code deepsentry}, which
 * Keras ignores. Immutable.
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
     * Reads a file. Its content decides which of the two formats it has.
     *
     * @param file the file
     * @return the model and what it carries
     * @throws MissingDataException if it is missing or cannot be opened
     * @throws io.deepsentry.core.ModelException if it is damaged, not a Keras model, or holds a layer or an option
     *     that is not supported
     */
    public static KerasFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("model file " + file + " does not exist, or is not a file");
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
     * Writes a file: an archive if its name ends in {@code .keras}, else HDF5. It writes under another name, reads the
     * file back, compares and then renames it, so that a failure leaves no partial file.
     *
     * @param file the file
     * @param model the model
     * @param extras texts by name; names without a slash
     * @throws io.deepsentry.core.ModelException if the model has an option that Keras would understand differently
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
