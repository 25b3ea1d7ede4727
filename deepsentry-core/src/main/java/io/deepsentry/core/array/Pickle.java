package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Files of Python's {@code pickle}. Protocols 0 to 5 are read, from numpy 1 and 2 alike; protocol 4 is written, which
 * every Python from 3.4 on opens.
 *
 * <p>Reading gives numbers, texts, lists, dicts and float arrays and nothing else: a file that names any other class or
 * function is refused, and nothing that a file names is ever run.
 */
public final class Pickle {
    private static final int CHUNK = 1 << 16;

    private Pickle() {}

    /**
     * Reads any data: {@link FloatArray} for an array of floats (float64 is narrowed), or of integers that float32 has
     * exactly, {@link List} for a list or tuple, {@link Map} for a dict, {@link Long}, {@link java.math.BigInteger},
     * {@link Double}, {@link Boolean}, {@link String}, or {@code null} for {@code None}.
     *
     * @param file the file
     * @return the data; null for {@code None}
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws DataException if it is corrupt, names something that is no data, or needs more memory than there is
     */
    public static @Nullable Object read(Path file) {
        try (FileSource source = FileSource.open(file)) {
            MemoryBudget budget = new MemoryBudget(file);
            return new PickleValues(source, budget).of(new PickleReader(source, budget).read());
        }
    }

    /**
     * Reads one array of floats. A list of arrays of one shape is stacked, and so is a list of numbers, or of lists of
     * them.
     *
     * @param file the file
     * @return the array
     * @throws DataException as {@link #read}, and if the file holds something else
     */
    public static FloatArray readFloats(Path file) {
        return FloatStack.of(file, read(file));
    }

    /**
     * Writes an array as a float32 numpy array of the same shape.
     *
     * @param file the file
     * @param array the array
     * @throws DataException if it cannot be written
     */
    public static void writeFloats(Path file, FloatArray array) {
        ArrayOutput.write(file, array, PickleBytes.beforeArray(ArrayOutput.shapeOf(array)), PickleBytes.afterArray());
    }

    /**
     * Reads a dict from name to array, as {@code numpy.load} gives one of an {@code .npz}.
     *
     * @param file the file
     * @return an immutable map in the file's order
     * @throws DataException as {@link #read}, and if the file holds something else
     */
    public static Map<String, FloatArray> readArrays(Path file) {
        Map<String, FloatArray> arrays = new LinkedHashMap<>();
        if (read(file) instanceof Map<?, ?> dict) {
            dict.forEach((name, value) -> arrays.put(String.valueOf(name), FloatStack.of(file, value)));
            return Collections.unmodifiableMap(arrays);
        }
        throw new DataException("the file " + file + " must hold a dict from name to array, but holds something else");
    }

    /**
     * Writes arrays as a dict from name to float32 numpy array, in the map's order.
     *
     * @param file the file
     * @param arrays the arrays by name
     * @throws DataException if it cannot be written
     */
    public static void writeArrays(Path file, Map<String, FloatArray> arrays) {
        AtomicFile.write(file, out -> {
            out.write(new PickleBytes()
                    .begin()
                    .op(Opcodes.EMPTY_DICT)
                    .op(Opcodes.MARK)
                    .take());
            for (Map.Entry<String, FloatArray> entry : arrays.entrySet()) {
                out.write(new PickleBytes().text(entry.getKey()).take());
                out.write(PickleBytes.arrayHead(ArrayOutput.shapeOf(entry.getValue())));
                ArrayOutput.forEachChunk(entry.getValue(), out::write);
                out.write(PickleBytes.arrayTail());
            }
            out.write(new PickleBytes().op(Opcodes.SETITEMS).op(Opcodes.STOP).take());
        });
    }

    /**
     * Writes a vocabulary as a dict from word to id, in the map's order.
     *
     * @param file the file
     * @param ids the ids by word
     * @throws DataException if it cannot be written
     */
    public static void writeWordIds(Path file, Map<String, Integer> ids) {
        AtomicFile.write(file, out -> {
            PickleBytes pickle =
                    new PickleBytes().begin().op(Opcodes.EMPTY_DICT).op(Opcodes.MARK);
            for (Map.Entry<String, Integer> entry : ids.entrySet()) {
                pickle.text(entry.getKey()).integer(entry.getValue());
                if (pickle.size() > CHUNK) {
                    out.write(pickle.take());
                }
            }
            out.write(pickle.op(Opcodes.SETITEMS).op(Opcodes.STOP).take());
        });
    }

    /**
     * Reads a vocabulary: a dict from word to id, whose ids are whole numbers from 0 on and no two alike.
     *
     * @param file the file
     * @return an immutable map in the file's order
     * @throws DataException as {@link #read}, and if the file holds something else
     */
    public static Map<String, Integer> readWordIds(Path file) {
        if (!(read(file) instanceof Map<?, ?> dict)) {
            throw new DataException(
                    "the file " + file
                            + " must hold a dict from word to id, but holds something else; name the vocab.pkl that prepare wrote");
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        Map<Integer, String> words = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (!(entry.getKey() instanceof String word)
                    || !(entry.getValue() instanceof Long id)
                    || id < 0
                    || id > Integer.MAX_VALUE) {
                throw new DataException("the file " + file + " must hold a dict from word to id, but has the entry "
                        + shown(entry.getKey()) + ": " + shown(entry.getValue())
                        + "; name the vocab.pkl that prepare wrote");
            }
            String other = words.putIfAbsent(id.intValue(), word);
            if (other != null) {
                throw new DataException("the file " + file + " gives the id " + id + " to both " + shown(other)
                        + " and " + shown(word) + "; run prepare again");
            }
            ids.put(word, id.intValue());
        }
        return Collections.unmodifiableMap(ids);
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof List || value instanceof Map) {
            return "a list or dict";
        }
        String text = String.valueOf(value);
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    /** Puts the arrays of a list one after the other. */
    private static final class FloatStack {
        private FloatStack() {}

        static FloatArray of(Path file, @Nullable Object value) {
            if (value instanceof FloatArray array) {
                return array;
            }
            if (value instanceof Number number) {
                return FloatArray.wrap(new int[0], new float[] {number.floatValue()});
            }
            if (!(value instanceof List<?> items)) {
                throw new DataException("the file " + file
                        + " must hold an array of floats, but holds something else; name a file of vectors or scores");
            }
            int[] inner = items.isEmpty() ? new int[0] : of(file, items.get(0)).shape();
            long size = Arrays.stream(inner).asLongStream().reduce(1, (a, b) -> a * b);
            if (size * items.size() > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        "the file " + file + " has a list of arrays too large to load at once; split it");
            }
            new MemoryBudget(file).take(size * items.size() * Float.BYTES);
            float[] values = new float[(int) size * items.size()];
            for (int i = 0; i < items.size(); i++) {
                FloatArray item = of(file, items.get(i));
                if (!Arrays.equals(item.shape(), inner)) {
                    throw new DataException("the file " + file
                            + " has a list whose arrays must be of one shape, but item 0 has " + Arrays.toString(inner)
                            + " and item " + i + " has " + Arrays.toString(item.shape()) + "; write it again");
                }
                System.arraycopy(item.values(), 0, values, (int) size * i, (int) size);
            }
            int[] shape = new int[inner.length + 1];
            shape[0] = items.size();
            System.arraycopy(inner, 0, shape, 1, inner.length);
            return FloatArray.wrap(shape, values);
        }
    }
}
