package io.deepsentry.core.nn;

/** The rules that several layers share. */
public final class LayerChecks {
    /** No dimension is larger: a larger one is a damaged file or a slip, and would ask for memory nobody has. */
    public static final int LARGEST = 1 << 24;

    private LayerChecks() {}

    static void name(String name) {
        if (name.isBlank() || name.indexOf(':') >= 0 || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "a layer's name must not be blank nor contain ':' or '/', but was \"" + name + "\"");
        }
    }

    static void atLeast(String layer, String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "layer \"" + layer + "\": " + what + " must be at least " + least + ", but was " + value);
        }
    }

    /** A dimension: at least 1 and at most {@link #LARGEST}. */
    static void size(String layer, String what, int value) {
        atLeast(layer, what, value, 1);
        atMost(layer, what, value);
    }

    static void atMost(String layer, String what, int value) {
        if (value > LARGEST) {
            throw new IllegalArgumentException(
                    "layer \"" + layer + "\": " + what + " must be at most " + LARGEST + ", but was " + value);
        }
    }
}
