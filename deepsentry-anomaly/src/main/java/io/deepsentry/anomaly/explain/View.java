package io.deepsentry.anomaly.explain;

/** A way to look at a session. Each has a learned model of its own. */
public enum View {
    /** The messages in the order they came: shows what follows what. */
    ORDER,
    /** The messages sorted into one fixed order: shows which there are and how many, however they interleave. */
    CONTENT
}
