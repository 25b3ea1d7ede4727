package io.deepsentry.core.keras;

import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Model;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model in a Keras HDF5 file ({@code .h5}), with texts of our own beside it.
 *
 * <p>Sequential and functional models of Keras 2 and 3 are read, if they consist of the layers of {@link io.deepsentry.core.nn.Layer} and have one input of
 * a fixed length. Files are written with the configuration of Keras 2, which Keras 3 reads too. Texts live in a group named {@code deepsentry}, which Keras
 * passes over. Immutable.
 *
 * @param model the architecture and its weights
 * @param extras texts by name; empty for files that others wrote
 */
public record KerasFile(Model model, Map<String, String> extras) {
    public KerasFile {
        extras = Collections.unmodifiableMap(new TreeMap<>(extras));
    }

    /**
     * Reads a file.
     *
     * @throws io.deepsentry.core.MissingDataException if it is not there or cannot be opened
     * @throws ModelException if it is damaged, not a Keras model, or holds a layer or an option that is not supported
     */
    public static KerasFile read(Path file) {
        return new KerasReader(file).read();
    }

    /**
     * Writes a file: under another name first, read back and compared, then moved to its place, so that no half file is ever there.
     *
     * @param extras texts by name; names without a slash
     * @throws ModelException if the model has an option that Keras 2 and 3 understand differently
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Model model, Map<String, String> extras) {
        new KerasWriter(model, extras).write(file);
    }
}
