package io.deepsentry.anomaly.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a session, or a run of lines of a stream, is anomalous: its most surprising step, what was expected
 * there, and the nearest normal session. Immutable.
 *
 * @param kind the kind of anomaly
 * @param view the order of messages in which it shows
 * @param step the line of the step; the last line of a session that ended too early
 * @param message the masked message of the step; null where the session ended
 * @param occurrence the ordinal of this message within its session (1 = first)
 * @param nats the surprise of the step: minus the natural logarithm of its probability
 * @param after the masked message before it; null at the start of a session
 * @param expected the most probable messages there, at most {@value #MAX_EXPECTED}
 * @param missing the message that should have come first; null if there is none
 * @param missingOccurrence the ordinal that the missing message would have had
 * @param trainingSessions the number of training sessions with the message; -1 if it is not known
 * @param nearest the nearest normal session; null if none is known
 * @param first the first line
 * @param last the last line
 * @param lines the number of lines
 * @param excerpt the lines around the step, at most {@value #MAX_LINES}
 * @param oddSteps the steps that make the score, by which feedback recognises the same anomaly; at most {@value
 *     #MAX_ODD_STEPS}
 * @param evidence what the kinds of evidence beside the network say of the step, or of a session beside its step, the
 *     strongest first
 */
public record Explanation(
        Kind kind,
        View view,
        SourceLine step,
        @Nullable String message,
        int occurrence,
        double nats,
        @Nullable String after,
        List<Expected> expected,
        @Nullable String missing,
        int missingOccurrence,
        long trainingSessions,
        @Nullable Nearest nearest,
        SourceLine first,
        SourceLine last,
        long lines,
        List<SourceLine> excerpt,
        List<AnomalousStep> oddSteps,
        List<Evidence> evidence) {
    /** The longest list of what was expected. */
    public static final int MAX_EXPECTED = 3;
    /** The longest list of lines. */
    public static final int MAX_LINES = 10;
    /** The longest list of steps. */
    public static final int MAX_ODD_STEPS = 200;

    private static final JsonMapper JSON = new JsonMapper();
    private static final int SHOWN = 160;
    private static final int MOST_DIFFERENCES = 6;
    private static final double CERTAIN = 0.995;

    public Explanation {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(view, "view");
        expected = List.copyOf(expected);
        excerpt = List.copyOf(excerpt);
        oddSteps = List.copyOf(oddSteps);
        evidence = List.copyOf(evidence);
    }

    /** Finds the lines of messages. */
    public interface Lines {
        /**
         * Returns the lines of messages.
         *
         * @param steps the positions of the messages, from 0
         * @return one line for each
         */
        Map<Integer, SourceLine> of(int[] steps);
    }

    /** The kind of anomaly. */
    public enum Kind {
        /** A message that training never saw. */
        UNKNOWN_MESSAGE,
        /** A message that hardly any normal session has. */
        RARE_MESSAGE,
        /** More of a message than normal sessions have. */
        TOO_MANY,
        /** A message without one that should have come before it. */
        MISSING,
        /** The session ended before a message that should have come. */
        MISSING_AT_END,
        /** A message that is normal, but not at this place. */
        UNEXPECTED_ORDER,
        /** More of a message in a stretch than there ever was. */
        BURST,
        /** Far fewer lines than there always were. */
        DROP,
        /** A message that came regularly and comes no more. */
        SILENCE,
        /** A number out of the range it always had. */
        VALUE,
        /** A word never seen at a place that has few. */
        PARAMETER,
        /** A share of errors that is larger than it ever was. */
        LEVEL;

        static Kind of(EvidenceKind kind) {
            return switch (kind) {
                case NEW_MESSAGE -> UNKNOWN_MESSAGE;
                case ORDER -> UNEXPECTED_ORDER;
                case COUNT -> TOO_MANY;
                case BURST -> BURST;
                case DROP -> DROP;
                case SILENCE -> SILENCE;
                case VALUE -> VALUE;
                case PARAMETER -> PARAMETER;
                case LEVEL -> LEVEL;
            };
        }

        EvidenceKind evidence() {
            return switch (this) {
                case UNKNOWN_MESSAGE, RARE_MESSAGE -> EvidenceKind.NEW_MESSAGE;
                case MISSING, UNEXPECTED_ORDER -> EvidenceKind.ORDER;
                case TOO_MANY, MISSING_AT_END -> EvidenceKind.COUNT;
                case BURST -> EvidenceKind.BURST;
                case DROP -> EvidenceKind.DROP;
                case SILENCE -> EvidenceKind.SILENCE;
                case VALUE -> EvidenceKind.VALUE;
                case PARAMETER -> EvidenceKind.PARAMETER;
                case LEVEL -> EvidenceKind.LEVEL;
            };
        }

        /** {@return the name in JSON} */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A message that might have come instead.
     *
     * @param message masked; null for the end of the session
     * @param probability from 0 to 1
     */
    public record Expected(@Nullable String message, double probability) {}

    /**
     * The number of times a message is missing or surplus.
     *
     * @param message masked
     * @param count at least 1
     */
    public record MessageCount(String message, int count) {}

    /**
     * The most similar kind of normal session.
     *
     * @param seen the number of training sessions of this kind
     * @param missing the messages it has and the anomalous session lacks
     * @param surplus the messages that only the anomalous session has
     * @param ended whether the anomalous session had ended; until then nothing is missing
     */
    public record Nearest(long seen, List<MessageCount> missing, List<MessageCount> surplus, boolean ended) {
        public Nearest {
            missing = List.copyOf(missing);
            surplus = List.copyOf(surplus);
        }
    }

    /**
     * {@return the same explanation with what the kinds of evidence say of the step, or of lines of the session}
     *
     * @param found the strongest first
     * @param alone whether nothing but they found it: then the first of them is the reason
     */
    public Explanation withEvidence(List<Evidence> found, boolean alone) {
        if (found.isEmpty()) {
            return this;
        }
        Evidence first = found.get(0);
        List<AnomalousStep> steps = new ArrayList<>();
        List<Evidence> all = new ArrayList<>();
        if (!alone) {
            steps.addAll(oddSteps.subList(0, Math.min(oddSteps.size(), Math.max(0, MAX_ODD_STEPS - found.size()))));
            all.addAll(evidence);
        }
        all.addAll(found);
        found.forEach(each -> steps.add(AnomalousStep.of(each)));
        return new Explanation(
                alone ? Kind.of(first.kind()) : kind,
                view,
                step,
                alone ? first.message() : message,
                alone ? 0 : occurrence,
                alone ? Math.log(first.strength()) : nats,
                after,
                alone ? List.of() : expected,
                alone ? null : missing,
                alone ? 0 : missingOccurrence,
                trainingSessions,
                alone ? null : nearest,
                this.first,
                last,
                lines,
                excerpt,
                steps.subList(0, Math.min(steps.size(), MAX_ODD_STEPS)),
                all);
    }

    /** {@return whether the first of the evidence is the reason, as nothing else found it} */
    public boolean byEvidenceAlone() {
        return !oddSteps.isEmpty() && oddSteps.get(0).evidence() != null;
    }

    /** Whether the first of the evidence says the reason. */
    private boolean inWordsOfEvidence() {
        return byEvidenceAlone() || (view == View.COUNT && kind == Kind.UNEXPECTED_ORDER && !evidence.isEmpty());
    }

    /** {@return the kinds of evidence that spoke, the deciding one first} */
    public List<EvidenceKind> kinds() {
        Set<EvidenceKind> kinds = new LinkedHashSet<>();
        if (!byEvidenceAlone()) {
            kinds.add(evidenceOf(kind, view));
        }
        evidence.forEach(each -> kinds.add(each.kind()));
        return List.copyOf(kinds);
    }

    /**
     * {@return the same explanation with no more than the first of its odd steps}
     *
     * @param most the most steps to keep
     */
    public Explanation withFewerSteps(int most) {
        return new Explanation(
                kind,
                view,
                step,
                message,
                occurrence,
                nats,
                after,
                expected,
                missing,
                missingOccurrence,
                trainingSessions,
                nearest,
                first,
                last,
                lines,
                excerpt,
                oddSteps.subList(0, Math.min(most, oddSteps.size())),
                evidence);
    }

    /**
     * {@return the kind of evidence that an anomaly of this kind is in a view}
     *
     * @param kind the kind of the step
     * @param view the view
     */
    public static EvidenceKind evidenceOf(Kind kind, View view) {
        // In the view of counts every kind is one of counts, but for a message that is new or out of order.
        boolean counts = view == View.COUNT && kind != Kind.UNKNOWN_MESSAGE && kind != Kind.UNEXPECTED_ORDER;
        return counts ? EvidenceKind.COUNT : kind.evidence();
    }

    /**
     * {@return the same explanation with every text of the log replaced, for example by a redaction}
     *
     * @param replacement gives the new text of a text
     */
    public Explanation withTexts(UnaryOperator<String> replacement) {
        return new Explanation(
                kind,
                view,
                replaced(step, replacement),
                replaced(message, replacement),
                occurrence,
                nats,
                replaced(after, replacement),
                expected.stream()
                        .map(each -> new Expected(replaced(each.message(), replacement), each.probability()))
                        .toList(),
                replaced(missing, replacement),
                missingOccurrence,
                trainingSessions,
                nearest == null
                        ? null
                        : new Nearest(
                                nearest.seen(),
                                replaced(nearest.missing(), replacement),
                                replaced(nearest.surplus(), replacement),
                                nearest.ended()),
                replaced(first, replacement),
                replaced(last, replacement),
                lines,
                excerpt.stream().map(line -> replaced(line, replacement)).toList(),
                oddSteps.stream().map(odd -> odd.withTexts(replacement)).toList(),
                evidence.stream().map(each -> replaced(each, replacement)).toList());
    }

    private static Evidence replaced(Evidence evidence, UnaryOperator<String> replacement) {
        return new Evidence(
                evidence.kind(),
                evidence.strength(),
                replacement.apply(evidence.message()),
                replaced(evidence.subject(), replacement),
                replacement.apply(evidence.reason()));
    }

    private static @Nullable String replaced(@Nullable String text, UnaryOperator<String> replacement) {
        return text == null ? null : replacement.apply(text);
    }

    private static SourceLine replaced(SourceLine line, UnaryOperator<String> replacement) {
        return new SourceLine(line.file(), line.line(), line.offset(), replaced(line.text(), replacement));
    }

    private static List<MessageCount> replaced(List<MessageCount> counts, UnaryOperator<String> replacement) {
        return counts.stream()
                .map(each -> new MessageCount(replacement.apply(each.message()), each.count()))
                .toList();
    }

    /** {@return the reason in one sentence, without the line itself} */
    public String reason() {
        if (inWordsOfEvidence()) {
            return evidence.get(0).reason();
        }
        String shown = message == null ? "" : occurrenceText(occurrence);
        return switch (kind) {
            case UNKNOWN_MESSAGE -> "training never saw this message";
            case RARE_MESSAGE ->
                "rare: " + Counted.of(trainingSessions, "training session has", "training sessions have")
                        + " this message" + (occurrence > 1 ? ", and this is the " + shown : "");
            case TOO_MANY -> "too many: this is the " + shown + " of this message, which normal sessions do not have";
            case MISSING -> "came without " + quoted(missing) + missingText() + " before it";
            case MISSING_AT_END ->
                missing == null
                        ? "the session ended here, after " + quoted(after)
                        : "the session ended without " + quoted(missing) + missingText();
            case UNEXPECTED_ORDER ->
                "out of order: came "
                        + (after == null ? "at the beginning" : "after " + quoted(after))
                        + ", where training saw something else";
            case BURST, DROP, SILENCE, VALUE, PARAMETER, LEVEL ->
                evidence.isEmpty() ? kind.key() : evidence.get(0).reason();
        };
    }

    private String missingText() {
        return missingOccurrence > 1 ? " (the " + occurrenceText(missingOccurrence) + ")" : "";
    }

    /** {@return what was expected in place of the step, with probabilities} */
    public String expectedText() {
        return expected.stream()
                .filter(each -> each.message() == null || !each.message().equals(message))
                .map(each -> (each.message() == null ? "the end of the session" : quoted(each.message())) + " ("
                        + percent(each.probability()) + ")")
                .collect(Collectors.joining(", "));
    }

    /** {@return how the nearest normal session differs, or an empty text if none is known} */
    public String nearestText() {
        if (nearest == null) {
            return "";
        }
        String name = "nearest normal session (" + Counted.of(nearest.seen(), "like it", "like it") + " in training)";
        List<String> parts = new ArrayList<>();
        nearest.missing().forEach(each -> parts.add("missing here: " + each.count() + " x " + quoted(each.message())));
        nearest.surplus().forEach(each -> parts.add("too many here: " + each.count() + " x " + quoted(each.message())));
        if (parts.isEmpty()) {
            return name
                    + (nearest.ended()
                            ? " has the same messages as often, in another order"
                            : " has all messages that came so far");
        }
        int more = parts.size() - MOST_DIFFERENCES;
        return name + " differs; "
                + parts.stream().limit(MOST_DIFFERENCES).collect(Collectors.joining(", "))
                + (more > 0 ? ", and " + Counted.of(more, "more kind") : "");
    }

    /** {@return the explanation as one line of JSON} */
    public String toJson() {
        try {
            return JSON.writeValueAsString(toMap());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers have a JSON form", e);
        }
    }

    /** {@return the file and the range of lines} */
    public String placeText() {
        String from = first.file() + ":" + first.line();
        if (!first.file().equals(last.file())) {
            return from + " to " + last.file() + ":" + last.line();
        }
        return last.line() == first.line() ? from : from + "-" + last.line();
    }

    /**
     * {@return the whole explanation as lines for people, without control characters}
     *
     * @param name the session, or null in a stream
     * @param id the id of the alert
     * @param score the score
     * @param threshold the threshold
     */
    public List<String> toText(@Nullable String name, String id, double score, double threshold) {
        List<String> text = new ArrayList<>();
        text.add(String.format(
                Locale.ROOT,
                "%s  score %.1f (threshold %.1f)  %s  alert %s",
                name == null ? Counted.of(lines, "line") : Excerpt.of(name),
                score,
                threshold,
                Excerpt.of(placeText(), 2 * SHOWN),
                id));
        text.add("  line " + step.line() + ": "
                + (step.text() == null ? quoted(message == null ? after : message) : quoted(step.text())));
        text.add("    " + reason());
        evidence.stream().skip(inWordsOfEvidence() ? 1 : 0).forEach(each -> text.add("    also: " + each.reason()));
        if (!expected.isEmpty()) {
            text.add("    expected " + (kind == Kind.MISSING_AT_END ? "then: " : "instead: ") + expectedText());
        }
        if (nearest != null) {
            text.add("  " + nearestText());
        }
        return text;
    }

    /** {@return the explanation under its names in JSON} */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("kind", kind.key());
        map.put("kinds", kinds().stream().map(EvidenceKind::key).toList());
        map.put("reason", reason());
        map.put("view", view.name().toLowerCase(Locale.ROOT));
        map.put("step", line(step));
        map.put("message", message);
        map.put("occurrence", occurrence);
        map.put("surprise", nats);
        map.put("probability", Math.exp(-nats));
        map.put("after", after);
        List<Map<String, @Nullable Object>> likely = new ArrayList<>();
        for (Expected each : expected) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("message", each.message());
            entry.put("end_of_session", each.message() == null);
            entry.put("probability", each.probability());
            likely.add(entry);
        }
        map.put("expected", likely);
        map.put("missing", missing);
        map.put("nearest_normal", nearest == null ? null : nearestMap(nearest));
        map.put("file", first.file());
        map.put("first_line", first.line());
        map.put("first_offset", first.offset());
        map.put("last_line", last.line());
        map.put("last_offset", last.offset());
        map.put("lines", lines);
        map.put("excerpt", excerpt.stream().map(Explanation::line).toList());
        map.put("odd_steps", oddSteps.stream().map(AnomalousStep::toMap).toList());
        map.put("evidence", evidence.stream().map(Explanation::evidenceMap).toList());
        return map;
    }

    private static Map<String, @Nullable Object> evidenceMap(Evidence evidence) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("kind", evidence.kind().key());
        map.put("strength", evidence.strength());
        map.put("message", evidence.message());
        map.put("subject", evidence.subject());
        map.put("reason", evidence.reason());
        return map;
    }

    private static Map<String, Object> nearestMap(Nearest nearest) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seen", nearest.seen());
        map.put("missing", nearest.missing().stream().map(Explanation::countMap).toList());
        map.put("surplus", nearest.surplus().stream().map(Explanation::countMap).toList());
        map.put("session_ended", nearest.ended());
        return map;
    }

    private static Map<String, Object> countMap(MessageCount count) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("message", count.message());
        map.put("count", count.count());
        return map;
    }

    private static Map<String, @Nullable Object> line(SourceLine line) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("file", line.file());
        map.put("line", line.line());
        map.put("offset", line.offset());
        map.put("text", line.text());
        return map;
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "nothing" : '"' + Excerpt.of(text, SHOWN) + '"';
    }

    private static String percent(double share) {
        if (share >= CERTAIN) {
            return "> 99%";
        }
        return share < 0.01 ? "< 1%" : Math.round(100 * share) + "%";
    }

    private static String occurrenceText(int n) {
        int last = n % 10;
        boolean teen = n % 100 >= 11 && n % 100 <= 13;
        return n + (teen || last > 3 || last == 0 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
    }
}
