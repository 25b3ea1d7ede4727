package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * More of a message than there ever was: among the last lines, in the last seconds, in a row, or the very same line in
 * a row; or more lines of the log in the last seconds; or more in an hour than at this time of any day. What counts is
 * the ratio to the largest that training had.
 */
final class BurstKind implements Kind {
    private static final int[] LINES = {20, 100};
    private static final int[] SECONDS = {1, 10, 60, 600};
    /** The measures: lines of {@link #LINES}, in a row, the same in a row, then {@link #SECONDS}. */
    private static final int ROW = LINES.length;

    private static final int SAME = ROW + 1;
    private static final int TIMES = SAME + 1;
    private static final int MEASURES = TIMES + SECONDS.length;

    /** The ways to compare: by lines and time at once, by lines, by time, by the same line in a row. */
    private static final int BOTH = 0;

    private static final int BY_LINES = 1;
    private static final int BY_TIME = 2;
    private static final int BY_SAME = 3;
    private static final int WAYS = 4;
    private static final double[] LEAST_RATIO = {2, 3, 6, 2};

    /** A message that came less often has no usual rate. */
    private static final int LEAST_SUPPORT = 5;
    /** Fewer than so many are no burst. */
    private static final int LEAST_COUNT = 6;

    private static final int LEAST_USUAL = 3;
    /** Stretches that training must have for the most of one to be known. */
    private static final int LEAST_STRETCHES = 12;

    private static final double PER_THOUSAND = .5;
    /** The part of training that only begins to know. */
    private static final int WARM_UP_LINES = 300;

    /** Of stretches cut out of a log so many must last as long as a measure does: those that do are of quiet times. */
    private static final double LEAST_LASTING = .9;
    /** A piece with fewer lines does not count. */
    private static final int LEAST_PIECE = 20;

    private static final String LOG = "log";

    private final Names names;
    /**
     * The largest that training had of each message, and of the log at the end; null for a message that came too
     * rarely.
     */
    private final List<int @Nullable []> most;

    private final long[] support;
    private final double[][] limits;
    private final HourRates hours;

    private BurstKind(Names names, List<int @Nullable []> most, long[] support, double[][] limits, HourRates hours) {
        this.names = names;
        this.most = most;
        this.support = support;
        this.limits = limits;
        this.hours = hours;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.BURST;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        List<Object> rows = new ArrayList<>();
        for (int message = 0; message < most.size(); message++) {
            int[] measures = most.get(message);
            if (measures != null) {
                List<Object> row = new ArrayList<>(List.of(message, support[message]));
                Arrays.stream(measures).forEach(row::add);
                rows.add(row);
            }
        }
        return hours.with(Map.of("limits", limits, "most", rows));
    }

    static BurstKind read(Names names, JsonNode json) {
        List<int @Nullable []> most = new ArrayList<>(Collections.nCopies(names.size() + 1, null));
        long[] support = new long[names.size() + 1];
        for (JsonNode row : Written.rows(json, "most", 2 + MEASURES)) {
            int message = Written.index(row, 0, support.length);
            support[message] = Written.count(row, 1);
            int[] measures = new int[MEASURES];
            for (int i = 0; i < MEASURES; i++) {
                measures[i] = (int) Written.count(row, 2 + i);
            }
            most.set(message, measures);
        }
        return new BurstKind(
                names,
                most,
                support,
                Written.table(json, "limits", WAYS, Calibration.BINS),
                HourRates.read(HourRates.Side.MORE, names, json));
    }

    /** What is counted in a stream. */
    private static final class Counts {
        private final int[] recent = new int[LINES[LINES.length - 1]];
        private int filled;
        private int at;
        private int[][] inLines = new int[LINES.length][64];
        private final List<Sliding @Nullable []> inSeconds = new ArrayList<>();
        private Sliding[] ofLog = sliding();

        private static Sliding[] sliding() {
            return Arrays.stream(SECONDS).mapToObj(Sliding::new).toArray(Sliding[]::new);
        }

        /** Counts a line, and fills in the measures of its message and of the log. */
        void add(Line line, int[] measures, int[] log) {
            int message = line.message;
            if (line.isRestart) {
                inSeconds.clear();
                ofLog = sliding();
            }
            for (int i = 0; i < LINES.length; i++) {
                if (filled >= LINES[i]) {
                    int leaving = recent[Math.floorMod(at - LINES[i], recent.length)];
                    if (leaving >= 0) {
                        inLines[i][leaving]--;
                    }
                }
                if (message >= 0) {
                    if (message >= inLines[i].length) {
                        inLines[i] = Arrays.copyOf(inLines[i], Math.max(2 * inLines[i].length, message + 1));
                    }
                    measures[i] = ++inLines[i][message];
                }
            }
            recent[at] = message;
            at = (at + 1) % recent.length;
            filled = Math.min(filled + 1, recent.length);
            measures[ROW] = line.run;
            measures[SAME] = line.repeat;
            Arrays.fill(measures, TIMES, MEASURES, 0);
            Arrays.fill(log, 0);
            if (line.isTimed()) {
                if (message >= 0) {
                    count(of(message), line.logged, measures);
                }
                count(ofLog, line.logged, log);
            }
        }

        private Sliding[] of(int message) {
            while (inSeconds.size() <= message) {
                inSeconds.add(null);
            }
            Sliding[] found = inSeconds.get(message);
            if (found == null) {
                found = sliding();
                inSeconds.set(message, found);
            }
            return found;
        }

        private static void count(Sliding[] of, double seconds, int[] measures) {
            for (int i = 0; i < of.length; i++) {
                measures[TIMES + i] = of[i].add(seconds);
            }
        }

        void write(DataOutput out) throws IOException {
            out.writeInt(filled);
            out.writeInt(at);
            for (int message : recent) {
                out.writeInt(message);
            }
            for (Sliding sliding : ofLog) {
                sliding.write(out);
            }
            out.writeInt(inSeconds.size());
            for (Sliding[] of : inSeconds) {
                out.writeBoolean(of != null);
                if (of != null) {
                    for (Sliding sliding : of) {
                        sliding.write(out);
                    }
                }
            }
        }

        /** Writes what {@link #write} of versions before does not. */
        void writeBehind(DataOutput out) throws IOException {
            for (Sliding sliding : all()) {
                sliding.writeBehind(out);
            }
        }

        void readBehind(DataInput in) throws IOException {
            for (Sliding sliding : all()) {
                sliding.readBehind(in);
            }
        }

        /** Those of the log, and of each message that came. */
        private List<Sliding> all() {
            return Stream.concat(
                            Stream.of(ofLog),
                            inSeconds.stream().filter(Objects::nonNull).flatMap(Arrays::stream))
                    .toList();
        }

        void read(DataInput in, int messages) throws IOException {
            filled = in.readInt();
            at = in.readInt();
            for (int i = 0; i < recent.length; i++) {
                recent[i] = Math.min(in.readInt(), messages - 1);
            }
            inLines = new int[LINES.length][Math.max(messages, 1)];
            for (int i = 0; i < LINES.length; i++) {
                for (int back = 1; back <= Math.min(filled, LINES[i]); back++) {
                    int message = recent[Math.floorMod(at - back, recent.length)];
                    if (message >= 0) {
                        inLines[i][message]++;
                    }
                }
            }
            for (Sliding sliding : ofLog) {
                sliding.read(in);
            }
            int size = in.readInt();
            for (int message = 0; message < size; message++) {
                if (in.readBoolean()) {
                    for (Sliding sliding : of(message)) {
                        sliding.read(in);
                    }
                }
            }
        }
    }

    /**
     * The ratios to the most that there was, by the way to compare; {@code best} is what measure has the largest of
     * each.
     */
    private static void ratios(int[] measures, int[] most, double[] ratios, int[] best) {
        Arrays.fill(ratios, 0);
        for (int i = 0; i < MEASURES; i++) {
            if (measures[i] < LEAST_COUNT) {
                continue;
            }
            double ratio = (double) measures[i] / Math.max(most[i], LEAST_USUAL);
            int way = i == SAME ? BY_SAME : i < SAME ? BY_LINES : BY_TIME;
            if (ratio > ratios[way]) {
                ratios[way] = ratio;
                best[way] = i;
            }
        }
        ratios[BOTH] = Math.min(ratios[BY_LINES], ratios[BY_TIME]);
        best[BOTH] = best[BY_LINES];
    }

    /** Learns the rates. */
    static final class Learning implements Lesson {
        private final Names names;
        private final List<int[]> most = new ArrayList<>();
        private final List<long[]> support = new ArrayList<>();
        private final int[] mostOfLog = new int[MEASURES];
        private final Calibration[] past = new Calibration[WAYS];
        private final int[] measures = new int[MEASURES];
        private final int[] log = new int[MEASURES];
        private final double[] ratios = new double[WAYS];
        private final int[] best = new int[WAYS];
        private final HourRates.Learning hours;
        private Counts counts = new Counts();
        private long lines;
        private final long[] stretch = new long[MEASURES];
        private final long[] stretches = new long[MEASURES];
        /** Cut pieces of the log, their lines, and how many of them lasted as long as each measure. */
        private long pieces;

        private long linesOfPieces;

        private boolean isCut;
        private final long[] lasting = new long[MEASURES];
        private final boolean[] lasts = new boolean[MEASURES];
        /** By {@link #SECONDS}, the most lines of the log that were counted in so long, and in how many stretches. */
        private final int[] mostCounted = new int[SECONDS.length];

        private final long[] counted = new long[SECONDS.length];

        Learning(Names names) {
            this.names = names;
            hours = new HourRates.Learning(HourRates.Side.MORE, names);
            Arrays.setAll(past, i -> new Calibration());
        }

        @Override
        public void begin() {
            counts = new Counts();
            hours.begin();
            Arrays.fill(lasts, false);
        }

        @Override
        public void add(Line line) {
            counts.add(line, measures, log);
            isCut = line.isCut;
            if (isCut) {
                cut(line);
            } else {
                hours.add(line);
            }
            int message = line.message;
            lines++;
            for (int i = 0; i < MEASURES; i++) {
                if (i >= TIMES && !isFollowed(line, i)) {
                    continue;
                }
                long now = i < ROW
                        ? lines / LINES[i]
                        : i < TIMES || !line.isTimed() ? 0 : (long) Math.floor(line.seconds / SECONDS[i - TIMES]);
                stretches[i] += now == stretch[i] ? 0 : 1;
                stretch[i] = now;
            }
            while (most.size() <= message) {
                most.add(new int[MEASURES]);
                support.add(new long[1]);
            }
            if (message >= 0) {
                judge(message, measures, most.get(message), ++support.get(message)[0]);
            }
            judge(Names.MOST, log, mostOfLog, lines);
        }

        /** Whether a piece of a log has so many lines or seconds before a line as are counted. */
        private static boolean isFollowed(Line line, int measure) {
            return measure < ROW
                    ? line.isFollowedFor(LINES[measure])
                    : measure < TIMES || line.isFollowedFor((double) SECONDS[measure - TIMES]);
        }

        /** In a piece of a log, what was counted over less than it should be tells nothing. */
        private void cut(Line line) {
            pieces += line.number == LEAST_PIECE ? 1 : 0;
            linesOfPieces += line.number == LEAST_PIECE ? LEAST_PIECE : line.number > LEAST_PIECE ? 1 : 0;
            for (int i = 0; i < MEASURES; i++) {
                if (!isFollowed(line, i)) {
                    measures[i] = 0;
                    log[i] = 0;
                } else if (!lasts[i] && line.number >= LEAST_PIECE) {
                    lasts[i] = true;
                    lasting[i]++;
                }
            }
        }

        private boolean isLasting(int measure) {
            return !isCut || (pieces > 0 && lasting[measure] >= LEAST_LASTING * pieces);
        }

        /** Takes back what pieces were too short for. */
        private void forgetCut() {
            for (int i = 0; i < MEASURES; i++) {
                if (!isLasting(i)) {
                    for (int[] of : most) {
                        of[i] = Integer.MAX_VALUE;
                    }
                    mostOfLog[i] = Integer.MAX_VALUE;
                }
            }
            // A row as long as half a piece may well be longer.
            for (int[] of : most) {
                for (int i = ROW; i <= SAME; i++) {
                    of[i] = isCut && 2L * of[i] * pieces >= linesOfPieces ? Integer.MAX_VALUE : of[i];
                }
            }
        }

        @Override
        public void add(CountedHour hour) {
            hours.add(hour);
            for (int i = 0; i < SECONDS.length; i++) {
                int minutes = SECONDS[i] / 60;
                for (int from = 0; minutes > 0 && from < CountedHour.MINUTES; from += minutes) {
                    int lines = hour.lines(from, from + minutes);
                    mostCounted[i] = Math.max(mostCounted[i], lines);
                    counted[i] += lines > 0 ? 1 : 0;
                }
            }
        }

        @Override
        public List<String> notLearnt() {
            List<String> spans = new ArrayList<>();
            for (int i = 0; i < MEASURES; i++) {
                if (!isLasting(i)) {
                    spans.add(i < ROW ? LINES[i] + " lines" : SECONDS[i - TIMES] + " s");
                }
            }
            return spans.isEmpty()
                    ? List.of()
                    : List.of("burst of a message in " + String.join(", ", spans)
                            + ", as stretches do not last that long");
        }

        /** The most in a few stretches tells nothing of the next. */
        private boolean isTold(int measure) {
            return measure == ROW || measure == SAME || stretches[measure] >= LEAST_STRETCHES;
        }

        private void judge(int message, int[] now, int[] before, long known) {
            for (int i = 0; i < MEASURES; i++) {
                if (!isTold(i)) {
                    before[i] = Integer.MAX_VALUE;
                } else if (before[i] == Integer.MAX_VALUE) {
                    before[i] = now[i];
                }
            }
            if (lines > WARM_UP_LINES && known > LEAST_SUPPORT) {
                ratios(now, before, ratios, best);
                for (int way = 0; way < WAYS; way++) {
                    if (ratios[way] > 1) {
                        past[way].saw(message, known, ratios[way]);
                    }
                }
            }
            for (int i = 0; i < MEASURES; i++) {
                before[i] = Math.max(before[i], now[i]);
            }
        }

        @Override
        public Kind finish(long trained) {
            forgetCut();
            for (int i = TIMES; i < MEASURES; i++) {
                if (counted[i - TIMES] >= LEAST_STRETCHES) {
                    int known = mostOfLog[i] == Integer.MAX_VALUE ? 0 : mostOfLog[i];
                    mostOfLog[i] = Math.max(known, mostCounted[i - TIMES]);
                }
            }
            double[][] limits = new double[WAYS][];
            int allowed = (int) (PER_THOUSAND * Math.max(0, trained - WARM_UP_LINES) / 1000);
            for (int way = 0; way < WAYS; way++) {
                limits[way] = past[way].limits(LEAST_RATIO[way], allowed);
            }
            List<int @Nullable []> learnt = new ArrayList<>();
            long[] known = new long[names.size() + 1];
            for (int message = 0; message < names.size(); message++) {
                known[message] = message < support.size() ? support.get(message)[0] : 0;
                learnt.add(known[message] < LEAST_SUPPORT ? null : most.get(message));
            }
            known[names.size()] = lines;
            learnt.add(mostOfLog[TIMES] == 0 ? null : mostOfLog);
            return new BurstKind(names, learnt, known, limits, hours.finish());
        }
    }

    private final class Watching implements Watch {
        private final Counts counts = new Counts();
        private final HourRates.Watching inHours = hours.begin();
        private final int[] measures = new int[MEASURES];
        private final int[] log = new int[MEASURES];
        private final double[] ratios = new double[WAYS];
        private final int[] best = new int[WAYS];

        @Override
        public void next(Line line, List<Evidence> found) {
            counts.add(line, measures, log);
            if (line.message >= 0) {
                judge(line.message, measures, found);
            }
            judge(names.size(), log, found);
            inHours.next(line, found);
        }

        private void judge(int message, int[] now, List<Evidence> found) {
            int[] usual = most.get(message);
            if (usual == null) {
                return;
            }
            ratios(now, usual, ratios, best);
            int bin = Calibration.bin(support[message]);
            double strength = 0;
            int way = 0;
            for (int i = 0; i < WAYS; i++) {
                if (ratios[i] / limits[i][bin] > strength) {
                    strength = ratios[i] / limits[i][bin];
                    way = i;
                }
            }
            if (strength >= 1) {
                boolean isLog = message == names.size();
                String said = isLog ? "" : names.text(message);
                int measure = best[way];
                String reason = (isLog ? "Lines of the log came " : Names.quoted(said) + " came ")
                        + String.format(Locale.ROOT, "%,d times %s", now[measure], where(measure))
                        + String.format(Locale.ROOT, "; never more than %,d before.", Math.max(1, usual[measure]));
                found.add(new Evidence(EvidenceKind.BURST, strength, said, isLog ? LOG : null, reason));
            }
        }

        private static String where(int measure) {
            return measure < ROW
                    ? "in " + LINES[measure] + " lines"
                    : measure == ROW
                            ? "in a row"
                            : measure == SAME
                                    ? "in a row with the same values"
                                    : "in " + Spans.said(SECONDS[measure - TIMES]);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            counts.write(out);
            inHours.write(out);
            inHours.writeWaiting(out);
            counts.writeBehind(out);
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            counts.read(in, names.size());
            if (in.available() > 0) {
                inHours.read(in);
            }
            if (in.available() > 0) {
                inHours.readWaiting(in);
                counts.readBehind(in);
            }
        }
    }
}
