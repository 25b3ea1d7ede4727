package io.deepsentry.anomaly.finding;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Anomalies that are alike, counted as one: a snapshot of a {@link FindingBook}. Immutable.
 *
 * @param key what is odd
 * @param level the highest level that one of its anomalies had
 * @param status where it is in its life
 * @param count how many anomalies there were
 * @param firstSeen the time of the earliest; null if lines have no time
 * @param lastSeen the time of the latest; null if lines have no time
 * @param highestScore the highest score
 * @param threshold the trained threshold
 * @param sessions the sessions; none in a stream
 * @param hosts the hosts that lines named
 * @param files the inputs
 * @param sources where the first anomalies are, at most {@value #SHOWN}
 * @param reason why it is odd in one or two sentences, on one line and without control characters
 * @param first the first anomaly, with its explanation unless that was too old to be kept
 * @param group the id of the finding with which the trouble began that this is part of: findings that overlap in time
 *     are one group
 * @param partOf the id of the storm of errors that explains it, in a log that has ended; null if none does
 */
public record Finding(
        FindingKey key,
        FindingLevel level,
        FindingStatus status,
        long count,
        @Nullable Instant firstSeen,
        @Nullable Instant lastSeen,
        double highestScore,
        double threshold,
        Several sessions,
        Several hosts,
        Several files,
        List<Origin> sources,
        String reason,
        Occurrence first,
        String group,
        @Nullable String partOf) {
    /** How many sessions, hosts, files and places are named. */
    public static final int SHOWN = 5;

    private static final int LONGEST = 4_000;

    public Finding {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(group, "group");
        sources = List.copyOf(sources);
    }

    /**
     * Creates a finding that no storm of errors explains.
     *
     * @deprecated use the constructor that takes {@code partOf}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    @SuppressWarnings("InlineMeSuggester")
    public Finding(
            FindingKey key,
            FindingLevel level,
            FindingStatus status,
            long count,
            @Nullable Instant firstSeen,
            @Nullable Instant lastSeen,
            double highestScore,
            double threshold,
            Several sessions,
            Several hosts,
            Several files,
            List<Origin> sources,
            String reason,
            Occurrence first,
            String group) {
        this(
                key,
                level,
                status,
                count,
                firstSeen,
                lastSeen,
                highestScore,
                threshold,
                sessions,
                hosts,
                files,
                sources,
                reason,
                first,
                group,
                null);
    }

    /**
     * How many different ones there were, and the first of them.
     *
     * @param number exact up to 4,096, then within a few percent
     * @param some at most {@value #SHOWN}
     */
    public record Several(long number, List<String> some) {
        public Several {
            some = List.copyOf(some);
        }
    }

    /** {@return the id of the key} */
    public String id() {
        return key.id();
    }

    /** {@return the first line as it was logged, or its message where that cannot be read back} */
    public String line() {
        Explanation why = first.explanation();
        SourceLine step = why == null ? null : why.step();
        String text = step == null ? null : step.text();
        return text == null ? first.message() : text;
    }

    /** Returns the same finding as part of another group. */
    Finding inGroup(String other) {
        return with(other, partOf);
    }

    /** Returns the same finding as part of a storm. */
    Finding partOf(String storm) {
        return with(group, storm);
    }

    private Finding with(String newGroup, @Nullable String newPartOf) {
        return new Finding(
                key,
                level,
                status,
                count,
                firstSeen,
                lastSeen,
                highestScore,
                threshold,
                sessions,
                hosts,
                files,
                sources,
                reason,
                first,
                newGroup,
                newPartOf);
    }

    /** Returns why an anomaly is odd, see {@link #reason}. */
    static String reasonOf(Occurrence anomaly) {
        Explanation why = anomaly.explanation();
        if (why == null) {
            return sentence(anomaly.key().kind().key().replace('_', ' '));
        }
        if (why.byEvidenceAlone()) {
            return sentence(why.evidence().stream()
                    .filter(each -> FindingKey.of(each).equals(anomaly.key()))
                    .map(Evidence::reason)
                    .findFirst()
                    .orElse(why.reason()));
        }
        String expected = why.expectedText();
        String then = why.kind() == Explanation.Kind.MISSING_AT_END ? " Expected then: " : " Expected here: ";
        return sentence(why.reason()) + (expected.isEmpty() ? "" : then + expected + ".");
    }

    /** Makes a sentence of a reason. */
    static String sentence(String text) {
        String safe = Excerpt.of(text, LONGEST);
        String begun = safe.isEmpty() ? safe : safe.substring(0, 1).toUpperCase(Locale.ROOT) + safe.substring(1);
        return begun.endsWith(".") ? begun : begun + ".";
    }

    /** {@return the finding under its names in JSON} */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id());
        map.put("kind", key.kind().key());
        map.put("level", level.key());
        map.put("status", status.key());
        map.put("count", count);
        map.put("first_seen", text(firstSeen));
        map.put("last_seen", text(lastSeen));
        map.put("message", key.message());
        map.put("subject", key.subject());
        map.put("reason", reason);
        map.put("score", highestScore);
        map.put("threshold", threshold);
        map.put("group", group);
        if (partOf != null) {
            map.put("part_of", partOf);
        }
        map.put("alert", first.id());
        map.put("sessions", sessions.number());
        map.put("some_sessions", sessions.some());
        map.put("files", files.number());
        map.put("some_files", files.some());
        map.put("sources", sources.stream().map(Finding::map).toList());
        map.put("hosts", hosts.number());
        map.put("some_hosts", hosts.some());
        map.put("line", line());
        map.put("severity", first.severity());
        map.put("component", first.component());
        map.put("host", first.host());
        map.put("fields", first.fields());
        map.put(
                "explanation",
                first.explanation() == null ? null : first.explanation().toMap());
        return map;
    }

    private static Map<String, Object> map(Origin source) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", source.file());
        map.put("line", source.lineNumber());
        map.put("offset", source.byteOffset());
        return map;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
