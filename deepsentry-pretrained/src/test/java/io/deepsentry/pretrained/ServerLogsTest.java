package io.deepsentry.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.encode.PretrainedEncoders;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.FrozenLayers;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import io.deepsentry.text.train.TextTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogsTest {
    private static final String NAME = "server-logs";

    @Test
    void isFoundByNameAndEncodes() {
        assertThat(PretrainedEncoders.names()).contains(NAME);
        try (TextEncoderHandle encoder = PretrainedEncoders.find(NAME).open()) {
            assertThat(encoder.dimension()).isEqualTo(128);
            assertThat(encoder.encode("connection received: host=10.0.0.1 port=5432"))
                    .hasSize(128)
                    .isNotEqualTo(encoder.encode("connection closed"));
        }
    }

    @Test
    void isWhatItsMetadataDescribesAndSmall(@TempDir Path folder) throws IOException {
        PretrainedEncoders.find(NAME).copyTo(folder);

        ModelDirectory.verify(folder.resolve("encoder.h5"));
        ModelDirectory.verify(folder.resolve("decoder.h5"));
        JsonNode metadata = ModelDirectory.read(folder);
        assertThat(metadata.path("files").has("encoder.h5")).isTrue();
        assertThat(metadata.path("files").has("decoder.h5")).isTrue();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(4L << 20);
        }
    }

    @Test
    void tellsNothingOfTheMachineItWasMadeOn(@TempDir Path folder) throws IOException {
        PretrainedEncoders.find(NAME).copyTo(folder);

        assertThat(Files.readString(folder.resolve("metadata.json"))).doesNotContain("/home", "/root", "/tmp");
        try (TextEncoderHandle encoder = PretrainedEncoders.find(NAME).open()) {
            // Paths are masked, whole or in pieces. The only word with a slash stands for "none of so many".
            assertThat(encoder.vocabulary().words())
                    .filteredOn(word -> word.contains("/"))
                    .containsExactly("0/n");
        }
    }

    @Test
    void aNameThatThereIsNotListsThoseThatThereAre() {
        assertThatThrownBy(() -> PretrainedEncoders.find("no-logs"))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no-logs")
                .hasMessageContaining("there are: " + NAME);
    }

    @Test
    void isTrainedFurtherByName(@TempDir Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            lines.add(i % 2 == 0 ? "connection received from host " + i : "zorble closed connection " + i);
        }
        Path log = Files.write(folder.resolve("a.log"), lines);
        Prepare.run(
                PrepareSettings.from(Config.defaults(
                        PrepareSettings.SCHEMA,
                        new Sources(Map.of("raw_log_file", log, "log_format", "plain"), Map.of(), folder))),
                RunContext.quiet());

        TextTrainingResult result = TextTraining.run(
                TextTrainSettings.builder()
                        .dataDir(folder)
                        .outputModelDir(folder.resolve("model"))
                        .fromModel(NAME)
                        .freeze(FrozenLayers.allBut(2))
                        .epochs(1)
                        .minStepsPerEpoch(2)
                        .build(),
                RunContext.quiet());

        TextTransfer transfer = Objects.requireNonNull(result.transfer());
        assertThat(transfer.base()).isEqualTo(NAME);
        assertThat(transfer.addedWords()).isEqualTo(1);
        try (TextEncoderHandle encoder = TextEncoderHandle.open(folder.resolve("model/encoder.h5"))) {
            assertThat(encoder.vocabulary().words()).endsWith("zorble");
        }
    }
}
