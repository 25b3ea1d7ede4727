package io.deepsentry.core.nn;

/** How a {@link Bidirectional} layer joins what its two directions give. */
public enum MergeMode {
    SUM,
    MUL,
    AVE,
    CONCAT,
    /** Not at all: the layer has two outputs, forward first, both in the order of time. */
    NONE
}
