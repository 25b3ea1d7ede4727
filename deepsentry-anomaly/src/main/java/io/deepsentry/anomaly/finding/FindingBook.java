package io.deepsentry.anomaly.finding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Sets;
import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts anomalies that are alike as one finding, and says which of them people should hear of: a new kind at once; a
 * known one when it becomes worse, at powers of ten and after a while; its end after a silence. The same anomalies at
 * the same times always give the same notifications. For one thread.
 *
 * <pre>{@code
 * FindingBook book = FindingBook.live(FindingBook.Rules.DEFAULT);
 * for (Occurrence anomaly : anomalies) {
 *     book.advance(anomaly.time()).forEach(this::send);
 *     book.add(anomaly).ifPresent(this::send);
 * }
 * }</pre>
 *
 * <p>Memory is bounded: a book of {@link Rules#most} findings forgets one to make room for the next, first one that has
 * ended, then the one that has been quiet for longest. Explanations are kept of the last {@value #EXPLAINED} findings.
 */
public final class FindingBook {
    /** The findings whose explanation is kept; of older ones the reason is left. */
    static final int EXPLAINED = 1_000;

    private static final Set<EvidenceKind> RATES = Sets.immutableEnumSet(EvidenceKind.BURST, EvidenceKind.DROP);

    private static final int VERSION = 1;
    private static final int DIGITS = 16;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();

    /** Findings that have not ended, in the order in which they came last: the first has been quiet for longest. */
    private final Map<FindingKey, CountedFinding> firing = new LinkedHashMap<>();
    /** Findings that have ended, in that order. */
    private final Map<FindingKey, CountedFinding> ended = new LinkedHashMap<>();
    /** Those that have not ended and were told as critical. */
    private final Set<CountedFinding> critical = new LinkedHashSet<>();
    /** The open finding of each kind of rate. */
    private final Map<EvidenceKind, FindingKey> rates = new EnumMap<>(EvidenceKind.class);
    /** Those whose explanation is kept, the oldest first. */
    private final Set<CountedFinding> explained = new LinkedHashSet<>();

    /** Those of outages that last: they do not end by nothing coming, as that is what they are. */
    private final Set<CountedFinding> lasting = new LinkedHashSet<>();

    private final Rules rules;
    private final boolean live;
    private Instant now = Instant.MIN;
    /** When the minute began whose notifications are counted. */
    private Instant minute = Instant.MIN;

    private int sent;
    private long heldBack;
    private long heldBackKinds;
    private @Nullable HeldBack closed;
    private long forgotten;

    /**
     * When people hear of findings, and how many are remembered.
     *
     * @param renotify how long nothing is said of a finding that lasts; zero for a notification of each anomaly
     * @param endAfter how long a finding must not have come to have ended, more than zero
     * @param perMinute the most notifications a minute, at least 1; findings that came for the first time go before
     *     repeats, and critical ones may take as many again
     * @param most the most findings that are remembered, at least 1
     */
    public record Rules(Duration renotify, Duration endAfter, int perMinute, int most) {
        /** How long nothing is said of a finding that lasts. */
        public static final Duration RENOTIFY = Duration.ofMinutes(10);
        /** A finding has ended after so many times {@link #renotify}. */
        public static final int END_FACTOR = 3;
        /** The most notifications a minute. */
        public static final int PER_MINUTE = 20;
        /** The most findings that are remembered. */
        public static final int MOST = 10_000;
        /** The defaults. */
        public static final Rules DEFAULT = new Rules(RENOTIFY, RENOTIFY.multipliedBy(END_FACTOR), PER_MINUTE, MOST);

        public Rules {
            if (renotify.isNegative()) {
                throw new IllegalArgumentException("renotify must not be negative, but was " + renotify);
            }
            requirePositive("endAfter", endAfter);
            if (perMinute < 1) {
                throw new IllegalArgumentException("perMinute must be at least 1, but was " + perMinute);
            }
            if (most < 1) {
                throw new IllegalArgumentException("most must be at least 1, but was " + most);
            }
        }

        private static void requirePositive(String name, Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero, but was " + value);
            }
        }
    }

    /**
     * Notifications that were held back in a minute.
     *
     * @param number how many
     * @param kinds how many of them were of findings that nothing has been said of yet
     * @param since when the minute began
     */
    public record HeldBack(long number, long kinds, Instant since) {}

    private FindingBook(Rules rules, boolean live) {
        this.rules = rules;
        this.live = live;
    }

    /**
     * Makes a book of anomalies that come in the order of time and of which people hear while they come.
     *
     * @param rules when to notify
     * @return the book
     */
    public static FindingBook live(Rules rules) {
        return new FindingBook(rules, true);
    }

    /**
     * Makes a book of a log that has ended: its anomalies may come in any order, and nobody is notified.
     *
     * @return the book
     */
    public static FindingBook ofLog() {
        return new FindingBook(Rules.DEFAULT, false);
    }

    /**
     * {@return the key under which the next anomaly is counted: its first one, unless that is known and another one of
     * it is not} While there is more or less of one message than ever, that of others is part of it: the whole log is
     * faster or slower.
     *
     * @param keys of the anomaly, the most important first
     */
    public FindingKey keyOf(List<FindingKey> keys) {
        FindingKey main = keys.get(0);
        CountedFinding known = find(main);
        if (known == null) {
            // That the log has no lines is more than that it has fewer of some message.
            boolean isOutage = main.kind() == EvidenceKind.DROP && main.message() == null;
            return isOutage ? main : rates.getOrDefault(main.kind(), main);
        }
        for (FindingKey other : keys.subList(1, keys.size())) {
            if (find(other) == null && !known.cameWith(other)) {
                return other;
            }
        }
        return main;
    }

    /**
     * {@return whether a finding of this key is remembered}
     *
     * @param key the key
     */
    public boolean knows(FindingKey key) {
        return find(key) != null;
    }

    private @Nullable CountedFinding find(FindingKey key) {
        CountedFinding found = firing.get(key);
        return found == null ? ended.get(key) : found;
    }

    /**
     * Counts an anomaly, under {@link #keyOf} of its keys. It comes at the point in time that {@link #advance} told
     * last.
     *
     * @param occurrence the occurrence
     * @return what people should hear of it; empty in a book of a log that has ended
     */
    public Optional<Notification> add(Occurrence occurrence) {
        Instant time = occurrence.time();
        if (!live && time != null && time.isAfter(now)) {
            now = time;
        }
        FindingKey key = keyOf(occurrence.keys());
        Occurrence counted = occurrence.under(key);
        CountedFinding finding = remembered(key, occurrence, counted);
        finding.add(counted, now);
        if (!live) {
            return Optional.empty();
        }
        Notification.Reason reason = finding.reasonToTell(now, rules.renotify());
        if (reason == null || isSideEffect(finding, reason) || !mayTell(finding, reason)) {
            return Optional.empty();
        }
        finding.tell(now);
        if (finding.level() == FindingLevel.CRITICAL) {
            critical.add(finding);
        }
        return Optional.of(new Notification(finding.snapshot(false), reason, counted.id(), counted));
    }

    /**
     * Counts an anomaly as {@link #add} does that lasts until {@link #over} ends it, such as that the log has no lines.
     * Its finding has the reason of its last one, and does not end because nothing comes.
     *
     * @param occurrence the occurrence, with its explanation
     * @return what people should hear of it
     */
    public Optional<Notification> addLasting(Occurrence occurrence) {
        CountedFinding known = find(keyOf(occurrence.keys()));
        if (known != null) {
            known.because(Finding.reasonOf(occurrence.under(known.key())));
        }
        Optional<Notification> told = add(occurrence)
                .map(each -> each.reason() == Notification.Reason.NEW
                        ? each
                        : new Notification(
                                each.finding(), each.reason(), idOf(each.finding(), now), each.occurrence()));
        CountedFinding finding = firing.get(keyOf(occurrence.keys()));
        if (live && finding != null) {
            finding.lasts(true);
            lasting.add(finding);
        }
        return told;
    }

    /**
     * Ends the finding of an outage.
     *
     * @param outage what is odd, now with its end
     * @param time when the first line after it was logged; null if lines have no time
     * @return its end, if people heard that it began
     */
    public Optional<Notification> over(Evidence outage, @Nullable Instant time) {
        CountedFinding finding = firing.get(keyOf(List.of(FindingKey.of(outage))));
        if (finding == null || !lasting.remove(finding)) {
            return Optional.empty();
        }
        finding.lasts(false);
        finding.because(Finding.sentence(outage.reason()));
        finding.until(time);
        boolean told = finding.isTold();
        List<Notification> ends = new ArrayList<>();
        end(finding, ends);
        return told ? Optional.of(ended(finding)) : Optional.empty();
    }

    /** {@return whether a finding lasts until {@link #over} ends it} */
    public boolean isOut() {
        return !lasting.isEmpty();
    }

    /** Lets what lasts end as other findings do. */
    public void noLonger() {
        lasting.forEach(each -> each.lasts(false));
        lasting.clear();
    }

    /**
     * Whether something more important of the same trouble is open: then a warning is not sent again, and what comes of
     * a storm of errors, such as another order or rate of routine lines, is told only if it outlives the storm.
     */
    private boolean isSideEffect(CountedFinding finding, Notification.Reason reason) {
        if (finding.level() == FindingLevel.CRITICAL || rules.renotify().isZero()) {
            return false;
        }
        boolean isNew = reason == Notification.Reason.NEW || reason == Notification.Reason.AGAIN;
        if (isNew && !Storms.isSideEffect(finding.key())) {
            return false;
        }
        return critical.stream()
                .anyMatch(each -> each.group().equals(finding.group()) && (!isNew || each.isStorm(now)));
    }

    private CountedFinding remembered(FindingKey key, Occurrence occurrence, Occurrence counted) {
        CountedFinding known = firing.remove(key);
        if (known == null) {
            known = ended.remove(key);
            if (known == null) {
                makeRoom();
                known = new CountedFinding(key, occurrence.keys(), counted);
                explained.add(known);
                if (explained.size() > EXPLAINED) {
                    forgetExplanation();
                }
            }
            known.begin(group(key));
        }
        // The last in the order is the one that came last.
        firing.put(key, known);
        if (live && RATES.contains(key.kind())) {
            rates.put(key.kind(), key);
        }
        return known;
    }

    private void forgetExplanation() {
        CountedFinding oldest = explained.iterator().next();
        explained.remove(oldest);
        oldest.forgetExplanation();
    }

    /** The group of what is going on, or a new one. */
    private String group(FindingKey key) {
        String group = key.id();
        if (live && !firing.isEmpty()) {
            group = firing.values().iterator().next().group();
        }
        return group;
    }

    private void makeRoom() {
        if (firing.size() + ended.size() < rules.most()) {
            return;
        }
        Map<FindingKey, CountedFinding> from = ended.isEmpty() ? firing : ended;
        CountedFinding quietest = from.values().iterator().next();
        from.remove(quietest.key());
        leave(quietest);
        explained.remove(quietest);
        forgotten++;
    }

    /** New kinds go before repeats, which may take no more than half, and critical ones may take as many again. */
    private boolean mayTell(CountedFinding finding, Notification.Reason reason) {
        roll();
        boolean isNew = reason == Notification.Reason.NEW;
        boolean critical = finding.level() == FindingLevel.CRITICAL;
        int most = isNew ? rules.perMinute() * (critical ? 2 : 1) : (rules.perMinute() + 1) / 2;
        if (sent < most) {
            sent++;
            return true;
        }
        heldBack++;
        heldBackKinds += isNew && finding.holdBack() ? 1 : 0;
        return false;
    }

    private void roll() {
        if (minute.equals(Instant.MIN)) {
            minute = now;
        } else if (!now.isBefore(minute.plus(MINUTE))) {
            closeMinute();
            minute = now;
        }
    }

    private void closeMinute() {
        if (heldBack > 0) {
            closed = new HeldBack(
                    heldBack + (closed == null ? 0 : closed.number()),
                    heldBackKinds + (closed == null ? 0 : closed.kinds()),
                    closed == null ? minute : closed.since());
        }
        sent = 0;
        heldBack = 0;
        heldBackKinds = 0;
    }

    /** {@return what was held back in the minutes that are over, once} */
    public Optional<HeldBack> takeHeldBack() {
        HeldBack taken = closed;
        closed = null;
        return Optional.ofNullable(taken);
    }

    /**
     * Says that time has come to a point; an earlier one than before changes nothing.
     *
     * @param to the time that the log has reached
     * @return the ends of findings that have been quiet for long enough. One that came only once, or a warning that
     *     was told only once, has no end worth telling. And the outages that last, from time to time.
     */
    public List<Notification> advance(Instant to) {
        if (to.isAfter(now)) {
            now = to;
        }
        roll();
        List<Notification> ends = new ArrayList<>();
        for (CountedFinding each : lasting) {
            if (each.isToTellAgain(now, rules.renotify()) && mayTell(each, Notification.Reason.STILL)) {
                each.tell(now);
                Finding snapshot = each.snapshot(false);
                ends.add(new Notification(snapshot, Notification.Reason.STILL, idOf(snapshot, now), snapshot.first()));
            }
        }
        while (live) {
            CountedFinding quietest = quietest();
            if (quietest == null || !quietest.isQuietSince(now, rules.endAfter())) {
                break;
            }
            // One that cannot be told now is told in the next minute: what was opened somewhere must be closed there.
            if (quietest.endIsTold() && !mayTell(quietest, Notification.Reason.ENDED)) {
                heldBack--;
                break;
            }
            end(quietest, ends);
        }
        return ends;
    }

    /**
     * {@return whether there is something to tell if time comes to this point}
     *
     * @param to the time that the log has reached
     */
    public boolean isDue(Instant to) {
        CountedFinding quietest = live ? quietest() : null;
        boolean ends = (quietest != null && quietest.isQuietSince(to, rules.endAfter()))
                || lasting.stream().anyMatch(each -> each.isToTellAgain(to, rules.renotify()));
        return ends || closed != null || (heldBack > 0 && !to.isBefore(minute.plus(MINUTE)));
    }

    /** The finding that has not come for longest, but for those that last. */
    private @Nullable CountedFinding quietest() {
        for (CountedFinding each : firing.values()) {
            if (!lasting.contains(each)) {
                return each;
            }
        }
        return null;
    }

    /**
     * Ends all findings: nothing more comes. Returns their ends as {@link #advance} does.
     *
     * @return the notifications
     */
    public List<Notification> endAll() {
        List<Notification> ends = new ArrayList<>();
        for (CountedFinding finding : List.copyOf(firing.values())) {
            if (!finding.endIsTold() || mayTell(finding, Notification.Reason.ENDED)) {
                end(finding, ends);
            } else {
                end(finding, new ArrayList<>());
            }
        }
        closeMinute();
        return ends;
    }

    private void end(CountedFinding finding, List<Notification> ends) {
        firing.remove(finding.key());
        leave(finding);
        ended.put(finding.key(), finding);
        boolean told = finding.endIsTold();
        finding.end();
        if (told) {
            ends.add(ended(finding));
        }
    }

    private static Notification ended(CountedFinding finding) {
        Finding snapshot = finding.snapshot(true);
        return new Notification(
                snapshot, Notification.Reason.ENDED, idOf(snapshot, snapshot.lastSeen()), snapshot.first());
    }

    /** Forgets that a finding is open. */
    private void leave(CountedFinding finding) {
        critical.remove(finding);
        lasting.remove(finding);
        rates.remove(finding.key().kind(), finding.key());
    }

    private static String idOf(Finding finding, @Nullable Instant at) {
        String what = finding.first().id() + " " + finding.id() + " " + finding.count() + " " + at;
        return Hashing.sha256()
                .hashString(what, StandardCharsets.UTF_8)
                .toString()
                .substring(0, DIGITS);
    }

    /** {@return how many findings have not ended} */
    public int firing() {
        return firing.size();
    }

    /** {@return how many findings were forgotten for lack of room} */
    public long forgotten() {
        return forgotten;
    }

    /**
     * {@return all findings that are remembered, the most important first: by level, then those that have not ended,
     * then by how far they lie beyond the threshold, then by time}
     */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        firing.values().forEach(each -> all.add(each.snapshot(!live && each.isQuietSince(now, rules.endAfter()))));
        ended.values().forEach(each -> all.add(each.snapshot(true)));
        List<Finding> sorted = live ? all : grouped(all);
        sorted.sort(Comparator.comparing(Finding::level)
                .thenComparing(each -> each.status() == FindingStatus.ENDED)
                .thenComparing(FindingBook::beyond, Comparator.reverseOrder())
                .thenComparing(Finding::firstSeen, Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(Finding::id));
        return live ? List.copyOf(sorted) : List.copyOf(Storms.told(sorted));
    }

    private static double beyond(Finding finding) {
        return finding.threshold() > 0 ? finding.highestScore() / finding.threshold() : finding.highestScore();
    }

    /** Findings of a log, those that overlap in time, or nearly, in one group. */
    private List<Finding> grouped(List<Finding> all) {
        all.sort(Comparator.comparing(Finding::firstSeen, Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(Finding::id));
        List<Finding> grouped = new ArrayList<>();
        String group = "";
        Instant until = Instant.MIN;
        for (Finding each : all) {
            Instant first = each.firstSeen();
            Instant last = each.lastSeen();
            if (first == null || last == null) {
                grouped.add(each.inGroup(each.id()));
                continue;
            }
            if (until.equals(Instant.MIN) || first.isAfter(until)) {
                group = each.id();
            }
            Instant over = last.plus(rules.endAfter());
            until = over.isAfter(until) ? over : until;
            grouped.add(each.inGroup(group));
        }
        return grouped;
    }

    /** {@return all that the book remembers, for {@link #read}: JSON in UTF-8, with a version} */
    public byte[] write() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("live", live);
        CountedFinding.put(root, "now", now);
        CountedFinding.put(root, "minute", minute);
        root.put("sent", sent);
        root.put("held_back", heldBack);
        root.put("held_back_kinds", heldBackKinds);
        root.put("forgotten", forgotten);
        HeldBack last = closed;
        if (last != null) {
            ObjectNode node = root.putObject("closed");
            node.put("number", last.number()).put("kinds", last.kinds());
            CountedFinding.put(node, "since", last.since());
        }
        ArrayNode list = root.putArray("findings");
        ended.values().forEach(each -> each.write(list.addObject(), JSON));
        firing.values().forEach(each -> each.write(list.addObject(), JSON));
        // Which explanation is forgotten next.
        ArrayNode order = root.putArray("explained");
        explained.forEach(each -> order.add(each.key().id()));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers have a JSON form", e);
        }
    }

    /**
     * Reads what {@link #write} gave.
     *
     * @param written what {@code write} gave
     * @param rules when to notify
     * @return the book
     * @throws IOException if it is something else, or of a later version
     */
    public static FindingBook read(byte[] written, Rules rules) throws IOException {
        try {
            JsonNode root = JSON.readTree(written);
            int version = root.path("version").asInt();
            if (version < 1 || version > VERSION) {
                throw new IOException(
                        "findings of version " + version + ", but only versions up to " + VERSION + " are known");
            }
            FindingBook book = new FindingBook(rules, root.path("live").asBoolean());
            book.now = CountedFinding.required(root, "now");
            book.minute = CountedFinding.required(root, "minute");
            book.sent = root.path("sent").asInt();
            book.heldBack = root.path("held_back").asLong();
            book.heldBackKinds = root.path("held_back_kinds").asLong();
            book.forgotten = root.path("forgotten").asLong();
            JsonNode last = root.path("closed");
            if (last.isObject()) {
                book.closed = new HeldBack(
                        last.path("number").asLong(),
                        last.path("kinds").asLong(),
                        CountedFinding.required(last, "since"));
            }
            Map<String, CountedFinding> byId = new HashMap<>();
            for (JsonNode each : root.path("findings")) {
                CountedFinding finding = CountedFinding.read(each, JSON);
                byId.put(finding.key().id(), finding);
                (finding.hasEnded() ? book.ended : book.firing).put(finding.key(), finding);
            }
            book.firing.values().forEach(each -> {
                if (book.live && each.lasts()) {
                    book.lasting.add(each);
                }
                if (each.isToldCritical()) {
                    book.critical.add(each);
                }
                if (book.live && RATES.contains(each.key().kind())) {
                    book.rates.put(each.key().kind(), each.key());
                }
            });
            for (JsonNode id : root.path("explained")) {
                CountedFinding finding = byId.get(id.asText());
                if (finding != null) {
                    book.explained.add(finding);
                }
            }
            while (book.firing.size() + book.ended.size() > rules.most()) {
                book.makeRoom();
            }
            return book;
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
            throw new IOException("the findings are damaged: " + e.getMessage(), e);
        }
    }
}
