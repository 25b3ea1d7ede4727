package io.deepsentry.text.encode;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.token.TokenIds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A text encoder that remembers the vectors it computed last, by the token ids of the message: messages that differ in
 * masked parts only are one. What it gives is equal to the bit to what the encoder gives.
 *
 * <p>Safe for use by many threads. It does not close the encoder.
 */
public final class CachedEncoder {
    /** Messages that are remembered unless told otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final TextEncoderHandle encoder;
    private final Cache<TokenIds, float[]> vectors;
    private final LongAdder asked = new LongAdder();
    private final LongAdder encoded = new LongAdder();

    /** Remembers {@value #DEFAULT_CAPACITY} messages. */
    public CachedEncoder(TextEncoderHandle encoder) {
        this(encoder, DEFAULT_CAPACITY);
    }

    /**
     * Remembers so many messages; when there are more, those used least recently are forgotten.
     *
     * @param capacity at least 1
     */
    public CachedEncoder(TextEncoderHandle encoder, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        this.encoder = encoder;
        vectors = CacheBuilder.newBuilder().maximumSize(capacity).build();
    }

    /** The vector of a message, {@code [128]}. */
    public INDArray encode(String message) {
        return Nd4j.createFromArray(encodeToFloats(message));
    }

    /** The vectors of messages, {@code [n, 128]}, in their order. */
    public INDArray encodeBatch(List<String> messages) {
        return Nd4j.createFromArray(encodeBatchToMatrix(messages).toArray())
                .reshape(messages.size(), encoder.dimension());
    }

    /** The vector of a message, {@code [128]}; the caller's own copy. */
    public float[] encodeToFloats(String message) {
        return vectors(List.of(encoder.tokens(message))).get(0).clone();
    }

    /** The vectors of messages, {@code [n, 128]}, in their order. */
    public Matrix encodeBatchToMatrix(List<String> messages) {
        int dimension = encoder.dimension();
        List<float[]> rows = encodeBatchToVectors(messages);
        float[] values = new float[rows.size() * dimension];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, values, i * dimension, dimension);
        }
        return Matrix.of(rows.size(), dimension, values);
    }

    /** The vectors of messages, in their order. They are shared: nobody may change them. */
    public List<float[]> encodeBatchToVectors(List<String> messages) {
        return vectors(messages.stream().map(encoder::tokens).toList());
    }

    /** The share of messages so far whose vector was remembered, 0 to 1; 0 before the first one. */
    public double hitRatio() {
        long all = asked.sum();
        return all == 0 ? 0 : Math.max(0, 1 - (double) encoded.sum() / all);
    }

    /** The encoder whose vectors these are. */
    public TextEncoderHandle encoder() {
        return encoder;
    }

    /** The vectors of messages by their token ids; nobody changes them. Each unknown message is computed once. */
    List<float[]> vectors(List<TokenIds> messages) {
        asked.add(messages.size());
        Map<TokenIds, float[]> found = new LinkedHashMap<>();
        List<TokenIds> missing = new ArrayList<>();
        for (TokenIds message : messages) {
            if (found.containsKey(message)) {
                continue;
            }
            float[] vector = vectors.getIfPresent(message);
            if (vector == null) {
                missing.add(message);
                vector = new float[encoder.dimension()];
            }
            found.put(message, vector);
        }
        encoded.add(missing.size());
        if (!missing.isEmpty()) {
            float[] computed = encoder.encodeTokens(missing);
            int dimension = encoder.dimension();
            for (int i = 0; i < missing.size(); i++) {
                float[] vector = Objects.requireNonNull(found.get(missing.get(i)));
                System.arraycopy(computed, i * dimension, vector, 0, dimension);
                vectors.put(missing.get(i), vector);
            }
        }
        return messages.stream()
                .map(message -> Objects.requireNonNull(found.get(message)))
                .toList();
    }

    long size() {
        vectors.cleanUp();
        return vectors.size();
    }
}
