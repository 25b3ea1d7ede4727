package io.deepsentry.core.model;

/** What computes with a model. */
public enum ModelRuntime {
    /**
     * ONNX Runtime where it is on the class path and can run the model; else, for a SavedModel and where a GPU is asked for, TensorFlow. The reasons and figures are in
     * {@code docs/decisions/onnx-runtime.md}.
     */
    AUTO,
    /** TensorFlow, for Keras models only. */
    TENSORFLOW,
    /** ONNX Runtime: Keras models are translated when they are opened. */
    ONNXRUNTIME
}
