package io.deepsentry.kafka;

import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.AlertTopic;
import io.deepsentry.live.record.BrokerSettings;

/**
 * Writes alerts to a topic of Kafka. It is found by {@link AlertTopic#installed()}.
 *
 * <p>Safe for use by many threads.
 */
public final class KafkaAlertTopic implements AlertTopic {
    /** Called by the service loader. */
    public KafkaAlertTopic() {}

    @Override
    public AlertSink open(BrokerSettings settings) {
        return new KafkaAlertSink(settings);
    }
}
