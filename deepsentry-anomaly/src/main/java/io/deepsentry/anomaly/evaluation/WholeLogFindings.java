package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.anomaly.internal.alert.SourceLines;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.evidence.WholeLog;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.KeylessExplanation;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the log of a test part as a whole, beside its sessions, and writes what is found. For one thread. */
final class WholeLogFindings {
    /** More findings are counted, and not written. */
    private static final int MOST = 10_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final StreamEvidence learned;
    private final double threshold;
    private final ScoredTestPart scored;
    private final PreparedData prepared;
    private final TestFindings counted;
    private final List<Found> all = new ArrayList<>();
    /** What was found in the run of anomalous lines that is under way. */
    private final Map<FindingKey, Found> run = new HashMap<>();

    private StreamEvidence.Stream stream;
    private @Nullable String input;
    private long judged;
    private long findings;
    private long acknowledged;

    /** Lines of a run that are one finding. */
    private static final class Found {
        private final IndexRow first;
        private final @Nullable FeedbackRecord by;
        private IndexRow last;
        private long lines;
        private double score;
        private List<Evidence> evidence = List.of();

        Found(IndexRow first, @Nullable FeedbackRecord by) {
            this.first = first;
            this.last = first;
            this.by = by;
        }

        void add(IndexRow row, double scoreThere, List<Evidence> said) {
            last = row;
            lines++;
            if (lines == 1 || scoreThere > score) {
                score = scoreThere;
                evidence = said;
            }
        }
    }

    private WholeLogFindings(
            StreamEvidence learned,
            double threshold,
            ScoredTestPart scored,
            PreparedData prepared,
            TestFindings counted) {
        this.counted = counted;
        this.learned = learned;
        this.threshold = threshold;
        this.scored = scored;
        this.prepared = prepared;
        this.stream = learned.begin();
    }

    /** Judges the log and writes what is found. */
    static WholeLogResult write(
            PreparedData prepared, ScoredTestPart scored, TestFindings counted, OutputStream out, RunContext context)
            throws IOException {
        StreamEvidence learned = scored.wholeLog();
        if (!learned.judgesStreams()) {
            return WholeLogResult.NONE;
        }
        WholeLogFindings findings = new WholeLogFindings(learned, scored.trainedThreshold(), scored, prepared, counted);
        WholeLog.forEachOfTest(prepared, "judge the whole log", context, findings::judge);
        findings.write(out);
        return new WholeLogResult(findings.judged, findings.findings, findings.acknowledged);
    }

    private void judge(IndexRow row, Observation line) {
        judged++;
        if (!row.file().equals(input)) {
            input = row.file();
            stream = learned.begin();
            run.clear();
        }
        List<Evidence> said = stream.next(line);
        double score = StreamEvidence.lifted(0, threshold, said);
        if (score <= threshold) {
            run.clear();
            return;
        }
        List<AnomalousStep> odd = said.stream().map(AnomalousStep::of).toList();
        FeedbackRecord by = Forgiveness.ofLine(scored.feedback(), odd);
        if (by != null) {
            run.clear();
            acknowledged++;
            begin(row, by).add(row, score, said);
            return;
        }
        List<FindingKey> keys = said.stream().map(FindingKey::of).toList();
        Found before = run.keySet().containsAll(keys) ? run.get(keys.get(0)) : null;
        if (before == null) {
            findings++;
            Found found = begin(row, null);
            keys.forEach(each -> run.putIfAbsent(each, found));
            before = found;
        }
        before.add(row, score, said);
    }

    private Found begin(IndexRow row, @Nullable FeedbackRecord by) {
        Found found = new Found(row, by);
        if (all.size() < MOST) {
            all.add(found);
        }
        return found;
    }

    private void write(OutputStream out) throws IOException {
        Set<SourceLines.Place> places = new HashSet<>();
        all.forEach(each -> {
            places.add(place(each.first));
            places.add(place(each.last));
        });
        Map<SourceLines.Place, String> texts = SourceLines.read(places, prepared.redaction());
        for (Found each : all) {
            IndexRow row = each.first;
            List<SourceLine> lines = new ArrayList<>(List.of(line(row, texts)));
            if (each.lines > 1) {
                lines.add(line(each.last, texts));
            }
            Explanation explanation = KeylessExplanation.ofWholeLog(each.evidence, lines, each.lines);
            String id = scored.ids().ofWholeLog().of(null, row.time(), row.file(), row.offset());
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("id", id);
            map.put("session", null);
            map.put("score", each.score);
            map.put("threshold", threshold);
            map.put("verdict", each.by == null ? "anomalous" : "normal");
            map.put("acknowledged_by", each.by == null ? null : each.by.id());
            map.put("label", null);
            map.put("time", row.time() == null ? null : row.time().toString());
            Occurrence occurrence = counted.ofWholeLog(
                    new TestFindings.Decisive(id, row, texts.get(place(row)), each.score, threshold), explanation);
            TestFindings.describe(
                    map,
                    each.by == null ? counted.add(occurrence) : occurrence.key().id(),
                    occurrence);
            map.put("explanation", explanation.toMap());
            out.write(JSON.writeValueAsBytes(map));
            out.write('\n');
        }
    }

    private SourceLines.Place place(IndexRow row) {
        return new SourceLines.Place(prepared.locate(row.file()), row.offset());
    }

    private SourceLine line(IndexRow row, Map<SourceLines.Place, String> texts) {
        return new SourceLine(row.file(), row.line(), row.offset(), texts.get(place(row)));
    }
}
