package io.deepsentry.text.train;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import java.util.List;

/**
 * The networks of the text autoencoder: ids {@code [time]} to a vector {@code [size]}, and the vector to the
 * probabilities of words {@code [time, words]}. The autoencoder is one on top of the other, with the same layer names.
 *
 * @param words the size of the vocabulary
 * @param time tokens of a message
 * @param dropout the share of an embedding's numbers that is left out in training
 */
record TextNetworks(int words, int time, TextSizes sizes, double dropout) {
    static final String EMBEDDING = "embedding";
    static final String ENCODER_LSTM = "encoder_lstm";
    static final String ENCODING = "encoding";
    static final String DECODER_LSTM = "decoder_lstm";
    static final String WORDS = "words";

    /** The layers of the encoder that have weights. */
    static final List<String> ENCODER_LAYERS = List.of(EMBEDDING, ENCODER_LSTM, ENCODING);

    Network encoder() {
        Network.Builder network = Network.builder("encoder");
        addEncoder(network);
        return network.build();
    }

    Network decoder() {
        Network.Builder network = Network.builder("decoder");
        network.input(new InputLayer("vector", List.of(sizes.output()), false));
        addDecoder(network);
        return network.build();
    }

    Network autoencoder() {
        Network.Builder network = Network.builder("autoencoder");
        addEncoder(network);
        addDecoder(network);
        return network.build();
    }

    private void addEncoder(Network.Builder network) {
        int hidden = sizes.hidden();
        network.input(new InputLayer("tokens", List.of(time), true));
        network.add(new Embedding(EMBEDDING, words, sizes.embedding(), true));
        if (dropout > 0) {
            network.add(new Dropout("embedding_dropout", dropout));
        }
        if (sizes.bidirectional()) {
            network.add(new Bidirectional(
                    ENCODER_LSTM,
                    Lstm.of("forward_" + ENCODER_LSTM, hidden, false),
                    backward("backward_" + ENCODER_LSTM, hidden),
                    MergeMode.CONCAT));
        } else {
            network.add(Lstm.of(ENCODER_LSTM, hidden, false));
        }
        network.add(new Dense(ENCODING, sizes.output(), Activation.TANH, true));
    }

    private static Lstm backward(String name, int units) {
        return new Lstm(name, units, false, true, Activation.TANH, Activation.SIGMOID, true);
    }

    private void addDecoder(Network.Builder network) {
        network.add(new RepeatVector("repeat", time));
        network.add(Lstm.of(DECODER_LSTM, sizes.hidden(), true));
        network.add(new TimeDistributed(WORDS, new Dense("word", words, Activation.SOFTMAX, true)));
    }
}
