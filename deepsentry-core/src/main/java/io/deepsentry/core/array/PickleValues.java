package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a pickle describes into values of our own. A value that occurs several times is turned once; one that
 * contains itself is refused.
 */
final class PickleValues {
    private static final int DEEPEST = 100;

    private final FileSource source;
    private final MemoryBudget budget;
    private final IdentityHashMap<Object, Object> done = new IdentityHashMap<>();

    PickleValues(FileSource source, MemoryBudget budget) {
        this.source = source;
        this.budget = budget;
    }

    @Nullable
    Object of(@Nullable Object value) {
        return of(value, 0);
    }

    private @Nullable Object of(@Nullable Object value, int depth) {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value instanceof Integer number ? (Object) number.longValue() : value;
        }
        if (depth > DEEPEST) {
            throw new DataException("the file " + source.path() + " has lists nested more than " + DEEPEST
                    + " deep, or one that contains itself; write it again");
        }
        Object known = done.get(value);
        if (known != null) {
            return known;
        }
        Object converted = convert(value, depth);
        done.put(value, converted);
        return converted;
    }

    private Object convert(Object value, int depth) {
        if (value instanceof PickleReader.PickledArray array) {
            return dataOf(array).load(source, budget);
        }
        if (value instanceof IndexedRows rows) {
            return rows.load(source, budget);
        }
        if (value instanceof RawBytes bytes) {
            return text(bytes);
        }
        if (value instanceof PickleReader.PickledText text) {
            return text.read(source, budget);
        }
        if (value instanceof List<?> list) {
            return ofAll(list, depth);
        }
        if (value instanceof Object[] tuple) {
            return ofAll(Arrays.asList(tuple), depth);
        }
        if (value instanceof Map<?, ?> map) {
            budget.take(64L * map.size());
            Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
            map.forEach((key, item) -> converted.put(
                    key instanceof Integer number ? (Object) number.longValue() : key, of(item, depth + 1)));
            return Collections.unmodifiableMap(converted);
        }
        throw new DataException("the file " + source.path()
                + " has a value that is neither a number, a text, a list, a dict nor an array; write such data again");
    }

    private List<@Nullable Object> ofAll(List<? extends @Nullable Object> items, int depth) {
        budget.take(8L * items.size());
        List<@Nullable Object> converted = new ArrayList<>(items.size());
        items.forEach(item -> converted.add(of(item, depth + 1)));
        return Collections.unmodifiableList(converted);
    }

    ArrayData dataOf(PickleReader.PickledArray array) {
        ArrayData data = array.data();
        if (data == null) {
            throw new DataException(
                    "the file " + source.path() + " is corrupt: an array has no content; write it again");
        }
        return data;
    }

    /** Bytes that belong to no array are a text of Python 2. */
    private String text(RawBytes bytes) {
        if (bytes.length() > Integer.MAX_VALUE / 4) {
            throw new DataException(
                    "the file " + source.path() + " has a text of " + bytes.length() + " bytes; write it again");
        }
        budget.take(4 * bytes.length());
        byte[] copy = new byte[(int) bytes.length()];
        bytes.copy(source, 0, copy, copy.length);
        return new String(copy, StandardCharsets.UTF_8);
    }
}
