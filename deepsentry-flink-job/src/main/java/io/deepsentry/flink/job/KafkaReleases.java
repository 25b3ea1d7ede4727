package io.deepsentry.flink.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.flink.ModelRelease;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record is a release of models, as {@link ReleaseModels} writes it. What is none is passed over with a warning. */
final class KafkaReleases implements KafkaRecordDeserializationSchema<ModelRelease> {
    private static final long serialVersionUID = 1;
    private static final System.Logger LOG = System.getLogger(KafkaReleases.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> read, Collector<ModelRelease> out) {
        Optional<ModelRelease> release = release(read.value() == null ? new byte[0] : read.value());
        release.ifPresentOrElse(
                out::collect,
                () -> LOG.log(
                        System.Logger.Level.WARNING,
                        "the record {0} of the topic {1} is not a model release",
                        read.offset(),
                        read.topic()));
    }

    static Optional<ModelRelease> release(byte[] value) {
        try {
            JsonNode json = JSON.readTree(new String(value, StandardCharsets.UTF_8));
            String folder = json.path("folder").asText();
            String digest = json.path("digest").asText();
            Instant from = Instant.parse(json.path("from").asText());
            return folder.isEmpty() || digest.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ModelRelease(folder, digest, from.toEpochMilli()));
        } catch (JsonProcessingException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    static byte[] bytes(ModelRelease release) {
        return JSON.createObjectNode()
                .put("folder", release.folder())
                .put("digest", release.digest())
                .put("from", Instant.ofEpochMilli(release.from()).toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public TypeInformation<ModelRelease> getProducedType() {
        return TypeInformation.of(ModelRelease.class);
    }
}
