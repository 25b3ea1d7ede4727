package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Dropout;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * What dropout and noise need in a graph that trains: a switch and the seed of the step, both fed. The random numbers
 * depend on the seed of the step and the place of the layer only, so a training repeats to the bit.
 */
final class DropoutSource {
    /** Where {@link io.deepsentry.core.nn.Activation#SELU} saturates: minus its scale times its alpha. */
    private static final double SELU_FLOOR = -1.0507009873554805 * 1.6732632423543772;

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

    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> input, Dropout dropout) {
        return switch (dropout.kind()) {
            case VALUES -> zeroed(tf, input, tf.shape(input), dropout.rate());
            case FEATURES -> zeroed(tf, input, withOneStep(tf, tf.shape(input)), dropout.rate());
            case GAUSSIAN ->
                tf.math.add(
                        input, tf.math.mul(input, normal(tf, input, Math.sqrt(dropout.rate() / (1 - dropout.rate())))));
            case ALPHA -> saturated(tf, input, dropout.rate());
        };
    }

    Operand<TFloat32> noise(Ops tf, Operand<TFloat32> input, double stddev) {
        return tf.math.add(input, normal(tf, input, stddev));
    }

    private Operand<TFloat32> zeroed(Ops tf, Operand<TFloat32> input, Operand<TInt32> shape, double rate) {
        Operand<TFloat32> dropped = tf.math.mul(training, tf.constant((float) rate));
        Operand<TFloat32> scale = tf.math.div(kept(tf, shape, dropped), tf.math.sub(tf.constant(1f), dropped));
        return tf.math.mul(input, tf.stopGradient(scale));
    }

    /** Mean and variance stay those of a standard normal input (Klambauer et al. 2017, section 3). */
    private Operand<TFloat32> saturated(Ops tf, Operand<TFloat32> input, double rate) {
        double scale = 1 / Math.sqrt((1 - rate) * (1 + rate * SELU_FLOOR * SELU_FLOOR));
        double shift = -scale * SELU_FLOOR * rate;
        Operand<TFloat32> kept = tf.stopGradient(kept(tf, tf.shape(input), tf.constant((float) rate)));
        Operand<TFloat32> floor =
                tf.math.mul(tf.math.sub(tf.constant(1f), kept), tf.constant((float) (scale * SELU_FLOOR)));
        Operand<TFloat32> disturbed = tf.math.add(
                tf.math.mul(tf.math.mul(input, kept), tf.constant((float) scale)),
                tf.math.add(floor, tf.constant((float) shift)));
        return tf.math.add(
                tf.math.mul(disturbed, training), tf.math.mul(input, tf.math.sub(tf.constant(1f), training)));
    }

    /** 1 where a value stays, else 0. */
    private Operand<TFloat32> kept(Ops tf, Operand<TInt32> shape, Operand<TFloat32> dropped) {
        Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, seed(tf));
        return tf.dtypes.cast(tf.math.greaterEqual(uniform, dropped), TFloat32.class);
    }

    private Operand<TFloat32> normal(Ops tf, Operand<TFloat32> input, double stddev) {
        Operand<TFloat32> drawn = tf.random.statelessRandomNormal(tf.shape(input), seed(tf));
        Operand<TFloat32> scaled = tf.math.mul(drawn, tf.math.mul(training, tf.constant((float) stddev)));
        return tf.stopGradient(scaled);
    }

    private Operand<TInt64> seed(Ops tf) {
        Operand<TInt64> seed = tf.stack(List.of(stepSeed, tf.constant(next)));
        next++;
        return seed;
    }

    /** {@code [batch, 1, features]} of {@code [batch, time, features]}. */
    private static Operand<TInt32> withOneStep(Ops tf, Operand<TInt32> shape) {
        List<Operand<TInt32>> parts = tf.split(tf.constant(0), shape, 3L).output().stream()
                .map(part -> (Operand<TInt32>) part)
                .toList();
        return tf.concat(List.of(parts.get(0), tf.constant(new int[] {1}), parts.get(2)), tf.constant(0));
    }
}
