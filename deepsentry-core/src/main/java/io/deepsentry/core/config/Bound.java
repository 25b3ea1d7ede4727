package io.deepsentry.core.config;

/**
 * One end of the range that a number must lie in.
 *
 * @param value the end
 * @param included whether the end itself is allowed
 */
record Bound(double value, boolean included) {
    boolean refusesBelow(double number) {
        return included ? number < value : number <= value;
    }

    boolean refusesAbove(double number) {
        return included ? number > value : number >= value;
    }

    /** A bound as one writes it: {@code 2} rather than {@code 2.0}. */
    String text() {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
