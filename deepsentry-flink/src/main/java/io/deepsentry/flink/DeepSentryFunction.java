package io.deepsentry.flink;

import io.deepsentry.anomaly.ModelBundle;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ModelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Judges sessions, or the lines of streams, in a job of Flink: what a {@link Sentry} does, with the same scores to the
 * bit. Key the lines by {@link SessionLine#key()}, and connect the broadcast releases of models:
 *
 * <pre>{@code
 * SingleOutputStreamOperator<JudgedCase> judged = lines
 *         .keyBy(SessionLine::key)
 *         .connect(releases.broadcast(DeepSentryFunction.RELEASES))
 *         .process(new DeepSentryFunction(ModelRelease.first(folder), Duration.ofMinutes(30)))
 *         .uid("deepsentry-judge");
 * DataStream<JudgedCase> findings = judged.getSideOutput(DeepSentryFunction.FINDINGS);
 * }</pre>
 *
 * <p>Lines wait until the watermark has passed them, and are then judged in the order of their times; lines of one time
 * in that of their source. So lines out of order within the bound of the watermarks change nothing. Later ones come out
 * of {@link #LATE}, are counted, and are not judged.
 *
 * <p>A session ends when no line came for the idle time, by the times of its lines, or with the input. It ends with the
 * models it began with. Its verdict is an element of the main output, as is that of each line of a stream. An anomalous
 * one comes out of {@link #FINDINGS} as well: a session as soon as it is sure, or else at its end, once.
 */
public final class DeepSentryFunction
        extends KeyedBroadcastProcessFunction<String, SessionLine, ModelRelease, JudgedCase> {
    private static final long serialVersionUID = 1;

    /** The anomalous sessions and lines, each once. */
    public static final OutputTag<JudgedCase> FINDINGS = new OutputTag<JudgedCase>("findings") {};
    /** The lines that came after the watermark. */
    public static final OutputTag<SessionLine> LATE = new OutputTag<SessionLine>("late") {};
    /** The state in which the releases of models are broadcast. */
    public static final MapStateDescriptor<Long, ModelRelease> RELEASES =
            new MapStateDescriptor<>("releases", Types.LONG, TypeInformation.of(ModelRelease.class));

    private static final ListStateDescriptor<SessionLine> WAITING =
            new ListStateDescriptor<>("waiting", TypeInformation.of(SessionLine.class));
    private static final ValueStateDescriptor<OpenCase> OPEN =
            new ValueStateDescriptor<>("open", new OpenCaseSerializer());

    private final ModelRelease first;
    private final long idleMillis;

    /** What Flink gives when the function opens. */
    private transient @Nullable Parts parts;

    private record Parts(
            ListState<SessionLine> waiting, ValueState<OpenCase> open, SharedModels models, Counters counters) {}

    private record Counters(Counter lines, Counter late, Counter sessions, Counter findings) {
        static Counters in(MetricGroup group) {
            return new Counters(
                    group.counter("lines", new SimpleCounter()),
                    group.counter("late", new SimpleCounter()),
                    group.counter("sessionsEnded", new SimpleCounter()),
                    group.counter("findings", new SimpleCounter()));
        }
    }

    /**
     * Creates the function.
     *
     * @param first the models until the first release
     * @param idle the silence after which a session ends, at least one millisecond
     * @throws IllegalArgumentException if it is shorter
     */
    public DeepSentryFunction(ModelRelease first, Duration idle) {
        this.first = Objects.requireNonNull(first, "first");
        this.idleMillis = idle.toMillis();
        if (idleMillis < 1) {
            throw new IllegalArgumentException("idle must be at least 1 ms, but was " + idle);
        }
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("deepsentry");
        SharedModels models = new SharedModels();
        parts = new Parts(
                getRuntimeContext().getListState(WAITING),
                getRuntimeContext().getState(OPEN),
                models,
                Counters.in(group));
        // Loads now rather than at the first line, so that what is missing fails at once.
        ModelBundle unused = models.of(first);
    }

    @Override
    public void close() {
        if (parts != null) {
            parts.models.close();
            parts = null;
        }
    }

    private Parts parts() {
        return Objects.requireNonNull(parts, "the function is not open");
    }

    @Override
    public void processBroadcastElement(ModelRelease release, Context context, Collector<JudgedCase> out)
            throws Exception {
        context.getBroadcastState(RELEASES).put(release.from(), release);
    }

    @Override
    public void processElement(SessionLine line, ReadOnlyContext context, Collector<JudgedCase> out) throws Exception {
        if (line.time() <= context.timerService().currentWatermark()) {
            parts().counters.late.inc();
            context.output(LATE, line);
            return;
        }
        parts().waiting.add(line);
        context.timerService().registerEventTimeTimer(line.time());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<JudgedCase> out) throws Exception {
        OpenCase open = parts().open.value();
        boolean changed = false;
        if (open != null && isIdle(open, timestamp, context)) {
            end(open, context, out);
            open = null;
            changed = true;
        }
        for (SessionLine line : due(timestamp)) {
            open = judge(line, open, context, out);
            changed = true;
        }
        if (changed) {
            if (open == null) {
                parts().open.clear();
            } else {
                parts().open.update(open);
            }
        }
    }

    /** The waiting lines up to a time, in their order; the others go on waiting. */
    private List<SessionLine> due(long timestamp) throws Exception {
        List<SessionLine> due = new ArrayList<>();
        List<SessionLine> later = new ArrayList<>();
        for (SessionLine line : parts().waiting.get()) {
            (line.time() <= timestamp ? due : later).add(line);
        }
        if (!due.isEmpty()) {
            parts().waiting.update(later);
        }
        due.sort(SessionLine.ORDER);
        return due;
    }

    private @Nullable OpenCase judge(
            SessionLine line, @Nullable OpenCase open, OnTimerContext context, Collector<JudgedCase> out)
            throws Exception {
        parts().counters.lines.inc();
        ModelRelease release = releaseAt(line.time(), context);
        Sentry sentry = parts().models.of(release).sentry();
        if (!sentry.judgesSessions()) {
            return judgeOfStream(line, release, open, context, out);
        }
        if (!line.ofSession()) {
            if (sentry.judgesLines()) {
                emitLine(sentry.judgeLine(line.event()), line, line.part() + 1L, release.digest(), context, out);
            }
            return open;
        }
        OpenCase session = open == null ? new OpenCase(release.digest(), line.time()) : open;
        Verdict verdict = session.session(bundle(session, context)).add(line.event());
        if (open != null) {
            context.timerService().deleteEventTimeTimer(idleAt(session));
        }
        session.lines++;
        session.lastTime = line.time();
        context.timerService().registerEventTimeTimer(idleAt(session));
        if (verdict.isAnomalous() && !session.reported) {
            session.reported = true;
            find(judged(verdict, line.key(), session, false), context);
        }
        return session;
    }

    private OpenCase judgeOfStream(
            SessionLine line,
            ModelRelease release,
            @Nullable OpenCase open,
            OnTimerContext context,
            Collector<JudgedCase> out) {
        OpenCase stream = open == null || !open.model.equals(release.digest())
                ? new OpenCase(release.digest(), line.time())
                : open;
        Verdict verdict = stream.stream(parts().models.of(release)).add(line.event());
        stream.lines++;
        stream.lastTime = line.time();
        emitLine(verdict, line, stream.lines, release.digest(), context, out);
        return stream;
    }

    private void emitLine(
            Verdict verdict,
            SessionLine line,
            long ordinal,
            String model,
            OnTimerContext context,
            Collector<JudgedCase> out) {
        JudgedCase judged = new JudgedCase(
                JudgedCase.id(model, line.key(), "line", line.time(), line.number(), ordinal),
                line.key(),
                "line",
                true,
                verdict.isAnomalous(),
                verdict.score(),
                verdict.threshold(),
                verdict.reason(),
                line.message(),
                line.time(),
                line.time(),
                1,
                model);
        out.collect(judged);
        if (verdict.isAnomalous()) {
            find(judged, context);
        }
    }

    private void end(OpenCase session, OnTimerContext context, Collector<JudgedCase> out) throws Exception {
        Verdict verdict = session.session(bundle(session, context)).end();
        JudgedCase judged = judged(verdict, context.getCurrentKey(), session, true);
        parts().counters.sessions.inc();
        out.collect(judged);
        if (verdict.isAnomalous() && !session.reported) {
            find(judged, context);
        }
    }

    private void find(JudgedCase judged, OnTimerContext context) {
        parts().counters.findings.inc();
        context.output(FINDINGS, judged);
    }

    private static JudgedCase judged(Verdict verdict, String key, OpenCase session, boolean ended) {
        return new JudgedCase(
                JudgedCase.id(session.model, key, "session", session.firstTime, session.lastTime, session.lines),
                key,
                "session",
                ended,
                verdict.isAnomalous(),
                verdict.score(),
                verdict.threshold(),
                verdict.reason(),
                verdict.explanation().map(DeepSentryFunction::text).orElse(null),
                session.firstTime,
                session.lastTime,
                session.lines,
                session.model);
    }

    private static @Nullable String text(Explanation explanation) {
        return explanation.step().text();
    }

    /** A stream ends never, and has no timer but those of its lines. */
    private boolean isIdle(OpenCase open, long timestamp, OnTimerContext context) throws Exception {
        return timestamp >= idleAt(open) && bundle(open, context).sentry().judgesSessions();
    }

    private long idleAt(OpenCase session) {
        return session.lastTime + idleMillis;
    }

    private ModelRelease releaseAt(long time, OnTimerContext context) throws Exception {
        ModelRelease latest = first;
        ReadOnlyBroadcastState<Long, ModelRelease> releases = context.getBroadcastState(RELEASES);
        for (Map.Entry<Long, ModelRelease> each : releases.immutableEntries()) {
            if (each.getKey() <= time && each.getKey() >= latest.from()) {
                latest = each.getValue();
            }
        }
        return latest;
    }

    /** The models that a session began with. */
    private ModelBundle bundle(OpenCase open, OnTimerContext context) throws Exception {
        if (open.model.equals(first.digest())) {
            return parts().models.of(first);
        }
        for (Map.Entry<Long, ModelRelease> each :
                context.getBroadcastState(RELEASES).immutableEntries()) {
            if (each.getValue().digest().equals(open.model)) {
                return parts().models.of(each.getValue());
            }
        }
        throw new ModelException("a session began with the model " + open.model
                + ", which no release names; release it again, or start the job with it");
    }
}
