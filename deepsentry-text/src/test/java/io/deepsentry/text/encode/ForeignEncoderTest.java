package io.deepsentry.text.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders in the formats that others bring and take. */
class ForeignEncoderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void encodesTheSameInEveryFormat() {
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("block", "received"));
        Network network = Network.builder("encoder")
                .input(new InputLayer("ids", List.of(5), true))
                .add(new Embedding("embedding", vocabulary.size(), 3, true))
                .add(Gru.of("gru", 4, false))
                .add(new Dense("dense", 3, Activation.TANH, true))
                .build();
        Path h5 = folder.resolve("encoder.h5");
        Map<String, String> extras = EncoderFile.extras(vocabulary, NormalizerSettings.DEFAULTS);
        KerasFile.write(h5, Model.initialise(network, 1), extras);
        ModelConversion.run(h5, folder.resolve("encoder.keras"));
        ModelConversion.run(h5, folder.resolve("encoder"));
        try (TextEncoderHandle one = TextEncoderHandle.open(h5);
                TextEncoderHandle two = TextEncoderHandle.open(folder.resolve("encoder.keras"));
                TextEncoderHandle three = TextEncoderHandle.open(folder.resolve("encoder"))) {
            float[] vector = one.encode("received block 17");
            assertThat(two.encode("received block 17")).isEqualTo(vector);
            assertThat(three.encode("received block 17")).isEqualTo(vector);
            assertThat(three.vocabulary()).isEqualTo(vocabulary);
        }
    }
}
