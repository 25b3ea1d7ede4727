package io.deepsentry.core.onnx;

/** How the weights of an ONNX model are kept. */
public enum Precision {
    /** As they were trained. */
    FLOAT32,
    /**
     * In eight bits each, with a scale for each unit; layers whose input is known to be bounded compute in eight bits,
     * too.
     */
    INT8
}
