package io.deepsentry.core.nn;

/** Where a network computes. */
public enum Device {
    /** A GPU if the library that computes finds one, else the CPU. */
    AUTO,
    /** The CPU even if there is a GPU. */
    CPU,
    /** A GPU; an error if there is none, which names what is missing. */
    GPU;

    /**
     * {@return the device that a setting {@code gpu} means: {@code true}, {@code false} or {@code auto}}
     *
     * @param gpu the value of the setting
     */
    public static Device ofSetting(String gpu) {
        return switch (gpu) {
            case "true" -> GPU;
            case "false" -> CPU;
            case "auto" -> AUTO;
            default -> throw new IllegalArgumentException("gpu must be auto, true or false, but was " + gpu);
        };
    }

    /** {@return the value of the setting {@code gpu} that means this device} */
    public String setting() {
        return switch (this) {
            case GPU -> "true";
            case CPU -> "false";
            case AUTO -> "auto";
        };
    }
}
