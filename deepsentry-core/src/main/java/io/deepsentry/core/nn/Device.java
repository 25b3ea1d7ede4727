package io.deepsentry.core.nn;

import io.deepsentry.core.ModelException;
import java.util.List;

/** Where a network computes. */
public enum Device {
    /** A GPU if TensorFlow finds one, else the CPU. */
    AUTO,
    /** The CPU even if there is a GPU. */
    CPU,
    /** A GPU; an error if there is none. */
    GPU;

    /**
     * The device two wishes come to: an explicit request wins, then the environment's.
     *
     * @param gpuRequested whether a GPU was asked for by name, as with {@code --gpu}
     * @param environment the value of {@code DEEPSENTRY_GPU}; {@code "0"} forces the CPU, anything else or null leaves it to detection
     */
    public static Device resolve(boolean gpuRequested, @org.jspecify.annotations.Nullable String environment) {
        if (gpuRequested) {
            return GPU;
        }
        return "0".equals(environment) ? CPU : AUTO;
    }

    /** The kinds of device TensorFlow sees on this machine, such as {@code CPU} and {@code GPU}, one entry a device. */
    public static List<String> available() {
        return Devices.types();
    }

    /**
     * Checks that this device is there.
     *
     * @throws ModelException if this is {@link #GPU} and TensorFlow finds none
     */
    public void requireAvailable() {
        if (this == GPU && !available().contains("GPU")) {
            throw new ModelException("a GPU was asked for, but TensorFlow finds none (it sees " + available()
                    + "); check the NVIDIA driver and that TensorFlow's GPU library (classifier linux-x86_64-gpu or"
                    + " windows-x86_64-gpu) is the one on the class path, or leave the request for a GPU out");
        }
    }
}
