package io.deepsentry.anomaly.finding;

import com.google.common.collect.Sets;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What storms of errors bring about in the lines around them. */
final class Storms {
    /** A critical finding is a storm from so many anomalies on. */
    static final int LEAST = 100;
    /** A storm lasts until its error has not come for so long. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    private static final Set<EvidenceKind> SIDE_EFFECTS =
            Sets.immutableEnumSet(EvidenceKind.BURST, EvidenceKind.DROP, EvidenceKind.LEVEL, EvidenceKind.ORDER);

    private Storms() {}

    /** Whether a storm can bring about such a finding: another order or rate of routine lines. */
    static boolean isSideEffect(FindingKey key) {
        return SIDE_EFFECTS.contains(key.kind());
    }

    /** Returns findings of a log with the storm that each is part of. */
    static List<Finding> told(List<Finding> findings) {
        List<Finding> storms = findings.stream().filter(Storms::isStorm).toList();
        return storms.isEmpty()
                ? findings
                : findings.stream()
                        .map(finding -> storms.stream()
                                .filter(storm -> explains(storm, finding))
                                .findFirst()
                                .map(storm -> finding.partOf(storm.id()))
                                .orElse(finding))
                        .toList();
    }

    private static boolean isStorm(Finding finding) {
        return finding.level() == FindingLevel.CRITICAL
                && finding.count() >= LEAST
                && !isSideEffect(finding.key())
                && finding.lastSeen() != null;
    }

    /** Whether a storm explains a finding: it began before it, as what came first is no effect but may be the cause. */
    private static boolean explains(Finding storm, Finding finding) {
        Instant begin = storm.firstSeen();
        Instant end = storm.lastSeen();
        Instant first = finding.firstSeen();
        Instant last = finding.lastSeen();
        return finding.level() != FindingLevel.CRITICAL
                && isSideEffect(finding.key())
                && begin != null
                && end != null
                && first != null
                && last != null
                && !first.isBefore(begin)
                && !last.isAfter(end.plus(PAUSE));
    }
}
