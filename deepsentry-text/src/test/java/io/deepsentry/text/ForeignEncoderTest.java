package io.deepsentry.text;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders in the formats that others bring and take. */
class ForeignEncoderTest {
    private static final Path FIXTURES = Path.of("../deepsentry-core/src/test/resources/io/deepsentry/core/nn");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path vocabulary(int words) {
        Path file = folder.resolve(words + ".pkl");
        Vocabulary.ofWords(IntStream.range(0, words)
                        .mapToObj(i -> "word" + (char) ('a' + i))
                        .toList())
                .save(file);
        return file;
    }

    private Path unpacked(String name) throws IOException {
        Path target = folder.resolve(name);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(FIXTURES.resolve(name + ".zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = target.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.copy(zip, file);
                }
            }
        }
        return target;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras2_savedmodel_encoder", "keras3_savedmodel_encoder"})
    void opensASavedModelOfKeras(String name) throws IOException {
        Path model = unpacked(name);
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model, vocabulary(5))) {
            assertThat(encoder.dimension()).isEqualTo(4);
            assertThat(encoder.messageTokens()).isEqualTo(6);
            assertThat(encoder.encodeToFloats("wordb wordc"))
                    .hasSize(4)
                    .isEqualTo(encoder.encodeBatchToMatrix(List.of("wordd", "wordb wordc"))
                            .row(1))
                    .isNotEqualTo(encoder.encodeToFloats("wordb"));
        }
        assertThatThrownBy(() -> TextEncoderHandle.open(model, vocabulary(20)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must know every word of its vocabulary, but fails on the last of");
        assertThatThrownBy(() -> TextEncoderHandle.open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must carry its vocabulary, but has none");
    }

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
            float[] vector = one.encodeToFloats("received block 17");
            assertThat(two.encodeToFloats("received block 17")).isEqualTo(vector);
            assertThat(three.encodeToFloats("received block 17")).isEqualTo(vector);
            assertThat(three.vocabulary()).isEqualTo(vocabulary);
        }
    }
}
