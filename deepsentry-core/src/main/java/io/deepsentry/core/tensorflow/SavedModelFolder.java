package io.deepsentry.core.tensorflow;

import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;

/**
 * TensorFlow's SavedModel: a folder with a graph of operations, the values of its variables, and in {@code
 * assets.extra/deepsentry}, which TensorFlow passes over, texts of our own.
 *
 * <p>What can be checked is checked before TensorFlow reads a folder, but it is native code that does, and it trusts
 * what it reads: load folders of known origin only.
 */
public final class SavedModelFolder {
    private static final String EXTRAS = "assets.extra/deepsentry";
    private static final long LARGEST_TEXT = 64 << 20;

    private SavedModelFolder() {}

    /**
     * {@return whether a path is a folder with a SavedModel in it, as far as names tell}
     *
     * @param path the file or folder
     */
    public static boolean is(Path path) {
        return Files.isRegularFile(path.resolve(SavedModelCheck.GRAPH));
    }

    /**
     * Opens a folder for predicting with its default signature, or its only one.
     *
     * @param folder the folder
     * @param device where to compute
     * @return the predictor, to be closed
     * @throws io.deepsentry.core.MissingDataException if there is none
     * @throws ModelException if it is damaged, or does not take one input and give one output of numbers of fixed
     *     shapes
     */
    public static Predictor open(Path folder, Device device) {
        return SavedModelPredictor.open(folder, null, device);
    }

    /**
     * Opens a folder for predicting with the signature of that name, otherwise as {@link #open(Path, Device)}.
     *
     * @param folder the folder
     * @param signature the name of a signature
     * @param device where to compute
     * @return the predictor, to be closed
     */
    public static Predictor open(Path folder, String signature, Device device) {
        return SavedModelPredictor.open(folder, signature, device);
    }

    /**
     * What a folder says of itself, found without running any native code: its graph is parsed, its variables are
     * looked for, and operations that touch files or run programs are refused, as before every opening.
     *
     * @param folder the folder
     * @return what the folder says of itself
     * @throws io.deepsentry.core.MissingDataException if there is none
     * @throws ModelException if it is damaged or could not be opened for predicting
     */
    public static SavedModelSummary inspect(Path folder) {
        SavedModelCheck check = new SavedModelCheck(folder);
        MetaGraphDef graph = check.read();
        SavedModelSignature signature = SavedModelSignature.of(check, graph, null);
        return new SavedModelSummary(
                List.copyOf(graph.getSignatureDefMap().keySet()),
                signature.ids(),
                signature.inputShape(),
                graph.getMetaInfoDef().getTensorflowVersion(),
                extras(folder));
    }

    /**
     * {@return the texts that a folder carries, by name; empty for folders that others wrote}
     *
     * @param folder the folder
     * @throws ModelException if one cannot be read
     */
    public static Map<String, String> extras(Path folder) {
        Path extras = folder.resolve(EXTRAS);
        if (!Files.isDirectory(extras)) {
            return Map.of();
        }
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(extras)) {
            for (Path file : files.toList()) {
                if (Files.size(file) > LARGEST_TEXT) {
                    throw new ModelException("the text " + file + " beside a model must be at most " + LARGEST_TEXT
                            + " bytes, but has " + Files.size(file) + "; copy the whole folder again");
                }
                texts.put(
                        String.valueOf(file.getFileName()),
                        new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new ModelException("the texts in " + extras + " cannot be read: " + e.getMessage(), e);
        }
        return Collections.unmodifiableMap(texts);
    }

    /**
     * {@return the model of a folder that {@link #write} wrote, given its architecture}
     *
     * @param folder the folder
     * @param network the network
     * @throws ModelException if the folder's variables are not those of the network
     */
    public static Model read(Path folder, Network network) {
        return new Model(network, SavedModelWeights.read(folder, network));
    }

    /**
     * Writes a folder, beside its place first, and moves it there. An older SavedModel of that name is replaced.
     *
     * @param folder the folder
     * @param model the model
     * @param extras texts by name; names without a slash
     * @throws DataException if something else is there, or it cannot be written
     */
    public static void write(Path folder, Model model, Map<String, String> extras) {
        for (String name : extras.keySet()) {
            if (name.isBlank() || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.startsWith(".")) {
                throw new IllegalArgumentException(
                        "the name of a text beside a model must be a plain file name, but was \"" + name + "\"");
            }
        }
        Path target = folder.toAbsolutePath().normalize();
        @Nullable Path parent = target.getParent();
        if (parent == null || (Files.exists(target) && !is(target))) {
            throw new DataException("the SavedModel " + folder
                    + " cannot be written: something else is there; name a folder that does not exist yet");
        }
        try {
            Files.createDirectories(parent);
            Path staged = Files.createTempDirectory(parent, "." + target.getFileName() + ".");
            try {
                SavedModelWriter.write(staged, model);
                Path texts = Files.createDirectories(staged.resolve(EXTRAS));
                for (Map.Entry<String, String> extra : extras.entrySet()) {
                    Files.writeString(texts.resolve(extra.getKey()), extra.getValue());
                }
                if (Files.exists(target)) {
                    delete(target);
                }
                Files.move(staged, target);
            } finally {
                delete(staged);
            }
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
