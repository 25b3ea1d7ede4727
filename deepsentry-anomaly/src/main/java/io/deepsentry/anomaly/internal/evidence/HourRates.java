package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many lines of the log, and of each message, an hour had at each time of the day, and of the week: what is usual
 * at noon is far too much at night, and what is usual on Sunday far too little on Monday. {@link BurstKind} asks for
 * the most, {@link DropKind} for the fewest. An hour is compared with the same hour of other days or weeks and the two
 * beside it, so that a job that starts some minutes earlier, or a clock that is put back, is not odd. Immutable, safe
 * for use by several threads.
 */
final class HourRates {
    /** What is asked for. */
    enum Side {
        MORE(EvidenceKind.BURST),
        FEWER(EvidenceKind.DROP);

        private final EvidenceKind kind;

        Side(EvidenceKind kind) {
            this.kind = kind;
        }

        /** How far a count is beyond the usual one; more than 1 is beyond. */
        private double ratio(int count, int usual) {
            if (this == MORE) {
                return count < LEAST_COUNT ? 0 : (double) count / Math.max(usual, LEAST_USUAL);
            }
            return usual < LEAST_USUAL ? 0 : usual / Math.max(count, .5);
        }

        /**
         * How far the rest of the log is beyond its usual count, at least 1: where all messages come more often, none
         * of them is odd.
         */
        private double ofOthers(int lines, int usualLines, int count, int usual) {
            if (usualLines == UNKNOWN) {
                return 1;
            }
            int others = Math.max(0, lines - count);
            int usualOthers = Math.max(LEAST_USUAL, usualLines - usual);
            return Math.max(1, this == MORE ? (double) others / usualOthers : usualOthers / Math.max(others, .5));
        }

        private int further(int one, int other) {
            return this == MORE ? Math.max(one, other) : Math.min(one, other);
        }
    }

    /** What recurs. */
    private enum Cycle {
        DAY(0, 24, 7, 4, 2, "about this time of the day", " on %,d days."),
        WEEK(1, 7 * 24, 3, 2, 3, "about this time of the week", " in %,d weeks.");

        private final int index;
        private final int hours;
        /** An hour is known once so many days, or weeks, had it whole. */
        private final int least;
        /** Days, or weeks, after which the past is judged while it is learnt. */
        private final int warmUp;
        /** Of 9 hours in 3 weeks the largest is further from what may come than of 21 hours in 7 days. */
        private final double leastRatio;

        private final String when;
        private final String known;

        Cycle(int index, int hours, int least, int warmUp, double leastRatio, String when, String known) {
            this.index = index;
            this.hours = hours;
            this.least = least;
            this.warmUp = warmUp;
            this.leastRatio = leastRatio;
            this.when = when;
            this.known = known;
        }

        /** Which hour of the day, or of the week, one is that is counted from 1970. */
        private int of(long hour) {
            return (int) Math.floorMod(hour, (long) hours);
        }
    }

    private static final Cycle[] CYCLES = Cycle.values();
    private static final int SECONDS = 3600;
    /** Hours without a line after which another stretch of time begins. */
    private static final int LONGEST_PAUSE = 7 * 24;

    private static final int LEAST_USUAL = 12;
    private static final int LEAST_COUNT = 24;
    /** What comes may be so much stronger than what came. */
    private static final double MARGIN = 1.3;
    /** The least share of weeks in which a message came at an hour of the week at which it came in one. */
    private static final double LEAST_RECURRING = .8;

    private static final int UNKNOWN = -1;
    private static final String LOG = "log";

    private final Side side;
    private final Names names;
    /** What is usual at the times of the day, then of the week; by message, the log under {@link Names#MOST}. */
    private final List<Map<Integer, Usual>> usual;

    /** The same as lists by message, the log at the end. */
    private final List<List<@Nullable Usual>> byMessage = new ArrayList<>();

    /** Of which messages anything is known. */
    private final int[] known;

    private HourRates(Side side, Names names, List<Map<Integer, Usual>> usual) {
        this.side = side;
        this.names = names;
        this.usual = usual;
        this.known = usual.stream()
                .flatMap(of -> of.keySet().stream())
                .mapToInt(Integer::intValue)
                .distinct()
                .sorted()
                .toArray();
        for (Map<Integer, Usual> ofCycle : usual) {
            List<@Nullable Usual> all = new ArrayList<>();
            for (int message = 0; message < names.size(); message++) {
                all.add(ofCycle.get(message));
            }
            all.add(ofCycle.get(Names.MOST));
            byMessage.add(all);
        }
    }

    private @Nullable Usual usual(Cycle cycle, int message) {
        List<@Nullable Usual> all = byMessage.get(cycle.index);
        return all.get(message == Names.MOST ? all.size() - 1 : message);
    }

    /** What is usual of a message or the log. */
    private static final class Usual {
        /** Days, or weeks, that had each of the hours at least. */
        private final int times;

        private final double limit;
        /** By hour of the day, or of the week; {@link #UNKNOWN} where too few had it. */
        private final int[] counts;

        Usual(int times, double limit, int[] counts) {
            this.times = times;
            this.limit = limit;
            this.counts = counts;
        }
    }

    /**
     * Adds what is known to JSON. The rows of {@code hours} are: message, days, limit, the counts by hour of the day;
     * those of {@code weeks} are: message, weeks, limit, the counts by hour of the week, from Thursday 00:00 UTC on.
     */
    Map<String, Object> with(Map<String, Object> json) {
        Map<String, Object> all = new TreeMap<>(json);
        for (Cycle cycle : CYCLES) {
            List<Object> rows = new ArrayList<>();
            usual.get(cycle.index).forEach((message, of) -> {
                List<Object> row = new ArrayList<>(List.of(message, of.times, of.limit));
                Arrays.stream(of.counts).forEach(row::add);
                rows.add(row);
            });
            all.put(member(cycle), rows);
        }
        return all;
    }

    private static String member(Cycle cycle) {
        return cycle == Cycle.DAY ? "hours" : "weeks";
    }

    /** Reads what {@link #with} wrote; models of earlier versions lack one member or both. */
    static HourRates read(Side side, Names names, JsonNode json) {
        List<Map<Integer, Usual>> usual = new ArrayList<>();
        for (Cycle cycle : CYCLES) {
            Map<Integer, Usual> ofCycle = new TreeMap<>();
            if (json.has(member(cycle))) {
                read(cycle, names, json, ofCycle);
            }
            usual.add(ofCycle);
        }
        return new HourRates(side, names, usual);
    }

    private static void read(Cycle cycle, Names names, JsonNode json, Map<Integer, Usual> usual) {
        for (JsonNode row : Written.rows(json, member(cycle), 3 + cycle.hours)) {
            int[] counts = new int[cycle.hours];
            for (int hour = 0; hour < cycle.hours; hour++) {
                counts[hour] = (int) Math.max(UNKNOWN, Math.min(Integer.MAX_VALUE, Written.number(row, 3 + hour)));
            }
            int message = Written.index(row, 0, Names.MOST + 1);
            if (message != Names.MOST && message >= names.size()) {
                throw Written.wrong("message " + message + " of '" + member(cycle) + "' is not there");
            }
            usual.put(message, new Usual(Written.index(row, 1, Integer.MAX_VALUE), Written.number(row, 2), counts));
        }
    }

    Watching begin() {
        return new Watching();
    }

    private static TimeStretch hour() {
        return new TimeStretch(SECONDS, LONGEST_PAUSE, true);
    }

    /** The furthest counts of a message or the log so far. */
    private static final class Furthest {
        private final Cycle cycle;
        private final int[] counts;
        private final int[] times;
        /** Hours with any. */
        private int came;
        /** How far beyond those before one ever was. */
        private double past;

        Furthest(Cycle cycle) {
            this.cycle = cycle;
            counts = new int[cycle.hours];
            times = new int[cycle.hours];
        }

        /** The usual count of an hour and those beside it, or {@link #UNKNOWN}. */
        private int usual(Side side, int at, int least) {
            if (times[at] < least) {
                return UNKNOWN;
            }
            int found = counts[at];
            for (int beside : new int[] {(at + 1) % cycle.hours, (at + cycle.hours - 1) % cycle.hours}) {
                found = times[beside] == 0 ? found : side.further(found, counts[beside]);
            }
            return found;
        }

        private int usual(Side side, long hour) {
            return usual(side, cycle.of(hour), cycle.warmUp);
        }

        /** Judges an hour by those before it, then learns it. */
        void add(Side side, long hour, int count, int usualLines, int lines) {
            int at = cycle.of(hour);
            int usual = usual(side, hour);
            if (usual != UNKNOWN) {
                past = Math.max(past, side.ratio(count, usual) / side.ofOthers(lines, usualLines, count, usual));
            }
            counts[at] = times[at] == 0 ? count : side.further(counts[at], count);
            times[at]++;
            came += count > 0 ? 1 : 0;
        }

        /** Whether what came at an hour of one week came at it in most others: what comes at random has no week. */
        private boolean recurs() {
            int hours = 0;
            for (int hour = 0; hour < cycle.hours; hour++) {
                hours += counts[hour] > 0 ? times[hour] : 0;
            }
            return came >= LEAST_RECURRING * hours;
        }

        @Nullable
        Usual learnt(Side side) {
            int[] usual = new int[cycle.hours];
            int fewest = Integer.MAX_VALUE;
            for (int hour = 0; hour < cycle.hours; hour++) {
                usual[hour] = usual(side, hour, cycle.least);
                fewest = usual[hour] == UNKNOWN ? fewest : Math.min(fewest, times[hour]);
            }
            boolean tells = Arrays.stream(usual).anyMatch(count -> count >= (side == Side.MORE ? 0 : LEAST_USUAL))
                    && (cycle == Cycle.DAY || side == Side.FEWER || recurs());
            return tells ? new Usual(fewest, Math.max(cycle.leastRatio, MARGIN * past), usual) : null;
        }
    }

    /** Learns the rates. For one thread. */
    static final class Learning {
        private final Side side;
        private final Names names;
        /** By cycle and message. */
        private final List<List<Furthest>> ofMessages = new ArrayList<>();

        private final List<Furthest> ofLog = new ArrayList<>();
        private TimeStretch now = hour();
        /** The last one that was counted. */
        private long lastHour;

        Learning(Side side, Names names) {
            this.side = side;
            this.names = names;
            for (Cycle cycle : CYCLES) {
                ofMessages.add(new ArrayList<>());
                ofLog.add(new Furthest(cycle));
            }
        }

        void begin() {
            now = hour();
        }

        void add(Line line) {
            now.add(line, this::learn);
        }

        /** Takes an hour in which all lines were counted; the first and the last of a stream are cut off. */
        void add(CountedHour counted) {
            boolean isNear = counted.follows() && counted.hour() - lastHour <= LONGEST_PAUSE;
            for (long empty = lastHour + 1; isNear && empty < counted.hour(); empty++) {
                learn(empty, new int[0], 0, counted.begun());
            }
            if (counted.isWhole()) {
                learn(counted.hour(), counted.counts(), counted.lines(), counted.begun());
            }
            lastHour = counted.hour();
        }

        private void learn(long hour, int[] counts, int lines) {
            learn(hour, counts, lines, null);
        }

        /** Learns an hour; of messages those that came until it, if that is not what there are names for. */
        private void learn(long hour, int[] counts, int lines, @Nullable BitSet begun) {
            for (Cycle cycle : CYCLES) {
                List<Furthest> of = ofMessages.get(cycle.index);
                Furthest log = ofLog.get(cycle.index);
                int usualLines = log.usual(side, hour);
                for (int message = 0; message < names.size(); message++) {
                    int count = message < counts.length ? counts[message] : 0;
                    if (message == of.size()) {
                        of.add(new Furthest(cycle));
                    }
                    if (begun == null || begun.get(message)) {
                        of.get(message).add(side, hour, count, usualLines, lines);
                    }
                }
                log.add(side, hour, lines, UNKNOWN, lines);
            }
        }

        HourRates finish() {
            List<Map<Integer, Usual>> usual = new ArrayList<>();
            for (Cycle cycle : CYCLES) {
                Map<Integer, Usual> learnt = new TreeMap<>();
                List<Furthest> of = ofMessages.get(cycle.index);
                for (int message = 0; message < of.size(); message++) {
                    put(learnt, message, of.get(message).learnt(side));
                }
                put(learnt, Names.MOST, ofLog.get(cycle.index).learnt(side));
                usual.add(learnt);
            }
            Map<Integer, Usual> days = usual.get(Cycle.DAY.index);
            usual.get(Cycle.WEEK.index)
                    .entrySet()
                    .removeIf(week ->
                            week.getKey() != Names.MOST && !tellsMore(week.getValue(), days.get(week.getKey())));
            return new HourRates(side, names, usual);
        }

        private static void put(Map<Integer, Usual> usual, int message, @Nullable Usual learnt) {
            if (learnt != null) {
                usual.put(message, learnt);
            }
        }

        /** Whether some hour of the week has another count than the hour of any day that could matter. */
        private static boolean tellsMore(Usual week, @Nullable Usual day) {
            for (int hour = 0; hour < week.counts.length; hour++) {
                int ofDay = day == null ? UNKNOWN : day.counts[Cycle.DAY.of(hour)];
                if (Math.max(LEAST_USUAL, week.counts[hour]) != Math.max(LEAST_USUAL, ofDay)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Watches a stream. For one thread. */
    final class Watching {
        private final TimeStretch now = hour();
        /** The count of the hour from which on more of it is said again, by message. */
        private final Map<Integer, Integer> saidUntil = new TreeMap<>();

        void next(Line line, List<Evidence> found) {
            if (known.length == 0) {
                return;
            }
            long before = now.stretch();
            if (!now.add(line, (hour, counts, lines) -> over(hour, counts, lines, found))) {
                return;
            }
            if (now.stretch() != before) {
                saidUntil.clear();
            }
            if (side == Side.MORE) {
                judge(Names.MOST, now.stretch(), now.lines(), now.lines(), found);
                if (line.message >= 0) {
                    judge(line.message, now.stretch(), now.count(line.message), now.lines(), found);
                }
            }
        }

        /** Says which whole hours had too few, until a time at which nothing has come. */
        void quiet(double until, List<Evidence> found) {
            if (side == Side.FEWER && known.length > 0 && now.hasEmpty(until)) {
                now.quiet(until, (hour, counts, lines) -> over(hour, counts, lines, found));
            }
        }

        /** Begins again with the next line. */
        void resume() {
            now.begin();
        }

        private void over(long hour, int[] counts, int lines, List<Evidence> found) {
            if (side == Side.FEWER) {
                for (int message : known) {
                    int count = message < counts.length ? counts[message] : 0;
                    judge(message, hour, message == Names.MOST ? lines : count, lines, found);
                }
            }
        }

        private void judge(int message, long hour, int count, int lines, List<Evidence> found) {
            if (count < saidUntil.getOrDefault(message, 0)) {
                return;
            }
            Cycle furthest = Cycle.DAY;
            double strength = 0;
            for (Cycle cycle : CYCLES) {
                double now = strength(cycle, message, hour, count, lines);
                if (now > strength) {
                    furthest = cycle;
                    strength = now;
                }
            }
            Usual of = usual(furthest, message);
            if (strength >= 1 && of != null) {
                if (side == Side.MORE) {
                    saidUntil.put(message, count > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : 2 * count);
                }
                found.add(evidence(message, furthest, count, of.counts[furthest.of(hour)], of.times, strength));
            }
        }

        private double strength(Cycle cycle, int message, long hour, int count, int lines) {
            Usual of = usual(cycle, message);
            int usualCount = of == null ? UNKNOWN : of.counts[cycle.of(hour)];
            if (of == null || usualCount == UNKNOWN) {
                return 0;
            }
            double ratio = side.ratio(count, usualCount);
            if (ratio < of.limit) {
                return 0;
            }
            Usual ofLog = message == Names.MOST ? null : usual(cycle, Names.MOST);
            int usualLines = ofLog == null ? UNKNOWN : ofLog.counts[cycle.of(hour)];
            return ratio / side.ofOthers(lines, usualLines, count, usualCount) / of.limit;
        }

        private Evidence evidence(int message, Cycle cycle, int count, int usualCount, int times, double strength) {
            boolean isLog = message == Names.MOST;
            String said = isLog ? "" : names.text(message);
            String reason = (isLog ? "Lines of the log" : Names.quoted(said))
                    + (side == Side.MORE ? " came " : " came only ")
                    + Spans.times(count)
                    + " in an hour; "
                    + cycle.when
                    + String.format(
                            Locale.ROOT,
                            side == Side.MORE ? " never more than %,d" : " never fewer than %,d",
                            usualCount)
                    + String.format(Locale.ROOT, cycle.known, times);
            return new Evidence(side.kind, strength, said, isLog ? LOG : null, reason);
        }

        void write(DataOutput out) throws IOException {
            now.write(out);
            out.writeInt(saidUntil.size());
            for (Map.Entry<Integer, Integer> said : saidUntil.entrySet()) {
                out.writeInt(said.getKey());
                out.writeInt(said.getValue());
            }
        }

        void read(DataInput in) throws IOException {
            now.read(in, names.size());
            for (int said = in.readInt(); said > 0; said--) {
                saidUntil.put(in.readInt(), in.readInt());
            }
        }

        /** Writes the hour that is over and not judged yet. */
        void writeWaiting(DataOutput out) throws IOException {
            now.writeWaiting(out);
        }

        void readWaiting(DataInput in) throws IOException {
            now.readWaiting(in, names.size());
        }

        /** Writes for how long it waits. */
        void writeGap(DataOutput out) throws IOException {
            now.writeGap(out);
        }

        void readGap(DataInput in) throws IOException {
            now.readGap(in);
        }
    }
}
