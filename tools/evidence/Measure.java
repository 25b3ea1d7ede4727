package io.deepsentry.tools.evidence;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.identity.SlotLearner;
import io.deepsentry.text.token.NormalizerSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Learns the kinds of evidence from the first 60% of each log, injects faults into the rest, and prints how many are
 * found and how many findings the untouched rest has. See run.
 */
public final class Measure {
    private static final int TIMES = Integer.getInteger("times", 20);
    private static final double TRAINED = Integer.getInteger("trained", 60) / 100.0;
    private static final int MARGIN = 20;
    private static final Set<String> VERBOSE = Set.of(System.getProperty("verbose", "").split(","));

    private static final boolean ALL_BURSTS = Boolean.getBoolean("allBursts");

    private enum Fault {
        BURST,
        STOP,
        SWAP,
        MISSING,
        NUMBER,
        SMALL,
        PARAMETER
    }

    private record Key(EvidenceKind kind, String message, String subject) {
        static Key of(Evidence evidence) {
            return new Key(evidence.kind(), evidence.message(), String.valueOf(evidence.subject()));
        }
    }

    private record Spot(LogEvent event, Key key) {}

    /** The place of a value. */
    private record Slot(String message, String place) {}

    private static final class Seen {
        int count;
        int numbers;
        double most;
        double least = Double.POSITIVE_INFINITY;
        double last = Double.NaN;
        int up;
        int down;
        final Map<String, Integer> words = new HashMap<>();
    }

    private final String name;
    private final List<LogEvent> train;
    private final List<LogEvent> rest;
    private final MessageIdentity identity;
    private final Map<LogEvent, IdentifiedMessage> memo = new java.util.IdentityHashMap<>();
    private final StreamEvidence evidence;
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Map<String, Integer>> followers = new HashMap<>();
    private final Map<String, Integer> mostIn20 = new HashMap<>();
    private final Map<Slot, Seen> slots = new HashMap<>();
    private final Map<String, List<Integer>> at = new TreeMap<>();
    private final Set<Spot> untouched = new HashSet<>();
    private final Set<Key> untouchedKeys = new HashSet<>();
    private int flaggedLines;
    /** New messages in the second half of training that are no errors; one more is supposed. */
    private int newRemarks = 1;
    private double micros;

    private Measure(String name, List<LogEvent> events) {
        this.name = name;
        int cut = (int) (events.size() * TRAINED);
        train = events.subList(0, cut);
        rest = events.subList(cut, events.size());
        SlotLearner slotLearner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        train.forEach(slotLearner::add);
        identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, slotLearner.learn());
        StreamEvidence.Learner learner = StreamEvidence.learner();
        String last = null;
        for (int i = 0; i < train.size(); i++) {
            Observation said = observation(train.get(i));
            learner.add("log", said);
            if (counts.merge(said.message(), 1, Integer::sum) == 1
                    && 2 * i >= train.size()
                    && said.severity() != Severity.HIGH) {
                newRemarks++;
            }
            at.computeIfAbsent(said.message(), key -> new ArrayList<>()).add(i);
            if (last != null) {
                followers
                        .computeIfAbsent(last, key -> new HashMap<>())
                        .merge(said.message(), 1, Integer::sum);
            }
            last = said.message();
            String message = last;
            int from = Math.max(0, i - 19);
            int in20 = (int) train.subList(from, i + 1).stream()
                    .filter(event -> identified(event).text().equals(message))
                    .count();
            mostIn20.merge(message, in20, Math::max);
            for (MessageValue value : said.values()) {
                Seen seen = slots.computeIfAbsent(new Slot(said.message(), value.place()), key -> new Seen());
                seen.count++;
                if (Double.isFinite(value.number())) {
                    seen.numbers++;
                    seen.most = Math.max(seen.most, Math.abs(value.number()));
                    seen.least = Math.min(seen.least, value.number());
                    seen.up += value.number() > seen.last ? 1 : 0;
                    seen.down += value.number() < seen.last ? 1 : 0;
                    seen.last = value.number();
                } else {
                    seen.words.merge(value.text(), 1, Integer::sum);
                }
            }
        }
        evidence = learner.finish();
        List<Observation> said = rest.stream().map(this::observation).toList();
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        List<List<Evidence>> found = new ArrayList<>();
        StreamEvidence.Stream stream = evidence.begin();
        for (Observation line : said) {
            found.add(stream.next(line));
        }
        micros = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e3 / Math.max(1, rest.size());
        for (int i = 0; i < found.size(); i++) {
            flaggedLines += found.get(i).isEmpty() ? 0 : 1;
            for (Evidence one : found.get(i)) {
                untouched.add(new Spot(rest.get(i), Key.of(one)));
                if (untouchedKeys.add(Key.of(one)) && (VERBOSE.contains(name) || VERBOSE.contains(one.kind().key()))) {
                    System.out.printf("  %s:%d %s %.2f %s%n", name, i, one.kind(), one.strength(), one.reason());
                }
            }
        }
    }

    private IdentifiedMessage identified(LogEvent event) {
        return memo.computeIfAbsent(event, identity::identify);
    }

    private Observation observation(LogEvent event) {
        IdentifiedMessage said = identified(event);
        return new Observation(
                said.text(),
                Severity.of(event.level()),
                event.time(),
                event.component(),
                event.thread(),
                said.values());
    }

    private static LogEvent with(LogEvent event, String message) {
        return event.withMessage(message, event.level(), event.fields());
    }

    private static LogEvent copy(LogEvent event) {
        return with(event, event.message());
    }

    private static LogEvent at(LogEvent event, LogEvent time) {
        return event.withTime(time.time());
    }

    private record Injected(List<LogEvent> lines, int from, int to, String message) {}

    private static <T> T any(List<T> of, Random random) {
        return of.isEmpty() ? null : of.get(random.nextInt(of.size()));
    }

    private final Map<Fault, List<?>> candidates = new EnumMap<>(Fault.class);

    @SuppressWarnings("unchecked")
    private <T> List<T> candidates(Fault fault, java.util.function.Supplier<List<T>> find) {
        return (List<T>) candidates.computeIfAbsent(fault, key -> find.get());
    }

    private List<Integer> positions(java.util.function.IntPredicate is) {
        return java.util.stream.IntStream.range(MARGIN, rest.size() - 3 * MARGIN)
                .filter(is)
                .boxed()
                .toList();
    }

    private String message(int i) {
        return identified(rest.get(i)).text();
    }

    private Injected inject(Fault fault, Random random) {
        List<LogEvent> lines = new ArrayList<>(rest);
        switch (fault) {
            case BURST -> {
                Integer p = any(
                        candidates(
                                fault,
                                () -> positions(i -> counts.getOrDefault(message(i), 0) >= 3
                                        && (ALL_BURSTS || mostIn20.getOrDefault(message(i), 0) < 20))),
                        random);
                if (p == null) {
                    return null;
                }
                for (int i = 0; i < 20; i++) {
                    lines.add(p, copy(rest.get(p)));
                }
                return new Injected(lines, p, p + 25, message(p));
            }
            case STOP -> {
                List<String> regular = candidates(fault, () -> {
                    List<String> all = new ArrayList<>();
                    at.forEach((message, where) -> {
                        List<Integer> gaps = new ArrayList<>();
                        for (int i = 1; i < where.size(); i++) {
                            gaps.add(where.get(i) - where.get(i - 1));
                        }
                        gaps.add(train.size() - where.get(where.size() - 1));
                        gaps.sort(null);
                        long later =
                                rest.stream().filter(e -> identified(e).text().equals(message)).count();
                        if (gaps.size() >= 15
                                && later >= 3
                                && gaps.get(gaps.size() - 1) <= 4 * Math.max(1, gaps.get(gaps.size() / 2))) {
                            all.add(message);
                            if (VERBOSE.contains("stops")) {
                                System.out.println("  may stop: " + message + " at " + where.get(0) + " to "
                                        + where.get(where.size() - 1) + " of " + train.size() + ", " + where.size()
                                        + " times, later " + later + ", gaps " + gaps);
                            }
                        }
                    });
                    return all;
                });
                String message = any(regular, random);
                if (message == null) {
                    return null;
                }
                int from = random.nextInt(Math.max(1, rest.size() / 2));
                List<LogEvent> without = new ArrayList<>(rest.subList(0, from));
                rest.subList(from, rest.size()).stream()
                        .filter(e -> !identified(e).text().equals(message))
                        .forEach(without::add);
                return new Injected(without, from, without.size(), message);
            }
            case SWAP, MISSING -> {
                Integer p = any(
                        candidates(
                                Fault.SWAP,
                                () -> positions(i -> {
                                    Map<String, Integer> next = followers.get(message(i));
                                    int all = next == null
                                            ? 0
                                            : next.values().stream().mapToInt(n -> n).sum();
                                    return all >= 15
                                            && !message(i).equals(message(i + 1))
                                            && next.getOrDefault(message(i + 1), 0) >= .95 * all;
                                })),
                        random);
                if (p == null) {
                    return null;
                }
                if (fault == Fault.SWAP) {
                    lines.set(p, at(rest.get(p + 1), rest.get(p)));
                    lines.set(p + 1, at(rest.get(p), rest.get(p + 1)));
                } else {
                    lines.remove(p + 1);
                }
                return new Injected(lines, p - 1, p + (fault == Fault.SWAP ? 12 : 30), message(p));
            }
            case NUMBER -> {
                int[] p = any(
                        candidates(
                                fault,
                                () -> valued(
                                        (value, seen) -> value.text().matches("-?\\d+(\\.\\d+)?")
                                                && seen.numbers >= 10
                                                && 10 * Math.abs(value.number()) >= Math.max(1, seen.most))),
                        random);
                return p == null ? null : replaced(lines, p, "00");
            }
            case SMALL -> {
                int[] p = any(
                        candidates(
                                fault,
                                () -> valued((value, seen) -> value.text().matches("\\d+(\\.\\d+)?")
                                        && seen.numbers >= 30
                                        && seen.least >= 10
                                        && Math.min(seen.up, seen.down) >= .2 * seen.numbers
                                        && value.number() <= 10 * seen.least)),
                        random);
                return p == null ? null : replaced(lines, p, "/100");
            }
            default -> {
                int[] p = any(
                        candidates(fault, () -> valued((value, seen) -> {
                            long once =
                                    seen.words.values().stream().filter(n -> n == 1).count();
                            return !Double.isFinite(value.number()) && seen.count >= 20 && once <= .05 * seen.count;
                        })),
                        random);
                String word = "zq" + (char) ('a' + random.nextInt(26)) + "xv" + (char) ('a' + random.nextInt(26));
                return p == null ? null : replaced(lines, p, word);
            }
        }
    }

    /** The places of values, by line and number, that can be changed in the line. */
    private List<int[]> valued(
            java.util.function.BiPredicate<MessageValue, Seen> is) {
        List<int[]> all = new ArrayList<>();
        for (int i = MARGIN; i < rest.size() - 3 * MARGIN; i++) {
            List<MessageValue> values = identified(rest.get(i)).values();
            for (int v = 0; v < values.size(); v++) {
                MessageValue value = values.get(v);
                Seen seen = slots.get(new Slot(message(i), value.place()));
                if (seen != null && is.test(value, seen) && find(rest.get(i), value.text()) >= 0) {
                    all.add(new int[] {i, v});
                }
            }
        }
        return all;
    }

    /** Where a value is in a line as a word of its own; -1 if it is not. */
    private static int find(LogEvent event, String text) {
        java.util.regex.Matcher matcher = java.util.regex.Pattern.compile(
                        "(?<![\\p{Alnum}.])" + java.util.regex.Pattern.quote(text) + "(?!\\p{Alnum}|\\.\\d)")
                .matcher(event.message());
        return matcher.find() ? matcher.start() : -1;
    }

    private Injected replaced(List<LogEvent> lines, int[] p, String by) {
        LogEvent event = rest.get(p[0]);
        MessageValue value = identified(event).values().get(p[1]);
        int from = find(event, value.text());
        String text = value.text();
        String now = by.equals("00")
                ? text.contains(".")
                        ? new java.math.BigDecimal(text).movePointRight(2).toPlainString()
                        : text + by
                : by.equals("/100")
                        ? new java.math.BigDecimal(text)
                                .movePointLeft(2)
                                .setScale(text.contains(".") ? 3 : 0, java.math.RoundingMode.DOWN)
                                .toPlainString()
                        : by;
        lines.set(
                p[0],
                with(
                        event,
                        event.message().substring(0, from)
                                + now
                                + event.message().substring(from + text.length())));
        return new Injected(lines, p[0], p[0], message(p[0]));
    }

    private boolean isFound(Fault fault, Injected injected) {
        StreamEvidence.Stream stream = evidence.begin();
        for (int i = 0; i < injected.lines.size(); i++) {
            LogEvent event = injected.lines.get(i);
            List<Evidence> found = stream.next(observation(event));
            if (i < injected.from || i > injected.to) {
                continue;
            }
            if (fault.compareTo(Fault.NUMBER) >= 0 && !counts.containsKey(identified(event).text())) {
                return true;
            }
            for (Evidence one : found) {
                Key key = Key.of(one);
                boolean is =
                        switch (fault) {
                            case BURST -> one.kind() == EvidenceKind.BURST;
                            case STOP -> one.kind() == EvidenceKind.SILENCE
                                    && one.message().equals(injected.message)
                                    && !untouchedKeys.contains(key);
                            case SWAP, MISSING -> one.kind() == EvidenceKind.ORDER;
                            case NUMBER, SMALL -> one.kind() == EvidenceKind.VALUE || one.kind() == EvidenceKind.PARAMETER;
                            default -> one.kind() == EvidenceKind.PARAMETER;
                        };
                if (is && !untouched.contains(new Spot(event, key))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static final Map<Fault, int[]> TOTALS = new EnumMap<>(Fault.class);

    private double print() {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-22s %6d ", name, rest.size()));
        double perThousand = 1000.0 / rest.size();
        Map<EvidenceKind, Integer> byKind = new EnumMap<>(EvidenceKind.class);
        untouchedKeys.forEach(key -> byKind.merge(key.kind(), 1, Integer::sum));
        for (Fault fault : Fault.values()) {
            if (System.getProperty("only") != null && !System.getProperty("only").contains(fault.name())) {
                row.append("         -");
                continue;
            }
            Random random = new Random(7 + fault.ordinal());
            int hit = 0;
            int tried = 0;
            for (int i = 0; i < TIMES; i++) {
                Injected injected = inject(fault, random);
                if (injected == null) {
                    break;
                }
                tried++;
                boolean found = isFound(fault, injected);
                hit += found ? 1 : 0;
                if (!found && VERBOSE.contains(name + "/" + fault)) {
                    System.out.printf("  missed %s %s%n", fault, injected.message);
                }
            }
            int[] total = TOTALS.computeIfAbsent(fault, key -> new int[2]);
            total[0] += hit;
            total[1] += tried;
            row.append(String.format(Locale.ROOT, " %9s", tried == 0 ? "-" : hit + "/" + tried));
        }
        row.append(String.format(
                Locale.ROOT,
                "  %5.1f %5.1f %5.0f %5.2f  ",
                2000.0 * newRemarks / train.size(),
                untouchedKeys.size() * perThousand,
                flaggedLines * perThousand,
                micros));
        row.append(byKind);
        System.out.println(row);
        return untouchedKeys.size() * perThousand;
    }

    private static List<LogEvent> read(Path log) {
        try (LogReader reader =
                LogReader.builder().input(log).onMalformed(OnMalformed.ATTACH).open()) {
            List<LogEvent> events = new ArrayList<>();
            for (LogEvent event : reader) {
                events.add(event);
                if (events.size() >= Integer.getInteger("most", 50_000)) {
                    break;
                }
            }
            return events;
        }
    }

    public static void main(String[] logs) throws Exception {
        System.out.printf("%-22s %6s ", "log", "lines");
        for (Fault fault : Fault.values()) {
            System.out.printf(" %9s", fault.name().toLowerCase(Locale.ROOT));
        }
        System.out.println("    new false lines    us");
        List<Double> all = new ArrayList<>();
        for (String log : logs) {
            Path file = Path.of(log);
            List<LogEvent> events;
            try {
                events = read(file);
            } catch (io.deepsentry.parse.LogParseException e) {
                continue;
            }
            if (events.size() >= Integer.getInteger("least", 200)) {
                String name = file.getFileName().toString().replace("_2k.log", "");
                all.add(new Measure(name.length() > 22 ? name.substring(name.length() - 22) : name, events).print());
            }
        }
        all.sort(null);
        System.out.printf("%-22s %6s ", "all", "");
        for (Fault fault : Fault.values()) {
            int[] total = TOTALS.getOrDefault(fault, new int[2]);
            System.out.printf(" %8.0f%%", 100.0 * total[0] / Math.max(1, total[1]));
        }
        System.out.printf(
                "  median false %.1f, worst %.1f, sum %.1f%n",
                all.get(all.size() / 2), all.get(all.size() - 1), all.stream().mapToDouble(d -> d).sum());
    }
}
