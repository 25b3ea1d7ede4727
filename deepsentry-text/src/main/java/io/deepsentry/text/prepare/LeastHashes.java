package io.deepsentry.text.prepare;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Of things that hashes name, those with the least hashes, as many as fit (bottom-k sampling, Cohen and Kaplan, 2007).
 * What stays in the end was among the least at every time and in every part, as the size of a thing only grows. So the
 * result does not depend on the order in which things come, nor on how they are parted. For one thread at a time.
 */
final class LeastHashes<T> {
    /** By unsigned hash. */
    private final TreeMap<Long, T> kept = new TreeMap<>(Long::compareUnsigned);

    private final ToLongFunction<T> sizes;
    private long size;
    private long keptSize;
    /** The least hash that did not fit; none from it on is kept. */
    private @Nullable Long limit;

    /**
     * @param size what fits
     * @param sizes what a thing takes of it; it may grow, and whoever lets it says so
     */
    LeastHashes(long size, ToLongFunction<T> sizes) {
        this.size = size;
        this.sizes = sizes;
    }

    boolean fits(long hash) {
        return limit == null || Long.compareUnsigned(hash, limit) < 0;
    }

    /** The thing of a hash that fits. */
    T of(long hash, Supplier<T> begin) {
        T found = kept.get(hash);
        if (found == null) {
            found = begin.get();
            kept.put(hash, found);
            keptSize += sizes.applyAsLong(found);
        }
        return found;
    }

    /** What is kept has grown. What does not fit any more is left out. */
    void grew(long by) {
        keptSize += by;
        trim();
    }

    void trim() {
        while (keptSize > size) {
            Map.Entry<Long, T> last = kept.pollLastEntry();
            keptSize -= sizes.applyAsLong(last.getValue());
            limit = last.getKey();
        }
    }

    /** Takes over what did not fit elsewhere. */
    void lower(@Nullable Long newLimit) {
        if (newLimit != null && fits(newLimit)) {
            limit = newLimit;
            NavigableMap<Long, T> beyond = kept.tailMap(newLimit, true);
            beyond.values().forEach(each -> keptSize -= sizes.applyAsLong(each));
            beyond.clear();
        }
    }

    /** Lets less fit than before. */
    void shrink(long newSize) {
        size = Math.min(size, newSize);
        trim();
    }

    @Nullable
    Long limit() {
        return limit;
    }

    /** The share of all things that is kept, above 0; known to about 1 / sqrt(things). */
    double share() {
        return limit == null ? 1 : Math.max(Double.MIN_NORMAL, (limit >>> 1) / 0x1p63);
    }

    NavigableMap<Long, T> kept() {
        return kept;
    }
}
