package io.deepsentry.core.keras;

import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of an HDF5 file; whatever is wrong ends in a {@link ModelException} that names the model file and the
 * place.
 */
final class HdfSource {
    /** How much of a file its signature and the numbers in its superblock take. */
    static final int HEAD = 48;

    /** {@code \x89HDF\r\n\x1a\n}, read as little-endian. */
    private static final long SIGNATURE = 0x0A1A0A0D46444889L;

    private static final int FLOAT_BYTES = 4;

    /**
     * Weights hardly compress; an architecture that needs many times the file's size is not the one the file was
     * written with.
     */
    private static final int MOST_COMPRESSION = 16;

    private final Path file;

    HdfSource(Path file) {
        this.file = file;
    }

    ModelException problem(String problem) {
        return new ModelException("model file " + file + ": " + problem);
    }

    /** The superblock says how long the file is; a part that is cut off need not be one that reading comes across. */
    void requireWhole(byte[] start, long size) {
        ByteBuffer head = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (start.length < HEAD || head.getLong(0) != SIGNATURE) {
            throw problem("it is not an HDF5 file, or too short to be one (" + size + " bytes)");
        }
        int version = head.get(8);
        long needed = version < 2 ? head.getLong(40) : head.getLong(28);
        if (version >= 0 && version <= 3 && needed > size) {
            throw problem("it is cut short: it should have " + needed + " bytes, but has " + size);
        }
    }

    /**
     * Opens the file, reads from it and closes it. The HDF5 library answers damage with whatever its parser runs into,
     * a length that asks for all memory included.
     */
    <T> T read(Supplier<HdfFile> opened, Function<HdfFile, T> reading) {
        try (HdfFile hdf = opened.get()) {
            return reading.apply(hdf);
        } catch (DeepSentryException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new ModelException(
                    "model file " + file + " is not a readable HDF5 file ("
                            + e.getClass().getSimpleName()
                            + (e.getMessage() == null ? "" : ": " + e.getMessage())
                            + "); it is damaged, cut short or of another format",
                    e);
        }
    }

    /** Before anything is allocated for the weights. */
    void requireRoomFor(Network network, long size) {
        double needed = 0;
        for (var weights : network.weightShapes().values()) {
            for (List<Integer> shape : weights.values()) {
                double values = 1;
                for (int dimension : shape) {
                    values *= dimension;
                }
                needed += values * FLOAT_BYTES;
            }
        }
        if (needed > (double) MOST_COMPRESSION * size) {
            throw problem(String.format(
                    java.util.Locale.ROOT,
                    "its architecture needs %.0f bytes of weights, but the file has only %d; it is damaged",
                    needed,
                    size));
        }
    }

    Group group(Group parent, String path) {
        Group found = parent;
        for (String part : path.split("/", -1)) {
            if (!(found.getChildren().get(part) instanceof Group child)) {
                throw problem("it has no group \"" + path + "\" in \"" + parent.getPath() + "\"");
            }
            found = child;
        }
        return found;
    }

    /** The shape is compared first, so a false length in a damaged file asks for no memory. */
    NdArray array(String layer, Group parent, String path, List<Integer> shape) {
        Node node = parent;
        for (String part : path.split("/", -1)) {
            node = node instanceof Group group ? group.getChildren().get(part) : null;
        }
        String what = "weight \"" + path + "\" of layer \"" + layer + "\"";
        if (!(node instanceof Dataset dataset)) {
            throw problem(what + " is not there");
        }
        int[] dimensions = shape.stream().mapToInt(Integer::intValue).toArray();
        if (!Arrays.equals(dataset.getDimensions(), dimensions)) {
            throw problem(what + " needs shape " + shape + ", but has " + Arrays.toString(dataset.getDimensions()));
        }
        Object data = dataset.getDataFlat();
        if (data instanceof float[] floats) {
            return NdArray.of(dimensions, floats);
        }
        if (data instanceof double[] doubles) {
            float[] floats = new float[doubles.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) doubles[i];
            }
            return NdArray.of(dimensions, floats);
        }
        throw problem(what + " is not of float32 or float64 but of " + dataset.getJavaType());
    }

    static @Nullable Attribute attribute(Node node, String name) {
        return node.getAttributes().get(name);
    }

    @Nullable
    String text(Node node, String name) {
        Attribute attribute = attribute(node, name);
        if (attribute == null) {
            return null;
        }
        if (attribute.getData() instanceof String value) {
            return value;
        }
        throw problem("its attribute \"" + name + "\" is not a text");
    }

    /** A list of texts, which Keras splits over numbered attributes when it is long. */
    List<String> texts(Node node, String name) {
        Attribute whole = attribute(node, name);
        List<String> all = new ArrayList<>();
        if (whole != null) {
            addTexts(all, whole);
            return all;
        }
        for (int part = 0; attribute(node, name + part) != null; part++) {
            addTexts(all, attribute(node, name + part));
        }
        return all;
    }

    private void addTexts(List<String> all, @Nullable Attribute attribute) {
        Object data = attribute == null || attribute.isEmpty() ? new String[0] : attribute.getData();
        if (data instanceof String one) {
            all.add(one);
        } else if (data instanceof String[] several) {
            all.addAll(List.of(several));
        } else if (!(data instanceof Object[] none && none.length == 0)) {
            throw problem("an attribute that names weights is not a list of texts");
        }
    }
}
