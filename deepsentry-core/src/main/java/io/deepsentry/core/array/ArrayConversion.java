package io.deepsentry.core.array;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From one file format of arrays to another: pickle, {@code .npy} and {@code .npz}, by the names of the files. What is
 * written is float32.
 *
 * <p>An array that lies in its file in one piece and goes to one of the first two is not loaded, so that it may be
 * larger than memory.
 */
public final class ArrayConversion {
    /** numpy's name for the first array without one. */
    private static final String UNNAMED = "arr_0";

    private static final int CHUNK_VALUES = 1 << 16;

    private enum Format {
        PICKLE,
        NPY,
        NPZ;

        static Format of(Path file) {
            String name = file.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".npy")) {
                return NPY;
            }
            if (name.endsWith(".npz")) {
                return NPZ;
            }
            if (name.endsWith(".pkl") || name.endsWith(".pickle")) {
                return PICKLE;
            }
            throw new ConfigException("a file to convert must end in .pkl, .pickle, .npy or .npz, but was " + file);
        }
    }

    private ArrayConversion() {}

    /**
     * Converts a file.
     *
     * @param from the file to read
     * @param to the file to write
     * @param name which array to take of a file of several; null: all of them
     * @return the arrays written, by name, with their shapes; one without a name has the name {@code ""}
     * @throws ConfigException if a name says no format, or a file of several arrays is to become one of one
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws io.deepsentry.core.DataException if it is corrupt or holds something else, or if the result cannot be
     *     written
     */
    public static Map<String, int[]> run(Path from, Path to, @Nullable String name) {
        Format source = Format.of(from);
        Format target = Format.of(to);
        if (source != Format.NPZ && name == null) {
            int[] shape = stream(from, to, source, target);
            if (shape != null) {
                return Map.of("", shape);
            }
        }
        Map<String, FloatArray> arrays = selected(from, read(from, source), name);
        boolean unnamed = arrays.size() == 1 && arrays.containsKey("");
        if (target == Format.NPZ) {
            Npz.write(to, unnamed ? Map.of(UNNAMED, arrays.values().iterator().next()) : arrays);
        } else if (arrays.size() == 1 && (unnamed || name != null || source == Format.NPZ || target == Format.NPY)) {
            FloatArray array = arrays.values().iterator().next();
            if (target == Format.NPY) {
                Npy.write(to, array);
            } else {
                Pickle.writeFloats(to, array);
            }
        } else if (target == Format.PICKLE) {
            Pickle.writeArrays(to, arrays);
        } else {
            throw new ConfigException(to + " holds one array, but " + from + " has " + arrays.size() + " ("
                    + names(arrays) + "); choose one with --array, or write an .npz");
        }
        Map<String, int[]> shapes = new LinkedHashMap<>();
        arrays.forEach((key, array) -> shapes.put(key, array.shape()));
        return shapes;
    }

    private static Map<String, FloatArray> read(Path from, Format source) {
        return switch (source) {
            case NPZ -> Npz.read(from);
            case NPY -> Map.of("", Npy.read(from));
            case PICKLE ->
                Pickle.read(from) instanceof Map<?, ?> ? Pickle.readArrays(from) : Map.of("", Pickle.readFloats(from));
        };
    }

    private static Map<String, FloatArray> selected(Path from, Map<String, FloatArray> arrays, @Nullable String name) {
        if (name == null) {
            return arrays;
        }
        FloatArray array = arrays.get(name);
        if (array == null) {
            throw new ConfigException("there is no array \"" + name + "\" in " + from + "; it has "
                    + (arrays.containsKey("") ? "one without a name" : names(arrays)));
        }
        return Map.of(name, array);
    }

    private static String names(Map<String, FloatArray> arrays) {
        return arrays.keySet().stream().limit(20).collect(Collectors.joining(", "))
                + (arrays.size() > 20 ? ", ..." : "");
    }

    /** Copies piece by piece; null where that cannot be. */
    private static int @Nullable [] stream(Path from, Path to, Format source, Format target) {
        try (FileSource file = FileSource.open(from)) {
            Object value = source == Format.NPY ? NpyHeader.read(file) : pickled(file);
            if (value instanceof IndexedRows rows) {
                return stream(to, target, rows.shape(), chunk -> copy(file, rows, chunk));
            }
            return value instanceof ArrayData data && data.isSequential()
                    ? stream(to, target, data.shape(), chunk -> copy(file, data, chunk))
                    : null;
        }
    }

    private static int[] stream(Path to, Format target, long[] shape, Npz.Values values) {
        if (target == Format.NPZ) {
            Npz.write(to, UNNAMED, shape, values);
        } else {
            AtomicFile.write(to, out -> {
                out.write(target == Format.NPY ? NpyHeader.write(shape) : PickleBytes.beforeArray(shape));
                values.forEach(out::write);
                out.write(target == Format.NPY ? new byte[0] : PickleBytes.afterArray());
            });
        }
        return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
    }

    /** Hands over the values as float32, little-endian; those that are so in the file as they are. */
    private static void copy(FileSource file, ArrayData data, ArrayOutput.Chunk<IOException> chunk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK_VALUES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        RawBytes.InFile asWritten = data.asWritten();
        float[] values = new float[asWritten == null ? CHUNK_VALUES : 0];
        byte[] scratch = new byte[asWritten == null ? CHUNK_VALUES * Double.BYTES : 0];
        for (long done = 0; done < data.count(); done += CHUNK_VALUES) {
            int count = (int) Math.min(CHUNK_VALUES, data.count() - done);
            if (asWritten != null) {
                asWritten.copy(file, done * Float.BYTES, bytes.array(), count * Float.BYTES);
            } else {
                data.read(file, done, values, 0, count, scratch);
                bytes.asFloatBuffer().put(values, 0, count);
            }
            chunk.take(bytes.array(), 0, count * Float.BYTES);
        }
    }

    private static void copy(FileSource file, IndexedRows rows, ArrayOutput.Chunk<IOException> chunk)
            throws IOException {
        float[] row = new float[(int) rows.shape()[1]];
        ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < rows.shape()[0]; i++) {
            rows.read(file, i, row, 0);
            bytes.asFloatBuffer().put(row);
            chunk.take(bytes.array(), 0, bytes.capacity());
        }
    }

    /** An array as the file describes it, or rows chosen from one; null for anything else. */
    private static @Nullable Object pickled(FileSource file) {
        MemoryBudget budget = new MemoryBudget(file.path());
        Object value = new PickleReader(file, budget).read();
        return value instanceof PickleReader.PickledArray array ? new PickleValues(file, budget).dataOf(array) : value;
    }
}
