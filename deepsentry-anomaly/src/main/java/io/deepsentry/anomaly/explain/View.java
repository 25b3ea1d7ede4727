package io.deepsentry.anomaly.explain;

/** The ways in which a session is looked at; each was learned by itself. */
public enum View {
    /** In the order of arrival, which shows what follows what. */
    ORDER,
    /** In one fixed order, which shows which messages there are and how many, whatever chance did to their order. */
    CONTENT,
    /**
     * Message by message, which shows what hardly any training session did: that it has one, lacks one, has it so
     * often, or after another one.
     */
    COUNT
}
