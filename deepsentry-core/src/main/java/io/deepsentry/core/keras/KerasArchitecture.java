package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.keras.KerasConfigWriter.Readers;
import io.deepsentry.core.nn.Network;
import java.nio.file.Path;

/**
 * An architecture as a text by itself: Keras' configuration as JSON, and the version of Keras that it is to be
 * understood as.
 */
public final class KerasArchitecture {
    private static final String VERSION = "keras_version";

    private KerasArchitecture() {}

    /**
     * {@return the text of a network}
     *
     * @param network the network
     */
    public static String text(Network network) {
        try {
            return text(network, Readers.KERAS_3);
        } catch (ModelException e) {
            return text(network, Readers.KERAS_2);
        }
    }

    private static String text(Network network, Readers readers) {
        ObjectNode config = new KerasConfigWriter(network, readers).config();
        config.put(VERSION, readers == Readers.KERAS_3 ? "3" : "2");
        return config.toString();
    }

    /**
     * {@return the network of a text}
     *
     * @param text the architecture as JSON
     * @param where the file that the text is of, for messages
     * @throws ModelException if it is none, or has layers or options that are not supported
     */
    public static Network of(String text, Path where) {
        JsonNode json = new KerasConfigReader(where, 3).json("architecture", text);
        int version = KerasConfigReader.majorVersion(json.path(VERSION).asText());
        return new KerasConfigReader(where, version).network(json);
    }
}
