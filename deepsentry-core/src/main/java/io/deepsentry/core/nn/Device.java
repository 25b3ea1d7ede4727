package io.deepsentry.core.nn;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.tensorflow.Devices;
import java.util.List;

/** Where a network computes. */
public enum Device {
    /** A GPU if TensorFlow finds one, else the CPU. */
    AUTO,
    /** The CPU even if there is a GPU. */
    CPU,
    /** A GPU; an error if there is none. */
    GPU;

    /** The device that a setting {@code gpu} means: {@code true}, {@code false} or {@code auto}. */
    public static Device ofSetting(String gpu) {
        return switch (gpu) {
            case "true" -> GPU;
            case "false" -> CPU;
            case "auto" -> AUTO;
            default -> throw new IllegalArgumentException("gpu must be auto, true or false, but was " + gpu);
        };
    }

    /** Returns the value of the setting {@code gpu} that means this device. */
    public String setting() {
        return switch (this) {
            case GPU -> "true";
            case CPU -> "false";
            case AUTO -> "auto";
        };
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
