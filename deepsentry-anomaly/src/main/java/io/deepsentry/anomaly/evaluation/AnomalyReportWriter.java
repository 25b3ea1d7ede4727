package io.deepsentry.anomaly.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
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
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Explains what in the test part scores above the threshold, hears what users said was normal, and writes it all, one JSON object a session or run of lines. For one
 * thread.
 *
 * <p>Works through the cases in pieces, each with one pass over the index and the messages: memory is bounded however many there are.
 */
final class AnomalyReportWriter {
    /** How many of the highest scores are kept for the summary. */
    static final int SHOWN = 5;

    private static final int MOST_GROUPS = 10_000;
    private static final int PIECE_CASES = 4_000;
    private static final long PIECE_MESSAGES = 1_000_000;
    /** A longer run of lines of a stream is told in pieces. */
    private static final int LONGEST_RUN = 100;

    private static final JsonMapper JSON = new JsonMapper();

    private final PreparedData prepared;
    private final TestPart cases;
    private final ScoredTestPart scored;
    private final RunContext context;
    private final Explainer explainer;
    private final double[] remaining;
    private final Map<Integer, Integer> acknowledged = new HashMap<>();
    private final Map<String, Shown> groups = new HashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    private long pending;

    /** What the summary shows of anomalies that are alike: the first of the highest score, and how many more there are. */
    private static final class Shown {
        private double score;
        private List<String> text = List.of();
        private long count;
    }

    private AnomalyReportWriter(PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        this.prepared = prepared;
        this.cases = cases;
        this.scored = scored;
        this.context = context;
        this.explainer = scored.explainer();
        this.remaining = scored.scores().clone();
    }

    /** Finds and writes them. */
    static AnomalyReportWriter write(
            Path file, PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        AnomalyReportWriter findings = new AnomalyReportWriter(prepared, cases, scored, context);
        try (Progress.Stage stage =
                context.progress().begin("explain what was found", cases.count(), cases.unit() + "s")) {
            AtomicFile.write(file, out -> {
                try {
                    int[] next = {0};
                    scored.sessions().forEach(session -> {
                        context.cancellation().check();
                        int count = cases.keyed() ? 1 : session.length();
                        findings.add(session, next[0], count, out);
                        next[0] += count;
                        stage.advance(count);
                    });
                    findings.flush(out);
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            });
        }
        return findings;
    }

    /** A score a case that is left when what users said was normal is taken from it. */
    double[] remaining() {
        return remaining;
    }

    /** The acknowledgement by which a case is normal; 0 if there is none. */
    int acknowledgedBy(int index) {
        return acknowledged.getOrDefault(index, 0);
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** The explanations of the highest scores, the highest first, one of each kind. */
    List<List<String>> highest() {
        return groups.values().stream()
                .sorted(Comparator.comparingDouble((Shown group) -> -group.score))
                .limit(SHOWN)
                .map(AnomalyReportWriter::text)
                .toList();
    }

    private static List<String> text(Shown group) {
        if (group.count == 1) {
            return group.text;
        }
        List<String> text = new ArrayList<>(group.text);
        text.add(String.format(Locale.ROOT, "  %,d more for the same reason", group.count - 1));
        return text;
    }

    private void show(Explanation explanation, IndexRow first, String id, Told told) {
        double score = told.score();
        String reason = explanation.kind() + " " + explanation.message() + " " + explanation.missing();
        if (groups.size() >= MOST_GROUPS && !groups.containsKey(reason)) {
            return;
        }
        Shown group = groups.computeIfAbsent(reason, unused -> new Shown());
        group.count++;
        if (group.text.isEmpty() || score > group.score) {
            group.score = score;
            group.text = explanation.toText(first.session(), id, score, scored.threshold(told.index()));
        }
    }

    /** A session above the threshold, or a run of lines of a stream; where its lines come from is found later. */
    private static final class Piece {
        /** Its case; of a run the first. */
        private final int index;

        private final String name;
        /** Which message of the session or stream is the first of {@code ids}. */
        private final int from;

        private final int[] ids;
        /** How many of the ids only lead up to a run. */
        private final int lead;

        private final Explainer.Oddities oddities;
        private final Map<Integer, IndexRow> rows = new HashMap<>();
        private final Map<Integer, String> unknown = new HashMap<>();
        private final Set<Integer> wanted;

        Piece(int index, String name, int from, int[] ids, int lead, Explainer.Oddities oddities, int[] wanted) {
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
            if (scored.scores()[index] > scored.threshold(index)) {
                int[] ids = ids(session, 0, session.length());
                Explainer.Oddities oddities = explainer.session(ids, scored.threshold(index));
                hold(new Piece(index, session.name(), 0, ids, 0, oddities, explainer.wantedSteps(ids, oddities)), out);
            }
            return;
        }
        int start = 0;
        while (start < count) {
            int end = start;
            while (end < count
                    && end - start < LONGEST_RUN
                    && scored.scores()[index + end] > scored.threshold(index + end)) {
                end++;
            }
            if (end > start) {
                hold(run(session, index, start, end), out);
            }
            start = Math.max(end, start + 1);
        }
    }

    private Piece run(EncodedSession stream, int index, int start, int end) {
        int lead = Math.min(start, scored.sequenceLength());
        int[] ids = ids(stream, start - lead, end);
        List<ScoredStep> odd = new ArrayList<>();
        for (int step = lead; step < ids.length; step++) {
            double nats = scored.scores()[index + start - lead + step];
            odd.add(explainer.inOrder(ids, step, nats, false));
        }
        int[] all = new int[ids.length];
        Arrays.setAll(all, i -> i);
        return new Piece(
                index + start, stream.name(), start - lead, ids, lead, new Explainer.Oddities(odd, 0, 0, 0), all);
    }

    private static int[] ids(EncodedSession session, int from, int to) {
        int[] ids = new int[to - from];
        Arrays.setAll(ids, i -> session.id(from + i));
        return ids;
    }

    private void hold(Piece piece, OutputStream out) {
        pieces.add(piece);
        pending += piece.ids.length;
        if (pieces.size() >= PIECE_CASES || pending >= PIECE_MESSAGES) {
            flush(out);
        }
    }

    private void flush(OutputStream out) {
        if (pieces.isEmpty()) {
            return;
        }
        findRows();
        List<Told> told = new ArrayList<>();
        for (Piece piece : pieces) {
            context.cancellation().check();
            if (cases.keyed()) {
                told.add(judgeSession(piece));
            } else {
                told.addAll(judgeRun(piece));
            }
        }
        Set<SourceLines.Place> places = new HashSet<>();
        for (Piece piece : pieces) {
            piece.rows.values().forEach(row -> places.add(new SourceLines.Place(row.file(), row.offset())));
        }
        Map<SourceLines.Place, String> lines = SourceLines.read(places);
        for (Told each : told) {
            write(each, lines, out);
        }
        pieces.clear();
        pending = 0;
    }

    /** One pass over the index and the messages of the test part. */
    private void findRows() {
        Map<String, Deque<Piece>> byName = new HashMap<>();
        for (Piece piece : pieces) {
            byName.computeIfAbsent(piece.name, unused -> new ArrayDeque<>()).add(piece);
        }
        Map<String, int[]> met = new HashMap<>();
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST);
                PreparedData.Rows<String> messages = prepared.messages(Split.TEST)) {
            for (IndexRow row = origins.next(); row != null && !byName.isEmpty(); row = origins.next()) {
                String message = messages.next();
                String name = row.session() == null ? row.file() : row.session();
                Deque<Piece> waiting = byName.get(name);
                if (waiting == null || message == null) {
                    continue;
                }
                int step = met.computeIfAbsent(name, unused -> new int[1])[0]++;
                for (Piece piece : waiting) {
                    int at = step - piece.from;
                    if (at < 0) {
                        break;
                    }
                    if (at < piece.ids.length && piece.wanted.contains(at)) {
                        piece.rows.put(at, row);
                        if (explainer.row(piece.ids[at]) < 0) {
                            piece.unknown.putIfAbsent(piece.ids[at], TrainingTexts.shortened(message));
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

    private IntFunction<String> texts(Piece piece) {
        return id -> explainer.row(id) >= 0
                ? explainer.texts().of(explainer.row(id))
                : piece.unknown.getOrDefault(id, "a message that training never saw");
    }

    /**
     * What is written of a session or a run.
     *
     * @param oddities its steps, at least one
     * @param from the first message that belongs to it
     * @param by the acknowledgement by which it is normal, or null
     */
    private record Told(
            Piece piece,
            int index,
            int from,
            int to,
            Explainer.Oddities oddities,
            double score,
            @Nullable FeedbackRecord by) {}

    private Told judgeSession(Piece piece) {
        List<AnomalousStep> steps = piece.oddities.steps().stream()
                .map(each -> each.named(texts(piece), explainer.texts()))
                .toList();
        double raw = scored.scores()[piece.index];
        Forgiveness forgiven =
                Forgiveness.of(scored.feedback(), piece.oddities, steps, raw, scored.threshold(piece.index), true);
        FeedbackRecord by = forgiven.by();
        if (by != null) {
            remaining[piece.index] = forgiven.score();
            acknowledged.put(piece.index, by.id());
        }
        return new Told(piece, piece.index, 0, piece.ids.length, piece.oddities, raw, by);
    }

    /** Lines that were said to be normal part a run. */
    private List<Told> judgeRun(Piece piece) {
        List<Told> told = new ArrayList<>();
        List<ScoredStep> steps = piece.oddities.steps();
        int start = 0;
        while (start < steps.size()) {
            FeedbackRecord by = forgiving(piece, steps.get(start));
            int end = start + 1;
            while (end < steps.size() && Objects.equals(by, forgiving(piece, steps.get(end)))) {
                end++;
            }
            double highestScore = 0;
            for (int i = start; i < end; i++) {
                int index = piece.index + i;
                highestScore = Math.max(highestScore, scored.scores()[index]);
                if (by != null) {
                    remaining[index] = 0;
                    acknowledged.put(index, by.id());
                }
            }
            told.add(new Told(
                    piece,
                    piece.index + start,
                    piece.lead + start,
                    piece.lead + end,
                    new Explainer.Oddities(steps.subList(start, end), 0, 0, 0),
                    highestScore,
                    by));
            start = end;
        }
        return told;
    }

    private @Nullable FeedbackRecord forgiving(Piece piece, ScoredStep odd) {
        return Forgiveness.ofLine(scored.feedback(), odd.named(texts(piece), explainer.texts()));
    }

    private void write(Told told, Map<SourceLines.Place, String> lines, OutputStream out) {
        Piece piece = told.piece();
        Explanation explanation = explainer.explain(
                piece.ids,
                told.from(),
                told.to(),
                true,
                told.oddities(),
                texts(piece),
                steps -> lines(piece, steps, lines));
        IndexRow first = row(piece, told.from());
        String id = scored.ids().of(first.session(), first.time(), first.file(), first.offset());
        FeedbackRecord by = told.by();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("session", first.session());
        map.put("score", told.score());
        map.put("threshold", scored.threshold(told.index()));
        map.put("verdict", by == null ? "anomalous" : "normal");
        map.put("acknowledged_by", by == null ? null : by.id());
        map.put("label", label(told.index()));
        map.put("time", first.time() == null ? null : first.time().toString());
        map.put("explanation", explanation.toMap());
        try {
            out.write(JSON.writeValueAsBytes(map));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (by == null) {
            show(explanation, first, id, told);
        }
    }

    private @Nullable String label(int index) {
        var label = cases.label(index);
        return label == null ? null : label.name().toLowerCase(Locale.ROOT);
    }

    private static IndexRow row(Piece piece, int step) {
        IndexRow row = piece.rows.get(step);
        if (row == null) {
            throw new IllegalStateException("the row of message " + step + " of " + piece.name + " was not asked for");
        }
        return row;
    }

    private static Map<Integer, SourceLine> lines(Piece piece, int[] steps, Map<SourceLines.Place, String> lines) {
        Map<Integer, SourceLine> found = new HashMap<>();
        for (int step : steps) {
            found.put(step, line(piece, step, lines));
        }
        return found;
    }

    /** A line of a session must hold its key, or it is not the line any more. */
    private static SourceLine line(Piece piece, int step, Map<SourceLines.Place, String> lines) {
        IndexRow row = row(piece, step);
        String text = lines.get(new SourceLines.Place(row.file(), row.offset()));
        boolean same = text != null
                && (row.session() == null || text.length() > SourceLines.LONGEST || text.contains(row.session()));
        return new SourceLine(row.file(), row.line(), row.offset(), same ? text : null);
    }
}
