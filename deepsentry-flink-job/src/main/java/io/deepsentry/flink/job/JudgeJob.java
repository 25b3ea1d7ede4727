package io.deepsentry.flink.job;

import io.deepsentry.core.DataException;
import io.deepsentry.flink.DeepSentryFunction;
import io.deepsentry.flink.JudgedCase;
import io.deepsentry.flink.ModelRelease;
import io.deepsentry.flink.ParseFunction;
import io.deepsentry.flink.SessionLine;
import io.deepsentry.flink.TextLine;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Judges the logs of files or of Kafka, and writes what it found as JSON, each exactly once.
 *
 * <pre>{@code
 * --kafka broker-1:9092 --topic logs --format hdfs --session-key '(blk_-?\d+)' \
 *     --models /shared/deepsentry-data --alert-topic alerts
 * }</pre>
 *
 * <p>{@code docs/flink.md} has all arguments.
 */
public final class JudgeJob {
    private JudgeJob() {}

    /** Submits the job. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        // What goes from operator to operator never changes, so none of them needs a copy.
        env.getConfig().enableObjectReuse();
        define(env, args);
        env.executeAsync("deepsentry");
    }

    /**
     * Adds the job to an environment of yours. The uids of its operators stay, so that later versions find the state of
     * earlier ones.
     *
     * @param arguments as those of the job
     */
    public static void define(StreamExecutionEnvironment env, String... arguments) throws InterruptedException {
        JobSettings settings = JobSettings.of(arguments);
        env.enableCheckpointing(settings.checkpoint().toMillis());
        ModelRelease models = ModelRelease.first(settings.models());
        SingleOutputStreamOperator<SessionLine> lines = text(env, settings)
                .process(new ParseFunction(settings.format(), settings.sessionKey()))
                .name("parse")
                .uid("deepsentry-parse");
        SingleOutputStreamOperator<JudgedCase> judged = lines.keyBy(SessionLine::key)
                .connect(releases(env, settings, models).broadcast(DeepSentryFunction.RELEASES))
                .process(new DeepSentryFunction(models, settings.idle()))
                .name("judge")
                .uid("deepsentry-judge");
        DataStream<JudgedCase> findings = judged.getSideOutput(DeepSentryFunction.FINDINGS);

        Results results = new Results(settings);
        results.write(judged, "verdicts", JudgedCase::key, JudgedCase::id);
        results.write(findings, "findings", JudgedCase::key, JudgedCase::id);
        results.write(
                judged.getSideOutput(DeepSentryFunction.LATE),
                "late",
                SessionLine::key,
                line -> place(line.source(), line.number(), line.part()) + ":" + line.key());
        results.write(
                lines.getSideOutput(ParseFunction.MALFORMED),
                "malformed",
                TextLine::source,
                line -> place(line.source(), line.number(), line.part()));
        if (settings.elasticsearch() != null) {
            findings.sinkTo(new BulkSink(URI.create(settings.elasticsearch()), settings.index()))
                    .name("findings to Elasticsearch")
                    .uid("deepsentry-index-findings");
        }
    }

    private static String place(String source, long number, int part) {
        return source + ":" + number + (part == 0 ? "" : "." + part);
    }

    private static DataStream<TextLine> text(StreamExecutionEnvironment env, JobSettings settings)
            throws InterruptedException {
        WatermarkStrategy<TextLine> watermarks =
                LineTime.watermarks(settings.format(), settings.outOfOrder(), settings.quiet());
        if (!settings.topics().isEmpty()) {
            KafkaSourceBuilder<TextLine> source = source(
                            settings, settings.topics(), new KafkaLines(settings.recordFormat()))
                    .setStartingOffsets(start(settings));
            if (settings.untilEnd()) {
                source.setBounded(OffsetsInitializer.latest());
            }
            return env.fromSource(source.build(), watermarks, "lines of Kafka")
                    .uid("deepsentry-read-kafka")
                    // A reader without a partition would hold up time for ever.
                    .setParallelism(Math.min(env.getParallelism(), partitions(settings)));
        }
        DataStream<TextLine> all = null;
        for (String file : settings.files()) {
            FileSource<TextLine> source = FileSource.forRecordStreamFormat(
                            new NumberedLines(file),
                            new org.apache.flink.core.fs.Path(Path.of(file).toUri()))
                    .build();
            DataStream<TextLine> lines =
                    env.fromSource(source, watermarks, file).uid("deepsentry-read-" + file);
            all = all == null ? lines : all.union(lines);
        }
        return Objects.requireNonNull(all);
    }

    /** The releases after the first models. They drive no clock. */
    private static DataStream<ModelRelease> releases(
            StreamExecutionEnvironment env, JobSettings settings, ModelRelease models) {
        WatermarkStrategy<ModelRelease> timeless =
                WatermarkStrategy.<ModelRelease>noWatermarks().withIdleness(Duration.ofSeconds(1));
        if (settings.releaseTopic() == null) {
            return env.fromData(List.of(models), TypeInformation.of(ModelRelease.class))
                    .uid("deepsentry-releases")
                    .assignTimestampsAndWatermarks(timeless);
        }
        KafkaSource<ModelRelease> source = source(settings, List.of(settings.releaseTopic()), new KafkaReleases())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .build();
        return env.fromSource(source, timeless, "releases of Kafka")
                .uid("deepsentry-releases-kafka")
                .setParallelism(1);
    }

    private static <T> KafkaSourceBuilder<T> source(
            JobSettings settings, List<String> topics, KafkaRecordDeserializationSchema<T> records) {
        Properties client = new Properties();
        client.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        client.putAll(settings.kafka());
        return KafkaSource.<T>builder()
                .setProperties(client)
                .setBootstrapServers(String.valueOf(settings.bootstrap()))
                .setGroupId(settings.group())
                .setTopics(topics)
                .setDeserializer(records);
    }

    // Flink's connector still takes what Kafka's clients have deprecated.
    @SuppressWarnings("deprecation")
    private static OffsetsInitializer start(JobSettings settings) {
        return OffsetsInitializer.committedOffsets(
                settings.fromStart() ? OffsetResetStrategy.EARLIEST : OffsetResetStrategy.LATEST);
    }

    private static int partitions(JobSettings settings) throws InterruptedException {
        Map<String, Object> client = new HashMap<>(settings.kafka());
        client.put("bootstrap.servers", String.valueOf(settings.bootstrap()));
        try (Admin admin = Admin.create(client)) {
            return admin.describeTopics(settings.topics()).allTopicNames().get().values().stream()
                    .mapToInt(topic -> topic.partitions().size())
                    .sum();
        } catch (ExecutionException e) {
            throw new DataException(
                    "the topics " + settings.topics() + " at " + settings.bootstrap() + " cannot be described: "
                            + e.getCause(),
                    e);
        }
    }
}
