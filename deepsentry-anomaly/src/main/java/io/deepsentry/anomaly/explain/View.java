package io.deepsentry.anomaly.explain;

/** The orders in which the messages of a session are scored; each has a learned model of its own. */
public enum View {
    /** In the order of arrival, which shows what follows what. */
    ORDER,
    /** In one fixed order, which shows which messages there are and how many, whatever chance did to their order. */
    CONTENT
}
