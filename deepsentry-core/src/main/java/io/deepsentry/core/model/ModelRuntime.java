package io.deepsentry.core.model;

/** What computes with a model. */
public enum ModelRuntime {
    /**
     * ONNX Runtime where it is on the class path and can run the model. Otherwise TensorFlow: for a SavedModel, and
     * where a GPU is required that only TensorFlow finds. The reasons and figures are in {@code
     * docs/decisions/onnx-runtime.md}.
     */
    AUTO,
    /** TensorFlow, for Keras models only. */
    TENSORFLOW,
    /** ONNX Runtime: Keras models are translated when they are opened. */
    ONNXRUNTIME
}
