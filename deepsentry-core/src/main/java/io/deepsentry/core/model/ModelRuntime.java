package io.deepsentry.core.model;

/** What computes with a model. */
public enum ModelRuntime {
    /** TensorFlow for Keras models, ONNX Runtime for ONNX models. */
    AUTO,
    /** TensorFlow, for Keras models only. */
    TENSORFLOW,
    /** ONNX Runtime: Keras models are translated when they are opened. */
    ONNXRUNTIME;

    /** What a value of the setting {@code runtime} means. */
    public static ModelRuntime ofSetting(String runtime) {
        return switch (runtime) {
            case "auto" -> AUTO;
            case "tensorflow" -> TENSORFLOW;
            case "onnxruntime" -> ONNXRUNTIME;
            default ->
                throw new IllegalArgumentException(
                        "runtime must be auto, tensorflow or onnxruntime, but was " + runtime);
        };
    }
}
