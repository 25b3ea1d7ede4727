package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages that came regularly and come no more. A message is regular if its longest gap is a few times the usual one,
 * in lines and, where there are times, in seconds; a silence is longer than the longest gap in both. That training had
 * nothing of it for long at its begin or end counts as a gap.
 */
final class SilenceKind implements Kind {
    private static final int LEAST_SUPPORT = 14;
    /** The longest gap of a regular message in gaps of usual length. */
    private static final double REGULAR = 5;

    private static final double LEAST_RATIO = 2;
    /** A message that began later must have come regularly in so much of training. */
    private static final double LEAST_SHARE = .2;

    private static final double PER_THOUSAND = .5;
    private static final int WARM_UP_LINES = 300;

    /**
     * A regular message.
     *
     * @param count how many gaps there were
     * @param usualLines the median gap
     * @param lines the longest gap in lines
     * @param usualSeconds the median gap in seconds, 0 if they do not count
     * @param seconds the longest gap in seconds, 0 if they do not count
     * @param fromBegin whether streams have it from their begin
     */
    private record Regular(
            long count, double usualLines, double lines, double usualSeconds, double seconds, boolean fromBegin) {}

    /** Fewer pauses of the log tell nothing of the longest. */
    private static final int LEAST_PAUSES = 100;

    private static final double LEAST_PAUSE_SECONDS = 10;

    /**
     * The pauses between the lines of the log.
     *
     * @param count how many there were
     * @param longest the longest in seconds
     * @param limit how many times as long one must be to be odd
     */
    private record Pauses(long count, double longest, double limit) {
        double strength(double seconds) {
            return count < LEAST_PAUSES ? 0 : seconds / Math.max(LEAST_PAUSE_SECONDS, longest) / limit;
        }
    }

    private final Names names;
    private final Map<Integer, Regular> regular;
    private final double[] limits;
    private final Pauses pauses;

    private SilenceKind(Names names, Map<Integer, Regular> regular, double[] limits, Pauses pauses) {
        this.pauses = pauses;
        this.names = names;
        this.regular = regular;
        this.limits = limits;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.SILENCE;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        List<Object> rows = new ArrayList<>();
        regular.forEach((message, gaps) -> rows.add(List.of(
                message,
                gaps.count,
                gaps.usualLines,
                gaps.lines,
                gaps.usualSeconds,
                gaps.seconds,
                gaps.fromBegin ? 1 : 0)));
        return Map.of("limits", limits, "regular", rows, "pauses", List.of(pauses.count, pauses.longest, pauses.limit));
    }

    static SilenceKind read(Names names, JsonNode json) {
        Map<Integer, Regular> regular = new TreeMap<>();
        for (JsonNode row : Written.rows(json, "regular", 7)) {
            regular.put(
                    Written.index(row, 0, names.size()),
                    new Regular(
                            Written.count(row, 1),
                            Written.number(row, 2),
                            Written.number(row, 3),
                            Written.number(row, 4),
                            Written.number(row, 5),
                            Written.index(row, 6, 2) == 1));
        }
        // Models of before know nothing of the log's own pauses.
        JsonNode pauses = json.has("pauses") ? Written.array(json, "pauses") : null;
        return new SilenceKind(
                names,
                regular,
                Written.numbers(json, "limits", Calibration.BINS),
                pauses == null || pauses.size() != 3
                        ? new Pauses(0, 0, LEAST_RATIO)
                        : new Pauses(Written.count(pauses, 0), Written.number(pauses, 1), Written.number(pauses, 2)));
    }

    /** Gaps of one unit: their number by length on a logarithmic scale, and the longest. */
    private static final class Lengths {
        private static final int PER_OCTAVE = 8;
        private static final int SCALES = 40 * PER_OCTAVE;
        /** The least length that is told from none: a thousandth. */
        private static final double LEAST = 1 / 1024.0;

        private int[] counts = new int[8];
        private int first = -1;
        private long all;
        private double longest;

        private static int scale(double length) {
            double octaves = Math.log(Math.max(length, LEAST) / LEAST) / Math.log(2);
            return (int) Math.min(SCALES - 1, Math.round(octaves * PER_OCTAVE));
        }

        void add(double length) {
            int scale = scale(length);
            if (first < 0) {
                first = scale;
            }
            if (scale < first) {
                int more = first - scale;
                int[] wider = new int[counts.length + more];
                System.arraycopy(counts, 0, wider, more, counts.length);
                counts = wider;
                first = scale;
            }
            if (scale - first >= counts.length) {
                counts = Arrays.copyOf(counts, scale - first + 4);
            }
            counts[scale - first]++;
            all++;
            longest = Math.max(longest, length);
        }

        double median() {
            long below = 0;
            for (int i = 0; i < counts.length; i++) {
                below += counts[i];
                if (2 * below > all) {
                    return Math.min(longest, LEAST * Math.pow(2, (double) (first + i) / PER_OCTAVE));
                }
            }
            return longest;
        }

        double longestRegular(double least) {
            return REGULAR * Math.max(median(), least);
        }

        boolean isRegular(double least) {
            return all >= LEAST_SUPPORT && longest <= longestRegular(least);
        }
    }

    /** The gaps of a message. */
    private static final class Gaps {
        private final Lengths lines = new Lengths();
        private final Lengths seconds = new Lengths();
        private long lastLine = -1;
        private double lastSeconds = Double.NaN;
        /**
         * The longest that a stream had none from its begin, in lines and seconds; and how long streams had it since.
         */
        private double beginLines;

        private double beginSeconds;
        private long since;

        void add(double gapLines, double gapSeconds) {
            lines.add(gapLines);
            if (!Double.isNaN(gapSeconds)) {
                seconds.add(gapSeconds);
            }
        }

        /**
         * What is regular of it after so many lines of training, or null.
         *
         * @param most the longest gap that can be told
         */
        @Nullable
        Regular regular(long trained, double most) {
            if (!lines.isRegular(1) || lines.longest > most || trained - since < LEAST_SHARE * trained) {
                return null;
            }
            boolean bySeconds = seconds.all >= .9 * lines.all && seconds.isRegular(1);
            boolean fromBegin =
                    beginLines <= lines.longestRegular(1) && (!bySeconds || beginSeconds <= seconds.longestRegular(1));
            return new Regular(
                    lines.all,
                    lines.median(),
                    Math.max(2, Math.max(lines.longest, fromBegin ? beginLines : 0)),
                    bySeconds ? seconds.median() : 0,
                    bySeconds ? Math.max(2, Math.max(seconds.longest, fromBegin ? beginSeconds : 0)) : 0,
                    fromBegin);
        }

        static double ratio(Regular regular, double gapLines, double gapSeconds) {
            double ratio = gapLines / regular.lines;
            return regular.seconds == 0 || Double.isNaN(gapSeconds)
                    ? ratio
                    : Math.min(ratio, gapSeconds / regular.seconds);
        }
    }

    /** Learns the gaps. */
    static final class Learning implements Lesson {
        private final Names names;
        private final List<Gaps> gaps = new ArrayList<>();
        private final Calibration past = new Calibration();
        private long lines;
        private long lastLine;
        private double firstSeconds = Double.NaN;
        private double lastSeconds = Double.NaN;
        private long pauses;
        private double longestPause;
        /** How many times the longest before it a pause was at most. */
        private double pastPause = 1;
        /** Whether the streams are stretches cut out of a log, and how many there were. */
        private boolean isCut;

        private long pieces;
        /** The minutes without a line that were counted last. */
        private int emptyMinutes;

        private long lastHour;

        Learning(Names names) {
            this.names = names;
        }

        @Override
        public void begin() {
            end();
            lastLine = 0;
            firstSeconds = Double.NaN;
            lastSeconds = Double.NaN;
        }

        @Override
        public void add(Line line) {
            lines++;
            isCut = line.isCut;
            pieces += line.number == 1 ? 1 : 0;
            lastLine = line.number;
            if (line.isRestart || Double.isNaN(firstSeconds)) {
                firstSeconds = line.seconds;
            } else if (!Double.isNaN(lastSeconds) && line.isTimed()) {
                pause(line.seconds - lastSeconds);
            }
            lastSeconds = line.seconds;
            if (line.message < 0) {
                return;
            }
            while (gaps.size() <= line.message) {
                gaps.add(new Gaps());
            }
            Gaps of = gaps.get(line.message);
            if (of.lastLine < 0 && isCut && of.since > 0) {
                // It was silent at least since the stretch began.
                of.add((double) line.number, Math.max(0, line.seconds - firstSeconds));
            } else if (of.lastLine < 0) {
                of.beginLines = Math.max(of.beginLines, (double) line.number);
                of.beginSeconds = Math.max(of.beginSeconds, line.seconds - firstSeconds);
                of.since = lines;
            } else {
                gap(line.message, of, line.number, line.seconds);
            }
            of.lastLine = line.number;
            of.lastSeconds = line.seconds;
        }

        private void pause(double seconds) {
            if (seconds > longestPause) {
                if (pauses >= LEAST_PAUSES) {
                    pastPause = Math.max(pastPause, seconds / Math.max(LEAST_PAUSE_SECONDS, longestPause));
                }
                longestPause = seconds;
            }
            pauses++;
        }

        private void gap(int message, Gaps of, long number, double seconds) {
            double gapLines = number - of.lastLine;
            double gapSeconds = seconds - of.lastSeconds;
            if (lines > WARM_UP_LINES && gapLines > of.lines.longest) {
                Regular before = of.regular(lines - (long) gapLines, mostLines());
                double ratio = before == null ? 0 : Gaps.ratio(before, gapLines, gapSeconds);
                if (before != null && ratio > 1) {
                    past.saw(message, before.count, ratio);
                }
            }
            of.add(gapLines, Math.max(0, gapSeconds));
        }

        /** A stretch tells only of gaps that are much shorter. */
        private double mostLines() {
            return isCut ? (double) lines / pieces / 2 : Double.POSITIVE_INFINITY;
        }

        @Override
        public void add(CountedHour hour) {
            emptyMinutes = hour.follows()
                    ? (int) Math.min(
                            Integer.MAX_VALUE / 2, emptyMinutes + CountedHour.MINUTES * (hour.hour() - lastHour - 1))
                    : 0;
            lastHour = hour.hour();
            for (int minute = hour.begin(); minute < hour.end(); minute++) {
                boolean isEmpty = hour.lines(minute, minute + 1) == 0;
                emptyMinutes += isEmpty ? 1 : 0;
                longestPause = Math.max(longestPause, 60.0 * emptyMinutes);
                emptyMinutes = isEmpty ? emptyMinutes : 0;
            }
        }

        @Override
        public List<String> notLearnt() {
            return List.of(String.format(
                    Locale.ROOT,
                    "silence of messages that come less often than every %,d lines, as stretches have hardly more",
                    (long) mostLines()));
        }

        private void end() {
            for (int message = 0; message < gaps.size(); message++) {
                Gaps of = gaps.get(message);
                if (of.lastLine >= 0) {
                    gap(message, of, lastLine + 1, lastSeconds);
                } else if (isCut && of.since > 0 && lastLine > 0) {
                    of.add(lastLine + 1.0, Math.max(0, lastSeconds - firstSeconds));
                }
                of.lastLine = -1;
                of.lastSeconds = Double.NaN;
            }
        }

        @Override
        public Kind finish(long trained) {
            end();
            Map<Integer, Regular> regular = new TreeMap<>();
            for (int message = 0; message < gaps.size(); message++) {
                Gaps of = gaps.get(message);
                Regular found = of.regular(trained, mostLines());
                if (found != null) {
                    regular.put(message, found);
                }
            }
            int allowed = (int) (PER_THOUSAND * Math.max(0, trained - WARM_UP_LINES) / 1000);
            return new SilenceKind(
                    names,
                    regular,
                    past.limits(LEAST_RATIO, allowed),
                    new Pauses(pauses, longestPause, Math.max(LEAST_RATIO, 1.3 * pastPause)));
        }
    }

    /** Says when to look at a message again. */
    private record Deadline(long line, int message) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            return line != other.line ? Long.compare(line, other.line) : Integer.compare(message, other.message);
        }
    }

    /** When a message came last. */
    private static final class Last {
        private long line;
        private double seconds = Double.NaN;
        private boolean isQueued;
    }

    private final class Watching implements Watch {
        private final Map<Integer, Last> last = new TreeMap<>();
        private final PriorityQueue<Deadline> queue = new PriorityQueue<>();
        private boolean isBegun;

        @Override
        public void next(Line line, List<Evidence> found) {
            if (!isBegun) {
                isBegun = true;
                regular.forEach((message, gaps) -> {
                    if (gaps.fromBegin) {
                        came(message, 0, line.seconds);
                    }
                });
            }
            if (line.isRestart) {
                last.values().forEach(of -> of.seconds = line.seconds);
            }
            if (regular.containsKey(line.message)) {
                came(line.message, line.number, line.seconds);
            }
            for (Deadline due = queue.peek(); due != null && due.line <= line.number; due = queue.peek()) {
                queue.remove();
                look(due.message, line, found);
            }
        }

        @Override
        public void quiet(double before, double now, List<Outage> outages, List<Evidence> found) {
            double strength = pauses.strength(now - before);
            if (strength >= 1) {
                outages.add(new Outage(
                        EvidenceKind.SILENCE,
                        strength,
                        before,
                        "the longest pause before was " + Spans.said(pauses.longest)));
            }
        }

        private void came(int message, long line, double seconds) {
            Last of = last.computeIfAbsent(message, key -> new Last());
            of.line = line;
            of.seconds = seconds;
            if (!of.isQueued) {
                of.isQueued = true;
                queue.add(new Deadline(due(message, of), message));
            }
        }

        private Regular gaps(int message) {
            return Objects.requireNonNull(regular.get(message), "only regular messages are watched");
        }

        private double limit(Regular of) {
            return limits[Calibration.bin(of.count)];
        }

        private long due(int message, Last of) {
            Regular gaps = gaps(message);
            return of.line + (long) Math.floor(limit(gaps) * gaps.lines) + 1;
        }

        private void look(int message, Line line, List<Evidence> found) {
            Last of = Objects.requireNonNull(last.get(message), "what is queued came");
            Regular gaps = gaps(message);
            long due = due(message, of);
            if (due > line.number) {
                queue.add(new Deadline(due, message));
                return;
            }
            double strength =
                    Gaps.ratio(gaps, (double) (line.number - of.line), line.seconds - of.seconds) / limit(gaps);
            if (strength <= 1) {
                queue.add(new Deadline(line.number + Math.max(1, (long) gaps.usualLines), message));
                return;
            }
            of.isQueued = false;
            found.add(new Evidence(
                    EvidenceKind.SILENCE, strength, names.text(message), null, reason(message, gaps, of, line)));
        }

        private String reason(int message, Regular gaps, Last of, Line line) {
            String quoted = Names.quoted(names.text(message));
            if (gaps.usualSeconds >= 1 && line.isTimed()) {
                return String.format(
                        Locale.ROOT,
                        "%s came about every %s (longest gap %s); none for %s.",
                        quoted,
                        Spans.said(gaps.usualSeconds),
                        Spans.said(gaps.seconds),
                        Spans.said(line.seconds - of.seconds));
            }
            return String.format(
                    Locale.ROOT,
                    "%s came about every %,d lines (longest gap %,d); none for %,d lines.",
                    quoted,
                    Math.round(gaps.usualLines),
                    Math.round(gaps.lines),
                    line.number - of.line);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeBoolean(isBegun);
            out.writeInt(last.size());
            for (Map.Entry<Integer, Last> entry : last.entrySet()) {
                Last of = entry.getValue();
                out.writeInt(entry.getKey());
                out.writeLong(of.line);
                out.writeDouble(of.seconds);
            }
            out.writeInt(queue.size());
            for (Deadline due : queue) {
                out.writeLong(due.line);
                out.writeInt(due.message);
            }
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            isBegun = in.readBoolean();
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                Last of = new Last();
                int message = in.readInt();
                of.line = in.readLong();
                of.seconds = in.readDouble();
                last.put(message, of);
            }
            int due = in.readInt();
            for (int i = 0; i < due; i++) {
                Deadline deadline = new Deadline(in.readLong(), in.readInt());
                Last of = last.get(deadline.message);
                if (of != null && regular.containsKey(deadline.message)) {
                    of.isQueued = true;
                    queue.add(deadline);
                }
            }
        }
    }
}
