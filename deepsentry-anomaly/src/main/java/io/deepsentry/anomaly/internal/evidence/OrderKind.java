package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.parse.internal.Counted;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that follow each other. A rule says that after a message another one comes within so many lines, or that
 * before it another one did: in the stream, or among the lines of one component or thread. How likely a rule breaks by
 * chance is taken from how rules that had held as often fared in training; rules that would break too often are not
 * used. Where lines of many threads interleave, rules within threads fare better there, and so they are the ones that
 * are used.
 */
final class OrderKind implements Kind {
    /** The groups in which lines follow each other: the stream, a component, a thread. */
    private static final int GROUPINGS = 3;

    private static final int STREAM = 0;
    private static final int COMPONENT = 1;
    private static final int THREAD = 2;
    /** How rules fare is told apart by grouping, and for those of the stream between lines of different threads. */
    private static final int CLASSES = GROUPINGS + 1;

    private static final int ACROSS = THREAD + 1;
    /** The directions of a rule: what comes after a message, what came before it. */
    private static final int DIRECTIONS = 2;

    private static final int AFTER = 0;
    private static final int BEFORE = 1;
    /** Within so many lines. */
    private static final int[] REACHES = {1, 2, 4, 8};

    private static final int FARTHEST = REACHES[REACHES.length - 1];
    /** Groups of a grouping that are followed at the same time. */
    private static final int MOST_GROUPS = 1024;

    /** The characters by which groups are told apart. */
    private static final int LONGEST_NAME = 200;

    /** Nothing is in the place of a message. */
    private static final int NOTHING = -2;
    /** Threads of which a next message is awaited at the same time. */
    private static final int MOST_WAITS = 8192;
    /**
     * A message of a thread that was never later than so many lines and seconds is late beyond this multiple, and so
     * many more.
     */
    private static final int LATE_TIMES = 2;

    private static final int LATE_LINES = 4;
    private static final int LATE_SECONDS = 2;

    /** What a rule that held fewer times says is left out. */
    private static final int LEAST_SUPPORT = 11;

    private static final double LEAST_SHARE = .95;
    /** A farther reach is taken if a rule then breaks so much less often. */
    private static final double MUCH_SURER = .5;
    /** A message that is among so many lines with this chance anyway says nothing of the one before or after. */
    private static final double NO_WONDER = .97;
    /** Nor does one that would have been there so often with a greater chance than this, did it come independently. */
    private static final double BY_CHANCE = .01;
    /** Of a rule with more exceptions, each further one breaks it. */
    private static final int MOST_EXCEPTIONS = 16;

    private static final double LEAST_EXCEPTION = .004;

    private static final double PER_THOUSAND = 2;
    /** Rules that break less often than this by chance are used whatever they add up to. */
    private static final double RARE = .004;

    /**
     * A rule.
     *
     * @param grouping where lines follow each other
     * @param direction where the other message is
     * @param message the message
     * @param other the one that is after or before it
     * @param reach within how many lines
     * @param held how often it held
     * @param of out of how many
     * @param chance how likely it breaks by chance
     * @param exceptions what has been in the place of the other
     * @param span how far apart the two were at most
     */
    private record Rule(
            int grouping,
            int direction,
            int message,
            int other,
            int reach,
            long held,
            long of,
            double chance,
            Set<Integer> exceptions,
            Span span) {}

    /**
     * How far apart two lines of a group are in the stream.
     *
     * @param lines in lines of the stream
     * @param seconds in seconds, 0 without times
     */
    private record Span(long lines, double seconds) {
        static final Span NONE = new Span(0, 0);

        Span or(long otherLines, double otherSeconds) {
            return otherLines <= lines && !(otherSeconds > seconds)
                    ? this
                    : new Span(Math.max(lines, otherLines), otherSeconds > seconds ? otherSeconds : seconds);
        }

        /** The line from which on a message is late after one. */
        long due(long line) {
            return line + LATE_TIMES * lines + LATE_LINES;
        }

        /** Whether so much has passed that the other message cannot come any more, or have come before. */
        boolean isOver(long sinceLines, double sinceSeconds) {
            return sinceLines >= due(0) && !(sinceSeconds < LATE_TIMES * seconds + LATE_SECONDS);
        }
    }

    private final Names names;
    private final List<Rule> rules;
    /** By grouping, direction and message. */
    private final Rule[][][] byMessage;

    private final boolean[] used = new boolean[GROUPINGS];

    private OrderKind(Names names, List<Rule> rules) {
        this.names = names;
        this.rules = rules;
        byMessage = new Rule[GROUPINGS][DIRECTIONS][names.size()];
        for (Rule rule : rules) {
            byMessage[rule.grouping][rule.direction][rule.message] = rule;
            used[rule.grouping] = true;
        }
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.ORDER;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        return Map.of(
                "spans",
                rules.stream()
                        .map(rule -> List.of(rule.span.lines, rule.span.seconds))
                        .toList(),
                "rules",
                rules.stream()
                        .map(rule -> List.of(
                                rule.grouping,
                                rule.direction,
                                rule.message,
                                rule.other,
                                rule.reach,
                                rule.held,
                                rule.of,
                                rule.chance,
                                List.copyOf(rule.exceptions)))
                        .toList());
    }

    static OrderKind read(Names names, JsonNode json) {
        List<Rule> rules = new ArrayList<>();
        // Models of before have none: what they say of the begin and the end of threads is nothing.
        List<JsonNode> spans = json.has("spans") ? Written.rows(json, "spans", 2) : List.of();
        for (JsonNode row : Written.rows(json, "rules", 9)) {
            JsonNode span = rules.size() < spans.size() ? spans.get(rules.size()) : null;
            Set<Integer> exceptions = new TreeSet<>();
            for (int i = 0; i < row.get(8).size(); i++) {
                exceptions.add(Written.index(row.get(8), i, names.size()));
            }
            rules.add(new Rule(
                    Written.index(row, 0, GROUPINGS),
                    Written.index(row, 1, DIRECTIONS),
                    Written.index(row, 2, names.size()),
                    Written.index(row, 3, names.size()),
                    Written.index(row, 4, FARTHEST + 1),
                    Written.count(row, 5),
                    Written.count(row, 6),
                    Written.number(row, 7),
                    exceptions,
                    span == null
                            ? new Span(Integer.MAX_VALUE, 0)
                            : new Span(Written.count(span, 0), Written.number(span, 1))));
        }
        return new OrderKind(names, rules);
    }

    /** The last lines of a group. */
    private static final class Recent {
        private final int[] messages = new int[FARTHEST];
        /** The one that should come after it, or none. */
        private final int[] awaited = new int[FARTHEST];
        /** After how many lines that came; 0 as long as it has not, {@link #LATE} once it is too late. */
        private static final int LATE = -1;

        private final int[] followed = new int[FARTHEST];
        /** Whether it was the one before another. */
        private final boolean[] led = new boolean[FARTHEST];
        /** Its ordinal in the stream, when it was logged, and by which thread, 0 for unknown. */
        private final long[] number = new long[FARTHEST];

        private final double[] seconds = new double[FARTHEST];
        private final int[] thread = new int[FARTHEST];

        private int at;
        private int filled;

        private int slot(int back) {
            return Math.floorMod(at - back, FARTHEST);
        }

        int message(int back) {
            return messages[slot(back)];
        }

        /** The message before the next one. */
        int last() {
            return filled == 0 ? NOTHING : message(1);
        }

        void add(int message, int awaits, Line line) {
            number[at] = line.number;
            seconds[at] = line.seconds;
            thread[at] = threadOf(line);
            add(message, awaits);
        }

        private void add(int message, int awaits) {
            messages[at] = message;
            awaited[at] = awaits;
            followed[at] = 0;
            led[at] = false;
            at = (at + 1) % FARTHEST;
            filled = Math.min(filled + 1, FARTHEST);
        }

        static int threadOf(Line line) {
            String thread = line.said.thread();
            return thread == null ? 0 : thread.hashCode() | 1;
        }

        /** Whether a line and the one so many lines before it are of different threads. */
        boolean isAcross(int back, Line line) {
            int before = thread[slot(back)];
            int now = threadOf(line);
            return before != 0 && now != 0 && before != now;
        }

        /**
         * Takes a message for the one that the latest line awaits for which none came; how many lines back that is, or
         * 0.
         */
        int follow(int message) {
            for (int back = 1; back <= filled && message >= 0; back++) {
                if (awaited[slot(back)] == message && followed[slot(back)] <= 0) {
                    boolean inTime = followed[slot(back)] == 0;
                    followed[slot(back)] = back;
                    return inTime ? back : 0;
                }
            }
            return 0;
        }

        /** How many lines back a line of the stream is, or 0. */
        int back(long line) {
            for (int back = 1; back <= filled; back++) {
                if (number[slot(back)] == line) {
                    return back;
                }
            }
            return 0;
        }

        /** Takes a line that was awaited until now for one that has not come. */
        void giveUp(int back) {
            followed[slot(back)] = LATE;
        }

        boolean isAwaiting(int back) {
            return awaited[slot(back)] >= 0 && followed[slot(back)] == 0;
        }

        /** How many lines before it the other message is that leads no other; 0 if none is. */
        int lead(int other) {
            for (int back = 1; back <= filled; back++) {
                if (message(back) == other && !led[slot(back)]) {
                    led[slot(back)] = true;
                    return back;
                }
            }
            return 0;
        }

        void write(DataOutput out) throws IOException {
            out.writeInt(filled);
            for (int back = filled; back > 0; back--) {
                out.writeInt(message(back));
                out.writeInt(awaited[slot(back)]);
                out.writeInt(followed[slot(back)]);
                out.writeBoolean(led[slot(back)]);
            }
        }

        void read(DataInput in, int messages) throws IOException {
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                add(Math.min(in.readInt(), messages - 1), in.readInt());
                followed[slot(1)] = in.readInt();
                led[slot(1)] = in.readBoolean();
            }
        }
    }

    /** Lines of threads after which another one should come, by when it is late. */
    private static final class Waits {
        private final PriorityQueue<Wait> queue = new PriorityQueue<>();

        /** A line of a group that waits. */
        private record Wait(long due, long line, Recent in) implements Comparable<Wait> {
            @Override
            public int compareTo(Wait other) {
                return due != other.due ? Long.compare(due, other.due) : Long.compare(line, other.line);
            }
        }

        /** The last line of a group waits. */
        void add(Recent in, int back, Span span) {
            if (queue.size() < MOST_WAITS) {
                long line = in.number[in.slot(back)];
                queue.add(new Wait(span.due(line), line, in));
            }
        }

        /** Looks at those that are due at a line; what is looked at is asked whether it is late, or waits on. */
        void look(Line line, ToSpan spans, IntConsumer late) {
            for (Wait wait = queue.peek(); wait != null && wait.due <= line.number; wait = queue.peek()) {
                queue.remove();
                int back = wait.in.back(wait.line);
                if (back == 0 || !wait.in.isAwaiting(back)) {
                    continue;
                }
                Span span = spans.of(wait.in.message(back), wait.in.awaited[wait.in.slot(back)]);
                if (span == null) {
                    continue;
                }
                if (span.isOver(line.number - wait.line, line.seconds - wait.in.seconds[wait.in.slot(back)])) {
                    wait.in.giveUp(back);
                    late.accept(wait.in.messages[wait.in.slot(back)]);
                } else {
                    queue.add(new Wait(Math.max(span.due(wait.line), line.number + LATE_LINES), wait.line, wait.in));
                }
            }
        }

        /** Writes when the lines of threads came, and which wait. */
        void write(List<Recent> threads, DataOutput out) throws IOException {
            IdentityHashMap<Recent, Integer> ordinals = new IdentityHashMap<>();
            for (Recent thread : threads) {
                ordinals.put(thread, ordinals.size());
                for (int back = thread.filled; back > 0; back--) {
                    out.writeLong(thread.number[thread.slot(back)]);
                    out.writeDouble(thread.seconds[thread.slot(back)]);
                }
            }
            List<Wait> waits = new ArrayList<>(queue);
            waits.removeIf(wait -> !ordinals.containsKey(wait.in));
            out.writeInt(waits.size());
            for (Wait wait : waits) {
                out.writeLong(wait.due);
                out.writeLong(wait.line);
                out.writeInt(Objects.requireNonNull(ordinals.get(wait.in), "it is one of the threads"));
            }
        }

        void read(List<Recent> threads, DataInput in) throws IOException {
            for (Recent thread : threads) {
                for (int back = thread.filled; back > 0; back--) {
                    thread.number[thread.slot(back)] = in.readLong();
                    thread.seconds[thread.slot(back)] = in.readDouble();
                }
            }
            for (int left = in.readInt(); left > 0; left--) {
                queue.add(new Wait(in.readLong(), in.readLong(), threads.get(in.readInt())));
            }
        }

        /** How far apart two messages of a thread are; null if nothing is known of them. */
        private interface ToSpan {
            @Nullable
            Span of(int message, int awaited);
        }
    }

    /** The groups of a stream, of which those that were silent longest are forgotten. */
    private static final class Groups {
        private final Recent stream = new Recent();
        private final List<Map<String, Recent>> named = List.of(lru(), lru());

        private static Map<String, Recent> lru() {
            return new LinkedHashMap<>(16, .75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Recent> eldest) {
                    boolean isOver = size() > MOST_GROUPS;
                    eldest.getValue().filled = isOver ? 0 : eldest.getValue().filled;
                    return isOver;
                }
            };
        }

        @Nullable
        Recent of(int grouping, Line line) {
            if (grouping == STREAM) {
                return stream;
            }
            String name = grouping == COMPONENT ? line.said.component() : line.said.thread();
            if (name == null) {
                return null;
            }
            String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
            return named.get(grouping - 1).computeIfAbsent(shown, key -> new Recent());
        }

        List<Recent> threads() {
            return List.copyOf(named.get(THREAD - 1).values());
        }

        void write(DataOutput out) throws IOException {
            stream.write(out);
            for (Map<String, Recent> groups : named) {
                out.writeInt(groups.size());
                for (Map.Entry<String, Recent> group : groups.entrySet()) {
                    out.writeUTF(group.getKey());
                    group.getValue().write(out);
                }
            }
        }

        void read(DataInput in, int messages) throws IOException {
            stream.read(in, messages);
            for (Map<String, Recent> groups : named) {
                int size = in.readInt();
                for (int i = 0; i < size; i++) {
                    Recent recent = new Recent();
                    groups.put(in.readUTF(), recent);
                    recent.read(in, messages);
                }
            }
        }
    }

    /** The messages next to one, the most frequent ones counted. */
    private static final class Neighbours {
        private static final int MOST = 4;
        private final int[] messages = new int[MOST];
        private final long[] counts = new long[MOST];
        private long all;
        /** The neighbour that the rule says, or none. */
        private int other = Line.UNKNOWN;
        /** How often the rule was tried, and how often it broke, by reach. */
        private long tries;

        private final long[] broke = new long[REACHES.length];
        /** How often it broke, whatever was there. */
        private final long[] held = new long[REACHES.length];
        /** How often the two were of different threads, and how far apart at most. */
        private long across;

        private Span span = Span.NONE;
        /** What was there when it did not hold, and how often. */
        private final List<Map<Integer, int[]>> exceptions =
                List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

        void add(int message) {
            all++;
            int least = 0;
            for (int i = 0; i < MOST; i++) {
                if (counts[i] > 0 && messages[i] == message) {
                    counts[i]++;
                    choose();
                    return;
                }
                if (counts[i] < counts[least]) {
                    least = i;
                }
            }
            if (counts[least] == 0) {
                messages[least] = message;
                counts[least] = 1;
            } else {
                counts[least]--;
            }
            choose();
        }

        /** Whether a message is in the place of the other one often enough for that to be no surprise. */
        boolean isException(int reach, int message) {
            int[] count = exceptions.get(reach).get(message);
            return count != null && count[0] >= LEAST_EXCEPTION * tries;
        }

        Set<Integer> exceptions(int reach) {
            Set<Integer> found = new TreeSet<>(exceptions.get(reach).keySet());
            found.removeIf(message -> !isException(reach, message));
            return found;
        }

        double share(int reach) {
            return (double) held[reach] / tries;
        }

        private void choose() {
            int top = 0;
            for (int i = 1; i < MOST; i++) {
                top = counts[i] > counts[top] ? i : top;
            }
            boolean is = all >= 3 && 2 * counts[top] >= all && messages[top] >= 0;
            int now = is ? messages[top] : Line.UNKNOWN;
            if (now != other) {
                other = now;
                tries = 0;
                across = 0;
                span = Span.NONE;
                Arrays.fill(broke, 0);
                Arrays.fill(held, 0);
                exceptions.forEach(Map::clear);
            }
        }
    }

    /** How rules fared, by reach, by how often they had held, and by how often they had broken. */
    private static final class Fates {
        /** What others fared counts as much as so many tries of its own. */
        private static final double WEIGHT = 60;

        private static final int SUPPORTS = 7;
        private static final int BREAKS = 3;
        private final double[][][] tries = new double[REACHES.length][BREAKS][SUPPORTS];
        private final double[][][] broke = new double[REACHES.length][BREAKS][SUPPORTS];

        private static int support(long tries) {
            return Math.min(SUPPORTS - 1, Math.max(0, 61 - Long.numberOfLeadingZeros(tries)));
        }

        void saw(int reach, Neighbours rule, boolean breaks) {
            if (rule.tries >= LEAST_SUPPORT && rule.held[reach] >= LEAST_SHARE * rule.tries) {
                int before = (int) Math.min(BREAKS - 1, rule.broke[reach]);
                int support = support(rule.tries);
                tries[reach][before][support]++;
                broke[reach][before][support] += breaks ? 1 : 0;
            }
        }

        double chance(int reach, Neighbours rule) {
            int before = (int) Math.min(BREAKS - 1, rule.broke[reach]);
            double all = 0;
            double bad = 0;
            for (int support = support(rule.tries); support < SUPPORTS; support++) {
                all += tries[reach][before][support];
                bad += broke[reach][before][support];
            }
            double pooled = (bad + .2) / (all + 20);
            return (pooled * WEIGHT + rule.broke[reach]) / (WEIGHT + rule.tries);
        }
    }

    /** Learns the rules. */
    static final class Learning implements Lesson {
        private final Names names;
        private final List<List<List<Neighbours>>> neighbours = new ArrayList<>();
        private final List<Fates> fates = new ArrayList<>();
        private final List<long[]> counts = new ArrayList<>();
        private Groups groups = new Groups();
        private Waits waits = new Waits();
        private long lines;

        Learning(Names names) {
            this.names = names;
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                neighbours.add(List.of(new ArrayList<>(), new ArrayList<>()));
            }
            for (int of = 0; of < CLASSES; of++) {
                fates.add(new Fates());
            }
        }

        @Override
        public void begin() {
            groups = new Groups();
            waits = new Waits();
        }

        private @Nullable Neighbours of(int grouping, int direction, int message) {
            if (message < 0) {
                return null;
            }
            List<Neighbours> all = neighbours.get(grouping).get(direction);
            while (all.size() <= message) {
                all.add(new Neighbours());
            }
            return all.get(message);
        }

        @Override
        public void add(Line line) {
            if (line.message >= 0) {
                while (counts.size() <= line.message) {
                    counts.add(new long[1]);
                }
                counts.get(line.message)[0]++;
            }
            lines++;
            waits.look(line, this::span, message -> {
                Neighbours rule = of(THREAD, AFTER, message);
                if (rule != null) {
                    tried(THREAD, rule, 0, NOTHING);
                }
            });
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                Recent recent = groups.of(grouping, line);
                if (recent != null) {
                    add(grouping, recent, line);
                }
            }
        }

        private @Nullable Span span(int message, int awaited) {
            Neighbours rule = of(THREAD, AFTER, message);
            return rule == null || rule.other != awaited ? null : rule.span;
        }

        private void add(int grouping, Recent recent, Line line) {
            int message = line.message;
            Neighbours before = of(grouping, BEFORE, message);
            if (before != null && before.other >= 0) {
                int distance = recent.lead(before.other);
                boolean isWhole = grouping == STREAM
                        ? recent.filled == FARTHEST
                        : recent.filled == FARTHEST || before.span.isOver(line.number, Double.NaN);
                if (distance > 0) {
                    met(grouping, before, recent, distance, line);
                }
                if (distance > 0 || isWhole) {
                    tried(grouping, before, distance, recent.last());
                }
            }
            int back = recent.follow(message);
            if (back > 0) {
                Neighbours after = of(grouping, AFTER, recent.message(back));
                if (after != null && after.other == message) {
                    met(grouping, after, recent, back, line);
                    tried(grouping, after, back, back == 1 ? message : recent.message(back - 1));
                }
            }
            if (recent.filled == FARTHEST && recent.isAwaiting(FARTHEST)) {
                Neighbours after = of(grouping, AFTER, recent.message(FARTHEST));
                if (after != null && after.other == recent.awaited[recent.slot(FARTHEST)]) {
                    tried(grouping, after, 0, recent.message(FARTHEST - 1));
                }
            }
            if (recent.filled > 0) {
                Neighbours after = of(grouping, AFTER, recent.message(1));
                if (after != null) {
                    after.add(message);
                }
                if (before != null) {
                    before.add(recent.message(1));
                }
            }
            Neighbours after = of(grouping, AFTER, message);
            recent.add(message, after == null ? Line.UNKNOWN : after.other, line);
            if (grouping == THREAD && after != null && after.tries >= LEAST_SUPPORT) {
                waits.add(recent, 1, after.span);
            }
        }

        /** Takes note of how far apart the two messages of a rule were. */
        private static void met(int grouping, Neighbours rule, Recent recent, int back, Line line) {
            int slot = recent.slot(back);
            if (grouping == STREAM) {
                rule.across += recent.isAcross(back, line) ? 1 : 0;
            } else {
                rule.span = rule.span.or(line.number - recent.number[slot], line.seconds - recent.seconds[slot]);
            }
        }

        /** Rules like it tell how it fares. */
        private Fates fates(int grouping, Neighbours rule) {
            boolean isAcross = grouping == STREAM && 2 * rule.across > rule.held[REACHES.length - 1];
            return fates.get(isAcross ? ACROSS : grouping);
        }

        private void tried(int grouping, Neighbours rule, int distance, int instead) {
            Fates fate = fates(grouping, rule);
            boolean isNew = instead == Line.UNKNOWN || (instead >= 0 && counts.get(instead)[0] <= 1);
            for (int reach = 0; reach < REACHES.length; reach++) {
                boolean holds = distance > 0 && distance <= REACHES[reach];
                Map<Integer, int[]> exceptions = rule.exceptions.get(reach);
                boolean breaks = !holds && !isNew && !rule.isException(reach, instead);
                fate.saw(reach, rule, breaks);
                rule.broke[reach] += breaks ? 1 : 0;
                rule.held[reach] += holds ? 1 : 0;
                if (!holds
                        && instead >= 0
                        && (exceptions.size() < MOST_EXCEPTIONS || exceptions.containsKey(instead))) {
                    exceptions.computeIfAbsent(instead, key -> new int[1])[0]++;
                }
            }
            rule.tries++;
        }

        @Override
        public Kind finish(long trained) {
            // Sums of a log may name messages of which no line came here.
            while (counts.size() < names.size()) {
                counts.add(new long[1]);
            }
            List<Rule> best = new ArrayList<>();
            for (int direction = 0; direction < DIRECTIONS; direction++) {
                for (int message = 0; message < names.size(); message++) {
                    best.addAll(best(direction, message));
                }
            }
            best.sort(Comparator.comparingDouble(Rule::chance)
                    .thenComparing(Comparator.comparingLong(Rule::of).reversed()));
            List<Rule> admitted = new ArrayList<>();
            double expected = 0;
            for (Rule rule : best) {
                double one = 1 - Math.exp(-1000.0 * rule.of / trained * rule.chance);
                if (expected + one <= PER_THOUSAND || rule.chance <= RARE) {
                    expected += one;
                    admitted.add(rule);
                }
            }
            return new OrderKind(names, admitted);
        }

        /** Whether a message is so frequent that it is among so many lines wherever one looks. */
        private boolean isNoWonder(int message, int reach) {
            return reach > 0 && near(message, reach) > NO_WONDER;
        }

        /** The chance that a message is among so many lines, if it comes independently of them. */
        private double near(int message, int reach) {
            double share = (double) counts.get(message)[0] / lines;
            return 1 - Math.pow(1 - share, REACHES[reach]);
        }

        /**
         * Whether the other message was there no more often than it may have been if it came independently, as requests
         * of an access log do: by Chernoff's bound of the binomial tail, which is the chance itself where the rule
         * always held.
         */
        private boolean isByChance(Neighbours found, int reach) {
            double near = near(found.other, reach);
            double share = (double) found.held[reach] / found.tries;
            if (share <= near) {
                return true;
            }
            double nats = share * Math.log(share / near)
                    + (share == 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - near)));
            return Math.exp(-found.tries * nats) > BY_CHANCE;
        }

        /** How likely another message in its place is odd to a rule: it is not where it was there before. */
        private double power(Set<Integer> exceptions) {
            long excused = 0;
            for (int message : exceptions) {
                excused += counts.get(message)[0];
            }
            return 1 - (double) excused / (lines + 1);
        }

        /**
         * The rules of a message. Of groupings in which the same message is next to it, that one counts where it is the
         * very next one most often: where threads interleave, the thread.
         */
        private List<Rule> best(int direction, int message) {
            List<Rule> found = new ArrayList<>();
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                Rule rule = best(direction, message, grouping);
                if (rule != null) {
                    Rule same = found.stream()
                            .filter(other -> other.other == rule.other)
                            .findFirst()
                            .orElse(null);
                    if (same != null && nearest(rule) > nearest(same)) {
                        found.remove(same);
                    }
                    if (same == null || nearest(rule) > nearest(same)) {
                        found.add(rule);
                    }
                }
            }
            return found;
        }

        private double nearest(Rule rule) {
            return neighbours
                    .get(rule.grouping)
                    .get(rule.direction)
                    .get(rule.message)
                    .share(0);
        }

        private @Nullable Rule best(int direction, int message, int grouping) {
            List<Neighbours> all = neighbours.get(grouping).get(direction);
            Neighbours found = message < all.size() ? all.get(message) : null;
            if (found == null || found.other < 0 || found.other == message || found.tries < LEAST_SUPPORT) {
                return null;
            }
            Rule best = null;
            double least = Double.MAX_VALUE;
            for (int reach = 0; reach < REACHES.length; reach++) {
                if (found.share(reach) < LEAST_SHARE || isNoWonder(found.other, reach) || isByChance(found, reach)) {
                    continue;
                }
                Set<Integer> exceptions = found.exceptions(reach);
                double chance = fates(grouping, found).chance(reach, found);
                double worth = chance / power(exceptions);
                if (worth < MUCH_SURER * least) {
                    least = worth;
                    best = new Rule(
                            grouping,
                            direction,
                            message,
                            found.other,
                            REACHES[reach],
                            found.held[reach],
                            found.tries,
                            chance,
                            exceptions,
                            found.span);
                }
            }
            return best;
        }
    }

    private final class Watching implements Watch {
        private final Groups groups = new Groups();
        private final Waits waits = new Waits();
        private final List<Rule> broken = new ArrayList<>();

        @Override
        public void next(Line line, List<Evidence> found) {
            broken.clear();
            waits.look(line, this::span, message -> broken.add(after(message)));
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                Recent recent = used[grouping] ? groups.of(grouping, line) : null;
                if (recent != null) {
                    next(grouping, recent, line);
                }
            }
            for (int i = 0; i < broken.size(); i++) {
                if (!isSaidByAnother(i)) {
                    found.add(evidence(broken.get(i)));
                }
            }
        }

        private Rule after(int message) {
            return Objects.requireNonNull(byMessage[THREAD][AFTER][message], "a message that waits has a rule");
        }

        private @Nullable Span span(int message, int awaited) {
            Rule rule = byMessage[THREAD][AFTER][message];
            return rule == null || rule.other != awaited ? null : rule.span;
        }

        /** Of rules that miss the same message, the first one that says what it should follow says so. */
        private boolean isSaidByAnother(int at) {
            Rule rule = broken.get(at);
            for (int i = 0; i < broken.size(); i++) {
                Rule other = broken.get(i);
                boolean isBetter = other.direction != rule.direction ? other.direction == AFTER : i < at;
                if (i != at && other.other == rule.other && isBetter) {
                    return true;
                }
            }
            return false;
        }

        private void next(int grouping, Recent recent, Line line) {
            Rule[][] ruled = byMessage[grouping];
            int message = line.message;
            Rule before = message < 0 ? null : ruled[BEFORE][message];
            if (before != null) {
                int distance = recent.lead(before.other);
                boolean isWhole = recent.filled >= before.reach
                        || (grouping != STREAM && before.span.isOver(line.number, Double.NaN));
                boolean breaks = distance > before.reach || (distance == 0 && isWhole);
                if (breaks && !isExcused(before, recent.last())) {
                    broken.add(before);
                }
            }
            recent.follow(message);
            for (int reach : REACHES) {
                if (reach <= recent.filled) {
                    int earlier = recent.message(reach);
                    Rule after = earlier < 0 ? null : ruled[AFTER][earlier];
                    boolean isLate = recent.followed[recent.slot(reach)] == 0;
                    if (after != null
                            && after.reach == reach
                            && isLate
                            && !isExcused(after, reach == 1 ? message : recent.message(reach - 1))) {
                        broken.add(after);
                    }
                }
            }
            Rule after = message < 0 ? null : ruled[AFTER][message];
            recent.add(message, after == null ? Line.UNKNOWN : after.other, line);
            if (grouping == THREAD && after != null) {
                waits.add(recent, 1, after.span);
            }
        }

        /** A message that is new is odd itself, and an exception is none the second time. */
        private boolean isExcused(Rule rule, int instead) {
            return instead == Line.UNKNOWN || rule.exceptions.contains(instead);
        }

        private Evidence evidence(Rule rule) {
            boolean after = rule.direction == AFTER;
            String first = names.text(after ? rule.message : rule.other);
            String second = names.text(after ? rule.other : rule.message);
            String share = String.format(Locale.ROOT, " (%,d of %s).", rule.held, Counted.of(rule.of, "time"));
            String often = rule.held == rule.of ? "always" : "almost always";
            String group = rule.grouping == COMPONENT ? "component" : rule.grouping == THREAD ? "thread" : "";
            String reason;
            if (after) {
                reason = Names.quoted(second) + " did not follow " + Names.quoted(first) + ", as it " + often + " had "
                        + (rule.reach == 1 ? "on the next line" : "within the next " + rule.reach + " lines")
                        + (group.isEmpty() ? "" : " of its " + group) + share;
            } else {
                reason = Names.quoted(second) + " came without " + Names.quoted(first) + ", which " + often
                        + " preceded it " + (rule.reach == 1 ? "directly" : "within " + rule.reach + " lines")
                        + (group.isEmpty() ? "" : " in its " + group) + share;
            }
            return new Evidence(
                    EvidenceKind.ORDER, 1 + Math.log(1 / Math.max(rule.chance, 1e-6)) / 10, first, second, reason);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            groups.write(out);
            waits.write(groups.threads(), out);
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            groups.read(in, names.size());
            // What was written before threads were watched for their end has none of this.
            if (in.available() > 0) {
                waits.read(groups.threads(), in);
            }
        }
    }
}
