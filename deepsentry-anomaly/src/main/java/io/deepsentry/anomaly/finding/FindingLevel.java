package io.deepsentry.anomaly.finding;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.util.Locale;

/** How urgent a finding is. */
public enum FindingLevel {
    /** To be looked at now: an error that training never saw, or something far beyond what is normal. */
    CRITICAL,
    /** To be looked at some time. */
    WARNING;

    /** The multiple of the trained threshold from which an error is critical that training knows. */
    private static final double ERROR_FACTOR = 1.5;
    /** The multiple of the trained threshold from which a warning, or a line without a level, is critical. */
    private static final double FACTOR = 2;
    /** The multiple of the trained threshold from which a session is critical whose odd line is a routine one. */
    private static final double ROUTINE_FACTOR = 4;
    /**
     * How many times its limit a missing line or a rate of lines must be beyond, which no line's own level speaks of.
     */
    private static final double FAR_BEYOND_LIMIT = 10;

    /**
     * {@return the level of one anomaly, from how far its score lies beyond the trained threshold and from how severe
     * its line is by its own level, or else by its words} An error that training never saw is critical. A routine line
     * of a stream never is, but for what users said is a real fault.
     *
     * @param occurrence the occurrence
     */
    public static FindingLevel of(Occurrence occurrence) {
        FindingKey key = occurrence.key();
        Severity severity = Severity.of(occurrence.severity(), key.message() == null ? "" : key.message());
        double beyond = occurrence.threshold() > 0 ? occurrence.score() / occurrence.threshold() : 0;
        boolean critical =
                switch (key.kind()) {
                    case SILENCE, DROP -> strength(occurrence) >= FAR_BEYOND_LIMIT;
                    case BURST, LEVEL -> severity == Severity.HIGH || strength(occurrence) >= FAR_BEYOND_LIMIT;
                    default ->
                        switch (severity) {
                            case HIGH -> isUnknown(occurrence) || beyond >= ERROR_FACTOR;
                            case PLAIN -> beyond >= FACTOR;
                            case LOW -> occurrence.session() != null && beyond >= ROUTINE_FACTOR;
                        };
                };
        return critical || occurrence.confirmed() ? CRITICAL : WARNING;
    }

    private static boolean isUnknown(Occurrence occurrence) {
        Explanation why = occurrence.explanation();
        return why == null
                ? occurrence.key().kind() == EvidenceKind.NEW_MESSAGE
                : why.kind() == Explanation.Kind.UNKNOWN_MESSAGE;
    }

    private static double strength(Occurrence occurrence) {
        Explanation why = occurrence.explanation();
        return why == null
                ? Math.exp(occurrence.score() - occurrence.threshold())
                : why.evidence().stream()
                        .filter(each -> FindingKey.of(each).equals(occurrence.key()))
                        .mapToDouble(each -> each.strength())
                        .max()
                        .orElse(0);
    }

    /** {@return the name in JSON and output, such as {@code critical}} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
