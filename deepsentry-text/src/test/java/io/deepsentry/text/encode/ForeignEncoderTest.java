package io.deepsentry.text.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.SlotLearner;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.Vocabulary;
import java.nio.file.Path;
import java.util.HashMap;
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
        Network network = network(vocabulary);
        Path h5 = folder.resolve("encoder.h5");
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS, learned());
        Map<String, String> extras = EncoderFile.extras(vocabulary, identity);
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
            for (TextEncoderHandle each : List.of(one, two, three)) {
                assertThat(each.identity().learned()).isEqualTo(identity.learned());
                assertThat(each.identity().masking()).isEqualTo(identity.masking());
            }
        }
    }

    private static LearnedSlots learned() {
        SlotLearner learner = SlotLearner.of(NormalizerSettings.DEFAULTS);
        MessageIdentity masking = MessageIdentity.of(NormalizerSettings.DEFAULTS);
        for (int i = 0; i < 40; i++) {
            String message = i % 2 == 0 ? "received block " + i : "sent block to 10.0.0." + i;
            learner.add(masking.open(
                    new LogEvent(null, message, "INFO", null, new Origin("log", i + 1, i), List.of(), null)));
        }
        return learner.learn();
    }

    @Test
    void oneOfAnEarlierIdentityIsRefusedWithTheRemedy() {
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("block"));
        Map<String, String> extras =
                new HashMap<>(EncoderFile.extras(vocabulary, MessageIdentity.of(NormalizerSettings.DEFAULTS)));
        Path earlier = folder.resolve("earlier.h5");
        extras.remove("identity");
        extras.remove("learned");
        KerasFile.write(earlier, Model.initialise(network(vocabulary), 1), extras);
        assertThatThrownBy(() -> TextEncoderHandle.open(earlier))
                .isInstanceOf(ModelException.class)
                .hasMessage(earlier + ": was trained with an earlier identity of messages (1; this version's is 2); run"
                        + " prepare and train-text again");

        extras.clear();
        extras.putAll(EncoderFile.extras(vocabulary, MessageIdentity.of(NormalizerSettings.DEFAULTS)));
        extras.put("identity", "1.5");
        KerasFile.write(earlier, Model.initialise(network(vocabulary), 1), extras);
        assertThatThrownBy(() -> TextEncoderHandle.open(earlier)).hasMessageContaining("(1.5; this version's is 2)");
    }

    private static Network network(Vocabulary vocabulary) {
        return Network.builder("encoder")
                .input(new InputLayer("ids", List.of(5), true))
                .add(new Embedding("embedding", vocabulary.size(), 3, true))
                .add(Gru.of("gru", 4, false))
                .add(new Dense("dense", 3, Activation.TANH, true))
                .build();
    }
}
