package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Activation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Adds an activation to a graph. */
final class ActivationGraph {
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    private ActivationGraph() {}

    static Operand<TFloat32> of(Ops tf, Activation activation, Operand<TFloat32> input) {
        return switch (activation) {
            case LINEAR -> input;
            case TANH -> tf.math.tanh(input);
            case SIGMOID -> tf.math.sigmoid(input);
            case RELU -> tf.nn.relu(input);
            case SOFTMAX -> tf.nn.softmax(input);
            case HARD_SIGMOID -> clipped(tf, tf.math.mul(input, tf.constant(0.2f)));
            case HARD_SIGMOID_SIXTH -> clipped(tf, tf.math.div(input, tf.constant(6f)));
            case SOFTPLUS -> tf.math.softplus(input);
            case SOFTSIGN -> tf.nn.softsign(input);
            case ELU -> tf.nn.elu(input);
            case SELU -> tf.nn.selu(input);
            case GELU -> {
                Operand<TFloat32> normal =
                        tf.math.add(tf.math.erf(tf.math.mul(input, tf.constant(SQRT_HALF))), tf.constant(1f));
                yield tf.math.mul(tf.math.mul(input, tf.constant(0.5f)), normal);
            }
            case SWISH -> tf.math.mul(input, tf.math.sigmoid(input));
            case MISH -> tf.math.mul(input, tf.math.tanh(tf.math.softplus(input)));
            case EXPONENTIAL -> tf.math.exp(input);
        };
    }

    /** {@code clip(x + 0.5, 0, 1)}. */
    private static Operand<TFloat32> clipped(Ops tf, Operand<TFloat32> input) {
        Operand<TFloat32> shifted = tf.math.add(input, tf.constant(0.5f));
        return tf.math.minimum(tf.math.maximum(shifted, tf.constant(0f)), tf.constant(1f));
    }
}
