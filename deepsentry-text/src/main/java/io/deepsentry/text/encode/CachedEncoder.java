package io.deepsentry.text.encode;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.token.TokenIds;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the vectors that a text encoder computed, least recently used out first. The key is the token ids of a
 * message's identity, so messages that differ only in values share an entry. The vectors equal those of the encoder, to
 * the bit.
 *
 * <pre>{@code
 * try (TextEncoderHandle handle = TextEncoderHandle.open(Path.of("encoder.h5"))) {
 *     TextEncoder encoder = new CachedEncoder(handle);
 *     float[] vector = encoder.encode("Receiving block blk_1 src: /10.0.0.1:5000");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It does not close the encoder.
 */
public final class CachedEncoder implements TextEncoder {
    /** The default number of messages to remember. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final TextEncoder encoder;
    private final Cache<TokenIds, float[]> byIds;
    /** In front of it, as a text is found sooner than its token ids. */
    private final Cache<String, float[]> byText;

    private final LongAdder asked = new LongAdder();
    private final LongAdder encoded = new LongAdder();

    /**
     * Remembers {@value #DEFAULT_CAPACITY} messages.
     *
     * @param encoder the encoder
     */
    public CachedEncoder(TextEncoder encoder) {
        this(encoder, DEFAULT_CAPACITY);
    }

    /**
     * Remembers the messages used most recently.
     *
     * @param encoder the encoder
     * @param capacity how many, at least 1
     */
    public CachedEncoder(TextEncoder encoder, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        this.encoder = encoder;
        byIds = CacheBuilder.newBuilder().maximumSize(capacity).build();
        byText = CacheBuilder.newBuilder().maximumSize(capacity).build();
    }

    @Override
    public Matrix encodeIdentities(List<String> identities) {
        int dimension = encoder.dimension();
        List<float[]> rows = vectors(identities);
        float[] values = new float[rows.size() * dimension];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, values, i * dimension, dimension);
        }
        return Matrix.of(rows.size(), dimension, values);
    }

    /**
     * {@return the vectors of identities in their order} They are shared: do not change them.
     *
     * @param identities masked messages
     */
    public List<float[]> vectors(List<String> identities) {
        asked.add(identities.size());
        Map<String, float[]> found = new HashMap<>();
        Map<String, TokenIds> unknown = new LinkedHashMap<>();
        for (String identity : identities) {
            if (!found.containsKey(identity) && !unknown.containsKey(identity)) {
                float[] vector = byText.getIfPresent(identity);
                if (vector == null) {
                    unknown.put(identity, new TokenIds(encoder.tokenIds(identity)));
                } else {
                    found.put(identity, vector);
                }
            }
        }
        if (!unknown.isEmpty()) {
            Map<TokenIds, float[]> computed = ofIds(unknown);
            unknown.forEach((identity, ids) -> {
                float[] vector = Objects.requireNonNull(computed.get(ids));
                found.put(identity, vector);
                byText.put(identity, vector);
            });
        }
        return identities.stream()
                .map(identity -> Objects.requireNonNull(found.get(identity)))
                .toList();
    }

    private Map<TokenIds, float[]> ofIds(Map<String, TokenIds> identities) {
        Map<TokenIds, float[]> found = new HashMap<>();
        Map<TokenIds, String> missing = new LinkedHashMap<>();
        identities.forEach((identity, ids) -> {
            float[] vector = byIds.getIfPresent(ids);
            if (vector == null) {
                missing.putIfAbsent(ids, identity);
            } else {
                found.put(ids, vector);
            }
        });
        encoded.add(missing.size());
        if (!missing.isEmpty()) {
            Matrix computed = encoder.encodeIdentities(List.copyOf(missing.values()));
            int row = 0;
            for (TokenIds ids : missing.keySet()) {
                float[] vector = computed.row(row++);
                found.put(ids, vector);
                byIds.put(ids, vector);
            }
        }
        return found;
    }

    @Override
    public int[] tokenIds(String identity) {
        return encoder.tokenIds(identity);
    }

    @Override
    public MessageIdentity identity() {
        return encoder.identity();
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    /** {@return the share of messages so far whose vector was remembered, 0 to 1; 0 before the first message} */
    public double hitRatio() {
        long all = asked.sum();
        return all == 0 ? 0 : Math.max(0, 1 - (double) encoded.sum() / all);
    }

    long size() {
        byIds.cleanUp();
        byText.cleanUp();
        return Math.max(byIds.size(), byText.size());
    }
}
