package io.deepsentry.core.nn;

/** How a {@link Bidirectional} layer joins what its two directions give. */
public enum MergeMode {
    /** Their sum. */
    SUM,
    /** Their product, element by element. */
    MUL,
    /** Their mean. */
    AVE,
    /** One after the other, along the last axis. */
    CONCAT,
    /** Not at all: the layer has two outputs, forward first, both in the order of time. */
    NONE
}
