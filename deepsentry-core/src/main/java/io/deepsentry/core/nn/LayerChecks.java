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
}
