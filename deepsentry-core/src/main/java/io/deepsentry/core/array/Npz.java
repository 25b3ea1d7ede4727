package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Files of named arrays in numpy's {@code .npz} format: a zip of {@code .npy} files, stored ({@code numpy.savez}) or
 * compressed ({@code numpy.savez_compressed}). Stored ones are written.
 */
public final class Npz {
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final String SUFFIX = ".npy";
    private static final int MOST_ARRAYS = 10_000;

    private Npz() {}

    /**
     * Reads all arrays, of the types that {@link Npy} reads, by their names and in the order of the file.
     *
     * @param file the file
     * @return the arrays by name
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws DataException if it is corrupt, holds something else, or needs more memory than there is
     */
    public static Map<String, FloatArray> read(Path file) {
        try (FileSource source = FileSource.open(file)) {
            if (!begins(source)) {
                throw new DataException("the file " + file
                        + " is not an .npz file: it does not begin as a zip does; name one that numpy.savez wrote");
            }
        }
        MemoryBudget budget = new MemoryBudget(file);
        Map<String, FloatArray> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > MOST_ARRAYS) {
                throw new DataException("the file " + file + " has " + zip.size() + " entries, more than the "
                        + MOST_ARRAYS + " that are read");
            }
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName();
                if (!name.endsWith(SUFFIX)) {
                    throw new DataException("the file " + file + " is not an .npz file: its entry " + shown(name)
                            + " is not an .npy; name one that numpy.savez wrote");
                }
                FloatArray array = read(file, zip, entry, budget);
                if (arrays.put(name.substring(0, name.length() - SUFFIX.length()), array) != null) {
                    throw corrupt(file, "it has two entries " + shown(name), null);
                }
            }
        } catch (ZipException e) {
            throw corrupt(file, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw corrupt(file, "an entry ends early or cannot be inflated", e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // What java.util.zip makes of a broken name or offset.
            throw corrupt(file, "its table of contents is damaged", e);
        }
        return Collections.unmodifiableMap(arrays);
    }

    /** Whether a file begins as a zip does. */
    static boolean begins(FileSource source) {
        if (source.size() < ZIP.length) {
            return false;
        }
        byte[] start = new byte[ZIP.length];
        source.readAt(0, start, 0, start.length);
        return java.util.Arrays.equals(start, ZIP);
    }

    /** Inflated as far as the entry goes, never further than it claims, and what it claims is paid for first. */
    private static FloatArray read(Path file, ZipFile zip, ZipEntry entry, MemoryBudget budget) throws IOException {
        long size = entry.getSize();
        if (size < 0 || size > Integer.MAX_VALUE - 16) {
            throw new DataException("the file " + file + " has an array " + shown(entry.getName()) + " of " + size
                    + " bytes, too large to load at once; split it");
        }
        budget.take(size);
        byte[] bytes = new byte[(int) size];
        try (InputStream in = zip.getInputStream(entry)) {
            if (in.readNBytes(bytes, 0, bytes.length) < size || in.read() >= 0) {
                throw corrupt(file, "its entry " + shown(entry.getName()) + " is not as long as it claims", null);
            }
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.getCrc()) {
            throw corrupt(file, "the checksum of its entry " + shown(entry.getName()) + " does not fit", null);
        }
        try (FileSource source = FileSource.of(file, bytes)) {
            return NpyHeader.read(source).load(source, budget);
        }
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.chars().limit(60).forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return shown.toString();
    }

    private static DataException corrupt(
            Path file, String problem, @org.jspecify.annotations.Nullable Exception cause) {
        return new DataException(
                "the file " + file + " is truncated or corrupt: " + problem + "; write it again", cause);
    }

    /**
     * Writes arrays as float32 under their names, which are not empty and have no slash.
     *
     * @param file the file
     * @param arrays the arrays by name
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Map<String, FloatArray> arrays) {
        for (String name : arrays.keySet()) {
            if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
                throw new DataException("an array in " + file
                        + " must have a name without slashes, but was to have the name \"" + shown(name)
                        + "\"; rename it");
            }
        }
        writeZip(file, zip -> {
            for (Map.Entry<String, FloatArray> array : arrays.entrySet()) {
                put(
                        zip,
                        array.getKey(),
                        ArrayOutput.shapeOf(array.getValue()),
                        chunk -> ArrayOutput.forEachChunk(array.getValue(), chunk));
            }
        });
    }

    /**
     * Hands over the values of an array, little-endian, from the first to the last; more than once if it is asked to.
     */
    interface Values {
        void forEach(ArrayOutput.Chunk<IOException> chunk) throws IOException;
    }

    /** Writes one array of float32 that need not be in memory. */
    static void write(Path file, String name, long[] shape, Values values) {
        writeZip(file, zip -> put(zip, name, shape, values));
    }

    private interface Entries {
        void put(ZipOutputStream zip) throws IOException;
    }

    private static void writeZip(Path file, Entries entries) {
        AtomicFile.writeAt(file, temporary -> {
            try (ZipOutputStream zip =
                    new ZipOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16))) {
                zip.setMethod(ZipOutputStream.STORED);
                entries.put(zip);
            }
        });
    }

    /** A stored entry's length and checksum come before it, so the values are gone through twice. */
    private static void put(ZipOutputStream zip, String name, long[] shape, Values values) throws IOException {
        byte[] header = NpyHeader.write(shape);
        CRC32 crc = new CRC32();
        crc.update(header);
        long[] size = {header.length};
        values.forEach((bytes, from, count) -> {
            crc.update(bytes, from, count);
            size[0] += count;
        });
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        // The same arrays give the same file.
        entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
        entry.setSize(size[0]);
        entry.setCompressedSize(size[0]);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(header);
        values.forEach(zip::write);
        zip.closeEntry();
    }
}
