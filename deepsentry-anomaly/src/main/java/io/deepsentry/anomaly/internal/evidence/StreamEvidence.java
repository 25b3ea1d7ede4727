package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.HourRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the kinds of evidence learnt from streams, or from the lines of sessions. Immutable, safe for use by several
 * threads.
 */
public final class StreamEvidence {
    /** The file in the detector's folder. */
    public static final String FILE = "evidence.json";
    /** The file of what was learnt of a log of sessions as a whole. */
    public static final String WHOLE_LOG_FILE = "whole_log_evidence.json";

    private static final int VERSION = 1;

    /** Learns from nothing: finds nothing. */
    public static final StreamEvidence NONE = new StreamEvidence(new Names(), List.of(), EvidenceKind.OF_STREAMS);

    private final Names names;
    private final List<Kind> kinds;
    private final Set<EvidenceKind> heard;
    /** The kinds that judge a line by itself, which remember nothing. */
    private final List<Kind.Watch> ofLines;

    private StreamEvidence(Names names, List<Kind> kinds, Set<EvidenceKind> heard) {
        this.names = names;
        this.kinds = kinds;
        this.heard = heard;
        this.ofLines = kinds.stream()
                .filter(kind -> EvidenceKind.OF_SESSIONS.contains(kind.kind()))
                .map(Kind::begin)
                .toList();
    }

    /**
     * A kind of evidence, and how it is learnt and read.
     *
     * @param kind the kind
     * @param learn begins to learn
     * @param read reads what {@link Kind#toJson} gave
     */
    private record Known(
            EvidenceKind kind, Function<Names, Kind.Lesson> learn, BiFunction<Names, JsonNode, Kind> read) {}

    private static final List<Known> KINDS = List.of(
            new Known(EvidenceKind.ORDER, OrderKind.Learning::new, OrderKind::read),
            new Known(EvidenceKind.BURST, BurstKind.Learning::new, BurstKind::read),
            new Known(EvidenceKind.DROP, DropKind.Learning::new, DropKind::read),
            new Known(EvidenceKind.SILENCE, SilenceKind.Learning::new, SilenceKind::read),
            new Known(EvidenceKind.VALUE, ValueKind.Learning::new, ValueKind::read),
            new Known(EvidenceKind.PARAMETER, ParameterKind.Learning::new, ParameterKind::read),
            new Known(EvidenceKind.LEVEL, LevelKind.Learning::new, LevelKind::read));

    /**
     * The score of a line with its evidence: the strongest lifts it above the trained threshold, by the logarithm of
     * its strength.
     *
     * @param own the line's score without, which does not pass the threshold where new messages are not heard
     */
    public double score(double own, double threshold, List<Evidence> evidence) {
        return lifted(heard.contains(EvidenceKind.NEW_MESSAGE) ? own : Math.min(own, threshold), threshold, evidence);
    }

    /**
     * The score of a session, or of a line, with its evidence: the strongest lifts it above the trained threshold, by
     * the logarithm of its strength.
     */
    public static double lifted(double own, double threshold, List<Evidence> evidence) {
        double score = own;
        if (evidence.isEmpty()) {
            return score;
        }
        for (Evidence each : evidence) {
            if (each.strength() > 1) {
                score = Math.max(score, threshold + Math.log(each.strength()));
            }
        }
        return score;
    }

    /** Whether anything can be odd about a stream. */
    public boolean judgesStreams() {
        return !kinds.isEmpty();
    }

    /** Whether lines of sessions can be judged by their values. */
    public boolean judgesLines() {
        return !ofLines.isEmpty();
    }

    /**
     * What is odd about a line of a session by itself, wherever it comes; mostly nothing.
     *
     * @param key the session's key; null where it is not known
     */
    public List<Evidence> ofLine(Observation said, @Nullable String key) {
        int message = ofLines.isEmpty() ? Line.UNKNOWN : names.of(said.message());
        if (message == Line.UNKNOWN) {
            return List.of();
        }
        Line line = new Line();
        line.said = key == null ? said : said.ofSession(key);
        line.message = message;
        List<Evidence> found = new ArrayList<>();
        ofLines.forEach(watch -> watch.next(line, found));
        return found;
    }

    /** The kinds that are heard. */
    public Set<EvidenceKind> heard() {
        return heard;
    }

    /** Begins to learn from streams in the order of their lines, in one pass and bounded memory. */
    public static Learner learner() {
        return new Learner(EvidenceKind.OF_STREAMS, false);
    }

    /**
     * Begins to learn from stretches that were cut out of streams; {@link Learner#addHours} says then what came in
     * which hour of the whole.
     */
    public static Learner ofStretches() {
        return new Learner(EvidenceKind.OF_STREAMS, true);
    }

    /**
     * Begins to learn from a log of sessions as a stream: what is odd about it as a whole, beside them.
     */
    public static Learner ofWholeLog() {
        return new Learner(EvidenceKind.OF_WHOLE_LOG, false);
    }

    /**
     * Begins to learn from the lines of sessions what stands at their places, in one pass and bounded memory. What each
     * kind may say of normal data is so many sessions in 1,000, not lines.
     */
    public static Learner ofSessions() {
        return new Learner(EvidenceKind.OF_SESSIONS, false);
    }

    /**
     * Reads what {@link #toMap} gave.
     *
     * @throws io.deepsentry.core.ModelException if it is anything else
     */
    public static StreamEvidence read(JsonNode json) {
        long version = Written.member(json, "version").asLong();
        if (version != VERSION) {
            throw Written.wrong("version " + VERSION + " was expected, but was " + version);
        }
        Names names = new Names();
        JsonNode texts = Written.array(json, "messages");
        for (int i = 0; i < texts.size(); i++) {
            names.add(Written.text(texts, i));
        }
        if (names.size() != texts.size()) {
            throw Written.wrong("messages must differ, and be " + Names.MOST + " at most");
        }
        JsonNode written = Written.member(json, "kinds");
        List<Kind> kinds = new ArrayList<>();
        for (Known known : KINDS) {
            JsonNode kind = written.get(known.kind.key());
            if (kind != null) {
                kinds.add(known.read.apply(names, kind));
            }
        }
        return new StreamEvidence(names, kinds, EvidenceKind.OF_STREAMS);
    }

    /** Returns what was learned, as JSON with sorted names. */
    public Map<String, Object> toMap() {
        Map<String, Object> byKind = new TreeMap<>();
        kinds.forEach(kind -> byKind.put(kind.kind().key(), new TreeMap<>(kind.toJson())));
        return new TreeMap<>(Map.of("version", VERSION, "messages", names.texts(), "kinds", byKind));
    }

    /** The same without the kinds that are not named. */
    public StreamEvidence only(Set<EvidenceKind> wanted) {
        return new StreamEvidence(
                names,
                kinds.stream().filter(kind -> wanted.contains(kind.kind())).toList(),
                wanted);
    }

    /** Begins a stream. */
    public Stream begin() {
        return new Stream(this);
    }

    /** Gives hours, and null after the last. */
    public interface Hours {
        @Nullable
        HourRow next();
    }

    /** Learns. For one thread. */
    public static final class Learner {
        private final Names names = new Names();
        private final List<Kind.Lesson> lessons;
        private final SessionTable sessions = new SessionTable();
        private Position position = new Position(names);
        private @Nullable String stream;
        private final boolean isCut;
        private long lines;

        private Learner(Set<EvidenceKind> kinds, boolean isCut) {
            this.isCut = isCut;
            lessons = KINDS.stream()
                    .filter(known -> kinds.contains(known.kind))
                    .map(known -> known.learn.apply(names))
                    .toList();
        }

        /**
         * Takes the next line.
         *
         * @param of the input it is of: lines of one input follow each other
         */
        public void add(String of, Observation said) {
            if (!of.equals(stream)) {
                stream = of;
                position = new Position(names);
                lessons.forEach(Kind.Lesson::begin);
            }
            names.add(said.message());
            Line line = position.next(said);
            line.isCut = isCut;
            lessons.forEach(lesson -> lesson.add(line));
            lines++;
        }

        /** Takes the next line of a session; sessions may interleave. */
        public void addOfSession(String key, Observation said) {
            names.add(said.message());
            Line line = position.next(said.ofSession(key));
            line.session = SessionTable.hash(key);
            int unused = sessions.add(line.session, 0);
            lessons.forEach(lesson -> lesson.add(line));
            lines++;
        }

        /**
         * Takes how many lines came in which hour, after all lines.
         *
         * @param rows stream by stream in the order of their time
         */
        public void addHours(Hours rows) {
            String before = null;
            BitSet begun = new BitSet();
            HourRow next = rows.next();
            while (next != null) {
                HourRow row = next;
                next = rows.next();
                row.messages().keySet().stream().sorted().forEach(names::add);
                boolean isFirst = !row.source().equals(before);
                boolean isLast = next == null || !next.source().equals(row.source());
                before = row.source();
                CountedHour hour = CountedHour.of(row, isFirst, isLast, names, begun);
                lessons.forEach(lesson -> lesson.add(hour));
            }
        }

        /** What stretches could not teach, each in words, after {@link #finish}; nothing where there are none. */
        public List<String> notLearnt() {
            return isCut
                    ? lessons.stream()
                            .flatMap(lesson -> lesson.notLearnt().stream())
                            .toList()
                    : List.of();
        }

        /** What was learned. */
        public StreamEvidence finish() {
            long cases = sessions.size() == 0 ? lines : sessions.size();
            return lines == 0
                    ? NONE
                    : new StreamEvidence(
                            names,
                            lessons.stream().map(lesson -> lesson.finish(cases)).toList(),
                            EvidenceKind.OF_STREAMS);
        }
    }

    /** A stream under way, in bounded memory. For one thread. */
    public static final class Stream {
        /** Stands in a state for no kind: it was said that nothing comes. */
        private static final String QUIET = "quiet";

        /** Stands in a state for no kind either: what is known of the clocks. */
        private static final String CLOCKS = "clocks";

        private static final int MUCH_WORSE = 10;

        private final Position position;
        private final Map<EvidenceKind, Kind.Watch> watches = new EnumMap<>(EvidenceKind.class);
        private final List<Evidence> found = new ArrayList<>();
        /** Whether it was said that nothing comes. */
        private boolean isQuiet;
        /** What was said of that. */
        private List<Outage> outages = List.of();
        /** What of that ended with the last line. */
        private List<Evidence> over = List.of();

        private Stream(StreamEvidence evidence) {
            position = new Position(evidence.names);
            evidence.kinds.forEach(kind -> watches.put(kind.kind(), kind.begin()));
        }

        /** Takes the next line and says what is odd about it, or about what did not come until it; mostly nothing. */
        public List<Evidence> next(Observation said) {
            if (watches.isEmpty()) {
                return List.of();
            }
            double before = position.seconds();
            Line line = position.next(said);
            over = outages.isEmpty() ? List.of() : end(line, line.seconds - before);
            isQuiet = false;
            found.clear();
            for (Kind.Watch watch : watches.values()) {
                watch.next(line, found);
            }
            return found.isEmpty() ? List.of() : List.copyOf(found);
        }

        /**
         * Says what is odd about nothing having come for so long since the last line, once until the next line comes,
         * and again where that the log has no lines is {@value #MUCH_WORSE} times as odd as when it was said.
         * What it says while it waits, a log that is read to its end does not: nobody knows what came after.
         */
        public List<Evidence> quiet(double seconds) {
            double last = position.seconds();
            if ((isQuiet && outages.isEmpty()) || Double.isNaN(last)) {
                return List.of();
            }
            List<Outage> now = new ArrayList<>();
            List<Evidence> silent = new ArrayList<>();
            watches.values().forEach(watch -> watch.quiet(last, last + seconds, now, silent));
            if (isQuiet) {
                now.removeIf(each -> outages.stream().noneMatch(said -> isMuchWorse(said, each)));
                silent.clear();
                if (now.isEmpty()) {
                    return List.of();
                }
            }
            outages = List.copyOf(now);
            List<Evidence> all = new ArrayList<>();
            outages.forEach(outage -> all.add(outage.lasting()));
            all.addAll(silent);
            isQuiet = !all.isEmpty();
            return List.copyOf(all);
        }

        private static boolean isMuchWorse(Outage said, Outage now) {
            return said.kind() == now.kind() && now.strength() >= MUCH_WORSE * said.strength();
        }

        /** Ends what was said of nothing having come; the watches need not say so once more. */
        private List<Evidence> end(Line line, double seconds) {
            List<Outage> ended = outages;
            outages = List.of();
            if (line.isRestart || !line.isTimed() || !(seconds > 0)) {
                // Only the clock of the log could say how long it was.
                return ended.stream().map(Outage::lasting).toList();
            }
            watches.values().forEach(watch -> watch.resume(seconds));
            return ended.stream().map(outage -> outage.until(line.seconds)).toList();
        }

        /**
         * What {@link #quiet} said of the log having no lines and the last line ended, now with when and for how long;
         * mostly nothing.
         */
        public List<Evidence> over() {
            return over;
        }

        /** Whether no line at all is what {@link #quiet} said last, until the next line comes. */
        public boolean isOut() {
            return !outages.isEmpty();
        }

        /** Writes the state of the stream. */
        public void write(DataOutput out) throws IOException {
            position.write(out);
            out.writeInt(watches.size() + 1 + (isQuiet ? 1 : 0));
            ByteArrayOutputStream clocks = new ByteArrayOutputStream();
            position.writeClocks(new DataOutputStream(clocks));
            out.writeUTF(CLOCKS);
            out.writeInt(clocks.size());
            out.write(clocks.toByteArray());
            if (isQuiet) {
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                DataOutputStream each = new DataOutputStream(said);
                for (Outage outage : outages) {
                    outage.write(each);
                }
                out.writeUTF(QUIET);
                out.writeInt(said.size());
                out.write(said.toByteArray());
            }
            for (Map.Entry<EvidenceKind, Kind.Watch> watch : watches.entrySet()) {
                ByteArrayOutputStream state = new ByteArrayOutputStream();
                watch.getValue().write(new DataOutputStream(state));
                out.writeUTF(watch.getKey().key());
                out.writeInt(state.size());
                out.write(state.toByteArray());
            }
        }

        /** Earlier versions wrote nothing of what was said. */
        private static List<Outage> read(byte[] said) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(said));
            List<Outage> read = new ArrayList<>();
            while (in.available() > 0) {
                read.add(Outage.read(in));
            }
            return List.copyOf(read);
        }

        /** Reads it into a stream that has just begun. A kind that the state has nothing of begins now. */
        public void read(DataInput in) throws IOException {
            position.read(in);
            for (int count = in.readInt(); count > 0; count--) {
                String kind = in.readUTF();
                byte[] state = new byte[in.readInt()];
                in.readFully(state);
                if (kind.equals(CLOCKS)) {
                    position.readClocks(new DataInputStream(new ByteArrayInputStream(state)));
                }
                if (kind.equals(QUIET)) {
                    isQuiet = true;
                    outages = read(state);
                }
                for (Map.Entry<EvidenceKind, Kind.Watch> watch : watches.entrySet()) {
                    if (watch.getKey().key().equals(kind)) {
                        watch.getValue().read(new DataInputStream(new ByteArrayInputStream(state)));
                    }
                }
            }
        }
    }
}
