package io.deepsentry.kafka;

import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.record.RecordBroker;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.tail.TailMode;

/**
 * Reads topics of Kafka. {@link RecordBroker#installed()} finds it on the class path, so you only name a broker and a
 * topic.
 *
 * <pre>{@code
 * LiveSettings settings = LiveSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .kafka("localhost:9092")
 *         .topics("logs")
 *         .alertTopic("alerts")
 *         .checkpointDir(Path.of("orders/checkpoint"))
 *         .build();
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class KafkaBroker implements RecordBroker {
    /** Called by the service loader. */
    public KafkaBroker() {}

    @Override
    public RecordSource open(BrokerSettings settings, TailMode mode, int maxLineLength) {
        return new KafkaRecordSource(settings, mode, maxLineLength);
    }
}
