package io.deepsentry.anomaly.finding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A finding as a {@link FindingBook} counts it. For one thread. */
final class CountedFinding {
    /** What was odd beside the key in its first anomaly, beyond which nothing more is told apart from it. */
    private static final int MOST_COMPANIONS = 8;

    private static final int MOST_SESSIONS = 4_096;
    private static final int MOST_OTHERS = 256;
    /** The score of which times so much is worse. */
    private static final double WORSE_FACTOR = 2;

    /** How long a finding that becomes more is not told again. */
    private static final Duration PACE = Duration.ofSeconds(10);

    private static final int TENFOLD = 10;

    private final FindingKey key;
    private final List<FindingKey> companions;
    private String reason;
    private Occurrence first;
    private DistinctCount sessions = new DistinctCount(MOST_SESSIONS);
    private DistinctCount hosts = new DistinctCount(MOST_OTHERS);
    private DistinctCount files = new DistinctCount(MOST_OTHERS);
    private final List<Origin> sources = new ArrayList<>();
    private String group = "";
    private FindingLevel level = FindingLevel.WARNING;
    private long count;
    private @Nullable Instant firstSeen;
    private @Nullable Instant lastSeen;
    private double highest = Double.NEGATIVE_INFINITY;
    private double threshold;
    private boolean ended;
    /** Whether it lasts until it is said to be over. */
    private boolean lasts;
    /** When it came last, by the clock of the book. */
    private Instant active = Instant.MIN;
    /** Its count before it began, or began again. */
    private long before;
    /** Whether people have heard that it is going on. */
    private boolean told;
    /** Whether that was held back, and counted. */
    private boolean held;
    /** Whether people heard more than once since it began. */
    private boolean toldAgain;
    /** What they heard last; a count of 0 if they never did. */
    private long toldCount;

    private FindingLevel toldLevel = FindingLevel.WARNING;
    private double toldScore;
    private Instant toldAt = Instant.MIN;

    CountedFinding(FindingKey key, List<FindingKey> keys, Occurrence first) {
        this.key = key;
        this.companions = List.copyOf(keys.stream()
                .filter(each -> !each.equals(key))
                .limit(MOST_COMPANIONS)
                .toList());
        this.first = first.slim();
        this.reason = Finding.reasonOf(first);
    }

    private CountedFinding(FindingKey key, List<FindingKey> companions, Occurrence first, String reason) {
        this.key = key;
        this.companions = List.copyOf(companions);
        this.first = first;
        this.reason = reason;
    }

    FindingKey key() {
        return key;
    }

    String group() {
        return group;
    }

    FindingLevel level() {
        return level;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether something else was odd about its first anomaly, and is nothing new beside it. */
    boolean cameWith(FindingKey other) {
        return companions.contains(other) || companions.size() == MOST_COMPANIONS;
    }

    void begin(String inGroup) {
        group = inGroup;
        ended = false;
        before = count;
    }

    void add(Occurrence occurrence, Instant now) {
        count++;
        active = now;
        Instant time = occurrence.time();
        if (time != null) {
            firstSeen = firstSeen == null || time.isBefore(firstSeen) ? time : firstSeen;
            lastSeen = lastSeen == null || time.isAfter(lastSeen) ? time : lastSeen;
        }
        if (occurrence.score() > highest) {
            highest = occurrence.score();
            threshold = occurrence.threshold();
        }
        FindingLevel own = FindingLevel.of(occurrence);
        level = own.compareTo(level) < 0 ? own : level;
        if (occurrence.session() != null) {
            sessions.add(occurrence.session());
        }
        if (occurrence.host() != null) {
            hosts.add(occurrence.host());
        }
        files.add(occurrence.source().file());
        if (sources.size() < Finding.SHOWN) {
            sources.add(occurrence.source());
        }
    }

    /** Why people should hear of it after it was added; null if they need not. */
    Notification.@Nullable Reason reasonToTell(Instant now, Duration renotify) {
        if (!told) {
            return toldCount == 0 ? Notification.Reason.NEW : Notification.Reason.AGAIN;
        }
        if (level.compareTo(toldLevel) < 0 || (toldScore > 0 && highest >= WORSE_FACTOR * toldScore)) {
            return Notification.Reason.WORSE;
        }
        boolean tenfold = count >= TENFOLD * toldCount;
        if (tenfold && !now.isBefore(toldAt.plus(PACE))) {
            return Notification.Reason.TENFOLD;
        }
        return !now.isBefore(toldAt.plus(renotify)) ? Notification.Reason.STILL : null;
    }

    void tell(Instant now) {
        toldAgain = told;
        told = true;
        held = false;
        toldCount = count;
        toldLevel = level;
        toldScore = highest;
        toldAt = now;
    }

    /** Says that people could not be told; returns whether that was so for the first time. */
    boolean holdBack() {
        boolean firstTime = !held;
        held = true;
        return firstTime;
    }

    boolean isQuietSince(Instant now, Duration endAfter) {
        return !active.equals(Instant.MIN) && !now.isBefore(active.plus(endAfter));
    }

    /** Whether it comes again and again. */
    boolean isStorm(Instant now) {
        return count - before >= Storms.LEAST && !now.isAfter(active.plus(Storms.PAUSE));
    }

    boolean isToldCritical() {
        return told && toldLevel == FindingLevel.CRITICAL;
    }

    /**
     * What came once, and a warning that was told once, has no end that is worth telling; of what nobody heard none at
     * all.
     */
    boolean endIsTold() {
        return told && count > before + 1 && (toldLevel == FindingLevel.CRITICAL || toldAgain);
    }

    boolean isTold() {
        return told;
    }

    boolean lasts() {
        return lasts;
    }

    void lasts(boolean until) {
        lasts = until;
    }

    /** Replaces why it is odd. */
    void because(String other) {
        reason = other;
    }

    /** Says that it lasted until a time. */
    void until(@Nullable Instant time) {
        lastSeen = time != null && lastSeen != null && time.isAfter(lastSeen) ? time : lastSeen;
    }

    /** Whether it was told so long ago that people should hear that it lasts. */
    boolean isToTellAgain(Instant now, Duration renotify) {
        return told && !renotify.isZero() && !now.isBefore(toldAt.plus(renotify));
    }

    void end() {
        ended = true;
        lasts = false;
        told = false;
    }

    void forgetExplanation() {
        first = first.unexplained();
    }

    Finding snapshot(boolean asEnded) {
        return new Finding(
                key,
                level,
                asEnded || ended ? FindingStatus.ENDED : count > 1 ? FindingStatus.REPEATED : FindingStatus.FIRING,
                count,
                firstSeen,
                lastSeen,
                highest,
                threshold,
                sessions.several(),
                hosts.several(),
                files.several(),
                sources,
                reason,
                first,
                group,
                null);
    }

    void write(ObjectNode node, JsonMapper json) {
        node.set("key", json.valueToTree(key));
        node.set("companions", json.valueToTree(companions));
        node.put("reason", reason);
        ObjectNode anomaly = node.putObject("first");
        first.write(anomaly, json);
        sessions.write(node.putObject("sessions"));
        hosts.write(node.putObject("hosts"));
        files.write(node.putObject("files"));
        node.set("sources", json.valueToTree(sources));
        node.put("group", group);
        node.put("level", level.name());
        node.put("count", count);
        put(node, "first_seen", firstSeen);
        put(node, "last_seen", lastSeen);
        node.put("highest", highest);
        node.put("threshold", threshold);
        node.put("ended", ended);
        node.put("lasts", lasts);
        put(node, "active", active);
        node.put("before", before);
        node.put("told", told);
        node.put("held", held);
        node.put("told_again", toldAgain);
        node.put("told_count", toldCount);
        node.put("told_level", toldLevel.name());
        node.put("told_score", toldScore);
        put(node, "told_at", toldAt);
    }

    static CountedFinding read(JsonNode node, JsonMapper json) throws IOException {
        List<FindingKey> companions = new ArrayList<>();
        for (JsonNode each : node.path("companions")) {
            companions.add(json.treeToValue(each, FindingKey.class));
        }
        CountedFinding finding = new CountedFinding(
                json.treeToValue(node.path("key"), FindingKey.class),
                companions,
                Occurrence.read(node.path("first"), json),
                node.path("reason").asText());
        finding.sessions = DistinctCount.read(node.path("sessions"), MOST_SESSIONS);
        finding.hosts = DistinctCount.read(node.path("hosts"), MOST_OTHERS);
        finding.files = DistinctCount.read(node.path("files"), MOST_OTHERS);
        for (JsonNode each : node.path("sources")) {
            finding.sources.add(json.treeToValue(each, Origin.class));
        }
        finding.group = node.path("group").asText();
        finding.level = FindingLevel.valueOf(node.path("level").asText());
        finding.count = node.path("count").asLong();
        finding.firstSeen = time(node, "first_seen");
        finding.lastSeen = time(node, "last_seen");
        finding.highest = node.path("highest").asDouble();
        finding.threshold = node.path("threshold").asDouble();
        finding.ended = node.path("ended").asBoolean();
        finding.lasts = node.path("lasts").asBoolean();
        finding.active = required(node, "active");
        finding.before = node.path("before").asLong();
        finding.told = node.path("told").asBoolean();
        finding.held = node.path("held").asBoolean();
        finding.toldAgain = node.path("told_again").asBoolean();
        finding.toldCount = node.path("told_count").asLong();
        finding.toldLevel = FindingLevel.valueOf(node.path("told_level").asText());
        finding.toldScore = node.path("told_score").asDouble();
        finding.toldAt = required(node, "told_at");
        return finding;
    }

    static void put(ObjectNode node, String name, @Nullable Instant time) {
        node.put(name, time == null ? null : time.toString());
    }

    static @Nullable Instant time(JsonNode node, String name) throws IOException {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            return null;
        }
        try {
            return Instant.parse(value.asText());
        } catch (DateTimeException e) {
            throw new IOException(name + " is no time: " + value.asText(), e);
        }
    }

    static Instant required(JsonNode node, String name) throws IOException {
        Instant time = time(node, name);
        if (time == null) {
            throw new IOException(name + " is missing");
        }
        return time;
    }
}
