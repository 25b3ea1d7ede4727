package io.deepsentry.flink.job;

import io.deepsentry.core.DataException;
import io.deepsentry.flink.ModelRelease;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.util.ParameterTool;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Releases models to running jobs, through a topic:
 *
 * <pre>{@code
 * --kafka broker-1:9092 --release-topic releases --models /shared/models-7 --from 2026-11-30T00:00:00Z
 * }</pre>
 *
 * <p>Sessions that begin at that time or later, by the times of their lines, are judged by the models of that folder.
 * Release them before the lines of that time come: a job that has judged some of these does not judge them again.
 */
public final class ReleaseModels {
    private ReleaseModels() {}

    /** Writes one record and prints it. */
    public static void main(String[] args) throws InterruptedException {
        ParameterTool given = ParameterTool.fromArgs(args);
        ModelRelease release = ModelRelease.of(
                Path.of(given.getRequired("models")),
                Instant.parse(given.getRequired("from")).toEpochMilli());
        Properties client = new Properties();
        client.setProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, given.getRequired("kafka"));
        byte[] value = KafkaReleases.bytes(release);
        String topic = given.getRequired("release-topic");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            Object unused = producer.send(new ProducerRecord<>(topic, value)).get();
        } catch (ExecutionException e) {
            throw new DataException("the release could not be written to the topic " + topic, e);
        }
        System.out.println(new String(value, StandardCharsets.UTF_8));
    }
}
