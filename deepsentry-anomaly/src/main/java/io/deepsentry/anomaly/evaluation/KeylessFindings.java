package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.anomaly.internal.alert.SourceLines;
import io.deepsentry.anomaly.internal.detector.KeylessLines;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.KeylessExplanation;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges the lines of the test part that have no session key, and writes those above their threshold. For one thread.
 */
final class KeylessFindings {
    /** Held until their text is read back from the log. */
    private static final int BATCH = 1_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final KeylessLines lines;
    private final ScoredTestPart scored;
    private final PreparedData prepared;
    private final OutputStream out;
    private final List<Found> found = new ArrayList<>();
    private final TestFindings findings;
    private long judged;
    private long flagged;
    private long acknowledged;

    private record Found(
            String message,
            double score,
            IndexRow row,
            @Nullable FeedbackRecord by) {}

    private KeylessFindings(
            KeylessLines lines, ScoredTestPart scored, PreparedData prepared, TestFindings findings, OutputStream out) {
        this.findings = findings;
        this.lines = lines;
        this.scored = scored;
        this.prepared = prepared;
        this.out = out;
    }

    /** What became of the lines without a session key. */
    static KeylessResult write(
            PreparedData prepared, ScoredTestPart scored, TestFindings findings, OutputStream out, RunContext context)
            throws IOException {
        PreparedData keyless = prepared.keyless().orElse(null);
        KeylessLines lines = scored.keyless().orElse(null);
        if (keyless == null) {
            return KeylessResult.NONE;
        }
        if (lines == null) {
            return new KeylessResult(keyless.rows(Split.TEST), false, 0, 0);
        }
        KeylessFindings judge = new KeylessFindings(lines, scored, prepared, findings, out);
        KeylessLines.forEach(keyless, Split.TEST, judge::judge);
        context.cancellation().check();
        judge.flush();
        return new KeylessResult(judge.judged, true, judge.flagged, judge.acknowledged);
    }

    private void judge(String message, IndexRow row) {
        judged++;
        double score = lines.score(message, Severity.of(row.level(), message));
        if (score <= lines.threshold()) {
            return;
        }
        FeedbackRecord by = Forgiveness.ofLine(scored.feedback(), List.of(KeylessExplanation.step(message, score)));
        flagged += by == null ? 1 : 0;
        acknowledged += by == null ? 0 : 1;
        found.add(new Found(message, score, row, by));
        if (found.size() >= BATCH) {
            flush();
        }
    }

    private void flush() {
        Set<SourceLines.Place> places = new HashSet<>();
        found.forEach(each -> places.add(place(each.row())));
        Map<SourceLines.Place, String> texts = SourceLines.read(places, prepared.redaction());
        for (Found each : found) {
            write(each, texts.get(place(each.row())));
        }
        found.clear();
    }

    private SourceLines.Place place(IndexRow row) {
        return new SourceLines.Place(prepared.locate(row.file()), row.offset());
    }

    private void write(Found each, @Nullable String text) {
        IndexRow row = each.row();
        SourceLine line = new SourceLine(row.file(), row.line(), row.offset(), text);
        Explanation explanation = KeylessExplanation.of(each.message(), each.score(), List.of(line), 1);
        String id = scored.ids().of(null, row.time(), row.file(), row.offset());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("session", null);
        map.put("score", each.score());
        map.put("threshold", lines.threshold());
        map.put("verdict", each.by() == null ? "anomalous" : "normal");
        map.put("acknowledged_by", each.by() == null ? null : each.by().id());
        map.put("label", row.label() == null ? null : row.label().name().toLowerCase(Locale.ROOT));
        map.put("time", row.time() == null ? null : row.time().toString());
        Occurrence occurrence = findings.occurrence(
                new TestFindings.Decisive(id, row, text, each.score(), lines.threshold()), explanation);
        TestFindings.describe(
                map,
                each.by() == null ? findings.add(occurrence) : occurrence.key().id(),
                occurrence);
        map.put("explanation", explanation.toMap());
        try {
            out.write(JSON.writeValueAsBytes(map));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
