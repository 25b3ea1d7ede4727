package io.deepsentry.core.nn;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * What dropout needs in a graph that trains: a switch and the seed of the step, both fed. The random numbers depend on the seed of the step and the place of
 * the layer only, so a training repeats to the bit.
 */
final class DropoutSource {
    private final Operand<TFloat32> training;
    private final Operand<TInt64> stepSeed;
    private long next;

    /**
     * A source.
     *
     * @param training a scalar: 1 while training, 0 while validating
     * @param stepSeed a scalar: another for each step
     */
    DropoutSource(Operand<TFloat32> training, Operand<TInt64> stepSeed) {
        this.training = training;
        this.stepSeed = stepSeed;
    }

    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> input, double rate) {
        Operand<TFloat32> dropped = tf.math.mul(training, tf.constant((float) rate));
        Operand<TInt64> seed = tf.stack(java.util.List.of(stepSeed, tf.constant(next)));
        next++;
        Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(input), seed);
        Operand<TFloat32> kept = tf.dtypes.cast(tf.math.greaterEqual(uniform, dropped), TFloat32.class);
        Operand<TFloat32> scale = tf.math.div(kept, tf.math.sub(tf.constant(1f), dropped));
        return tf.math.mul(input, tf.stopGradient(scale));
    }
}
