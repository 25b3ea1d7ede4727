package io.deepsentry.kafka;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.record.BrokerSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka's clients are told: what the user's file says, but for what reading and writing exactly once stands on.
 */
final class ClientSettings {
    private final BrokerSettings settings;
    private final Map<String, Object> given;

    /**
     * Reads the user's file.
     *
     * @throws MissingDataException if it is not there
     * @throws ConfigException if it cannot be read
     */
    ClientSettings(BrokerSettings settings) {
        this.settings = settings;
        this.given = read(settings.properties());
    }

    private static Map<String, Object> read(@Nullable Path file) {
        Map<String, Object> given = new HashMap<>();
        if (file == null) {
            return given;
        }
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            throw new MissingDataException("kafka_properties " + file + " does not exist", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("kafka_properties " + file + " cannot be read: " + e.getMessage(), e);
        }
        properties
                .stringPropertyNames()
                .forEach(name -> given.put(name, properties.getProperty(name).strip()));
        return given;
    }

    /** Those of what reads records: as a member of the group, or of none. */
    Map<String, Object> source(String member) {
        Map<String, Object> client = consumer();
        client.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        String group = settings.group();
        if (group == null) {
            return client;
        }
        client.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        if (settings.member() != null) {
            // A member that is killed and started again takes up its partitions at once, and a twin is shut out.
            client.putIfAbsent(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, member);
        }
        if (!"consumer".equalsIgnoreCase(String.valueOf(client.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
            client.putIfAbsent(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        }
        return client;
    }

    /** Those of what reads a topic of its own accord. */
    Map<String, Object> consumer() {
        Map<String, Object> client = new HashMap<>(given);
        client.remove(ConsumerConfig.GROUP_ID_CONFIG);
        client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        client.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        client.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        client.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        client.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "deepsentry");
        return client;
    }

    /**
     * Those of what writes alerts: in transactions under the name of this run, so that whoever takes over its place
     * shuts it out.
     */
    Map<String, Object> producer(String member) {
        Map<String, Object> client = new HashMap<>(given);
        client.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        client.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        client.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        client.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "deepsentry-" + member);
        client.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        client.put(ProducerConfig.ACKS_CONFIG, "all");
        client.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "deepsentry");
        // Judging waits for it, and holds alerts while the broker is away.
        client.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        client.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        client.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        return client;
    }

    /**
     * The name by which the broker knows this run again: kept beside the checkpoint, or a new one where there is none.
     */
    String member() {
        Path file = settings.member();
        if (file == null) {
            return UUID.randomUUID().toString();
        }
        try {
            if (Files.exists(file)) {
                return Files.readString(file).strip();
            }
            String member = UUID.randomUUID().toString();
            Files.writeString(file, member + '\n');
            return member;
        } catch (IOException e) {
            throw new DataException(file + " cannot be used: " + e.getMessage(), e);
        }
    }
}
