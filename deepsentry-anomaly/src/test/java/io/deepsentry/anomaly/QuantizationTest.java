package io.deepsentry.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelDirectory;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.onnx.Precision;
import io.deepsentry.text.DatasetEncoding;
import io.deepsentry.text.EncodeSettings;
import io.deepsentry.text.TextEncoderHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationTest {
    private static Path folder;
    private static Path data;

    @BeforeAll
    static void train(@TempDir Path temporary) throws IOException {
        folder = temporary;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            for (String message : List.of("open", i % 10 == 9 ? "fail" : "write", "close")) {
                lines.add(String.format("081109 20%02d%02d %s blk_%d", i / 60, i % 60, message, i));
            }
        }
        data = folder.resolve("data");
        PipelineSummary unused = Pipeline.run(
                PipelineSettings.load(
                        null,
                        new Sources(
                                Map.of(
                                        "--input",
                                        List.of(Files.write(folder.resolve("x.log"), lines)
                                                .toString()),
                                        "--format",
                                        "utah",
                                        "--session-key",
                                        "(blk_\\d+)",
                                        "--epochs",
                                        1,
                                        "--output-dir",
                                        data.toString()),
                                Map.of("DEEPSENTRY_GPU", "0"),
                                null)),
                RunContext.quiet());
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aDataFolderBecomesOneThatScoresAlike(Precision precision) {
        Path small = folder.resolve("small_" + precision);
        List<Quantization.Written> written = Quantization.run(data, small, precision, RunContext.quiet());
        assertThat(written).hasSize(3).allSatisfy(each -> assertThat(each.to()).isNotEmptyFile());

        Path config = small.resolve(Quantization.CONFIG);
        DatasetEncoding.Result unused = DatasetEncoding.run(
                EncodeSettings.from(Config.load(config, EncodeSettings.SCHEMA, Sources.none())), RunContext.quiet());
        EvalResult eval = Evaluation.run(
                EvalSettings.from(Config.load(config, EvalSettings.SCHEMA, Sources.none())), RunContext.quiet());

        float[] before = Pickle.readFloats(data.resolve("eval_results/anomaly_scores.pkl"))
                .toArray();
        float[] after = Pickle.readFloats(small.resolve("eval_results/anomaly_scores.pkl"))
                .toArray();
        assertThat(after).hasSameSizeAs(before);
        double allowed = precision == Precision.INT8 ? 0.5 : 1e-3;
        for (int i = 0; i < before.length; i++) {
            assertThat((double) after[i]).isCloseTo(before[i], org.assertj.core.data.Offset.offset(allowed));
        }
        assertThat(eval.threshold().value())
                .isEqualTo(SessionScorer.open(data.resolve("anomaly_trained_model/detector.h5"))
                        .threshold()
                        .value());
        assertThat(ModelDirectory.read(small.resolve("anomaly_trained_model"))
                        .path("quantized_from")
                        .path("detector.h5")
                        .asText())
                .hasSize(64);
    }

    @Test
    void theNewEncoderIsNoneForTheOldDetector() {
        Path small = folder.resolve("mixed");
        List<Quantization.Written> unused = Quantization.run(data, small, Precision.INT8, RunContext.quiet());
        Config config = Config.defaults(
                EvalSettings.SCHEMA,
                new Sources(
                        Map.of(
                                "text_encoder_model",
                                small.resolve("text_autoencoder_model/encoder_quantized.onnx")
                                        .toString()),
                        Map.of(),
                        data));
        assertThatThrownBy(() -> Evaluation.run(EvalSettings.from(config), RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("text encoder it was trained on");
    }

    @Test
    void aFileBecomesAFileThatTheHandleOpens() {
        Path encoder = folder.resolve("encoder_quantized.onnx");
        Path original = data.resolve("text_autoencoder_model/encoder.h5");
        List<Quantization.Written> unused = Quantization.run(original, encoder, Precision.INT8, RunContext.quiet());
        try (TextEncoderHandle before = TextEncoderHandle.open(original);
                TextEncoderHandle after = TextEncoderHandle.open(encoder)) {
            assertThat(after.vocabulary()).isEqualTo(before.vocabulary());
            assertThat(after.normalizer().settings())
                    .isEqualTo(before.normalizer().settings());
            float[] expected = before.encodeToFloats("write blk_7");
            float[] found = after.encodeToFloats("write blk_7");
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                error += Math.abs(expected[i] - found[i]) / expected.length;
            }
            assertThat(error).isPositive().isLessThan(0.02);
        }
        Path detector = folder.resolve("detector_quantized.onnx");
        List<Quantization.Written> detectors = Quantization.run(
                data.resolve("anomaly_trained_model/detector.h5"), detector, Precision.INT8, RunContext.quiet());
        assertThat(detectors).singleElement().satisfies(each -> assertThat(each.bytes())
                .isLessThan(each.bytesBefore() / 2));
        try (BidirectionalLstmAnomalyDetectorHandle handle = BidirectionalLstmAnomalyDetectorHandle.open(detector)) {
            assertThat(handle.dimension()).isEqualTo(128);
            assertThat(handle.anomalyScore(new float[handle.sequenceLength()][128]))
                    .isNotNaN();
        }
    }

    @Test
    void whatCannotBeMadeIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> Quantization.run(empty, folder.resolve("out"), Precision.INT8, RunContext.quiet()))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no models");
        assertThatThrownBy(() -> Quantization.run(data, data, Precision.INT8, RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("another folder");
        assertThatThrownBy(() -> Quantization.run(
                        data.resolve("anomaly_trained_model/detector.h5"),
                        folder.resolve("x.h5"),
                        Precision.INT8,
                        RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".onnx");
    }
}
