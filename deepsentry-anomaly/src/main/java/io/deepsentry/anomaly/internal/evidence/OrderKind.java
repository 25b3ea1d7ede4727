package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Messages that follow each other. A rule says that after a message another one comes within so many lines, or that before it
 * another one did: in the stream, or among the lines of one component or thread. How likely a rule breaks by chance is taken
 * from how rules that had held as often fared in training; rules that would break too often are not used.
 */
final class OrderKind implements Kind {
    /** The groups in which lines follow each other: the stream, a component, a thread. */
    private static final int GROUPINGS = 3;

    private static final int STREAM = 0;
    private static final int COMPONENT = 1;
    private static final int THREAD = 2;
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

    /** What a rule that held fewer times says is left out. */
    private static final int LEAST_SUPPORT = 11;

    private static final double LEAST_SHARE = .9;
    /** A farther reach is taken if a rule then breaks so much less often. */
    private static final double MUCH_SURER = .5;
    /** A message that is among so many lines with this chance anyway says nothing of the one before or after. */
    private static final double NO_WONDER = .97;
    /** Of a rule with more exceptions, each further one breaks it. */
    private static final int MOST_EXCEPTIONS = 16;

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
            Set<Integer> exceptions) {}

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
        for (JsonNode row : Written.rows(json, "rules", 9)) {
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
                    exceptions));
        }
        return new OrderKind(names, rules);
    }

    /** The last lines of a group. */
    private static final class Recent {
        private final int[] messages = new int[FARTHEST];
        /** The one that should come after it, or none. */
        private final int[] awaited = new int[FARTHEST];
        /** After how many lines that came; 0 as long as it has not. */
        private final int[] followed = new int[FARTHEST];
        /** Whether it was the one before another. */
        private final boolean[] led = new boolean[FARTHEST];

        private int at;
        private int filled;

        private int slot(int back) {
            return Math.floorMod(at - back, FARTHEST);
        }

        int message(int back) {
            return messages[slot(back)];
        }

        void add(int message, int awaits) {
            messages[at] = message;
            awaited[at] = awaits;
            followed[at] = 0;
            led[at] = false;
            at = (at + 1) % FARTHEST;
            filled = Math.min(filled + 1, FARTHEST);
        }

        /** Takes a message for the one that the latest line awaits for which none came. */
        void follow(int message) {
            for (int back = 1; back <= filled && message >= 0; back++) {
                if (awaited[slot(back)] == message && followed[slot(back)] == 0) {
                    followed[slot(back)] = back;
                    return;
                }
            }
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

    /** The groups of a stream, of which those that were silent longest are forgotten. */
    private static final class Groups {
        private final Recent stream = new Recent();
        private final List<Map<String, Recent>> named = List.of(lru(), lru());

        private static Map<String, Recent> lru() {
            return new LinkedHashMap<>(16, .75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Recent> eldest) {
                    return size() > MOST_GROUPS;
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
        /** What was there when it broke. */
        private final List<Set<Integer>> exceptions =
                List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

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
                Arrays.fill(broke, 0);
                Arrays.fill(held, 0);
                exceptions.forEach(Set::clear);
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
        private long lines;

        Learning(Names names) {
            this.names = names;
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                neighbours.add(List.of(new ArrayList<>(), new ArrayList<>()));
                fates.add(new Fates());
            }
        }

        @Override
        public void begin() {
            groups = new Groups();
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
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                Recent recent = groups.of(grouping, line);
                if (recent != null) {
                    add(grouping, recent, line.message);
                }
            }
        }

        private void add(int grouping, Recent recent, int message) {
            Fates fate = fates.get(grouping);
            Neighbours before = of(grouping, BEFORE, message);
            if (before != null && before.other >= 0 && recent.filled > 0) {
                int distance = recent.lead(before.other);
                if (distance > 0 || recent.filled == FARTHEST) {
                    tried(before, distance, recent.message(1), fate);
                }
            }
            recent.follow(message);
            if (recent.filled == FARTHEST) {
                Neighbours after = of(grouping, AFTER, recent.message(FARTHEST));
                if (after != null && after.other >= 0 && after.other == recent.awaited[recent.slot(FARTHEST)]) {
                    tried(after, recent.followed[recent.slot(FARTHEST)], recent.message(FARTHEST - 1), fate);
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
            recent.add(message, after == null ? Line.UNKNOWN : after.other);
        }

        private void tried(Neighbours rule, int distance, int instead, Fates fate) {
            boolean isNew = instead < 0 || counts.get(instead)[0] <= 1;
            for (int reach = 0; reach < REACHES.length; reach++) {
                boolean holds = distance > 0 && distance <= REACHES[reach];
                Set<Integer> exceptions = rule.exceptions.get(reach);
                boolean breaks = !holds && !isNew && !exceptions.contains(instead);
                fate.saw(reach, rule, breaks);
                rule.broke[reach] += breaks ? 1 : 0;
                rule.held[reach] += holds ? 1 : 0;
                if (!holds && instead >= 0 && exceptions.size() < MOST_EXCEPTIONS) {
                    exceptions.add(instead);
                }
            }
            rule.tries++;
        }

        @Override
        public Kind finish(long trained) {
            List<Rule> best = new ArrayList<>();
            for (int direction = 0; direction < DIRECTIONS; direction++) {
                for (int message = 0; message < names.size(); message++) {
                    Rule ofStream = best(direction, message, STREAM, STREAM);
                    Rule ofGroup = best(direction, message, COMPONENT, THREAD);
                    if (ofStream != null) {
                        best.add(ofStream);
                    }
                    if (ofGroup != null && !isSaid(ofGroup, ofStream)) {
                        best.add(ofGroup);
                    }
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
            double share = (double) counts.get(message)[0] / lines;
            return reach > 0 && 1 - Math.pow(1 - share, REACHES[reach]) > NO_WONDER;
        }

        /** Whether another rule says the same, and as surely. */
        private static boolean isSaid(Rule rule, @Nullable Rule by) {
            return by != null && by.other == rule.other && by.chance <= rule.chance && by.reach <= rule.reach;
        }

        private @Nullable Rule best(int direction, int message, int from, int to) {
            Rule best = null;
            for (int grouping = from; grouping <= to; grouping++) {
                List<Neighbours> all = neighbours.get(grouping).get(direction);
                if (message >= all.size()) {
                    continue;
                }
                Neighbours found = all.get(message);
                if (found.other < 0 || found.other == message || found.tries < LEAST_SUPPORT) {
                    continue;
                }
                for (int reach = 0; reach < REACHES.length; reach++) {
                    if (found.held[reach] < LEAST_SHARE * found.tries || isNoWonder(found.other, reach)) {
                        continue;
                    }
                    double chance = fates.get(grouping).chance(reach, found);
                    if (best == null || chance < MUCH_SURER * best.chance) {
                        best = new Rule(
                                grouping,
                                direction,
                                message,
                                found.other,
                                REACHES[reach],
                                found.held[reach],
                                found.tries,
                                chance,
                                found.exceptions.get(reach));
                    }
                }
            }
            return best;
        }
    }

    private final class Watching implements Watch {
        private final Groups groups = new Groups();
        private final List<Rule> broken = new ArrayList<>();

        @Override
        public void next(Line line, List<Evidence> found) {
            broken.clear();
            for (int grouping = 0; grouping < GROUPINGS; grouping++) {
                Recent recent = used[grouping] ? groups.of(grouping, line) : null;
                if (recent != null) {
                    next(byMessage[grouping], recent, line.message);
                }
            }
            for (int i = 0; i < broken.size(); i++) {
                if (!isSaidByAnother(i)) {
                    found.add(evidence(broken.get(i)));
                }
            }
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

        private void next(Rule[][] ruled, Recent recent, int message) {
            Rule before = message < 0 ? null : ruled[BEFORE][message];
            if (before != null) {
                int distance = recent.lead(before.other);
                boolean breaks = distance > before.reach || (distance == 0 && recent.filled >= before.reach);
                if (breaks && !isExcused(before, recent.message(1))) {
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
            recent.add(message, after == null ? Line.UNKNOWN : after.other);
        }

        /** A message that is new is odd itself, and an exception is none the second time. */
        private boolean isExcused(Rule rule, int instead) {
            return instead < 0 || rule.exceptions.contains(instead);
        }

        private Evidence evidence(Rule rule) {
            boolean after = rule.direction == AFTER;
            String first = names.text(after ? rule.message : rule.other);
            String second = names.text(after ? rule.other : rule.message);
            String share = rule.held == rule.of
                    ? String.format(Locale.ROOT, "all %,d times", rule.of)
                    : String.format(Locale.ROOT, "%,d of %,d times", rule.held, rule.of);
            String where =
                    rule.grouping == COMPONENT ? " of its component" : rule.grouping == THREAD ? " of its thread" : "";
            String near = rule.reach == 1
                    ? after ? "the next line" + where : "the line before" + where
                    : "one of the " + rule.reach + (after ? " next lines" : " lines before") + where;
            String reason = after
                    ? Names.quoted(second) + " did not follow " + Names.quoted(first) + "; it was " + near + " " + share
                            + "."
                    : Names.quoted(second) + " came without " + Names.quoted(first) + ", which was " + near + " "
                            + share + ".";
            return new Evidence(
                    EvidenceKind.ORDER, 1 + Math.log(1 / Math.max(rule.chance, 1e-6)) / 10, first, second, reason);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            groups.write(out);
        }

        @Override
        public void read(DataInput in) throws IOException {
            groups.read(in, names.size());
        }
    }
}
