package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the lines of the test part that have no session key, and writes those above their threshold. For one thread. */
final class KeylessFindings {
    /** Shown at the end of a run, one for each message. */
    private static final int SHOWN = 3;
    /** Held until their text is read back from the log. */
    private static final int BATCH = 1_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final KeylessLines lines;
    private final ScoredTestPart scored;
    private final PreparedData prepared;
    private final OutputStream out;
    private final List<Found> found = new ArrayList<>();
    private final Set<String> shownMessages = new LinkedHashSet<>();
    private final List<List<String>> shown = new ArrayList<>();
    private long judged;
    private long flagged;
    private long acknowledged;

    private record Found(
            String message,
            double score,
            IndexRow row,
            @Nullable FeedbackRecord by) {}

    private KeylessFindings(KeylessLines lines, ScoredTestPart scored, PreparedData prepared, OutputStream out) {
        this.lines = lines;
        this.scored = scored;
        this.prepared = prepared;
        this.out = out;
    }

    /** What became of the lines without a session key. */
    static KeylessResult write(PreparedData prepared, ScoredTestPart scored, OutputStream out, RunContext context)
            throws IOException {
        PreparedData keyless = prepared.keyless().orElse(null);
        KeylessLines lines = scored.keyless().orElse(null);
        if (keyless == null) {
            return KeylessResult.NONE;
        }
        if (lines == null) {
            return new KeylessResult(keyless.rows(Split.TEST), false, 0, 0, List.of());
        }
        KeylessFindings findings = new KeylessFindings(lines, scored, prepared, out);
        KeylessLines.forEach(keyless, Split.TEST, findings::judge);
        context.cancellation().check();
        findings.flush();
        return new KeylessResult(findings.judged, true, findings.flagged, findings.acknowledged, findings.shown);
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
        Map<SourceLines.Place, String> texts = SourceLines.read(places);
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
        map.put("explanation", explanation.toMap());
        try {
            out.write(JSON.writeValueAsBytes(map));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (each.by() == null && shown.size() < SHOWN && shownMessages.add(each.message())) {
            shown.add(explanation.toText(null, id, each.score(), lines.threshold()));
        }
    }
}
