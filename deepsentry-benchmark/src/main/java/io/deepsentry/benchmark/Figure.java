package io.deepsentry.benchmark;

import java.util.Locale;

/** One figure of a method's results. */
public enum Figure {
    /** Of the flagged cases, the share that are anomalies. */
    PRECISION("precision", true),
    /** Of the anomalies, the share that were flagged. */
    RECALL("recall", true),
    /** The harmonic mean of the two, at the threshold that was found without labels. */
    F1("F1", true),
    /** The best F1 that any threshold reaches, chosen by the test labels: what nobody can know beforehand. */
    ORACLE_F1("oracle F1", true),
    /** Matthews' correlation between verdict and truth. */
    MCC("MCC", true),
    /** Average precision over all thresholds. */
    AUC_PR("AUC-PR", true),
    /** Area under the ROC curve. */
    AUC_ROC("AUC-ROC", true),
    /** Normal cases flagged, among a thousand cases. */
    FALSE_ALARMS_PER_1000("false/1000", false),
    /** Of the anomalies that were found, the median number of lines that had come when the verdict was certain. */
    LINES_AT_ALARM("lines", false),
    /** Seconds to learn and to find the threshold. */
    TRAIN_SECONDS("train s", false),
    /** Seconds to score the test cases. */
    SCORE_SECONDS("score s", false);

    private final String title;
    private final boolean higherIsBetter;

    Figure(String title, boolean higherIsBetter) {
        this.title = title;
        this.higherIsBetter = higherIsBetter;
    }

    /** Its name in {@code benchmark.json}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name at the head of a column. */
    public String title() {
        return title;
    }

    /** Whether more of it is better. */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }
}
