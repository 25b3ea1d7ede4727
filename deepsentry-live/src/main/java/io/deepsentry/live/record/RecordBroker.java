package io.deepsentry.live.record;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.tail.TailMode;
import java.util.ServiceLoader;

/** Opens sources of a kind of broker: found on the class path, so that who reads files only carries no client of it. */
public interface RecordBroker {
    /**
     * Opens the topics of some settings.
     *
     * @param mode where reading begins in a partition that no earlier run has read, and whether it ends
     * @param maxLineLength the length in chars beyond which the rest of a line is left out
     */
    RecordSource open(BrokerSettings settings, TailMode mode, int maxLineLength);

    /**
     * Returns the one on the class path.
     *
     * @throws ConfigException if there is none
     */
    static RecordBroker installed() {
        return ServiceLoader.load(RecordBroker.class)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "kafka needs the module deepsentry-kafka: add the dependency io.deepsentry:deepsentry-kafka"));
    }
}
