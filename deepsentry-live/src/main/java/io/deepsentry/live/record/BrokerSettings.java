package io.deepsentry.live.record;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings for reading records from, and writing alerts to, a Kafka broker. Immutable.
 *
 * @param bootstrap the brokers to ask first, {@code host:port} with commas between; not blank
 * @param topics the topics whose records are judged; empty if only alerts go there
 * @param group the group whose members share the partitions, or null: this run reads all of them
 * @param properties a file of settings for Kafka's own clients, such as those of TLS and SASL, or null
 * @param format the envelope around the lines in records
 * @param alertTopic the topic that alerts are written to, or null; must not be one of the topics
 * @param member the file with the name by which the broker recognises this run after a restart, or null if it is
 *     never resumed
 */
public record BrokerSettings(
        String bootstrap,
        List<String> topics,
        @Nullable String group,
        @Nullable Path properties,
        RecordFormat format,
        @Nullable String alertTopic,
        @Nullable Path member) {
    private static final String KAFKA = "kafka";
    private static final String TOPIC = "topic";
    private static final String GROUP = "group";
    private static final String PROPERTIES = "kafka_properties";
    private static final String FORMAT = "record_format";
    private static final String ALERT_TOPIC = "alert_topic";

    public BrokerSettings {
        topics = List.copyOf(topics);
        if (bootstrap.isBlank()) {
            throw new ConfigException("kafka must name a broker, such as localhost:9092, but was blank");
        }
        if (topics.isEmpty() && alertTopic == null) {
            throw new ConfigException(
                    "kafka (" + bootstrap + ") needs topic, to read from, or alert_topic, to write to");
        }
        if (group != null && topics.isEmpty()) {
            throw new ConfigException("group (" + group + ") needs topic: its members share the topic's partitions");
        }
        if (alertTopic != null && topics.contains(alertTopic)) {
            throw new ConfigException("alert_topic and topic must differ, but both were " + alertTopic
                    + ": alerts would be judged as lines");
        }
    }

    /**
     * Adds the keys of these settings to a schema.
     *
     * @param schema the schema to extend
     * @return the extended schema
     */
    public static ConfigSchema.Builder declare(ConfigSchema.Builder schema) {
        return schema.key(KAFKA, ConfigType.STRING, null)
                .label("BOOTSTRAP")
                .doc("Kafka brokers to read from and write alerts to: host:9092, several separated by commas.")
                .key(TOPIC, ConfigType.STRING_LIST, List.of())
                .doc("The Kafka topics whose records to judge, instead of log_file.")
                .key(GROUP, ConfigType.STRING, null)
                .doc("The consumer group whose members share the partitions. None: this run reads all of them.")
                .key(PROPERTIES, ConfigType.PATH, null)
                .doc("A properties file for Kafka's clients, such as security.protocol, sasl.jaas.config, ...")
                .key(FORMAT, ConfigType.ENUM, RecordFormat.AUTO)
                .label("FORMAT")
                .doc("The envelope of lines in records: plain, filebeat, fluent_bit or otlp_json; auto: detect it for"
                        + " each record.")
                .key(ALERT_TOPIC, ConfigType.STRING, null)
                .label("TOPIC")
                .doc("The Kafka topic to write alerts to, each exactly once, as JSON.");
    }

    /**
     * Returns the settings of a configuration.
     *
     * @param config a configuration whose schema has these keys
     * @return the settings, or null if it names no broker
     * @throws ConfigException if other keys are set without a broker, or contradict each other
     */
    public static @Nullable BrokerSettings from(Config config) {
        String bootstrap = config.findString(KAFKA).orElse(null);
        if (bootstrap == null) {
            for (String key : List.of(TOPIC, GROUP, PROPERTIES, ALERT_TOPIC)) {
                if (config.isSet(key) && !config.isDefault(key)) {
                    throw config.problem(key, "needs kafka, the address of the brokers");
                }
            }
            return null;
        }
        return new BrokerSettings(
                bootstrap,
                config.getStrings(TOPIC),
                config.findString(GROUP).orElse(null),
                config.findPath(PROPERTIES).orElse(null),
                config.getEnum(FORMAT, RecordFormat.class),
                config.findString(ALERT_TOPIC).orElse(null),
                config.findPath("checkpoint_dir")
                        .map(folder -> folder.resolve("member"))
                        .orElse(null));
    }
}
