package io.deepsentry.anomaly.internal.vector;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The distinct vectors met so far, each under a number from 0 on in the order of first meeting. Log messages repeat, so
 * their vectors do: what is computed for one is kept under its number. Two vectors have one number exactly if all their
 * floats have the same bits.
 *
 * <p>Beyond 64 MiB the vectors lie in a temporary file; about 12 bytes each stay on the heap. Not safe for use by
 * several threads.
 */
public final class VectorTable implements AutoCloseable {
    private final int dimension;
    private final int stride;
    private final Segments vectors;
    private int[] slots = new int[1 << 10];
    private int[] hashes = new int[1 << 9];
    private int size;

    /**
     * An empty table.
     *
     * @param dimension how many floats a vector has, at least 1
     */
    public VectorTable(int dimension) {
        this(dimension, Segments.DEFAULT_HEAP_SEGMENTS);
    }

    VectorTable(int dimension, int heapSegments) {
        if (dimension < 1 || dimension > Segments.SEGMENT_BYTES / Float.BYTES) {
            throw new IllegalArgumentException("dimension must be at least 1, but was " + dimension);
        }
        this.dimension = dimension;
        // A vector does not span two segments: each has a power of two of floats for itself.
        this.stride = Math.max(1, Integer.highestOneBit(dimension * 2 - 1));
        this.vectors = new Segments(heapSegments);
    }

    /** How many vectors there are. */
    public int size() {
        return size;
    }

    /** How many floats a vector has. */
    public int dimension() {
        return dimension;
    }

    /** The number of a vector, which is added if it is new. */
    public int intern(float[] vector) {
        int hash = hash(vector);
        int slot = slot(vector, hash);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        int id = size++;
        if (id == hashes.length) {
            hashes = Arrays.copyOf(hashes, id * 2);
        }
        hashes[id] = hash;
        slots[slot] = size;
        ByteBuffer segment = vectors.at(offset(id));
        int place = place(id);
        for (int i = 0; i < dimension; i++) {
            segment.putInt(place + i * Float.BYTES, Float.floatToRawIntBits(vector[i]));
        }
        if (size * 2 > slots.length) {
            grow();
        }
        return id;
    }

    /** The number of a vector, or -1 if it is not there. Safe from several threads while none adds. */
    public int find(float[] vector) {
        return slots[slot(vector, hash(vector))] - 1;
    }

    /** Where the vector's number is, or would be put. */
    private int slot(float[] vector, int hash) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException("a vector must have " + dimension + " values, but had " + vector.length);
        }
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0 && !(hashes[slots[slot] - 1] == hash && same(slots[slot] - 1, vector))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** A copy of the vector of that number. */
    public float[] vector(int id) {
        float[] vector = new float[dimension];
        copy(id, vector, 0);
        return vector;
    }

    /** Copies the vector of that number into {@code target} from {@code at} on. */
    public void copy(int id, float[] target, int at) {
        if (id < 0 || id >= size) {
            throw new IndexOutOfBoundsException("there are vectors 0 to " + (size - 1) + ", but not " + id);
        }
        ByteBuffer segment = vectors.at(offset(id));
        int place = place(id);
        for (int i = 0; i < dimension; i++) {
            target[at + i] = Float.intBitsToFloat(segment.getInt(place + i * Float.BYTES));
        }
    }

    private boolean same(int id, float[] vector) {
        ByteBuffer segment = vectors.at(offset(id));
        int place = place(id);
        for (int i = 0; i < dimension; i++) {
            if (segment.getInt(place + i * Float.BYTES) != Float.floatToRawIntBits(vector[i])) {
                return false;
            }
        }
        return true;
    }

    private long offset(int id) {
        return (long) id * stride * Float.BYTES;
    }

    private int place(int id) {
        return (int) (offset(id) % Segments.SEGMENT_BYTES);
    }

    private static int hash(float[] vector) {
        // Four sums that do not wait for each other.
        int a = 1;
        int b = 1;
        int c = 1;
        int d = 1;
        int i = 0;
        for (; i + 4 <= vector.length; i += 4) {
            a = 31 * a + Float.floatToRawIntBits(vector[i]);
            b = 31 * b + Float.floatToRawIntBits(vector[i + 1]);
            c = 31 * c + Float.floatToRawIntBits(vector[i + 2]);
            d = 31 * d + Float.floatToRawIntBits(vector[i + 3]);
        }
        for (; i < vector.length; i++) {
            a = 31 * a + Float.floatToRawIntBits(vector[i]);
        }
        int hash = (((a * 31 + b) * 31 + c) * 31 + d) * 0x9E3779B1;
        return hash ^ (hash >>> 15);
    }

    private void grow() {
        int[] larger = new int[slots.length * 2];
        int mask = larger.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hashes[id] & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = id + 1;
        }
        slots = larger;
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        vectors.close();
    }
}
