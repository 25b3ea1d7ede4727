package io.deepsentry.anomaly.explain;

/** The ways in which a session is looked at; each has a learned model of its own. */
public enum View {
    /** The messages in the order they came: sees what follows what. */
    ORDER,
    /** The messages in one fixed order, whatever order they came in: sees which there are and how many. Interleaving, which is chance, is gone. */
    CONTENT
}
