package io.deepsentry.core.nn;

/** The rules that several layers share. */
final class LayerChecks {
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

    /** A dimension: at least 1 and at most {@link Layer#LARGEST}. */
    static void size(String layer, String what, int value) {
        atLeast(layer, what, value, 1);
        atMost(layer, what, value);
    }

    static void atMost(String layer, String what, int value) {
        if (value > Layer.LARGEST) {
            throw new IllegalArgumentException(
                    "layer \"" + layer + "\": " + what + " must be at most " + Layer.LARGEST + ", but was " + value);
        }
    }
}
