package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npz;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trains once, and looks at, makes smaller and mixes up what that left. */
@Tag("long")
class ModelFilesProgramTest {
    private static final Pattern ALERTED = Pattern.compile(" SESSION=(\\S+) ");
    private static final Pattern ALERT_ID = Pattern.compile(" ID=(\\S+)");

    private static Path folder = Path.of("");
    private static Path data = Path.of("");

    @BeforeAll
    static void train(@TempDir Path temporary) throws IOException {
        folder = temporary;
        data = folder.resolve("deepsentry-data");
        SyntheticLog.write(folder, 60);
        assertSucceeds(ProgramRun.in(
                folder,
                "run",
                "--input",
                "app.log",
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--labels",
                "labels.txt",
                "--epochs",
                "1"));
        assertSucceeds(ProgramRun.in(folder, "quantize", "--model", "deepsentry-data", "--output", "edge"));
    }

    private static void assertSucceeds(ProgramRun run) {
        assertThat(run.code()).as(run.err()).isZero();
    }

    private static void assertRefuses(ProgramRun run, String... parts) {
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.err()).contains(parts).doesNotContain("\tat ");
    }

    private static String inspected(Path file) {
        ProgramRun run = ProgramRun.in(folder, "inspect", file.toString());
        assertSucceeds(run);
        return run.out();
    }

    @Test
    void a_quantized_folder_is_encoded_evaluated_watched_and_corrected() throws IOException {
        Path edge = folder.resolve("edge");
        String config = edge.resolve("deepsentry.yml").toString();
        assertSucceeds(ProgramRun.in(folder, "encode", "--config", config));
        ProgramRun analyzed = ProgramRun.in(folder, "analyze", "--config", config);
        assertSucceeds(analyzed);
        assertThat(verdicts(edge)).isEqualTo(verdicts(data));

        ProgramRun live = live(config);
        Map<String, String> verdicts = verdicts(edge);
        assertThat(alerted(live))
                .filteredOn(verdicts::containsKey)
                .containsExactlyInAnyOrderElementsOf(verdicts.keySet().stream()
                        .filter(session -> "anomalous".equals(verdicts.get(session)))
                        .toList());

        String id =
                ALERT_ID.matcher(live.out()).results().findFirst().orElseThrow().group(1);
        assertSucceeds(ProgramRun.in(folder, "feedback", "--config", config, "--normal", id));
        assertThat(edge.resolve("feedback.jsonl")).isNotEmptyFile();
        assertThat(alerted(live(config))).hasSizeLessThan(alerted(live).size());

        ProgramRun real = ProgramRun.in(folder, "feedback", "--config", config, "--this-was-real", id);
        assertSucceeds(real);
        assertThat(real.out()).startsWith("a real fault, as 2, which overrides 1: ");
        ProgramRun normal = ProgramRun.in(folder, "feedback", "--config", config, "--normal", id);
        assertThat(normal.code()).as(normal.err()).isEqualTo(ExitCode.FAILED);
        assertThat(normal.err()).contains("deepsentry feedback --revoke 2");

        assertThat(DocsFactsTest.unlisted(data))
                .as("files that docs/files.md lacks")
                .isEmpty();
        assertThat(DocsFactsTest.unlisted(edge))
                .as("files that docs/files.md lacks")
                .isEmpty();
    }

    private static ProgramRun live(String config) {
        ProgramRun live = ProgramRun.in(
                folder, "live", "--config", config, "--log-file", "app.log", "--from-start", "--until-end");
        assertSucceeds(live);
        return live;
    }

    private static List<String> alerted(ProgramRun live) {
        return ALERTED.matcher(live.out())
                .results()
                .map(result -> result.group(1).replace("\"", ""))
                .toList();
    }

    /** By session. */
    private static Map<String, String> verdicts(Path root) throws IOException {
        return Files.readAllLines(root.resolve("eval_results/anomaly_scores.csv")).stream()
                .skip(1)
                .map(row -> row.split(",", -1))
                .collect(Collectors.toMap(row -> row[0], row -> row[3]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deepsentry-data/text_autoencoder_model/encoder.h5",
                "deepsentry-data/anomaly_trained_model/detector.h5"
            })
    void a_keras_model_is_shown_with_layers_data_and_digest(String file) {
        assertThat(inspected(folder.resolve(file)))
                .contains("Keras model")
                .containsPattern("layer 2 .*parameters")
                .containsPattern("weights +[0-9]+")
                .containsPattern("sha-256 +[0-9a-f]{64}")
                .contains("as metadata.json says", "fingerprint", "libraries", "platform", "parameters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "edge/text_autoencoder_model/encoder_quantized.onnx",
                "edge/anomaly_trained_model/detector_quantized.onnx"
            })
    void an_onnx_model_is_shown_with_operators_origin_and_digest(String file) {
        assertThat(inspected(folder.resolve(file)))
                .contains("ONNX model", "DynamicQuantizeLSTM", "int8")
                .containsPattern("stated producer +DeepSentry")
                .containsPattern("input +(ids|values) \\[")
                .containsPattern("sha-256 +[0-9a-f]{64}")
                .contains("as metadata.json says", "quantized_from", "fingerprint");
    }

    @Test
    void data_files_are_shown_with_shapes_and_digests() {
        Npz.write(folder.resolve("two.npz"), Map.of("a", FloatArray.of(new int[] {2, 3}, new float[6])));
        for (String file : List.of(
                "two.npz",
                "deepsentry-data/prepared_data/vocab.pkl",
                "deepsentry-data/encoded_dataset/test_encoded.pkl",
                "deepsentry-data/anomaly_trained_model/known_vectors.npy",
                "deepsentry-data/eval_results/anomaly_scores.pkl")) {
            assertThat(inspected(folder.resolve(file))).as(file).containsPattern("sha-256 +[0-9a-f]{64}");
        }
        assertThat(inspected(folder.resolve("two.npz"))).contains("[2, 3]");
        assertThat(inspected(data.resolve("prepared_data/vocab.pkl"))).contains("pickled vocabulary", "<pad>=0");
        assertThat(inspected(data.resolve("encoded_dataset/test_encoded.pkl"))).containsPattern("columns +128");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text_autoencoder_model", "text_autoencoder_model/metadata.json", "anomaly_trained_model"})
    void a_models_folder_says_what_was_trained_on_what_and_whether_it_is_whole(String name) {
        assertThat(inspected(data.resolve(name)))
                .contains("trained model", "fingerprint", "libraries", "seconds")
                .containsPattern("(en|de)[a-z]+\\.h5 +as metadata.json says");
    }

    @Test
    void a_file_that_is_not_what_the_metadata_describes_is_shown(@TempDir Path other) throws IOException {
        copy(data.resolve("anomaly_trained_model"), other);
        Files.writeString(other.resolve("known_messages.txt"), "another\n");
        assertThat(inspected(other)).containsPattern("known_messages.txt +.*SHA-256");
    }

    @Test
    void vectors_of_another_encoder_are_refused_with_both_digests() throws IOException {
        // The quantized encoder is another one; the detector was trained with the original.
        Path encoder = folder.resolve("edge/text_autoencoder_model/encoder_quantized.onnx");
        String expected = digest(data.resolve("text_autoencoder_model/encoder.h5"));
        String found = digest(encoder);
        Files.writeString(folder.resolve("mixed.yml"), "text_encoder_model: '" + encoder + "'\n");

        for (String command : List.of("eval", "analyze")) {
            assertRefuses(
                    ProgramRun.in(folder, command, "--config", "mixed.yml", "--output-dir", "mixed"), expected, found);
        }
        assertRefuses(ProgramRun.in(folder, "live", "--config", "mixed.yml", "--log-file", "app.log"), expected, found);
        assertRefuses(ProgramRun.in(folder, "train-detector", "--config", "mixed.yml"), expected, found);
        assertThat(folder.resolve("mixed")).doesNotExist();
    }

    @Test
    void vectors_of_another_dimension_are_refused_with_both() throws IOException {
        Path other = folder.resolve("narrow");
        copy(data, other);
        for (String split : List.of("train", "val", "test")) {
            Path file = other.resolve("encoded_dataset/" + split + "_encoded.pkl");
            FloatArray wide = Pickle.readFloats(file);
            int rows = wide.length(0);
            float[] values = new float[rows * 64];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(wide.toArray(), row * 128, values, row * 64, 64);
            }
            Pickle.writeFloats(file, FloatArray.of(new int[] {rows, 64}, values));
        }
        Files.delete(other.resolve("encoded_dataset/metadata.json"));
        for (String command : List.of("eval", "analyze")) {
            assertRefuses(ProgramRun.in(folder, command, "--data-dir", other.toString()), "64", "128");
        }
    }

    @Test
    void another_sequence_length_is_refused_with_both() throws IOException {
        Files.writeString(folder.resolve("length.yml"), "sequence_length: 7\n");
        for (String command : List.of("eval", "analyze")) {
            assertRefuses(
                    ProgramRun.in(folder, command, "--config", "length.yml", "--output-dir", "mixed"),
                    "sequence_length",
                    "10",
                    "7");
        }
        assertRefuses(
                ProgramRun.in(
                        folder,
                        "live",
                        "--config",
                        "length.yml",
                        "--log-file",
                        "app.log",
                        "--from-start",
                        "--until-end"),
                "sequence_length",
                "10",
                "7");
    }

    @Test
    void where_onnx_runtime_does_not_load_tensorflow_scores(@TempDir Path other) throws IOException {
        copy(data, other);
        Map<String, String> broken = Map.of("JDK_JAVA_OPTIONS", "-Donnxruntime.native.path=/nowhere");
        for (String command : List.of("encode", "analyze")) {
            ProgramRun run = ProgramRun.in(folder, broken, command, "--data-dir", other.toString(), "--verbose");
            assertSucceeds(run);
            assertThat(run.err()).contains("ONNX Runtime is on the class path, but does not load", "/nowhere");
        }
        assertThat(verdicts(other)).isEqualTo(verdicts(data));

        Files.writeString(folder.resolve("onnx.yml"), "runtime: onnxruntime\n");
        assertRefuses(
                ProgramRun.in(folder, broken, "encode", "--config", "onnx.yml", "--data-dir", other.toString()),
                "cannot be loaded",
                "/nowhere",
                "set runtime to tensorflow");
    }

    @Test
    void one_model_is_made_smaller_and_measured() {
        ProgramRun run = ProgramRun.in(
                folder,
                "quantize",
                "--model",
                data.resolve("text_autoencoder_model/encoder.h5").toString(),
                "--output",
                "encoder.onnx",
                "--measure");

        assertSucceeds(run);
        assertThat(run.out())
                .contains("times smaller", "tensorflow", "onnxruntime")
                .containsPattern(
                        "faster here: one by one encoder\\.(h5|onnx) \\(\\d+\\.\\d\\d times\\), by 256 encoder\\.(h5|onnx) \\(");
        assertThat(folder.resolve("encoder.onnx")).isNotEmptyFile();
    }

    @Test
    void quantizing_tells_what_is_wrong() {
        assertThat(ProgramRun.in(folder, "quantize", "--model", "nowhere", "--output", "x")
                        .code())
                .isNotZero();
        ProgramRun precision =
                ProgramRun.in(folder, "quantize", "--model", "deepsentry-data", "--output", "x", "--precision", "int4");
        assertThat(precision.code()).isEqualTo(2);
        assertThat(precision.err()).contains("int4", "int8", "float32");
        ProgramRun same =
                ProgramRun.in(folder, "quantize", "--model", "deepsentry-data", "--output", "deepsentry-data");
        assertThat(same.code()).isEqualTo(2);
        assertThat(same.err()).contains("another folder");
    }

    private static String digest(Path file) throws IOException {
        return ModelDirectory.digestOf(file);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
