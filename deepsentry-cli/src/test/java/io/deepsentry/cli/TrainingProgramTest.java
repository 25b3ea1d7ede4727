package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the learning commands: to their end, into damaged models, and into a signal in the middle. */
class TrainingProgramTest {
    private static Path trained = Path.of("");

    private Path folder = Path.of("");

    @BeforeAll
    static void prepareAndTrain(@TempDir Path temporary) throws IOException {
        trained = temporary;
        SyntheticLog.write(trained, 60);
        assertSucceeds(ProgramRun.in(
                trained,
                "prepare",
                "--input",
                "app.log",
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY));
        assertSucceeds(ProgramRun.in(trained, "train-text", "--epochs", "1"));
    }

    private static void assertSucceeds(ProgramRun run) {
        assertThat(run.code()).as(run.err()).isZero();
    }

    @BeforeEach
    void copyWhatWasTrained(@TempDir Path temporary) throws IOException {
        folder = temporary;
        try (Stream<Path> files = Files.walk(trained)) {
            for (Path file : files.filter(each -> !each.equals(trained)).toList()) {
                Files.copy(
                        file, folder.resolve(trained.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void what_was_learned_encodes_the_prepared_messages() {
        ProgramRun run = ProgramRun.in(folder, "encode");

        assertSucceeds(run);
        assertThat(run.out()).contains("vectors of 128");
        assertThat(folder.resolve("deepsentry-data/encoded_dataset/test_encoded.pkl"))
                .isNotEmptyFile();
    }

    @Test
    void a_truncated_model_is_refused() throws IOException {
        Path model = folder.resolve("deepsentry-data/text_autoencoder_model/encoder.h5");
        byte[] whole = Files.readAllBytes(model);
        Files.write(model, Arrays.copyOf(whole, whole.length / 2));

        ProgramRun run = ProgramRun.in(folder, "encode");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("encoder.h5").doesNotContain("\tat ").doesNotContain("internal error");
        assertThat(folder.resolve("deepsentry-data/encoded_dataset")).doesNotExist();
    }

    @Test
    void a_file_that_is_no_model_is_refused() throws IOException {
        Path models = folder.resolve("deepsentry-data/text_autoencoder_model");
        Files.delete(models.resolve("metadata.json"));
        Files.writeString(models.resolve("encoder.h5"), "this is no model");

        ProgramRun run = ProgramRun.in(folder, "encode");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("encoder.h5").doesNotContain("\tat ").doesNotContain("internal error");
    }

    @Test
    void the_decoder_in_the_place_of_the_encoder_is_refused() throws IOException {
        Path models = folder.resolve("deepsentry-data/text_autoencoder_model");
        Files.delete(models.resolve("metadata.json"));
        Files.copy(models.resolve("decoder.h5"), models.resolve("encoder.h5"), StandardCopyOption.REPLACE_EXISTING);

        ProgramRun run = ProgramRun.in(folder, "encode");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("encoder.h5").doesNotContain("\tat ").doesNotContain("internal error");
    }

    @Test
    void a_model_that_is_not_there_is_missing_data() throws IOException {
        Files.delete(folder.resolve("deepsentry-data/text_autoencoder_model/encoder.h5"));

        ProgramRun run = ProgramRun.in(folder, "encode");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("encoder.h5");
    }

    @Test
    void a_value_out_of_range_is_wrong_use_wherever_it_comes_from() throws IOException {
        Files.writeString(folder.resolve("train.yml"), "parameters:\n  dropout: 1.5\n  batch_size: many\n");

        ProgramRun option = ProgramRun.in(folder, "train-text", "--epochs", "0");
        ProgramRun variable = ProgramRun.in(folder, Map.of("DEEPSENTRY_BATCH_SIZE", "-1"), "train-text");
        ProgramRun file = ProgramRun.in(folder, "train-text", "--config", "train.yml");

        assertThat(option.code()).isEqualTo(2);
        assertThat(option.err()).contains("epochs").contains("--epochs");
        assertThat(variable.code()).isEqualTo(2);
        assertThat(variable.err()).contains("DEEPSENTRY_BATCH_SIZE");
        assertThat(file.code()).isEqualTo(2);
        assertThat(file.err()).contains("train.yml:2").contains("train.yml:3");
    }

    @Test
    void insisting_on_a_gpu_where_there_is_none_fails() {
        assumeTrue(Files.notExists(Path.of("/dev/nvidia0")), "needs a machine without a GPU");

        ProgramRun run = ProgramRun.in(folder, "train-text", "--gpu");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).containsIgnoringCase("gpu");
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @EnabledOnOs(OS.LINUX)
    void a_signal_in_the_middle_of_training_ends_it_cleanly(String signal, int code) throws IOException {
        List<String> before = filesAndTimes();
        // A shell that starts this build in the background may have it ignore SIGINT, and children inherit that.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(ProgramRun.java());
        command.addAll(List.of("train-text", "--epochs", "100000", "--verbose"));

        ProgramRun.Running running = ProgramRun.startCommand(folder, Map.of(), command);
        running.awaitErr("epoch 2/");
        running.signal(signal);
        ProgramRun run = running.await();

        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
        assertThat(filesAndTimes()).isEqualTo(before);
    }

    private List<String> filesAndTimes() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> seen = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                seen.add(file + " " + Files.getLastModifiedTime(file));
            }
            return seen;
        }
    }
}
