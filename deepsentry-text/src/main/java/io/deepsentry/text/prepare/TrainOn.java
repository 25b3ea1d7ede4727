package io.deepsentry.text.prepare;

/** What becomes of labelled anomalies in the training and validation parts. */
public enum TrainOn {
    /** They are left out. */
    NORMAL,
    /** They stay: labels are not used. */
    ALL
}
