package io.deepsentry.flink.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.flink.DeepSentryFunction;
import io.deepsentry.flink.ModelRelease;
import io.deepsentry.flink.ParseFunction;
import io.deepsentry.flink.SessionLine;
import io.deepsentry.flink.TextLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.ParameterTool;

/**
 * Judges log files, and writes what it found as JSON lines, each exactly once.
 *
 * <pre>{@code
 * --input /logs/hdfs.log --format hdfs --session-key '(blk_-?\d+)' \
 *     --models /shared/deepsentry-data --output /shared/findings
 * }</pre>
 *
 * <p>Further arguments: {@code --idle} (PT30M), the time after which a session ends; {@code --out-of-order} (PT20S), how
 * much later than another line an earlier one may come; {@code --checkpoint} (PT30S), the time between checkpoints. Below
 * {@code --output} are the folders {@code verdicts}, {@code findings}, {@code late} and {@code malformed}.
 */
public final class JudgeJob {
    private JudgeJob() {}

    /** Submits the job. */
    public static void main(String[] args) throws Exception {
        ParameterTool arguments = ParameterTool.fromArgs(args);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        define(env, arguments);
        env.executeAsync("deepsentry");
    }

    /** Adds the operators to a job. */
    static void define(StreamExecutionEnvironment env, ParameterTool arguments) {
        env.enableCheckpointing(duration(arguments, "checkpoint", "PT30S").toMillis());
        Duration outOfOrder = duration(arguments, "out-of-order", "PT20S");
        ModelRelease models = ModelRelease.first(Path.of(arguments.getRequired("models")));
        Path output = Path.of(arguments.getRequired("output"));

        SingleOutputStreamOperator<SessionLine> lines = text(env, arguments.getRequired("input"))
                .process(new ParseFunction(arguments.getRequired("format"), arguments.get("session-key")))
                .uid("deepsentry-parse");
        DataStream<ModelRelease> releases = env.fromData(List.of(models), TypeInformation.of(ModelRelease.class))
                .uid("deepsentry-releases")
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<ModelRelease>noWatermarks().withIdleness(Duration.ofSeconds(1)));
        var judged = lines.assignTimestampsAndWatermarks(
                        WatermarkStrategy.<SessionLine>forBoundedOutOfOrderness(outOfOrder)
                                .withTimestampAssigner((line, time) -> line.time()))
                .keyBy(SessionLine::key)
                .connect(releases.broadcast(DeepSentryFunction.RELEASES))
                .process(new DeepSentryFunction(models, duration(arguments, "idle", "PT30M")))
                .uid("deepsentry-judge");

        write(judged, output, "verdicts");
        write(judged.getSideOutput(DeepSentryFunction.FINDINGS), output, "findings");
        write(judged.getSideOutput(DeepSentryFunction.LATE), output, "late");
        write(lines.getSideOutput(ParseFunction.MALFORMED), output, "malformed");
    }

    private static DataStream<TextLine> text(StreamExecutionEnvironment env, String files) {
        DataStream<TextLine> all = null;
        for (String file : files.split(",", -1)) {
            FileSource<TextLine> source = FileSource.forRecordStreamFormat(
                            new NumberedLines(file),
                            new org.apache.flink.core.fs.Path(Path.of(file).toUri()))
                    .build();
            DataStream<TextLine> lines = env.fromSource(source, WatermarkStrategy.noWatermarks(), file)
                    .uid("deepsentry-read-" + file);
            all = all == null ? lines : all.union(lines);
        }
        return Objects.requireNonNull(all);
    }

    private static Duration duration(ParameterTool arguments, String name, String otherwise) {
        return Duration.parse(arguments.get(name, otherwise));
    }

    private static <T> void write(DataStream<T> rows, Path output, String name) {
        FileSink<T> sink = FileSink.<T>forRowFormat(
                        new org.apache.flink.core.fs.Path(output.resolve(name).toUri()), new JsonLines<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build();
        rows.sinkTo(sink).uid("deepsentry-write-" + name);
    }

    private static final class JsonLines<T> implements Encoder<T> {
        private static final long serialVersionUID = 1;
        private static final ObjectMapper JSON = new ObjectMapper();

        @Override
        public void encode(T row, OutputStream out) throws IOException {
            out.write((JSON.writeValueAsString(row) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
