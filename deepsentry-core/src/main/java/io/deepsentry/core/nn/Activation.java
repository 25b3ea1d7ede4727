package io.deepsentry.core.nn;

/** The function a layer applies to what it has computed. */
public enum Activation {
    LINEAR,
    TANH,
    SIGMOID,
    RELU,
    /** Over the last axis. */
    SOFTMAX,
    /** {@code clip(0.2 x + 0.5, 0, 1)}, which Keras 2 calls {@code hard_sigmoid}. */
    HARD_SIGMOID,
    /** {@code clip(x / 6 + 0.5, 0, 1)}, which Keras 3 calls {@code hard_sigmoid}. */
    HARD_SIGMOID_SIXTH
}
