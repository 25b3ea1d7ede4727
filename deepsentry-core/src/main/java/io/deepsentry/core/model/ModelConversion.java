package io.deepsentry.core.model;

import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasArchitecture;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a model in another format: Keras' {@code .h5} and {@code .keras}, or a SavedModel folder. The texts that a
 * model carries, such as its vocabulary, go along.
 */
public final class ModelConversion {
    /** The text beside a SavedModel of ours that tells its layers; a graph of operations alone does not. */
    private static final String ARCHITECTURE = "architecture";

    private ModelConversion() {}

    /**
     * {@return whether a path names a model that can be converted: a SavedModel folder or a name of Keras}
     *
     * @param path the file or folder
     */
    public static boolean isModel(Path path) {
        return isKeras(path) || SavedModelFolder.is(path);
    }

    /** Whether a file's name says that it is a model of Keras. */
    private static boolean isKeras(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".h5") || name.endsWith(".hdf5") || name.endsWith(".keras");
    }

    /**
     * Converts a model.
     *
     * @param from a Keras file, or a SavedModel folder that was written by this method
     * @param to the file to write, {@code .h5}, {@code .hdf5} or {@code .keras}; any name without an extension is a
     *     SavedModel folder
     * @return what was converted
     * @throws ModelException if it cannot be read, is not what the metadata beside it says, or cannot be held by the
     *     other format
     * @throws DataException if it cannot be written, or {@code to} names no format
     */
    public static Model run(Path from, Path to) {
        boolean keras = isKeras(to);
        if (!keras && String.valueOf(to.getFileName()).indexOf('.') >= 0) {
            throw new DataException(
                    "a model can be written as .h5, .keras or, with a name without a dot, as a SavedModel"
                            + " folder, but the name was " + to);
        }
        KerasFile file = read(from);
        if (keras) {
            KerasFile.write(to, file.model(), file.extras());
        } else {
            Map<String, String> extras = new TreeMap<>(file.extras());
            extras.put(ARCHITECTURE, KerasArchitecture.text(file.model().network()));
            SavedModelFolder.write(to, file.model(), extras);
        }
        return file.model();
    }

    /**
     * {@return the layers that a SavedModel folder came from, if a conversion wrote it; TensorFlow does not run for
     * that}
     *
     * @param folder the folder of a SavedModel
     * @throws ModelException if what the folder says of them is damaged
     */
    public static Optional<Network> layers(Path folder) {
        String architecture = SavedModelFolder.extras(folder).get(ARCHITECTURE);
        return architecture == null ? Optional.empty() : Optional.of(KerasArchitecture.of(architecture, folder));
    }

    private static KerasFile read(Path from) {
        if (!Files.isDirectory(from)) {
            ModelDirectory.verify(from);
            return KerasFile.read(from);
        }
        Map<String, String> extras = new TreeMap<>(SavedModelFolder.extras(from));
        String architecture = extras.remove(ARCHITECTURE);
        if (architecture == null) {
            throw new ModelException("the SavedModel " + from
                    + " holds a graph of operations and not the layers it came from, so it can be run but not be"
                    + " converted; save the model in Python as .keras or .h5 (model.save) and convert that");
        }
        return new KerasFile(SavedModelFolder.read(from, KerasArchitecture.of(architecture, from)), extras);
    }
}
