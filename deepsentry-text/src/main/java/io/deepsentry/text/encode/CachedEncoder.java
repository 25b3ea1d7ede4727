package io.deepsentry.text.encode;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.internal.token.TokenIds;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the vectors that a text encoder computed, least recently used out first. The key is a message's token ids, so
 * messages that differ only in masked parts share an entry. The vectors equal those of the encoder, to the bit.
 *
 * <p>Safe for use by several threads. It does not close the encoder.
 */
public final class CachedEncoder implements TextEncoder {
    /** The default number of messages to remember. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final TextEncoder encoder;
    private final Cache<TokenIds, float[]> vectors;
    private final LongAdder asked = new LongAdder();
    private final LongAdder encoded = new LongAdder();

    /** Remembers {@value #DEFAULT_CAPACITY} messages. */
    public CachedEncoder(TextEncoder encoder) {
        this(encoder, DEFAULT_CAPACITY);
    }

    /**
     * Remembers the messages used most recently.
     *
     * @param capacity how many, at least 1
     */
    public CachedEncoder(TextEncoder encoder, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        this.encoder = encoder;
        vectors = CacheBuilder.newBuilder().maximumSize(capacity).build();
    }

    @Override
    public float[] encode(String message) {
        return encodeBatchToVectors(List.of(message)).get(0).clone();
    }

    @Override
    public Matrix encodeBatch(List<String> messages) {
        int dimension = encoder.dimension();
        List<float[]> rows = encodeBatchToVectors(messages);
        float[] values = new float[rows.size() * dimension];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, values, i * dimension, dimension);
        }
        return Matrix.of(rows.size(), dimension, values);
    }

    /** Returns the vectors of messages in their order. They are shared: do not change them. */
    public List<float[]> encodeBatchToVectors(List<String> messages) {
        asked.add(messages.size());
        List<TokenIds> keys =
                messages.stream().map(encoder::tokenIds).map(TokenIds::new).toList();
        Map<TokenIds, float[]> found = new HashMap<>();
        Map<TokenIds, String> missing = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            TokenIds key = keys.get(i);
            if (found.containsKey(key) || missing.containsKey(key)) {
                continue;
            }
            float[] vector = vectors.getIfPresent(key);
            if (vector == null) {
                missing.put(key, messages.get(i));
            } else {
                found.put(key, vector);
            }
        }
        encoded.add(missing.size());
        if (!missing.isEmpty()) {
            Matrix computed = encoder.encodeBatch(List.copyOf(missing.values()));
            int row = 0;
            for (TokenIds key : missing.keySet()) {
                float[] vector = computed.row(row++);
                found.put(key, vector);
                vectors.put(key, vector);
            }
        }
        return keys.stream().map(key -> Objects.requireNonNull(found.get(key))).toList();
    }

    @Override
    public int[] tokenIds(String message) {
        return encoder.tokenIds(message);
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    /** Returns the share of messages so far whose vector was remembered, 0 to 1; 0 before the first message. */
    public double hitRatio() {
        long all = asked.sum();
        return all == 0 ? 0 : Math.max(0, 1 - (double) encoded.sum() / all);
    }

    long size() {
        vectors.cleanUp();
        return vectors.size();
    }
}
