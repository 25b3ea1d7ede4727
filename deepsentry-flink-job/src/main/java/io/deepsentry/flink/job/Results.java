package io.deepsentry.flink.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Where rows of one kind go, exactly once: files and topics that show them with the checkpoint. */
final class Results {
    /**
     * As long as brokers let transactions be open by default; a job that is away for longer loses what it had written.
     */
    private static final String TRANSACTION_MILLIS = "900000";

    private final JobSettings settings;

    Results(JobSettings settings) {
        this.settings = settings;
    }

    /** Says what a record is known by. */
    interface Name<T> extends Serializable {
        String of(T row);
    }

    /**
     * Writes the rows to the file and the topic of a name, where the settings have one.
     *
     * @param key what a row is of: those of one key are in one partition, in order
     * @param id the header that tells a row from others
     */
    <T> void write(DataStream<T> rows, String name, Name<T> key, Name<T> id) {
        Path output = settings.output();
        if (output != null) {
            rows.sinkTo(FileSink.<T>forRowFormat(
                                    new org.apache.flink.core.fs.Path(
                                            output.resolve(name).toUri()),
                                    new JsonLines<>())
                            .withRollingPolicy(OnCheckpointRollingPolicy.build())
                            .build())
                    .name(name + " to files")
                    .uid("deepsentry-write-" + name);
        }
        String topic = settings.resultTopics().get(name);
        if (topic != null) {
            rows.sinkTo(topic(topic, key, id)).name(name + " to Kafka").uid("deepsentry-send-" + name);
        }
    }

    private <T> KafkaSink<T> topic(String topic, Name<T> key, Name<T> id) {
        Properties client = new Properties();
        client.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        client.putAll(settings.kafka());
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(client)
                .setBootstrapServers(String.valueOf(settings.bootstrap()))
                .setRecordSerializer(new Records<>(topic, key, id))
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                // A few ids that are used again, not one a checkpoint, which brokers would remember for days.
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setTransactionalIdPrefix(settings.transactionPrefix() + "-" + topic)
                .build();
    }

    private static byte[] json(Object row) {
        try {
            return JsonLines.JSON.writeValueAsString(row).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Records<T> implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
        private static final long serialVersionUID = 1;

        private final String topic;
        private final Name<T> key;
        private final Name<T> id;

        Records(String topic, Name<T> key, Name<T> id) {
            this.topic = topic;
            this.key = key;
            this.id = id;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(T row, KafkaSinkContext context, @Nullable Long time) {
            ProducerRecord<byte[], byte[]> made =
                    new ProducerRecord<>(topic, key.of(row).getBytes(StandardCharsets.UTF_8), json(row));
            made.headers().add("id", id.of(row).getBytes(StandardCharsets.UTF_8));
            return made;
        }

        /** By the topic, the sink finds transactions that it left open. */
        @Override
        public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
            return Optional.of(new DefaultKafkaDatasetFacet(
                    DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic)), new Properties()));
        }
    }

    private static final class JsonLines<T> implements Encoder<T> {
        private static final long serialVersionUID = 1;
        private static final JsonMapper JSON = JsonMapper.builder()
                .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance))
                .build();

        @Override
        public void encode(T row, OutputStream out) throws IOException {
            out.write(json(row));
            out.write('\n');
        }
    }
}
