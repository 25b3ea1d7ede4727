package io.deepsentry.core.tensorflow;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.util.List;

/** Runs models with TensorFlow. Training is in {@link Trainer}. Safe for use by several threads. */
public final class TensorFlow {
    private TensorFlow() {}

    /**
     * Opens a model for predicting. Rows go through it in blocks of {@link Predictor#DEFAULT_BLOCK}, or of fewer where a
     * trial shows that on this processor a row's last bits would depend on its place in such a block.
     *
     * @param model the model
     * @param device where to compute
     * @return the predictor, to be closed
     * @throws ModelException if the device is missing, or TensorFlow cannot be loaded or cannot run the model
     */
    public static Predictor predictor(Model model, Device device) {
        return TensorFlowPredictor.open(model, device);
    }

    /**
     * Opens a model for predicting in blocks of rows. Predictors of different blocks may differ in the last bits.
     *
     * @param model the model
     * @param device where to compute
     * @param block rows a block, at least 1
     * @return the predictor, to be closed
     * @throws ModelException if the device is missing, or TensorFlow cannot be loaded or cannot run the model
     */
    public static Predictor predictor(Model model, Device device, int block) {
        return TensorFlowPredictor.open(model, device, block);
    }

    /**
     * Lists the kinds of device on this machine, such as {@code CPU} and {@code GPU}, one entry a device.
     *
     * @return the kinds, such as {@code [CPU, GPU]}
     * @throws ModelException if TensorFlow cannot be loaded
     */
    public static List<String> devices() {
        return Devices.types();
    }

    /** {@return whether there is a GPU; false too if TensorFlow cannot be loaded} */
    public static boolean hasGpu() {
        try {
            return devices().contains("GPU");
        } catch (ModelException e) {
            System.getLogger(TensorFlow.class.getName())
                    .log(System.Logger.Level.DEBUG, "no GPU by TensorFlow: {0}", String.valueOf(e.getMessage()));
            return false;
        }
    }

    /**
     * Checks that a device exists.
     *
     * @param device where to compute
     * @throws ModelException if it is {@link Device#GPU} and TensorFlow finds none
     */
    public static void requireDevice(Device device) {
        Devices.require(device);
    }
}
