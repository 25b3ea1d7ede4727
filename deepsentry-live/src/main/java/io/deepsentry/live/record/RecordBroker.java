package io.deepsentry.live.record;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.tail.TailMode;
import java.util.ServiceLoader;

/**
 * Opens sources of one kind of broker. Implementations are found on the class path, so a program that reads only
 * files needs no broker's client.
 */
public interface RecordBroker {
    /**
     * Opens the topics that the settings name.
     *
     * @param settings the broker and its topics
     * @param mode where reading begins in a partition that no earlier run has read, and whether it ends
     * @param maxLineLength the length in chars beyond which the rest of a line is left out, at least 1
     * @return the source; close it
     */
    RecordSource open(BrokerSettings settings, TailMode mode, int maxLineLength);

    /**
     * Returns the implementation on the class path.
     *
     * @return the first one found
     * @throws ConfigException if there is none
     */
    static RecordBroker installed() {
        return ServiceLoader.load(RecordBroker.class)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "kafka needs the module deepsentry-kafka: add the dependency io.deepsentry:deepsentry-kafka"));
    }
}
