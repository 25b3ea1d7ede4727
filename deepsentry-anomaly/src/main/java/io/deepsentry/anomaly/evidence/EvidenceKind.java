package io.deepsentry.anomaly.evidence;

import com.google.common.collect.Sets;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A kind of evidence that something is not as training had it. Each is learnt without labels and has a false alarm rate
 * of its own.
 */
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

    /** The kinds that lines of streams are judged by. */
    public static final Set<EvidenceKind> OF_STREAMS =
            Sets.immutableEnumSet(NEW_MESSAGE, ORDER, BURST, DROP, SILENCE, VALUE, PARAMETER, LEVEL);

    /** The kinds beside those of messages that sessions are judged by: what stands at a place of a line. */
    public static final Set<EvidenceKind> OF_SESSIONS = Sets.immutableEnumSet(VALUE, PARAMETER);

    /** The kinds that the whole log is judged by beside its sessions. */
    public static final Set<EvidenceKind> OF_WHOLE_LOG = Sets.immutableEnumSet(BURST, DROP, SILENCE, LEVEL);

    /**
     * {@return the kinds of these names}
     *
     * @param keys their names
     * @throws IllegalArgumentException if one is none of {@link #OF_STREAMS}
     */
    public static Set<EvidenceKind> ofStreams(Collection<String> keys) {
        Set<EvidenceKind> kinds = EnumSet.noneOf(EvidenceKind.class);
        for (String key : keys) {
            kinds.add(OF_STREAMS.stream()
                    .filter(kind -> kind.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "kinds must be among " + keys(OF_STREAMS) + ", but one is '" + key + "'")));
        }
        return Sets.immutableEnumSet(kinds);
    }

    /**
     * {@return the names of kinds}
     *
     * @param kinds the kinds of evidence to hear
     */
    public static List<String> keys(Collection<EvidenceKind> kinds) {
        return kinds.stream().map(EvidenceKind::key).toList();
    }

    /** {@return its name in configuration, JSON and output, such as {@code new_message}} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
