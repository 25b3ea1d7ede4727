package io.deepsentry.text.prepare;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Things by their texts: of more than fit, those whose hashes are least. One that fits in the end has fitted from its first
 * appearance, in every part of the input, so what is counted of it is exact.
 */
final class LeastHashes<T> {
    private final int most;
    private final TreeMap<Hashed, T> kept = new TreeMap<>();

    record Hashed(long hash, String text) implements Comparable<Hashed> {
        static Hashed of(String text) {
            return new Hashed(LeastHashes.hash(text), text);
        }

        @Override
        public int compareTo(Hashed other) {
            int order = Long.compareUnsigned(hash, other.hash);
            return order != 0 ? order : text.compareTo(other.text);
        }
    }

    static long hash(String text) {
        return Hashing.murmur3_128().hashString(text, StandardCharsets.UTF_8).asLong();
    }

    LeastHashes(int most) {
        this.most = most;
    }

    /** Returns the thing of a text, a new one if there is none yet, or null if it does not fit. */
    @Nullable
    T get(String text, Supplier<T> fresh) {
        Hashed key = Hashed.of(text);
        T known = kept.get(key);
        if (known != null) {
            return known;
        }
        if (kept.size() == most) {
            if (key.compareTo(kept.lastKey()) > 0) {
                return null;
            }
            kept.pollLastEntry();
        }
        T made = fresh.get();
        kept.put(key, made);
        return made;
    }

    SortedMap<Hashed, T> kept() {
        return kept;
    }
}
