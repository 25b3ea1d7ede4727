package io.deepsentry.core.array;

import java.nio.file.Path;

/** Files of one array in numpy's {@code .npy} format: versions 1 to 3 are read, 1 is written. */
public final class Npy {
    private Npy() {}

    /**
     * Reads an array of floats (float64 is narrowed), or of integers or truth values that float32 has exactly, in C or
     * Fortran order and either byte order.
     *
     * @param file the file
     * @return the array
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws io.deepsentry.core.DataException if it is corrupt or holds something else
     */
    public static FloatArray read(Path file) {
        try (FileSource source = FileSource.open(file)) {
            return NpyHeader.read(source).load(source, new MemoryBudget(file));
        }
    }

    /**
     * Writes an array as float32, little-endian, in C order.
     *
     * @param file the file
     * @param array the array
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public static void write(Path file, FloatArray array) {
        ArrayOutput.write(file, array, NpyHeader.write(ArrayOutput.shapeOf(array)), new byte[0]);
    }
}
