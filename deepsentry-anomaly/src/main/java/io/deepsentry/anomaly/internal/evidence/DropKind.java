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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Far fewer lines of the log in a stretch of time, or of a message in a stretch of lines, than there ever were; or
 * fewer in an hour than at this time of any day. Stretches follow each other; the first and the last of a stream, which
 * are cut off, do not count, nor do stretches of time that the clock cut by a jump.
 *
 * <p>The fewest of a message are those of the streams that have it from their first stretch on. Where training had
 * several streams, a message is therefore judged only in a stream that has had as many of it before.
 */
final class DropKind implements Kind {
    /** A stretch of lines. */
    private static final int LINES = 200;
    /** Stretches of time. */
    private static final int[] SECONDS = {60, 600, 3600};

    private static final List<String> A_STRETCH = List.of("a minute", "in 10 minutes", "an hour");
    /** What an outage that was said leaves less of than this share is not judged once more. */
    private static final double LEFT = .75;

    /** Fewer are not enough to tell, and a stretch that may have fewer than so many has no least. */
    private static final int LEAST_STRETCHES = 12;

    private static final int LEAST_USUAL = 12;
    private static final double LEAST_RATIO = 2;
    private static final String SEVERAL = "several_streams";

    private final Names names;
    private final Map<Integer, Least> ofMessages;
    private final List<@Nullable Least> ofLog;
    private final HourRates hours;
    /** Whether there were several streams in training. */
    private final boolean ofSeveral;

    /**
     * The fewest that there were.
     *
     * @param stretches in so many stretches
     * @param fewest the fewest in one
     * @param limit the ratio from which on fewer are odd
     */
    private record Least(long stretches, int fewest, double limit) {
        private List<Number> row() {
            return List.of(stretches, fewest, limit);
        }

        private static Least read(JsonNode row, int from) {
            return new Least(
                    Written.count(row, from),
                    Written.index(row, from + 1, Integer.MAX_VALUE),
                    Written.number(row, from + 2));
        }

        /** How far this is below the limit: 1 or more is odd. */
        private double strength(int count) {
            return fewest / Math.max(count, .5) / limit;
        }
    }

    private DropKind(
            Names names,
            Map<Integer, Least> ofMessages,
            List<@Nullable Least> ofLog,
            HourRates hours,
            boolean ofSeveral) {
        this.names = names;
        this.ofMessages = ofMessages;
        this.ofLog = ofLog;
        this.hours = hours;
        this.ofSeveral = ofSeveral;
    }

    /** Whether an outage took so much of a stretch of time that what is left of it is not judged. */
    private static boolean isTaken(int stretch, double outage) {
        return outage > (1 - LEFT) * stretch;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.DROP;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        List<Object> messages = new ArrayList<>();
        ofMessages.forEach((message, least) -> {
            List<Object> row = new ArrayList<>(List.of(message));
            row.addAll(least.row());
            messages.add(row);
        });
        List<Object> log = new ArrayList<>();
        for (int i = 0; i < SECONDS.length; i++) {
            Least least = ofLog.get(i);
            if (least != null) {
                List<Object> row = new ArrayList<>(List.of(i));
                row.addAll(least.row());
                log.add(row);
            }
        }
        Map<String, Object> json = new TreeMap<>(Map.of("log", log, "messages", messages));
        if (ofSeveral) {
            json.put(SEVERAL, true);
        }
        return hours.with(json);
    }

    static DropKind read(Names names, JsonNode json) {
        Map<Integer, Least> messages = new TreeMap<>();
        for (JsonNode row : Written.rows(json, "messages", 4)) {
            messages.put(Written.index(row, 0, names.size()), Least.read(row, 1));
        }
        List<@Nullable Least> log = Arrays.asList(new Least[SECONDS.length]);
        for (JsonNode row : Written.rows(json, "log", 4)) {
            log.set(Written.index(row, 0, SECONDS.length), Least.read(row, 1));
        }
        return new DropKind(
                names,
                messages,
                log,
                HourRates.read(HourRates.Side.FEWER, names, json),
                json.path(SEVERAL).asBoolean());
    }

    /** A number of a stretch that is complete. */
    private interface Complete {
        void of(int which, int count, TimeStretch time);
    }

    /** Counts in stretches. */
    private static final class Stretches {
        private final Map<Integer, int[]> inLines = new TreeMap<>();
        private int lines;
        private final List<TimeStretch> times = Arrays.stream(SECONDS)
                .mapToObj(seconds -> new TimeStretch(seconds, Long.MAX_VALUE, false))
                .toList();

        void add(Line line, Complete log) {
            if (line.message >= 0) {
                inLines.computeIfAbsent(line.message, key -> new int[1])[0]++;
            }
            lines++;
            for (int i = 0; i < SECONDS.length; i++) {
                int which = i;
                TimeStretch time = times.get(i);
                time.add(line, (stretch, counts, count) -> log.of(which, count, time));
            }
        }

        /** The shortest whole stretch without a line until now that is odd, or -1. */
        int empty(double now, IntPredicate isOdd) {
            for (int i = 0; i < SECONDS.length; i++) {
                if (times.get(i).hasEmpty(now) && isOdd.test(i)) {
                    return i;
                }
            }
            return -1;
        }

        /** Begins again where an outage of so many seconds left little. */
        void resume(double seconds) {
            for (int i = 0; i < SECONDS.length; i++) {
                if (isTaken(SECONDS[i], seconds)) {
                    times.get(i).begin();
                }
            }
        }

        boolean isComplete() {
            return lines == LINES;
        }

        void next() {
            inLines.clear();
            lines = 0;
        }

        void write(DataOutput out) throws IOException {
            out.writeInt(lines);
            out.writeInt(inLines.size());
            for (Map.Entry<Integer, int[]> entry : inLines.entrySet()) {
                out.writeInt(entry.getKey());
                out.writeInt(entry.getValue()[0]);
            }
            for (TimeStretch time : times) {
                time.writeLines(out);
            }
        }

        void read(DataInput in) throws IOException {
            lines = in.readInt();
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                inLines.put(in.readInt(), new int[] {in.readInt()});
            }
            for (TimeStretch time : times) {
                time.readLines(in);
            }
        }

        /** Writes what is over and not judged yet. */
        void writeWaiting(DataOutput out) throws IOException {
            for (TimeStretch time : times) {
                time.writeWaiting(out);
            }
        }

        void readWaiting(DataInput in) throws IOException {
            for (TimeStretch time : times) {
                time.readWaiting(in, 0);
            }
        }

        /** Writes since when there was no line before what waits. */
        void writeGaps(DataOutput out) throws IOException {
            for (TimeStretch time : times) {
                time.writeGap(out);
            }
        }

        void readGaps(DataInput in) throws IOException {
            for (TimeStretch time : times) {
                time.readGap(in);
            }
        }
    }

    /** The fewest so far, and how far one was ever below those before. */
    private static final class Fewest {
        private long stretches;
        private int fewest = Integer.MAX_VALUE;
        private double past;

        void add(int count) {
            if (stretches >= LEAST_STRETCHES / 2 && fewest >= LEAST_USUAL) {
                past = Math.max(past, fewest / Math.max(count, .5));
            }
            fewest = Math.min(fewest, count);
            stretches++;
        }

        boolean isKnown() {
            return fewest >= LEAST_USUAL;
        }

        /** A message that a stream has, but not in each of its stretches, has no least. */
        void forget() {
            fewest = 0;
        }

        @Nullable
        Least learnt() {
            return stretches < LEAST_STRETCHES || !isKnown()
                    ? null
                    : new Least(stretches, fewest, Math.max(LEAST_RATIO, 1.3 * past));
        }
    }

    /** Learns the fewest. */
    static final class Learning implements Lesson {
        private final Names names;
        private final Map<Integer, Fewest> ofMessages = new TreeMap<>();
        private final List<Fewest> ofLog = new ArrayList<>();
        private final HourRates.Learning hours;
        private Stretches now = new Stretches();
        /** The messages of the first stretch of the stream that are known yet. */
        private final Set<Integer> ofStream = new TreeSet<>();

        private boolean isFirst = true;
        private int streams;
        private boolean isCut;
        private boolean isCounted;
        /** Whether the last of each length that was counted had none: those after it are the same gap. */
        private final boolean[] wasEmpty = new boolean[SECONDS.length];

        private long lastHour;

        Learning(Names names) {
            this.names = names;
            hours = new HourRates.Learning(HourRates.Side.FEWER, names);
            Arrays.stream(SECONDS).forEach(seconds -> ofLog.add(new Fewest()));
        }

        @Override
        public void begin() {
            now = new Stretches();
            hours.begin();
            streams++;
            // Stretches cut out of a log are of one stream.
            isFirst |= !isCut;
        }

        @Override
        public void add(Line line) {
            isCut = line.isCut;
            now.add(line, (which, count, time) -> {
                if (!isCut) {
                    ofLog.get(which).add(count);
                }
            });
            if (!isCut) {
                hours.add(line);
            }
            if (now.isComplete()) {
                learn(now.inLines);
                now.next();
            }
        }

        private void learn(Map<Integer, int[]> counts) {
            if (isFirst) {
                isFirst = false;
                ofStream.clear();
                ofStream.addAll(counts.keySet());
            }
            counts.keySet().forEach(message -> {
                Fewest fewest = ofMessages.computeIfAbsent(message, unseen -> new Fewest());
                if (!ofStream.contains(message)) {
                    fewest.forget();
                }
            });
            ofStream.removeIf(message -> {
                Fewest fewest = Objects.requireNonNull(ofMessages.get(message));
                int[] count = counts.get(message);
                fewest.add(count == null ? 0 : count[0]);
                return !fewest.isKnown();
            });
        }

        @Override
        public void add(CountedHour hour) {
            isCounted = true;
            hours.add(hour);
            boolean isGap = hour.follows() && hour.hour() > lastHour + 1;
            lastHour = hour.hour();
            for (int i = 0; i < SECONDS.length; i++) {
                if (!hour.follows()) {
                    wasEmpty[i] = false;
                }
                if (isGap) {
                    add(i, 0);
                }
                int minutes = SECONDS[i] / 60;
                for (int from = 0; from < CountedHour.MINUTES; from += minutes) {
                    if (from >= hour.begin() && from + minutes <= hour.end()) {
                        add(i, hour.lines(from, from + minutes));
                    }
                }
            }
        }

        private void add(int which, int count) {
            if (count > 0 || !wasEmpty[which]) {
                ofLog.get(which).add(count);
            }
            wasEmpty[which] = count == 0;
        }

        @Override
        public List<String> notLearnt() {
            return isCounted ? List.of() : List.of("drop of the log's lines, which have no times");
        }

        @Override
        public Kind finish(long lines) {
            Map<Integer, Least> messages = new TreeMap<>();
            ofMessages.forEach((message, fewest) -> {
                Least least = fewest.learnt();
                if (least != null) {
                    messages.put(message, least);
                }
            });
            List<@Nullable Least> log = new ArrayList<>();
            ofLog.forEach(fewest -> log.add(fewest.learnt()));
            return new DropKind(names, messages, log, hours.finish(), !isCut && streams > 1);
        }
    }

    private final class Watching implements Watch {
        private final Stretches now = new Stretches();
        private final HourRates.Watching inHours = hours.begin();
        /** The messages that the stream had as many of as training. */
        private final Set<Integer> had = new TreeSet<>();

        @Override
        public void next(Line line, List<Evidence> found) {
            List<Evidence> few = new ArrayList<>();
            double[] outage = {0};
            now.add(line, (which, count, time) -> {
                Least least = ofLog.get(which);
                if (least == null || least.strength(count) < 1) {
                    return;
                }
                if (count > 0) {
                    few.add(ofLog(which, least, count));
                } else if (outage[0] == 0) {
                    outage[0] = time.gapEnd() - time.gapBegin();
                    found.add(outage(which, least, time.gapBegin()).until(time.gapEnd()));
                }
            });
            if (outage[0] > 0) {
                // What it left of the stretches around it is the same.
                resume(outage[0]);
            } else {
                found.addAll(few);
            }
            if (now.isComplete()) {
                ofMessages.forEach((message, least) -> {
                    int[] counted = now.inLines.get(message);
                    int count = counted == null ? 0 : counted[0];
                    if ((!ofSeveral || had.contains(message)) && least.strength(count) >= 1) {
                        found.add(new Evidence(
                                EvidenceKind.DROP,
                                least.strength(count),
                                names.text(message),
                                null,
                                String.format(
                                        Locale.ROOT,
                                        "%s came only %s in %,d lines; never fewer than %,d before.",
                                        Names.quoted(names.text(message)),
                                        Spans.times(count),
                                        LINES,
                                        least.fewest)));
                    }
                    if (ofSeveral && count >= least.fewest) {
                        had.add(message);
                    }
                });
                now.next();
            }
            inHours.next(line, found);
        }

        @Override
        public void quiet(double last, double until, List<Outage> outages, List<Evidence> found) {
            inHours.quiet(until, found);
            int which = now.empty(until, i -> {
                Least least = ofLog.get(i);
                return least != null && least.strength(0) >= 1;
            });
            Least least = which < 0 ? null : ofLog.get(which);
            if (least != null) {
                outages.add(outage(which, least, last));
            }
        }

        @Override
        public void resume(double seconds) {
            now.resume(seconds);
            if (isTaken(CountedHour.MINUTES * 60, seconds)) {
                inHours.resume();
            }
        }

        private static Outage outage(int which, Least least, double from) {
            return new Outage(
                    EvidenceKind.DROP,
                    least.strength(0),
                    from,
                    String.format(Locale.ROOT, "never fewer than %,d %s before", least.fewest, A_STRETCH.get(which)));
        }

        private static Evidence ofLog(int which, Least least, int count) {
            return new Evidence(
                    EvidenceKind.DROP,
                    least.strength(count),
                    "",
                    Outage.LOG,
                    String.format(
                            Locale.ROOT,
                            "Only %,d %s came in %s; never fewer than %,d before.",
                            count,
                            count == 1 ? "line" : "lines",
                            Spans.said(SECONDS[which]),
                            least.fewest));
        }

        @Override
        public void write(DataOutput out) throws IOException {
            now.write(out);
            inHours.write(out);
            now.writeWaiting(out);
            inHours.writeWaiting(out);
            out.writeInt(had.size());
            for (int message : had) {
                out.writeInt(message);
            }
            now.writeGaps(out);
            inHours.writeGap(out);
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            now.read(in);
            if (in.available() > 0) {
                inHours.read(in);
            }
            if (in.available() > 0) {
                now.readWaiting(in);
                inHours.readWaiting(in);
            }
            if (in.available() > 0) {
                for (int count = in.readInt(); count > 0; count--) {
                    had.add(in.readInt());
                }
            }
            if (in.available() > 0) {
                now.readGaps(in);
                inHours.readGap(in);
            }
        }
    }
}
