package io.deepsentry.flink.job;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import io.deepsentry.core.ConfigException;
import io.deepsentry.flink.SampleFunction;
import io.deepsentry.flink.TextLine;
import io.deepsentry.text.prepare.LogSample;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Samples a log of any size, in files or in Kafka, into one file that {@code run --input} trains on.
 *
 * <pre>{@code
 * --kafka broker-1:9092 --topic logs --format hdfs --session-key '(blk_-?\d+)' --output /shared/logs.sample
 * }</pre>
 *
 * <p>Without {@code --session-key}, each file or partition is one stream. {@code docs/flink.md} has all arguments.
 */
public final class SampleJob {
    private static final int MEBI = 1 << 20;
    private static final double LEAST_SIZE = .01;
    private static final Set<String> KNOWN = Set.of(
            "input",
            "kafka",
            "topic",
            "record-format",
            "kafka-properties",
            "format",
            "session-key",
            "stretch",
            "output",
            "size");

    private SampleJob() {}

    /** Runs the job to its end. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        define(env, args);
        JobExecutionResult unused = env.execute("deepsentry-sample");
    }

    /**
     * Adds the job to an environment of yours.
     *
     * @param arguments as those of the job
     * @throws ConfigException if they are wrong
     */
    public static void define(StreamExecutionEnvironment env, String... arguments) {
        ParameterTool given = ParameterTool.fromArgs(arguments);
        Set<String> unknown = new TreeSet<>(given.toMap().keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new ConfigException("--" + String.join(", --", unknown) + " are not known; there are --"
                    + String.join(", --", new TreeSet<>(KNOWN)));
        }
        if (given.has("input") == given.has("topic")) {
            throw new ConfigException("give either --input or --topic");
        }
        env.setRuntimeMode(RuntimeExecutionMode.BATCH);
        DataStream<TextLine> lines = given.has("input") ? files(env, required(given, "input")) : kafka(env, given);
        lines.fullWindowPartition()
                .mapPartition(sample(given))
                .name("sample")
                .uid("deepsentry-sample")
                .sinkTo(new SampleSink(
                        Path.of(required(given, "output")).toAbsolutePath().toString()))
                .name("merge")
                .uid("deepsentry-merge-samples")
                .setParallelism(1);
    }

    private static SampleFunction sample(ParameterTool given) {
        String format = required(given, "format");
        String key = given.get("session-key");
        if (key == null) {
            return SampleFunction.ofStreams(format, size(given), stretch(given));
        }
        if (given.has("stretch")) {
            throw new ConfigException("--stretch is for logs without sessions; leave it out, or --session-key");
        }
        return new SampleFunction(format, key, size(given));
    }

    private static int stretch(ParameterTool given) {
        String found = given.get("stretch", String.valueOf(LogSample.DEFAULT_STRETCH));
        Integer stretch = Ints.tryParse(found);
        if (stretch == null || stretch < 1 || stretch > LogSample.LONGEST_STRETCH) {
            throw new ConfigException(
                    "--stretch must be a whole number from 1 to " + LogSample.LONGEST_STRETCH + ", but was " + found);
        }
        return stretch;
    }

    private static String required(ParameterTool given, String name) {
        String found = given.get(name);
        if (found == null) {
            throw new ConfigException("--" + name + " is missing");
        }
        return found;
    }

    private static long size(ParameterTool given) {
        long most = LogSample.LARGEST_SIZE / MEBI;
        String found = given.get("size", String.valueOf(LogSample.DEFAULT_SIZE / MEBI));
        Double size = Doubles.tryParse(found);
        if (size == null || !(size >= LEAST_SIZE && size <= most)) {
            throw new ConfigException("--size must be from " + LEAST_SIZE + " to " + most + ", but was " + found);
        }
        return Math.round(size * MEBI);
    }

    private static DataStream<TextLine> files(StreamExecutionEnvironment env, String names) {
        DataStream<TextLine> all = null;
        for (String file : List.of(names.split(",", -1))) {
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

    /** What the topics hold when the job starts. */
    private static DataStream<TextLine> kafka(StreamExecutionEnvironment env, ParameterTool given) {
        Properties client = new Properties();
        client.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        String file = given.get("kafka-properties");
        if (file != null) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                client.load(in);
            } catch (IOException e) {
                throw new ConfigException("--kafka-properties " + file + " cannot be read: " + e, e);
            }
        }
        KafkaSource<TextLine> source = KafkaSource.<TextLine>builder()
                .setProperties(client)
                .setBootstrapServers(required(given, "kafka"))
                .setTopics(List.of(required(given, "topic").split(",", -1)))
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setDeserializer(new KafkaLines(JobSettings.formatOf(given.get("record-format", "auto"))))
                .build();
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), "lines of Kafka")
                .uid("deepsentry-read-kafka");
    }
}
