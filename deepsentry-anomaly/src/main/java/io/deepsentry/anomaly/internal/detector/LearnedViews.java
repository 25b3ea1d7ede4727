package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.vector.EncodedSession;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.SessionEdges;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The views of sessions or streams that training learned, and the scores that follow from them.
 *
 * <p>Every message, and the end of a session, has a surprise: minus the logarithm of the probability it was given by
 * what came before it. {@link SurpriseRule} makes the score of a session of them; {@link LineScores} makes that of a
 * stream's line.
 *
 * <p>Safe for use by several threads, each with a {@link MessageTable} of its own. {@link #close()} frees the networks.
 */
public final class LearnedViews implements AutoCloseable {
    private static final int CHUNK_ROWS = 1 << 14;

    private final TrainingMessages known;
    private final SessionKinds kinds;
    private final int length;
    private final ViewModel order;
    private final @Nullable ViewModel content;
    private final @Nullable LineScores lines;
    private final SurpriseRule rule;
    private final SessionEdges edges;

    private LearnedViews(
            TrainingMessages known,
            SessionKinds kinds,
            int length,
            ViewModel order,
            @Nullable ViewModel content,
            @Nullable LineScores lines,
            SurpriseRule rule,
            SessionEdges edges) {
        this.known = known;
        this.kinds = kinds;
        this.length = length;
        this.order = order;
        this.content = content;
        this.lines = lines;
        this.rule = rule;
        this.edges = edges;
    }

    /**
     * The views of a detector of sessions.
     *
     * @param rule makes their scores
     * @param edges tells which of them are cut off
     */
    public static LearnedViews ofSessions(
            TrainingMessages known,
            SessionKinds kinds,
            SurpriseRule rule,
            SessionEdges edges,
            int length,
            ViewModel order,
            ViewModel content) {
        return new LearnedViews(known, kinds, length, order, content, null, rule, edges);
    }

    /**
     * The view of a detector of streams.
     *
     * @param lines what makes scores of surprises; null while it is being learned, then surprises are the scores, NaN
     *     where too few lines are before
     */
    public static LearnedViews ofStreams(
            TrainingMessages known, int length, ViewModel order, @Nullable LineScores lines) {
        return new LearnedViews(
                known, SessionKinds.NONE, length, order, null, lines, SurpriseRule.PLAIN, SessionEdges.NONE);
    }

    /** Whether it scores sessions; else streams. */
    public boolean scoresSessions() {
        return content != null;
    }

    /** Returns the number of rows of a window. */
    public int sequenceLength() {
        return length;
    }

    public TrainingMessages known() {
        return known;
    }

    public ViewModel order() {
        return order;
    }

    /** The view of a session's content; a detector of streams has none. */
    public ViewModel content() {
        if (content == null) {
            throw new IllegalStateException("a detector of streams has no content view");
        }
        return content;
    }

    /** Refuses to score sessions by a detector of streams, or the reverse. */
    public void require(boolean sessions) {
        if (sessions != scoresSessions()) {
            throw new ModelException("the detector was trained on " + (scoresSessions() ? "sessions" : "streams")
                    + ", but is to score " + (sessions ? "sessions" : "streams")
                    + "; use the session_key it was trained with, or train again");
        }
    }

    /**
     * Scores a part of a data set.
     *
     * @param table the one the sessions were read with
     * @return for sessions one score each, in their order; for streams one a row
     */
    public double[] scoreAll(EncodedSessions sessions, VectorTable table, RunContext context) {
        require(sessions.keyed());
        MessageTable messages = new MessageTable(table, known);
        double[] scores = new double[Math.toIntExact(sessions.keyed() ? sessions.count() : sessions.rows())];
        try (Progress.Stage stage = context.progress().begin("score", sessions.rows(), "rows")) {
            if (sessions.keyed()) {
                SessionChunk chunk = new SessionChunk(messages, scores, stage);
                sessions.forEach(session -> {
                    context.cancellation().check();
                    chunk.add(session);
                });
                chunk.flush();
            } else {
                int[] next = {0};
                sessions.forEach(stream -> next[0] = scoreStream(stream, messages, scores, next[0], context, stage));
            }
        }
        return scores;
    }

    private int scoreStream(
            EncodedSession stream,
            MessageTable messages,
            double[] scores,
            int from,
            RunContext context,
            Progress.Stage stage) {
        for (int start = 0; start < stream.length(); start += CHUNK_ROWS) {
            context.cancellation().check();
            int count = Math.min(CHUNK_ROWS, stream.length() - start);
            // The rows that windows at the start of this chunk look back on.
            int back = Math.min(start, length);
            int[] sequence = new int[1 + back + count];
            sequence[0] = Windows.BEGIN;
            for (int i = 0; i < back + count; i++) {
                sequence[1 + i] = stream.id(start - back + i);
            }
            List<int[]> windows = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                windows.add(Windows.endingAt(sequence, 1 + back + i, length));
            }
            double[] nats = order.surprises(windows, messages);
            for (int i = 0; i < count; i++) {
                scores[from + start + i] = lineScore(messages, windows.get(i), stream.severity(start + i), nats[i]);
            }
            stage.advance(count);
        }
        return from + stream.length();
    }

    /**
     * The score of a stream's line.
     *
     * @param window the one that it ends: where that reaches back to the beginning, the lines before are too few to
     *     expect something
     * @param nats its surprise in that window
     */
    public double lineScore(MessageTable messages, int[] window, Severity severity, double nats) {
        double context = Windows.isFull(window) ? nats : Double.NaN;
        return lines == null ? context : lines.score(messages, Windows.last(window), severity, context);
    }

    /** What makes scores of the lines of streams; empty for sessions. */
    public Optional<LineScores> lines() {
        return Optional.ofNullable(lines);
    }

    /** The arithmetic of the scores of sessions. */
    public SurpriseRule rule() {
        return rule;
    }

    /** Tells which sessions are cut off. */
    public SessionEdges edges() {
        return edges;
    }

    /** The score that a session has for certain, so many of whose messages are unknown. */
    public double leastContentScore(int unknown) {
        return rule.leastOfUnknown(known.noveltyNats(), unknown);
    }

    /**
     * What a session does that hardly any training session did.
     *
     * @param cutOff what of it was not seen
     */
    public List<SupportRule.Violation> violations(int[] ids, MessageTable messages, SessionEdges.CutOff cutOff) {
        return rule.support().violations(messages.codes(ids), cutOff);
    }

    /** The support score of a session of these messages. */
    public double supportScore(int[] ids, MessageTable messages, SessionEdges.CutOff cutOff) {
        return rule.supportScore(
                violations(ids, messages, cutOff), rule.support().hints(messages.codes(ids)));
    }

    /** The most content score that a session of these messages can have: that of how often training saw its kind. */
    public double mostContentScore(int[] ids, MessageTable messages) {
        return kinds.surprise(messages.rows(messages.canonical(ids)));
    }

    /**
     * The content score of a session of these messages, whose surprises in canonical order, and its end's, stand from a
     * place on. A missing begin shows in the first of them, a missing end in the last.
     */
    public double contentScore(int[] ids, MessageTable messages, double[] nats, int from, SessionEdges.CutOff cutOff) {
        int first = from + (cutOff.begin() ? 1 : 0);
        int end = from + ids.length + (cutOff.end() ? 0 : 1);
        return rule.contentScore(nats, first, end, mostContentScore(ids, messages));
    }

    /**
     * The first step whose place in the order of arrival counts: those of a session that began before its log did lack
     * what came before them.
     */
    public int firstInOrder(SessionEdges.CutOff cutOff) {
        return cutOff.begin() ? length - 1 : 0;
    }

    /** The content view's windows of a session: one for each message in canonical order, then one for the end. */
    public List<int[]> contentWindows(int[] ids, MessageTable messages) {
        int[] sequence = Windows.sequence(messages.canonical(ids));
        return windows(sequence, sequence.length);
    }

    /**
     * One window for each message. A session's end is judged in canonical order only: when lines interleave by chance,
     * so do the last ones.
     */
    public List<int[]> orderWindows(int[] ids) {
        int[] sequence = Windows.sequence(ids);
        return windows(sequence, sequence.length - 1);
    }

    private List<int[]> windows(int[] sequence, int end) {
        List<int[]> windows = new ArrayList<>(end - 1);
        for (int last = 1; last < end; last++) {
            windows.add(Windows.endingAt(sequence, last, length));
        }
        return windows;
    }

    /** Sessions that are scored together, so that their windows go through the models in batches. */
    private final class SessionChunk {
        private final MessageTable messages;
        private final double[] scores;
        private final Progress.Stage stage;
        private final List<int[]> orderWindows = new ArrayList<>();
        private final List<int[]> contentWindows = new ArrayList<>();
        private final List<int[]> ids = new ArrayList<>();
        private final List<SessionEdges.CutOff> cutOffs = new ArrayList<>();
        private int done;

        SessionChunk(MessageTable messages, double[] scores, Progress.Stage stage) {
            this.messages = messages;
            this.scores = scores;
            this.stage = stage;
        }

        void add(EncodedSession session) {
            int[] came = session.ids();
            orderWindows.addAll(LearnedViews.this.orderWindows(came));
            contentWindows.addAll(LearnedViews.this.contentWindows(came, messages));
            ids.add(came);
            cutOffs.add(session.cutOff(edges, messages));
            if (orderWindows.size() >= CHUNK_ROWS) {
                flush();
            }
        }

        void flush() {
            double[] inOrder = order.surprises(orderWindows, messages);
            double[] inContent = content().surprises(contentWindows, messages);
            int from = 0;
            int contentFrom = 0;
            for (int session = 0; session < ids.size(); session++) {
                int[] came = ids.get(session);
                SessionEdges.CutOff cutOff = cutOffs.get(session);
                double largest = 0;
                for (int i = firstInOrder(cutOff); i < came.length; i++) {
                    largest = Math.max(largest, inOrder[from + i]);
                }
                scores[done++] = SurpriseRule.score(
                        rule.orderScore(largest),
                        contentScore(came, messages, inContent, contentFrom, cutOff),
                        supportScore(came, messages, cutOff));
                from += came.length;
                contentFrom += came.length + 1;
                stage.advance(came.length);
            }
            orderWindows.clear();
            contentWindows.clear();
            ids.clear();
            cutOffs.clear();
        }
    }

    /** Waits for the calls under way, then frees the networks. */
    @Override
    public void close() {
        order.close();
        if (content != null) {
            content.close();
        }
    }
}
