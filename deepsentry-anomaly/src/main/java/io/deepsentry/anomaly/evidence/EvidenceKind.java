package io.deepsentry.anomaly.evidence;

import java.util.Locale;

/** A kind of evidence that something is not as training had it. Each is learnt without labels and has a false alarm rate of its own. */
public enum EvidenceKind {
    /** A message that training never saw. */
    NEW_MESSAGE,
    /** A message where another one has always come, or without the one that has always come before it. */
    ORDER,
    /** More, fewer or none of a message in a session. */
    COUNT,
    /** More of a message in a stretch than there ever was. */
    BURST,
    /** Far fewer lines, or of a message, than there always were. */
    DROP,
    /** A message that came regularly and comes no more. */
    SILENCE,
    /** A number out of the range it always had. */
    VALUE,
    /** A word never seen at a place that has few. */
    PARAMETER,
    /** A share of errors that is larger than it ever was. */
    LEVEL;

    /** Returns its name in configuration, JSON and output, such as {@code new_message}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
