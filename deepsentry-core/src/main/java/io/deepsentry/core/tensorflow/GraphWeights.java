package io.deepsentry.core.tensorflow;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Where a graph takes the weights of a layer from. */
@FunctionalInterface
interface GraphWeights {
    /** The weight of that name within the layer, as in {@link io.deepsentry.core.nn.Weights}. */
    Operand<TFloat32> get(String layer, String weight);
}
