package io.deepsentry.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
    private static void write(Path folder, String content) {
        Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
        files.put("encoder.h5", path -> Files.writeString(path, content));
        files.put("decoder.h5", path -> Files.writeString(path, "decoder"));
        ModelDirectory.write(folder, files, Map.of("epochs", 3, "parameters", Map.of("seed", 1L)));
    }

    @Test
    void writesFilesWithTheirDigestsAndWhereTheyCameFrom(@TempDir Path folder) {
        write(folder, "model");
        JsonNode metadata = ModelDirectory.read(folder);
        // printf model | sha256sum
        assertThat(metadata.path("files").path("encoder.h5").asText())
                .isEqualTo("9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4");
        assertThat(metadata.path("epochs").asInt()).isEqualTo(3);
        assertThat(metadata.path("parameters").path("seed").asInt()).isEqualTo(1);
        assertThat(metadata.path("platform").path("java").asText()).isEqualTo(System.getProperty("java.version"));
        assertThat(metadata.path("libraries")
                        .path("org.tensorflow:tensorflow-core-api")
                        .asText())
                .isNotEmpty();
        assertThatCode(() -> ModelDirectory.verify(folder.resolve("encoder.h5")))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAFileThatChangedAndNamesBothDigests(@TempDir Path folder) throws IOException {
        write(folder, "model");
        Path model = folder.resolve("encoder.h5");
        Files.writeString(model, "Model");
        assertThatThrownBy(() -> ModelDirectory.verify(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.toString())
                .hasMessageContaining("9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4")
                .hasMessageContaining(ModelDirectory.digestOf(model));
        assertThatCode(() -> ModelDirectory.verify(folder.resolve("decoder.h5")))
                .doesNotThrowAnyException();
    }

    @Test
    void letsForeignFilesPass(@TempDir Path folder) throws IOException {
        Path model = Files.writeString(folder.resolve("foreign.h5"), "x");
        assertThatCode(() -> ModelDirectory.verify(model)).doesNotThrowAnyException();
        write(folder, "model");
        assertThatCode(() -> ModelDirectory.verify(model)).doesNotThrowAnyException();
        Files.writeString(folder.resolve("metadata.json"), "{\"epochs\": 3}");
        assertThatCode(() -> ModelDirectory.verify(folder.resolve("encoder.h5")))
                .doesNotThrowAnyException();
    }

    @Test
    void leavesTheFolderAsItWasWhenAFileCannotBeWritten(@TempDir Path folder) throws IOException {
        write(folder, "model");
        Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
        files.put("encoder.h5", path -> Files.writeString(path, "newer"));
        files.put("decoder.h5", path -> {
            throw new IOException("No space left on device");
        });
        assertThatThrownBy(() -> ModelDirectory.write(folder, files, Map.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("decoder.h5")
                .hasMessageContaining("the disk is full");
        assertThat(folder.resolve("encoder.h5")).hasContent("model");
        assertThatCode(() -> ModelDirectory.verify(folder.resolve("encoder.h5")))
                .doesNotThrowAnyException();
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "3",
                "{\"files\": []}",
                "{\"files\": {}} x",
                "\u0000",
                "{\"files\": {\"encoder.h5\": \"00\"}}"
            })
    void refusesMetadataThatDescribesNoModel(String text, @TempDir Path folder) throws IOException {
        write(folder, "model");
        Files.writeString(folder.resolve("metadata.json"), text);
        assertThatThrownBy(() -> ModelDirectory.verify(folder.resolve("encoder.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("metadata.json");
    }

    @Test
    void tellsAMissingModelFromACorruptOne(@TempDir Path folder) {
        assertThatThrownBy(() -> ModelDirectory.verify(folder.resolve("encoder.h5")))
                .isInstanceOf(MissingDataException.class);
        assertThatThrownBy(() -> ModelDirectory.read(folder)).isInstanceOf(MissingDataException.class);
    }
}
