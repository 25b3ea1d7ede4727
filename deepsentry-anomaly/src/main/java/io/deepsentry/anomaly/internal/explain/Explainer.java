package io.deepsentry.anomaly.internal.explain;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.detector.LearnedViews;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.detector.TrainingSessions;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the steps that a session's score is made of, and says of each what is odd about it: the message, that it is one
 * too many, that another is missing before it, or its place. For one thread at a time, that of its {@link
 * MessageTable}.
 */
public final class Explainer {
    /** A message that fewer training sessions than this share have is odd wherever it stands. */
    private static final double RARE_SHARE = 0.01;
    /** So many of a message are too many when fewer training sessions than this share have them. */
    private static final double MANY_SHARE = 0.02;
    /** What was to be expected with at least this probability and was passed over is missing. */
    private static final double REQUIRED = 0.9;
    /** What was expected with this probability names the place of a message out of order. */
    private static final double LEADING = 0.5;

    private static final int MOST_EVIDENCE = 4;
    private static final int SHOWN = 160;
    private static final double WORTH_A_WORD = 0.01;
    /** Content steps that add less than this to the score are left out. */
    private static final double LEAST_NATS = 0.1;

    private final LearnedViews views;
    private final MessageTable messages;
    private final TrainingMessages known;
    private final TrainingTexts texts;
    private final TrainingSessions normal;

    public Explainer(TrainedDetector detector, MessageTable messages) {
        this.views = detector.views();
        this.messages = messages;
        this.known = detector.known();
        this.texts = detector.texts();
        this.normal = detector.sessions();
    }

    public TrainingTexts texts() {
        return texts;
    }

    /** The row of a known message, -1 for others. */
    public int row(int id) {
        return messages.row(id);
    }

    /**
     * What a score is made of.
     *
     * @param rule makes the score
     * @param steps that count for it, the most surprising ones of each view if there are too many
     * @param order the order score of the steps that are not among them
     * @param content what the content steps that are not among them count, where surprises are added up
     * @param violations what hardly any training session did, as the steps of the count view have it
     * @param mostContent the most that the content counts, for how often training saw sessions of the same messages
     */
    public record Oddities(
            SurpriseRule rule,
            List<ScoredStep> steps,
            List<SupportRule.Violation> violations,
            double order,
            double content,
            double mostContent) {
        public Oddities {
            steps = List.copyOf(steps);
            violations = List.copyOf(violations);
        }

        /** Those of lines of a stream, each of which is judged by itself. */
        public static Oddities ofLines(List<ScoredStep> lines) {
            return new Oddities(SurpriseRule.PLAIN, lines, List.of(), 0, 0, Double.POSITIVE_INFINITY);
        }

        /** The score of a session that is made of these steps. */
        public double score() {
            return SurpriseRule.score(score(View.ORDER, steps), score(View.CONTENT, steps), score(View.COUNT, steps));
        }

        /** The score of one view if only these steps of its count. */
        double score(View view, List<ScoredStep> counted) {
            double[] nats = counted.stream()
                    .filter(step -> step.view() == view)
                    .mapToDouble(ScoredStep::nats)
                    .toArray();
            return switch (view) {
                case ORDER ->
                    Math.max(order, rule.orderScore(Arrays.stream(nats).max().orElse(0)));
                case CONTENT -> Math.min(mostContent, rule.contentScore(nats, Double.POSITIVE_INFINITY) + content);
                case COUNT -> rule.supportScore(nats);
            };
        }
    }

    /** What of a session lies outside its part of the log. */
    public SessionEdges.CutOff cutOff(EncodedSession session) {
        return session.cutOff(views.edges(), messages);
    }

    /** What the score of an ended session is made of. */
    public Oddities session(int[] ids, double threshold, SessionEdges.CutOff cutOff) {
        List<ScoredStep> odd = new ArrayList<>();
        double[] inOrder = views.order().surprises(views.orderWindows(ids), messages);
        // What stays below this adds at most a quarter of the threshold.
        double floor = threshold / 2;
        double[] orderWeight = new double[inOrder.length];
        Arrays.fill(orderWeight, Double.NEGATIVE_INFINITY);
        int from = Math.min(inOrder.length, views.firstInOrder(cutOff));
        int top = from;
        for (int i = from; i < inOrder.length; i++) {
            top = inOrder[i] > inOrder[top] ? i : top;
            orderWeight[i] = inOrder[i] - floor;
        }
        if (top < inOrder.length) {
            orderWeight[top] = Double.MAX_VALUE;
        }
        double unlisted = 0;
        for (int step : heaviest(orderWeight, Explanation.MAX_ODD_STEPS / 2)) {
            odd.add(inOrder(ids, step, inOrder[step], true));
            orderWeight[step] = Double.NEGATIVE_INFINITY;
        }
        for (int i = 0; i < inOrder.length; i++) {
            unlisted = orderWeight[i] > Double.NEGATIVE_INFINITY ? Math.max(unlisted, inOrder[i]) : unlisted;
        }
        int[] canonical = messages.canonical(ids);
        int[] places = MessageTable.places(ids, canonical);
        List<int[]> windows = views.contentWindows(ids, messages);
        double[] content = views.content().surprises(windows, messages);
        double[] contentWeight = new double[content.length];
        for (int i = cutOff.begin() ? 1 : 0; i < content.length - (cutOff.end() ? 1 : 0); i++) {
            contentWeight[i] = content[i] - SurpriseRule.FREE_NATS - LEAST_NATS;
        }
        double small = 0;
        for (int i = 0; i < content.length && views.rule().support().isEmpty(); i++) {
            small += views.rule().ofStep(content[i]);
        }
        for (int step : heaviest(contentWeight, Explanation.MAX_ODD_STEPS / 2)) {
            small -= views.rule().ofStep(content[step]);
            odd.add(inContent(canonical, places, step, content[step], windows.get(step)));
        }
        List<SupportRule.Violation> violations = views.violations(ids, messages, cutOff);
        odd.addAll(steps(ids, violations));
        return new Oddities(
                views.rule(),
                odd,
                violations,
                views.rule().orderScore(unlisted),
                Math.max(0, small),
                views.mostContentScore(ids, messages));
    }

    /** What a session's score is made of of which nothing is odd but one message by itself. */
    public Oddities ofMessage(int[] ids, int step) {
        double nats = views.order().surprise(views.orderWindows(ids).get(step), messages);
        return Oddities.ofLines(List.of(inOrder(ids, step, nats, true)));
    }

    /** The violations of a session, each where it shows first. */
    private List<ScoredStep> steps(int[] ids, List<SupportRule.Violation> violations) {
        int[] codes = messages.codes(ids);
        return violations.stream()
                .limit(Explanation.MAX_ODD_STEPS)
                .map(each -> violation(ids, codes, each))
                .toList();
    }

    /** What a session does that hardly any training session did, in words. */
    public List<Evidence> evidence(int[] ids, SessionEdges.CutOff cutOff, IntFunction<String> text) {
        return views.violations(ids, messages, cutOff).stream()
                .map(each -> evidence(each, text))
                .toList();
    }

    private Evidence evidence(SupportRule.Violation violation, IntFunction<String> text) {
        SupportRule support = views.rule().support();
        int code = violation.code();
        String message = code < 0 ? text.apply(~code) : texts.of(code);
        return new Evidence(
                switch (violation.kind()) {
                    case UNKNOWN -> EvidenceKind.NEW_MESSAGE;
                    case ORDER -> EvidenceKind.ORDER;
                    case RARE, TOO_MANY, TOO_FEW, MISSING -> EvidenceKind.COUNT;
                },
                violation.nats() / -Math.log(support.rate()),
                message,
                violation.before() < 0 ? null : texts.of(violation.before()),
                '"' + Excerpt.of(message, SHOWN) + "\" " + reason(violation, support));
    }

    /**
     * The evidence of counts and orders beside the step that decided, and its own first if that is an order: only the
     * evidence has its numbers.
     */
    private List<Evidence> others(Oddities oddities, ScoredStep top, IntFunction<String> text) {
        List<ScoredStep> counted = oddities.steps().stream()
                .filter(each -> each.view() == View.COUNT)
                .toList();
        return IntStream.range(0, Math.min(counted.size(), oddities.violations().size()))
                .filter(i -> !counted.get(i).equals(top) || top.isOfSessionOrder())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> !counted.get(i).equals(top)))
                .limit(MOST_EVIDENCE)
                .map(i -> evidence(oddities.violations().get(i), text))
                .toList();
    }

    private String reason(SupportRule.Violation violation, SupportRule support) {
        String seen = String.format(
                Locale.ROOT, "%,d of %s", violation.seen(), Counted.of(violation.of(), "training session"));
        String times = violation.times() == 1 ? "once" : Counted.of(violation.times(), "time");
        return switch (violation.kind()) {
            case UNKNOWN -> "was never seen in training";
            case RARE -> "is in " + seen;
            case TOO_MANY -> "came " + times + "; " + seen + " with it have it so often";
            case TOO_FEW ->
                "came " + times + ", usually it comes " + support.usualTimes(violation.code()) + " times; " + seen
                        + " with it have no more";
            case MISSING -> "did not come; " + seen + " lack it";
            case ORDER ->
                String.format(
                        Locale.ROOT,
                        "came after \"%s\"; in %,d of %,d training sessions with both it came before",
                        Excerpt.of(texts.of(violation.before()), SHOWN),
                        violation.of() - violation.seen(),
                        violation.of());
        };
    }

    private ScoredStep violation(int[] ids, int[] codes, SupportRule.Violation violation) {
        SupportRule support = views.rule().support();
        int code = violation.code();
        boolean lacks = violation.kind() == SupportRule.Kind.TOO_FEW || violation.kind() == SupportRule.Kind.MISSING;
        int step = ids.length;
        int occurrence = 0;
        if (violation.kind() == SupportRule.Kind.ORDER) {
            step = support.placeOf(violation, codes);
        }
        for (int i = 0; i < codes.length && step == ids.length; i++) {
            if (violation.kind() == SupportRule.Kind.MISSING) {
                step = support.comesAfter(codes[i], code) ? i : step;
            } else if (!lacks && codes[i] == code) {
                occurrence++;
                step = support.certain(code, occurrence) != null ? i : step;
            }
        }
        Explanation.Kind kind =
                switch (violation.kind()) {
                    case UNKNOWN -> Explanation.Kind.UNKNOWN_MESSAGE;
                    case RARE -> Explanation.Kind.RARE_MESSAGE;
                    case TOO_MANY -> Explanation.Kind.TOO_MANY;
                    case TOO_FEW -> Explanation.Kind.MISSING_AT_END;
                    case MISSING -> step == ids.length ? Explanation.Kind.MISSING_AT_END : Explanation.Kind.MISSING;
                    case ORDER -> Explanation.Kind.UNEXPECTED_ORDER;
                };
        boolean order = violation.kind() == SupportRule.Kind.ORDER;
        return new ScoredStep(
                View.COUNT,
                step,
                step == ids.length ? Windows.END : ids[step],
                violation.nats(),
                lacks || order ? 0 : violation.times(),
                step == 0 ? Windows.BEGIN : ids[step - 1],
                lacks ? code : violation.before(),
                lacks ? violation.times() + 1 : 0,
                false,
                kind,
                List.of());
    }

    /**
     * What the score of a session under way is made of: how it came so far, and that it has messages which training
     * never saw.
     *
     * @param ids of its messages, the first {@code count} of them
     * @param orderNats the surprise of each in the order view
     */
    public Oddities running(
            int[] ids,
            int count,
            double[] orderNats,
            int[] oddSteps,
            Map<Integer, ScoredStep> computed,
            SessionEdges.CutOff cutOff) {
        List<ScoredStep> odd = new ArrayList<>();
        for (int step : oddSteps) {
            odd.add(computed.computeIfAbsent(step, at -> inOrder(ids, at, orderNats[at], true)));
        }
        double nats = Math.min(TrainingMessages.MAX_NATS, known.noveltyNats());
        for (int i = 0; i < count && nats > SurpriseRule.FREE_NATS; i++) {
            if (messages.row(ids[i]) < 0) {
                if (odd.size() < Explanation.MAX_ODD_STEPS) {
                    odd.add(unknown(ids, i, nats));
                }
            }
        }
        int[] came = Arrays.copyOf(ids, count);
        List<SupportRule.Violation> violations = views.violations(came, messages, SessionEdges.CutOff.UNDER_WAY);
        odd.addAll(steps(came, violations));
        if (odd.isEmpty() && count > 0) {
            // A threshold of the user's own may be lower than what surprises.
            int top = Math.min(count - 1, views.firstInOrder(cutOff));
            for (int i = top + 1; i < count; i++) {
                top = orderNats[i] > orderNats[top] ? i : top;
            }
            odd.add(inOrder(ids, top, orderNats[top], true));
        }
        return new Oddities(views.rule(), odd, violations, 0, 0, Double.POSITIVE_INFINITY);
    }

    private static ScoredStep unknown(int[] ids, int step, double nats) {
        return new ScoredStep(
                View.CONTENT,
                step,
                ids[step],
                nats,
                occurrence(ids, step),
                step == 0 ? Windows.BEGIN : ids[step - 1],
                -1,
                0,
                false,
                Explanation.Kind.UNKNOWN_MESSAGE,
                List.of());
    }

    private static int[] heaviest(double[] weights, int most) {
        return IntStream.range(0, weights.length)
                .filter(i -> weights[i] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
                .limit(most)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /**
     * A step in the order view.
     *
     * @param ids of the messages of a session, or the last ones of a stream
     * @param session whether it is a session
     */
    public ScoredStep inOrder(int[] ids, int step, double nats, boolean session) {
        int back = Math.min(step + 1, views.sequenceLength());
        int[] recent = new int[back + 1];
        for (int i = 0; i <= back; i++) {
            int at = step - back + i;
            recent[i] = at < 0 ? Windows.BEGIN : ids[at];
        }
        double[] shares = views.order().probabilities(Windows.endingAt(recent, back, views.sequenceLength()), messages);
        List<ScoredStep.Likely> likely = likeliest(shares, 0, shares.length);
        int row = messages.row(ids[step]);
        boolean place = row >= 0 && (!session || normal.share(row) >= RARE_SHARE);
        ScoredStep.Likely best = likely.get(0);
        boolean led = place && best.probability() >= LEADING && best.row() != known.endRow();
        Explanation.Kind kind = row < 0
                ? Explanation.Kind.UNKNOWN_MESSAGE
                : place ? Explanation.Kind.UNEXPECTED_ORDER : Explanation.Kind.RARE_MESSAGE;
        return new ScoredStep(
                View.ORDER,
                step,
                ids[step],
                Math.max(0, nats),
                session ? occurrence(ids, step) : 0,
                step == 0 ? Windows.BEGIN : ids[step - 1],
                led ? best.row() : -1,
                0,
                place,
                kind,
                shown(likely));
    }

    private ScoredStep inContent(int[] canonical, int[] places, int step, double nats, int[] window) {
        double[] shares = views.content().probabilities(window, messages);
        boolean end = step == canonical.length;
        int code = end ? Windows.END : canonical[step];
        int after = step == 0 ? Windows.BEGIN : canonical[step - 1];
        int row = end ? known.endRow() : messages.row(code);
        int occurrence = end ? 0 : occurrence(canonical, step);
        // Known messages stand in canonical order: what was expected before this one's place is passed over for good.
        int place = row >= 0 ? row : known.nearest(messages.table().vector(code));
        double passed = 0;
        for (int i = 0; i < place; i++) {
            passed += shares[i];
        }
        int missing = passed >= REQUIRED ? likeliest(shares, 0, place).get(0).row() : -1;
        int missingOccurrence = missing < 0 ? 0 : count(canonical, canonical.length, missing) + 1;
        Explanation.Kind kind;
        if (row < 0) {
            kind = Explanation.Kind.UNKNOWN_MESSAGE;
        } else if (end) {
            kind = Explanation.Kind.MISSING_AT_END;
        } else if (normal.share(row) < RARE_SHARE) {
            kind = Explanation.Kind.RARE_MESSAGE;
        } else if (missing >= 0) {
            kind = Explanation.Kind.MISSING;
        } else {
            kind = normal.shareOfAtLeast(row, occurrence) < MANY_SHARE
                    ? Explanation.Kind.TOO_MANY
                    : Explanation.Kind.UNEXPECTED_ORDER;
        }
        return new ScoredStep(
                View.CONTENT,
                end ? canonical.length : places[step],
                code,
                nats,
                occurrence,
                after,
                missing,
                missingOccurrence,
                false,
                kind,
                shown(likeliest(shares, 0, shares.length)));
    }

    /** The most probable of the rows from one on and before another, the best first; at least one. */
    private static List<ScoredStep.Likely> likeliest(double[] shares, int from, int to) {
        return IntStream.range(from, to)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) -> -shares[row]))
                .limit(Explanation.MAX_EXPECTED)
                .map(row -> new ScoredStep.Likely(row, shares[row]))
                .toList();
    }

    /** The best one, and others that are worth a word. */
    private static List<ScoredStep.Likely> shown(List<ScoredStep.Likely> likely) {
        return IntStream.range(0, likely.size())
                .filter(i -> i == 0 || likely.get(i).probability() >= WORTH_A_WORD)
                .mapToObj(likely::get)
                .toList();
    }

    private static int occurrence(int[] ids, int step) {
        int n = 0;
        for (int i = 0; i <= step; i++) {
            n += ids[i] == ids[step] ? 1 : 0;
        }
        return n;
    }

    private int count(int[] ids, int count, int row) {
        int n = 0;
        for (int i = 0; i < count; i++) {
            n += messages.row(ids[i]) == row ? 1 : 0;
        }
        return n;
    }

    /** The step that decided the score: the most surprising one of the view that gave most of it. */
    static @Nullable ScoredStep decisive(Oddities oddities) {
        ScoredStep decisive = null;
        double most = Double.NEGATIVE_INFINITY;
        for (View view : List.of(View.COUNT, View.CONTENT, View.ORDER)) {
            ScoredStep top = null;
            for (ScoredStep each : oddities.steps()) {
                if (each.view() == view
                        && (top == null
                                || each.nats() > top.nats()
                                || (each.nats() == top.nats() && each.step() < top.step()))) {
                    top = each;
                }
            }
            double score = oddities.score(view, oddities.steps());
            if (top != null && score > most) {
                decisive = top;
                most = score;
            }
        }
        return decisive;
    }

    /** How the nearest normal session differs; null if none is known. */
    Explanation.@Nullable Nearest nearest(int[] ids, int count, boolean ended, IntFunction<String> text) {
        Map<Integer, Integer> counts = new TreeMap<>();
        Map<String, Integer> unknown = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int row = messages.row(ids[i]);
            if (row >= 0) {
                counts.merge(row, 1, Integer::sum);
            } else {
                unknown.merge(text.apply(ids[i]), 1, Integer::sum);
            }
        }
        TrainingSessions.Distinct kind = normal.nearest(counts, ended);
        if (kind == null) {
            return null;
        }
        List<Explanation.MessageCount> missing = new ArrayList<>();
        List<Explanation.MessageCount> surplus = new ArrayList<>();
        unknown.forEach((message, times) -> surplus.add(new Explanation.MessageCount(message, times)));
        surplus.sort(Comparator.comparing(Explanation.MessageCount::message));
        int[] rows = IntStream.concat(
                        counts.keySet().stream().mapToInt(Integer::intValue),
                        kind.counts().keySet().stream().mapToInt(Integer::intValue))
                .distinct()
                .sorted()
                .toArray();
        for (int row : rows) {
            int difference = counts.getOrDefault(row, 0) - kind.counts().getOrDefault(row, 0);
            if (difference > 0) {
                surplus.add(new Explanation.MessageCount(texts.of(row), difference));
            } else if (difference < 0 && ended) {
                missing.add(new Explanation.MessageCount(texts.of(row), -difference));
            }
        }
        return new Explanation.Nearest(kind.seen(), missing, surplus, ended);
    }

    /**
     * Puts an explanation together.
     *
     * @param ids of the messages; those before {@code from} only lead up to a run of lines
     * @param from the first message of what is explained
     * @param to the one after its last
     * @param oddities with at least one step
     */
    public Explanation explain(
            int[] ids,
            int from,
            int to,
            boolean ended,
            Oddities oddities,
            IntFunction<String> text,
            Explanation.Lines lines) {
        ScoredStep top = decisive(oddities);
        if (top == null) {
            throw new IllegalArgumentException("an anomaly has at least one odd step");
        }
        int at = Math.min(top.step(), to - 1);
        int[] shown = excerptSteps(at, to);
        Map<Integer, SourceLine> found = lines.of(IntStream.concat(IntStream.of(from, to - 1, at), IntStream.of(shown))
                .distinct()
                .toArray());
        List<SourceLine> excerpt = new ArrayList<>();
        for (int i : shown) {
            excerpt.add(line(found, i));
        }
        // People read the lines in the order they came, so what was expected is told in that order, too.
        ScoredStep came = top.view() != View.ORDER && !top.atEnd() ? inOrder(ids, top.step(), top.nats(), true) : top;
        int row = top.atEnd() ? -1 : messages.row(top.code());
        return new Explanation(
                top.kind(),
                top.view(),
                line(found, at),
                top.atEnd() ? null : text.apply(top.code()),
                top.view() == View.COUNT && !top.atEnd() ? occurrence(ids, top.step()) : top.occurrence(),
                top.nats(),
                came.after() < 0 ? null : text.apply(came.after()),
                came.expected().stream()
                        .map(each -> new Explanation.Expected(
                                each.row() == known.endRow() ? null : texts.of(each.row()), each.probability()))
                        .toList(),
                top.missing() < 0 ? null : texts.of(top.missing()),
                top.missingOccurrence(),
                row < 0 || normal.sessions() == 0 ? -1 : sessionsWith(row),
                views.scoresSessions() ? nearest(ids, to, ended, text) : null,
                line(found, from),
                line(found, to - 1),
                to - from,
                excerpt,
                oddities.steps().stream().map(each -> each.named(text, texts)).toList(),
                others(oddities, top, text));
    }

    private long sessionsWith(int row) {
        SupportRule support = views.rule().support();
        return support.isEmpty() ? normal.sessionsWith(row) : support.sessionsWith(row);
    }

    private static SourceLine line(Map<Integer, SourceLine> found, int step) {
        return Objects.requireNonNull(found.get(step), "every line that was requested is there");
    }

    /**
     * Which messages are shown: the one that surprised and those before it, and if there are few before it, those after
     * it.
     */
    static int[] excerptSteps(int at, int count) {
        int from = Math.max(0, at - Explanation.MAX_LINES + 3);
        int to = Math.min(count, from + Explanation.MAX_LINES);
        return IntStream.range(from, to).toArray();
    }

    /** All messages whose lines or texts an explanation needs. */
    public int[] wantedSteps(int[] ids, Oddities oddities) {
        ScoredStep top = decisive(oddities);
        int at = top == null ? 0 : Math.min(top.step(), ids.length - 1);
        Set<Integer> wanted = new TreeSet<>(List.of(0, ids.length - 1));
        for (int step : excerptSteps(at, ids.length)) {
            wanted.add(step);
        }
        Set<Integer> unknown = new HashSet<>();
        for (int i = 0; i < ids.length && unknown.size() < Explanation.MAX_ODD_STEPS; i++) {
            if (messages.row(ids[i]) < 0 && unknown.add(ids[i])) {
                wanted.add(i);
            }
        }
        return wanted.stream().mapToInt(Integer::intValue).toArray();
    }
}
