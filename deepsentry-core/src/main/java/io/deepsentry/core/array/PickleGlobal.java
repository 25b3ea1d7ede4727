package io.deepsentry.core.array;

import java.util.Map;
import java.util.Optional;

/** The names of Python's that a pickle of data may mention. All they do here is say how bytes are to be read. */
enum PickleGlobal {
    /** An array without content, filled in afterwards. */
    RECONSTRUCT,
    /** An array over bytes, as protocol 5 has it. */
    FROM_BUFFER,
    /** The type of arrays, an argument of the first. */
    NDARRAY,
    DTYPE,
    /** A single value of a dtype. */
    SCALAR,
    /** Rows of an array that an index names, as we write them. */
    GETITEM,
    /** How protocols 0 to 2 spell bytes: as text of one character a byte. */
    ENCODE,
    /** How they spell no bytes. */
    BYTES;

    private static final Map<String, PickleGlobal> NAMES = Map.ofEntries(
            Map.entry("numpy.core.multiarray _reconstruct", RECONSTRUCT),
            Map.entry("numpy._core.multiarray _reconstruct", RECONSTRUCT),
            Map.entry("numpy.core.multiarray scalar", SCALAR),
            Map.entry("numpy._core.multiarray scalar", SCALAR),
            Map.entry("numpy.core.numeric _frombuffer", FROM_BUFFER),
            Map.entry("numpy._core.numeric _frombuffer", FROM_BUFFER),
            Map.entry("numpy ndarray", NDARRAY),
            Map.entry("numpy dtype", DTYPE),
            Map.entry("operator getitem", GETITEM),
            Map.entry("_operator getitem", GETITEM),
            Map.entry("_codecs encode", ENCODE),
            Map.entry("__builtin__ bytes", BYTES),
            Map.entry("builtins bytes", BYTES));

    static Optional<PickleGlobal> named(String module, String name) {
        return Optional.ofNullable(NAMES.get(module + " " + name));
    }
}
