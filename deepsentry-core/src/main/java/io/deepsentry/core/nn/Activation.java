package io.deepsentry.core.nn;

/** The function a layer applies to what it has computed. */
public enum Activation {
    /** The value itself. */
    LINEAR,
    /** The hyperbolic tangent. */
    TANH,
    /** The logistic function. */
    SIGMOID,
    /** The value, but 0 if it is negative. */
    RELU,
    /** Over the last axis. */
    SOFTMAX,
    /** {@code clip(0.2 x + 0.5, 0, 1)}, which Keras 2 calls {@code hard_sigmoid}. */
    HARD_SIGMOID,
    /** {@code clip(x / 6 + 0.5, 0, 1)}, which Keras 3 calls {@code hard_sigmoid}. */
    HARD_SIGMOID_SIXTH,
    /** {@code log(1 + exp(x))}. */
    SOFTPLUS,
    /** {@code x / (1 + |x|)}. */
    SOFTSIGN,
    /** {@code x} above 0, else {@code exp(x) - 1}. */
    ELU,
    /** A scaled {@link #ELU} (Klambauer et al. 2017). */
    SELU,
    /** {@code x} times the normal distribution at x, exactly, not by way of a tanh. */
    GELU,
    /** {@code x sigmoid(x)}, which Keras 3 calls {@code silu}. */
    SWISH,
    /** {@code x tanh(softplus(x))}. */
    MISH,
    /** {@code exp(x)}. */
    EXPONENTIAL
}
