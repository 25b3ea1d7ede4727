package io.deepsentry.core.tensorflow;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * What a layer gives within a graph.
 *
 * @param tensor the values, with the batch
 * @param mask true at the steps that count, {@code [batch, time]}; null if all do
 * @param repeated if every step is the same, that step ({@code [batch, features]}), so that a layer above computes it
 *     once
 * @param logits if the values are a softmax, what it was taken of
 */
record Value(
        Operand<TFloat32> tensor,
        @Nullable Operand<TBool> mask,
        @Nullable Operand<TFloat32> repeated,
        @Nullable Operand<TFloat32> logits) {
    static Value of(Operand<TFloat32> tensor, @Nullable Operand<TBool> mask) {
        return new Value(tensor, mask, null, null);
    }
}
