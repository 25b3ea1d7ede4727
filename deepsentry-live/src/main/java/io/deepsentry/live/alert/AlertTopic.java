package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.record.BrokerSettings;
import java.util.ServiceLoader;

/**
 * Opens sinks that write to a topic of a broker. Implementations are found on the class path, as
 * {@link io.deepsentry.live.record.RecordBroker} is.
 */
public interface AlertTopic {
    /**
     * Opens the alert topic of some settings. The broker need not be reachable yet.
     *
     * @param settings the broker and its alert topic
     * @return the open sink; close it
     */
    AlertSink open(BrokerSettings settings);

    /**
     * Returns the implementation on the class path.
     *
     * @return the first one found
     * @throws ConfigException if there is none
     */
    static AlertTopic installed() {
        return ServiceLoader.load(AlertTopic.class)
                .findFirst()
                .orElseThrow(
                        () -> new ConfigException(
                                "alert_topic needs the module deepsentry-kafka: add the dependency io.deepsentry:deepsentry-kafka"));
    }
}
