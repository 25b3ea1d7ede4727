package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many lines of the log, and of each message, an hour had at each time of the day: what is usual at noon is far too
 * much at night, and what is usual at night far too little at noon. {@link BurstKind} asks for the most, {@link
 * DropKind} for the fewest. An hour is compared with the same hour of other days and the two beside it, so that a job
 * that starts some minutes earlier, or a clock that is put back, is not odd. Immutable, safe for use by several
 * threads.
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

    private static final int SECONDS = 3600;
    private static final int HOURS = 24;
    /** An hour of the day is known once so many days had it whole. */
    private static final int LEAST_DAYS = 7;
    /** Days after which the past is judged while it is learnt. */
    private static final int WARM_UP_DAYS = 4;
    /** Hours without a line after which another stretch of time begins. */
    private static final int LONGEST_PAUSE = 7 * HOURS;

    private static final int LEAST_USUAL = 12;
    private static final int LEAST_COUNT = 24;
    private static final double LEAST_RATIO = 2;
    /** What comes may be so much stronger than what came. */
    private static final double MARGIN = 1.3;

    private static final int UNKNOWN = -1;
    private static final String LOG = "log";

    private final Side side;
    private final Names names;
    /** By message, the log under {@link Names#MOST}. */
    private final Map<Integer, Usual> usual;

    private final List<@Nullable Usual> ofMessages = new ArrayList<>();
    private final @Nullable Usual ofLog;

    private HourRates(Side side, Names names, Map<Integer, Usual> usual) {
        this.side = side;
        this.names = names;
        this.usual = usual;
        this.ofLog = usual.get(Names.MOST);
        for (int message = 0; message < names.size(); message++) {
            ofMessages.add(usual.get(message));
        }
    }

    /** What is usual of a message or the log. */
    private static final class Usual {
        private final int days;
        private final double limit;
        /** By hour of the day; {@link #UNKNOWN} where too few days had it. */
        private final int[] counts;

        Usual(int days, double limit, int[] counts) {
            this.days = days;
            this.limit = limit;
            this.counts = counts;
        }
    }

    private static int ofDay(long hour) {
        return (int) Math.floorMod(hour, (long) HOURS);
    }

    /** The rows as JSON: message, days, limit, the counts by hour of the day. */
    List<Object> toJson() {
        List<Object> rows = new ArrayList<>();
        usual.forEach((message, of) -> {
            List<Object> row = new ArrayList<>(List.of(message, of.days, of.limit));
            Arrays.stream(of.counts).forEach(row::add);
            rows.add(row);
        });
        return rows;
    }

    /** Reads a member that {@link #toJson} gave; without it nothing is known. */
    static HourRates read(Side side, Names names, JsonNode json, String member) {
        Map<Integer, Usual> usual = new TreeMap<>();
        if (json.has(member)) {
            for (JsonNode row : Written.rows(json, member, 3 + HOURS)) {
                int[] counts = new int[HOURS];
                for (int hour = 0; hour < HOURS; hour++) {
                    counts[hour] = (int) Math.max(UNKNOWN, Math.min(Integer.MAX_VALUE, Written.number(row, 3 + hour)));
                }
                int message = Written.index(row, 0, Names.MOST + 1);
                if (message != Names.MOST && message >= names.size()) {
                    throw Written.wrong("message " + message + " of '" + member + "' is not there");
                }
                usual.put(message, new Usual(Written.index(row, 1, Integer.MAX_VALUE), Written.number(row, 2), counts));
            }
        }
        return new HourRates(side, names, usual);
    }

    Watching begin() {
        return new Watching();
    }

    /** Takes an hour that is over. */
    private interface Ended {
        void hour(int ofDay, int[] counts, int lines);
    }

    /** Counts the lines of the hour under way. */
    private static final class Hour {
        private long hour = Long.MIN_VALUE;
        /** Whether it was followed from its beginning. */
        private boolean isWhole;

        private int[] counts = new int[16];
        private int lines;

        /** Counts a line; returns whether it could. */
        boolean add(Line line, Ended ended) {
            if (!line.isTimed()) {
                return false;
            }
            if (line.isRestart) {
                hour = Long.MIN_VALUE;
            }
            advance(line.seconds, ended);
            lines++;
            if (line.message >= 0) {
                if (line.message >= counts.length) {
                    counts = Arrays.copyOf(counts, Math.max(2 * counts.length, line.message + 1));
                }
                counts[line.message]++;
            }
            return true;
        }

        /** Hands over the hours that are over by a time; those without a line, too. */
        void advance(double seconds, Ended ended) {
            long now = Math.floorDiv((long) Math.floor(seconds), (long) SECONDS);
            if (now <= hour) {
                return;
            }
            boolean follows = hour != Long.MIN_VALUE && now - hour <= LONGEST_PAUSE;
            if (isWhole && follows) {
                ended.hour(ofDay(hour), counts, lines);
            }
            Arrays.fill(counts, 0);
            lines = 0;
            if (follows) {
                for (long empty = hour + 1; empty < now; empty++) {
                    ended.hour(ofDay(empty), counts, 0);
                }
            }
            isWhole = follows;
            hour = now;
        }

        int count(int message) {
            return message < counts.length ? counts[message] : 0;
        }
    }

    /** The furthest counts of a message or the log so far. */
    private static final class Furthest {
        private final int[] counts = new int[HOURS];
        private final int[] days = new int[HOURS];
        /** How far beyond those before one ever was. */
        private double past;

        /** The usual count of an hour of the day and those beside it, or {@link #UNKNOWN}. */
        private int usual(Side side, int ofDay, int least) {
            if (days[ofDay] < least) {
                return UNKNOWN;
            }
            int found = counts[ofDay];
            for (int beside : new int[] {(ofDay + 1) % HOURS, (ofDay + HOURS - 1) % HOURS}) {
                found = days[beside] == 0 ? found : side.further(found, counts[beside]);
            }
            return found;
        }

        /** Judges an hour by those before it, then learns it. */
        void add(Side side, int ofDay, int count, int usualLines, int lines) {
            int usual = usual(side, ofDay, WARM_UP_DAYS);
            if (usual != UNKNOWN) {
                past = Math.max(past, side.ratio(count, usual) / side.ofOthers(lines, usualLines, count, usual));
            }
            counts[ofDay] = days[ofDay] == 0 ? count : side.further(counts[ofDay], count);
            days[ofDay]++;
        }

        @Nullable
        Usual learnt(Side side) {
            int[] usual = new int[HOURS];
            int fewestDays = Integer.MAX_VALUE;
            for (int hour = 0; hour < HOURS; hour++) {
                usual[hour] = usual(side, hour, LEAST_DAYS);
                fewestDays = usual[hour] == UNKNOWN ? fewestDays : Math.min(fewestDays, days[hour]);
            }
            boolean tells = Arrays.stream(usual).anyMatch(count -> count >= (side == Side.MORE ? 0 : LEAST_USUAL));
            return tells ? new Usual(fewestDays, Math.max(LEAST_RATIO, MARGIN * past), usual) : null;
        }
    }

    /** Learns the rates. For one thread. */
    static final class Learning {
        private final Side side;
        private final Names names;
        private final List<Furthest> ofMessages = new ArrayList<>();
        private final Furthest ofLog = new Furthest();
        private Hour now = new Hour();

        Learning(Side side, Names names) {
            this.side = side;
            this.names = names;
        }

        void begin() {
            now = new Hour();
        }

        void add(Line line) {
            now.add(line, this::learn);
        }

        private void learn(int ofDay, int[] counts, int lines) {
            int usualLines = ofLog.usual(side, ofDay, WARM_UP_DAYS);
            for (int message = 0; message < names.size(); message++) {
                int count = message < counts.length ? counts[message] : 0;
                if (message == ofMessages.size()) {
                    ofMessages.add(new Furthest());
                }
                ofMessages.get(message).add(side, ofDay, count, usualLines, lines);
            }
            ofLog.add(side, ofDay, lines, UNKNOWN, lines);
        }

        HourRates finish() {
            Map<Integer, Usual> usual = new TreeMap<>();
            for (int message = 0; message < ofMessages.size(); message++) {
                put(usual, message, ofMessages.get(message));
            }
            put(usual, Names.MOST, ofLog);
            return new HourRates(side, names, usual);
        }

        private void put(Map<Integer, Usual> usual, int message, Furthest furthest) {
            Usual learnt = furthest.learnt(side);
            if (learnt != null) {
                usual.put(message, learnt);
            }
        }
    }

    /** Watches a stream. For one thread. */
    final class Watching {
        private final Hour now = new Hour();
        /** The count of the hour from which on more of it is said again, by message. */
        private final Map<Integer, Integer> saidUntil = new TreeMap<>();

        void next(Line line, List<Evidence> found) {
            if (usual.isEmpty() || !now.add(line, (ofDay, counts, lines) -> over(ofDay, lines, found))) {
                return;
            }
            if (side == Side.MORE) {
                int ofDay = ofDay(now.hour);
                judge(Names.MOST, ofDay, now.lines, now.lines, found);
                if (line.message >= 0) {
                    judge(line.message, ofDay, now.count(line.message), now.lines, found);
                }
            }
        }

        /** Says which whole hours had too few, until a time at which nothing has come. */
        void quiet(double until, List<Evidence> found) {
            boolean isEmpty = now.hour != Long.MIN_VALUE && (long) Math.floor(until / SECONDS) > now.hour + 1;
            if (side == Side.FEWER && isEmpty && !usual.isEmpty()) {
                now.advance(until, (ofDay, counts, lines) -> over(ofDay, lines, found));
            }
        }

        private void over(int ofDay, int lines, List<Evidence> found) {
            saidUntil.clear();
            if (side == Side.FEWER) {
                for (int message : usual.keySet()) {
                    judge(message, ofDay, message == Names.MOST ? lines : now.count(message), lines, found);
                }
            }
        }

        private void judge(int message, int ofDay, int count, int lines, List<Evidence> found) {
            Usual of = message == Names.MOST ? ofLog : ofMessages.get(message);
            if (of == null || of.counts[ofDay] == UNKNOWN) {
                return;
            }
            double ratio = side.ratio(count, of.counts[ofDay]);
            if (ratio < of.limit || count < saidUntil.getOrDefault(message, 0)) {
                return;
            }
            int usualLines = message == Names.MOST || ofLog == null ? UNKNOWN : ofLog.counts[ofDay];
            double strength = ratio / side.ofOthers(lines, usualLines, count, of.counts[ofDay]) / of.limit;
            if (strength >= 1) {
                if (side == Side.MORE) {
                    saidUntil.put(message, count > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : 2 * count);
                }
                found.add(evidence(message, count, of.counts[ofDay], of.days, strength));
            }
        }

        private Evidence evidence(int message, int count, int usualCount, int days, double strength) {
            boolean isLog = message == Names.MOST;
            String said = isLog ? "" : names.text(message);
            String reason = String.format(
                    Locale.ROOT,
                    side == Side.MORE
                            ? "%s came %,d times in an hour; about this time of the day never more than %,d on %,d days."
                            : "%s came only %,d times in an hour; about this time of the day never fewer than %,d on %,d days.",
                    isLog ? "Lines of the log" : Names.quoted(said),
                    count,
                    usualCount,
                    days);
            return new Evidence(side.kind, strength, said, isLog ? LOG : null, reason);
        }

        void write(DataOutput out) throws IOException {
            out.writeLong(now.hour);
            out.writeBoolean(now.isWhole);
            out.writeInt(now.lines);
            out.writeInt(
                    (int) Arrays.stream(now.counts).filter(count -> count > 0).count());
            for (int message = 0; message < now.counts.length; message++) {
                if (now.counts[message] > 0) {
                    out.writeInt(message);
                    out.writeInt(now.counts[message]);
                }
            }
            out.writeInt(saidUntil.size());
            for (Map.Entry<Integer, Integer> said : saidUntil.entrySet()) {
                out.writeInt(said.getKey());
                out.writeInt(said.getValue());
            }
        }

        void read(DataInput in) throws IOException {
            now.hour = in.readLong();
            now.isWhole = in.readBoolean();
            now.lines = in.readInt();
            now.counts = new int[Math.max(16, names.size())];
            for (int counted = in.readInt(); counted > 0; counted--) {
                int message = in.readInt();
                int count = in.readInt();
                if (message < now.counts.length) {
                    now.counts[message] = count;
                }
            }
            for (int said = in.readInt(); said > 0; said--) {
                saidUntil.put(in.readInt(), in.readInt());
            }
        }
    }
}
