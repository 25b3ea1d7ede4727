package io.deepsentry.core.onnx;

import java.util.List;

/**
 * What goes into an ONNX model and comes out, without the batch. Immutable.
 *
 * @param takesIds whether its input is ids; else values
 * @param input the shape of a row of its input
 * @param output the shape of a row of its first output
 */
public record OnnxShape(boolean takesIds, List<Integer> input, List<Integer> output) {
    public OnnxShape {
        input = List.copyOf(input);
        output = List.copyOf(output);
    }
}
