package io.deepsentry.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scoring on a GPU, as far as a machine without one goes; the rest is in {@code tools/gpu-check}. */
class CudaTest {
    private final Path folder;

    CudaTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Model detector() {
        return Model.initialise(
                Network.builder("detector")
                        .input(new InputLayer("window", List.of(4, 3), false))
                        .add(Lstm.of("lstm", 5, true))
                        .add(new Dense("expected", 3, Activation.LINEAR, true))
                        .build(),
                1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        libcublasLt.so.13: cannot open shared object file: No such file | libcublasLt.so.13 is missing | nvidia-cublas)
        libcurand.so.10: cannot open shared object file: No such file   | libcurand.so.10 is missing   | nvidia-curand)
        libcudart.so.13: cannot open shared object file: No such file   | libcudart.so.13 is missing   | nvidia-cuda-runtime)
        libcuda.so.1: cannot open shared object file: No such file      | libcuda.so.1 is missing      | install the NVIDIA driver
        libz.so.1: cannot open shared object file: No such file         | libz.so.1 is missing         | check the NVIDIA driver
        "device_id": CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; file=a.cc | fails: CUDA failure 100: no CUDA-capable device is detected; | install the NVIDIA driver
        Failed to initialize CUDNN; it needs 9.x                        | Failed to initialize CUDNN   | nvidia-cudnn-cu13)
        """)
    void whatTheProviderSaysNamesTheRemedy(String said, String what, String remedy) {
        assertThat(Cuda.reason("Failed to load library libonnxruntime_providers_cuda.so with error: " + said))
                .contains(what, remedy)
                .doesNotContain("\n");
    }

    @Test
    void messagesNameTheVersionThatTheBuildHas() {
        assertThat(OnnxLibraries.environment().getVersion()).isEqualTo(OnnxRuntime.VERSION);
    }

    @Test
    void aForcedGpuThatIsNotThereIsRefusedInOneMessage() {
        assumeFalse(OnnxRuntime.hasGpu() || TensorFlow.hasGpu(), "there is a GPU here");
        Path keras = folder.resolve("detector.h5");
        KerasFile.write(keras, detector(), Map.of());

        assertThatThrownBy(() -> OpenModel.open(keras, Device.GPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a GPU was requested, but ONNX Runtime is the build for CPUs")
                .hasMessageContaining("onnxruntime_gpu:" + OnnxRuntime.VERSION)
                .hasMessageContaining("libonnxruntime_providers_cuda.so")
                .hasMessageContaining("DEEPSENTRY_NATIVE_DIR");
    }

    @Test
    void withoutAGpuAutoComputesOnTheCpu() {
        assumeFalse(OnnxRuntime.hasGpu(), "there is a GPU here");
        float[] windows = new float[3 * 4 * 3];
        windows[7] = 1;
        try (Predictor auto = OnnxRuntime.open(detector(), Device.AUTO);
                Predictor cpu = OnnxRuntime.open(detector(), Device.CPU)) {
            assertThat(auto.predict(windows, 3)).isEqualTo(cpu.predict(windows, 3));
        }
    }

    @Test
    void aModelInEightBitsIsRefusedOnAGpuAndComputesOnTheCpu() {
        Path file = folder.resolve("detector.onnx");
        OnnxFile.write(file, detector(), Precision.INT8, 1f, Map.of(), null);

        assertThatThrownBy(() -> OpenModel.open(file, Device.GPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is in eight bits")
                .hasMessageContaining("take the model that it was made from");
        try (OpenModel model = OpenModel.open(file, Device.AUTO)) {
            assertThat(model.predictor().predict(new float[12], 1)).hasSize(12);
        }
    }
}
