package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.anomaly.internal.alert.SourceLines;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report of a test part: each session, or run of lines, that scores above the threshold, as one JSON object
 * with its explanation. Findings that users acknowledged as normal are reported as such. For one thread.
 *
 * <p>Findings are handled in batches, each with one pass over the index and the messages, so memory is bounded however
 * many there are.
 */
final class AnomalyReportWriter {
    private static final int BATCH_CASES = 4_000;
    private static final long BATCH_MESSAGES = 1_000_000;
    /** The most lines of a stream in one finding; a longer run becomes several. */
    private static final int LONGEST_RUN = 100;

    /** How many cases below the threshold are looked at for what comes closest, and how many are shown. */
    private static final int CLOSEST = 10;

    private static final int CLOSEST_SHOWN = 2;

    private static final JsonMapper JSON = new JsonMapper();

    private final PreparedData prepared;
    private final TestPart cases;
    private final ScoredTestPart scored;
    private final RunContext context;
    private final Explainer explainer;
    private final double[] remaining;
    private final Map<Integer, Integer> acknowledged = new HashMap<>();
    private final TestFindings findings;
    private final List<PendingFinding> pendingFindings = new ArrayList<>();
    /** The path of each input by its name. */
    private final Map<String, String> located = new HashMap<>();

    /** The cases to explain in place of those above the threshold, or null. */
    private final @Nullable Set<Integer> chosen;

    private long pendingMessages;
    private KeylessResult keyless = KeylessResult.NONE;
    private WholeLogResult wholeLog = WholeLogResult.NONE;

    private AnomalyReportWriter(
            PreparedData prepared,
            TestPart cases,
            ScoredTestPart scored,
            @Nullable Set<Integer> chosen,
            RunContext context) {
        this.chosen = chosen;
        this.prepared = prepared;
        this.cases = cases;
        this.scored = scored;
        this.context = context;
        this.explainer = scored.explainer();
        this.remaining = scored.scores().clone();
        this.findings = new TestFindings(prepared, scored.feedback());
    }

    /** Writes the report and returns the writer, which knows what it reported. */
    static AnomalyReportWriter write(
            Path file, PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        AnomalyReportWriter writer = new AnomalyReportWriter(prepared, cases, scored, null, context);
        try (Progress.Stage stage =
                context.progress().begin("explain what was found", cases.count(), cases.unit() + "s")) {
            AtomicFile.write(file, out -> {
                try {
                    writer.addAll(stage, out);
                    writer.keyless = KeylessFindings.write(prepared, scored, writer.findings, out, context);
                    writer.wholeLog = WholeLogFindings.write(prepared, scored, writer.findings, out, context);
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            });
        }
        return writer;
    }

    /** Returns what comes closest to the threshold among the cases that do not pass it, as findings. */
    static List<Finding> closest(PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        Set<Integer> chosen = highestBelow(scored);
        if (chosen.isEmpty()) {
            return List.of();
        }
        AnomalyReportWriter writer = new AnomalyReportWriter(prepared, cases, scored, chosen, context);
        try (Progress.Stage stage = context.progress().begin("look for what comes closest", cases.count(), "cases")) {
            writer.addAll(stage, OutputStream.nullOutputStream());
        }
        return writer.findings.findings(cases).stream()
                .sorted(Comparator.comparingDouble(Finding::highestScore).reversed())
                .limit(CLOSEST_SHOWN)
                .toList();
    }

    /** The cases with the highest scores above 0 and below the threshold. */
    private static Set<Integer> highestBelow(ScoredTestPart scored) {
        double[] scores = scored.scores();
        PriorityQueue<Integer> highest = new PriorityQueue<>(
                Comparator.<Integer>comparingDouble(index -> scores[index]).thenComparing(Comparator.reverseOrder()));
        for (int index = 0; index < scores.length; index++) {
            if (scores[index] > 0 && scores[index] <= scored.threshold(index)) {
                highest.add(index);
                if (highest.size() > CLOSEST) {
                    highest.remove();
                }
            }
        }
        return new HashSet<>(highest);
    }

    private void addAll(Progress.Stage stage, OutputStream out) {
        int[] next = {0};
        scored.sessions().forEach(session -> {
            context.cancellation().check();
            int count = cases.keyed() ? 1 : session.length();
            add(session, next[0], count, out);
            next[0] += count;
            stage.advance(count);
        });
        flush(out);
    }

    private boolean isShown(int index) {
        return chosen == null ? scored.scores()[index] > scored.threshold(index) : chosen.contains(index);
    }

    /** Returns one score a case, without the steps that users acknowledged as normal. */
    double[] remaining() {
        return remaining;
    }

    /** Returns the id of the acknowledgement that makes a case normal, or 0 if there is none. */
    int acknowledgedBy(int index) {
        return acknowledged.getOrDefault(index, 0);
    }

    /** Returns the number of cases that are normal by an acknowledgement. */
    int acknowledged() {
        return acknowledged.size();
    }

    /** Returns what became of the lines without a session key. */
    KeylessResult keyless() {
        return keyless;
    }

    /** Returns what was found in the log as a whole. */
    WholeLogResult wholeLog() {
        return wholeLog;
    }

    /** Returns the findings, the most important first. */
    List<Finding> findings() {
        return findings.findings(cases);
    }

    /** A session above the threshold, or a run of lines of a stream, before the places of its lines are known. */
    private static final class PendingFinding {
        /** The index of its case, or of the first case of a run. */
        private final int index;

        private final String name;
        /** The position of the first of {@code ids} in the session or stream. */
        private final int from;

        private final int[] ids;
        /** The number of ids that only lead up to a run. */
        private final int lead;

        private final Explainer.Oddities oddities;
        private final Map<Integer, IndexRow> rows = new HashMap<>();
        private final Map<Integer, String> unknown = new HashMap<>();
        private final Set<Integer> wanted;

        PendingFinding(
                int index, String name, int from, int[] ids, int lead, Explainer.Oddities oddities, int[] wanted) {
            this.index = index;
            this.name = name;
            this.from = from;
            this.ids = ids;
            this.lead = lead;
            this.oddities = oddities;
            this.wanted = new HashSet<>();
            Arrays.stream(wanted).forEach(this.wanted::add);
        }
    }

    private void add(EncodedSession session, int index, int count, OutputStream out) {
        if (cases.keyed()) {
            if (isShown(index)) {
                int[] ids = ids(session, 0, session.length());
                double below = Math.min(scored.threshold(index), Math.nextDown(scored.scores()[index]));
                Explainer.Oddities oddities = scored.byEvidenceAlone(index)
                        ? explainer.ofMessage(ids, scored.evidenceStep(index))
                        : explainer.session(ids, below, explainer.cutOff(session));
                hold(
                        new PendingFinding(
                                index, session.name(), 0, ids, 0, oddities, explainer.wantedSteps(ids, oddities)),
                        out);
            }
            return;
        }
        int start = 0;
        while (start < count) {
            int end = start;
            while (end < count && end - start < LONGEST_RUN && isShown(index + end)) {
                end++;
            }
            if (end > start) {
                hold(run(session, index, start, end), out);
            }
            start = Math.max(end, start + 1);
        }
    }

    private PendingFinding run(EncodedSession stream, int index, int start, int end) {
        int lead = Math.min(start, scored.sequenceLength());
        int[] ids = ids(stream, start - lead, end);
        List<ScoredStep> odd = new ArrayList<>();
        for (int step = lead; step < ids.length; step++) {
            double nats = scored.ownScore(index + start - lead + step);
            odd.add(explainer.inOrder(ids, step, nats, false));
        }
        int[] all = new int[ids.length];
        Arrays.setAll(all, i -> i);
        return new PendingFinding(
                index + start, stream.stream(), start - lead, ids, lead, Explainer.Oddities.ofLines(odd), all);
    }

    private static int[] ids(EncodedSession session, int from, int to) {
        int[] ids = new int[to - from];
        Arrays.setAll(ids, i -> session.id(from + i));
        return ids;
    }

    private void hold(PendingFinding finding, OutputStream out) {
        pendingFindings.add(finding);
        pendingMessages += finding.ids.length;
        if (pendingFindings.size() >= BATCH_CASES || pendingMessages >= BATCH_MESSAGES) {
            flush(out);
        }
    }

    private void flush(OutputStream out) {
        if (pendingFindings.isEmpty()) {
            return;
        }
        findRows();
        List<ReportedFinding> reported = new ArrayList<>();
        for (PendingFinding finding : pendingFindings) {
            context.cancellation().check();
            if (cases.keyed()) {
                reported.add(judgeSession(finding));
            } else {
                reported.addAll(judgeRun(finding));
            }
        }
        Set<SourceLines.Place> places = new HashSet<>();
        for (PendingFinding finding : pendingFindings) {
            finding.rows.values().forEach(row -> places.add(place(row)));
        }
        Map<SourceLines.Place, String> lines = SourceLines.read(places, prepared.redaction());
        for (ReportedFinding each : reported) {
            write(each, lines, out);
        }
        pendingFindings.clear();
        pendingMessages = 0;
    }

    /** Returns where to read a row's line back. The file is looked for once a name, not once a row. */
    private SourceLines.Place place(IndexRow row) {
        return new SourceLines.Place(located.computeIfAbsent(row.file(), prepared::locate), row.offset());
    }

    /** Finds the index rows of the wanted steps, in one pass over the index and the messages of the test part. */
    private void findRows() {
        Map<String, Deque<PendingFinding>> byName = new HashMap<>();
        for (PendingFinding finding : pendingFindings) {
            byName.computeIfAbsent(finding.name, unused -> new ArrayDeque<>()).add(finding);
        }
        Map<String, int[]> seen = new HashMap<>();
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST);
                PreparedData.Rows<String> messages = prepared.messages(Split.TEST)) {
            for (IndexRow row = origins.next(); row != null && !byName.isEmpty(); row = origins.next()) {
                String message = messages.next();
                String name = row.session() == null ? row.stream() : row.session();
                Deque<PendingFinding> waiting = byName.get(name);
                if (waiting == null || message == null) {
                    continue;
                }
                int step = seen.computeIfAbsent(name, unused -> new int[1])[0]++;
                for (PendingFinding finding : waiting) {
                    int at = step - finding.from;
                    if (at < 0) {
                        break;
                    }
                    if (at < finding.ids.length && finding.wanted.contains(at)) {
                        finding.rows.put(at, row);
                        if (explainer.row(finding.ids[at]) < 0) {
                            finding.unknown.putIfAbsent(finding.ids[at], TrainingTexts.shortened(message));
                        }
                    }
                }
                while (!waiting.isEmpty() && step - waiting.peek().from >= waiting.peek().ids.length - 1) {
                    waiting.remove();
                }
                if (waiting.isEmpty()) {
                    byName.remove(name);
                }
            }
        }
        if (!byName.isEmpty()) {
            throw new DataException(prepared.index(Split.TEST) + " changed while it was read; run again");
        }
    }

    private IntFunction<String> texts(PendingFinding finding) {
        return id -> explainer.row(id) >= 0
                ? explainer.texts().of(explainer.row(id))
                : finding.unknown.getOrDefault(id, "a message that training never saw");
    }

    /**
     * A session or run as it is written.
     *
     * @param finding where it comes from
     * @param index its case, or the first case of a run
     * @param from its first message
     * @param to the message after its last
     * @param oddities its surprising steps, at least one
     * @param highest the case with the highest score
     * @param score its score; the highest one of a run
     * @param lines the lines of a run that are alike, from the first of its case; of a session none
     * @param by the acknowledgement that makes it normal, or null
     */
    private record ReportedFinding(
            PendingFinding finding,
            int index,
            int from,
            int to,
            Explainer.Oddities oddities,
            int highest,
            double score,
            List<Integer> lines,
            @Nullable FeedbackRecord by) {}

    private ReportedFinding judgeSession(PendingFinding finding) {
        double raw = scored.scores()[finding.index];
        double threshold = scored.threshold(finding.index);
        Forgiveness forgiven = Forgiveness.ofSession(
                scored.feedback(),
                scored.evidence(finding.index),
                scored.trainedThreshold(),
                threshold,
                scored.ownScore(finding.index),
                () -> Forgiveness.of(
                        scored.feedback(),
                        finding.oddities,
                        finding.oddities.steps().stream()
                                .map(each -> each.named(texts(finding), explainer.texts()))
                                .toList(),
                        scored.ownScore(finding.index),
                        threshold,
                        true));
        FeedbackRecord by = forgiven.by();
        if (by != null) {
            remaining[finding.index] = forgiven.score();
            acknowledged.put(finding.index, by.id());
        }
        return new ReportedFinding(
                finding, finding.index, 0, finding.ids.length, finding.oddities, finding.index, raw, List.of(), by);
    }

    /** Lines of a run that are one finding. */
    private record Alike(@Nullable FeedbackRecord by, List<Integer> lines) {}

    /**
     * Parts the lines of a run by what is odd about them: one thing that continues, or returns within the run, is one
     * finding, and what is odd for the first time begins another. An acknowledged line ends the run, as it does in
     * live.
     */
    private List<ReportedFinding> judgeRun(PendingFinding finding) {
        List<Alike> all = new ArrayList<>();
        Map<FindingKey, Alike> running = new HashMap<>();
        Alike normal = null;
        for (int i = 0; i < finding.oddities.steps().size(); i++) {
            FeedbackRecord by = Forgiveness.ofLine(scored.feedback(), odd(finding, i));
            if (by != null) {
                remaining[finding.index + i] = 0;
                acknowledged.put(finding.index + i, by.id());
                if (normal == null || !by.equals(normal.by())) {
                    normal = new Alike(by, new ArrayList<>());
                    all.add(normal);
                }
                normal.lines().add(i);
                running.clear();
                continue;
            }
            normal = null;
            List<FindingKey> keys = keys(finding, i);
            Alike before = running.keySet().containsAll(keys) ? running.get(keys.get(0)) : null;
            Alike alike = before == null ? new Alike(null, new ArrayList<>()) : before;
            if (before == null) {
                all.add(alike);
                keys.forEach(key -> running.putIfAbsent(key, alike));
            }
            alike.lines().add(i);
        }
        return all.stream().map(alike -> reported(finding, alike)).toList();
    }

    private ReportedFinding reported(PendingFinding finding, Alike alike) {
        List<ScoredStep> steps = finding.oddities.steps();
        List<Integer> lines = alike.lines();
        int first = lines.get(0);
        int highest = first;
        for (int i : lines) {
            highest = scored.scores()[finding.index + i] > scored.scores()[finding.index + highest] ? i : highest;
        }
        List<ScoredStep> shown = scored.byEvidenceAlone(finding.index + highest)
                ? List.of(steps.get(highest))
                : lines.stream().map(steps::get).toList();
        return new ReportedFinding(
                finding,
                finding.index + first,
                finding.lead + first,
                finding.lead + lines.get(lines.size() - 1) + 1,
                Explainer.Oddities.ofLines(shown),
                finding.index + highest,
                scored.scores()[finding.index + highest],
                lines,
                alike.by());
    }

    /** What makes a line of a run odd: it by itself, or else what the kinds of evidence say. */
    private List<AnomalousStep> odd(PendingFinding finding, int line) {
        int index = finding.index + line;
        return scored.byEvidenceAlone(index)
                ? scored.evidence(index).stream().map(AnomalousStep::of).toList()
                : List.of(finding.oddities.steps().get(line).named(texts(finding), explainer.texts()));
    }

    /** What is odd about a line of a run, for its finding. */
    private List<FindingKey> keys(PendingFinding finding, int line) {
        int index = finding.index + line;
        return scored.byEvidenceAlone(index)
                ? scored.evidence(index).stream().map(FindingKey::of).distinct().toList()
                : List.of(finding.oddities.steps().get(line).key(texts(finding), explainer.texts()));
    }

    private void write(ReportedFinding reported, Map<SourceLines.Place, String> lines, OutputStream out) {
        PendingFinding finding = reported.finding();
        Explanation explanation = explainer
                .explain(
                        finding.ids,
                        reported.from(),
                        reported.to(),
                        true,
                        reported.oddities(),
                        texts(finding),
                        steps -> lines(finding, steps, lines))
                .withEvidence(scored.evidence(reported.highest()), scored.byEvidenceAlone(reported.highest()));
        IndexRow first = row(finding, reported.from());
        String id = scored.ids().of(first.session(), first.time(), first.file(), first.offset());
        FeedbackRecord by = reported.by();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("session", first.session());
        map.put("score", reported.score());
        map.put("threshold", scored.threshold(reported.index()));
        map.put("verdict", by == null ? "anomalous" : "normal");
        map.put("acknowledged_by", by == null ? null : by.id());
        map.put("label", label(reported.index()));
        map.put("time", first.time() == null ? null : first.time().toString());
        Occurrence occurrence = findings.occurrence(
                decisive(id, reported.score(), step(finding, explanation), finding, lines), explanation);
        TestFindings.describe(
                map, by == null ? findings.add(occurrence) : occurrence.key().id(), occurrence);
        map.put("explanation", explanation.toMap());
        try {
            out.write(JSON.writeValueAsBytes(map));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (by == null) {
            countOthers(reported, id, lines, out);
        }
    }

    /**
     * Counts the lines of a run that are like the one explained. One that lacks what the explained one is counted
     * under, such as more lines of any kind where that had more of one message, begins a finding of its own, with its
     * own explanation.
     */
    private void countOthers(
            ReportedFinding reported, String id, Map<SourceLines.Place, String> lines, OutputStream out) {
        PendingFinding finding = reported.finding();
        for (int line : reported.lines()) {
            int index = finding.index + line;
            if (index == reported.highest()) {
                continue;
            }
            List<FindingKey> keys = keys(finding, line);
            double score = scored.scores()[index];
            int at = finding.lead + line;
            if (findings.knows(keys)) {
                findings.add(findings.occurrence(decisive(id, score, at, finding, lines), keys, null));
            } else {
                Explainer.Oddities odd = Explainer.Oddities.ofLines(
                        List.of(finding.oddities.steps().get(line)));
                write(
                        new ReportedFinding(finding, index, at, at + 1, odd, index, score, List.of(line), null),
                        lines,
                        out);
            }
        }
    }

    private TestFindings.Decisive decisive(
            String id, double score, int step, PendingFinding finding, Map<SourceLines.Place, String> lines) {
        return new TestFindings.Decisive(
                id, row(finding, step), line(finding, step, lines).text(), score, scored.trainedThreshold());
    }

    /** The step of the line that an explanation shows as the odd one. */
    private static int step(PendingFinding finding, Explanation explanation) {
        SourceLine odd = explanation.step();
        return finding.rows.entrySet().stream()
                .filter(each -> each.getValue().line() == odd.line()
                        && each.getValue().offset() == odd.offset()
                        && each.getValue().file().equals(odd.file()))
                .mapToInt(Map.Entry::getKey)
                .min()
                .orElseThrow();
    }

    private @Nullable String label(int index) {
        var label = cases.label(index);
        return label == null ? null : label.name().toLowerCase(Locale.ROOT);
    }

    private static IndexRow row(PendingFinding finding, int step) {
        IndexRow row = finding.rows.get(step);
        if (row == null) {
            throw new IllegalStateException(
                    "the row of message " + step + " of " + finding.name + " was not asked for");
        }
        return row;
    }

    private Map<Integer, SourceLine> lines(PendingFinding finding, int[] steps, Map<SourceLines.Place, String> lines) {
        Map<Integer, SourceLine> found = new HashMap<>();
        for (int step : steps) {
            found.put(step, line(finding, step, lines));
        }
        return found;
    }

    /** A line of a session that does not hold the session's key belongs to another log: its text is left out. */
    private SourceLine line(PendingFinding finding, int step, Map<SourceLines.Place, String> lines) {
        IndexRow row = row(finding, step);
        String text = lines.get(place(row));
        boolean same = text != null
                && (row.session() == null || text.length() > SourceLines.LONGEST || text.contains(row.session()));
        return new SourceLine(row.file(), row.line(), row.offset(), same ? text : null);
    }
}
