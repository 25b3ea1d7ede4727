package io.deepsentry.cli;

import io.deepsentry.anomaly.quantize.ModelSpeed;
import io.deepsentry.anomaly.quantize.Quantization;
import io.deepsentry.cli.output.Table;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.onnx.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry quantize}: small models of trained ones. */
@Command(
        name = "quantize",
        description = "Makes 8-bit ONNX models from trained ones, less than a third of the size.",
        footer = {
            "",
            "For a data folder, makes both models and a deepsentry.yml that names them for the other commands.",
            "",
            "Examples:",
            "  deepsentry quantize --model deepsentry-data --output edge",
            "  deepsentry encode --config edge/deepsentry.yml && deepsentry analyze --config edge/deepsentry.yml",
            "  deepsentry quantize --model deepsentry-data/text_autoencoder_model/encoder.h5 --output"
                    + " encoder_quantized.onnx"
        })
final class QuantizeCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "A model (.h5), the folder of one, or a data folder.")
    private Path model = Path.of("");

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The file (.onnx) or folder to write.")
    private Path output = Path.of("");

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "int8",
            description = "int8, or float32: ONNX without rounding. Default: ${DEFAULT-VALUE}.")
    private String precision = "int8";

    @Option(
            names = "--measure",
            description = "Also measure how fast the models are on this machine, and how much they differ from the"
                    + " originals.")
    private boolean measure;

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        List<Quantization.Written> written = Quantization.run(model, output, precisionOf(precision), parent.context());
        Table table = new Table("model", "bytes before", "bytes", "times smaller");
        for (Quantization.Written each : written) {
            table.row(
                    each.to().toString(),
                    String.format(Locale.ROOT, "%,d", each.bytesBefore()),
                    String.format(Locale.ROOT, "%,d", each.bytes()),
                    String.format(Locale.ROOT, "%.2f", (double) each.bytesBefore() / each.bytes()));
        }
        table.print(parent.console());
        if (measure) {
            parent.console().result("");
            measure(written, parent);
        }
        Path config = output.resolve(Quantization.CONFIG);
        if (Files.exists(config)) {
            parent.console().result("");
            parent.console().result("Next: encode and score with them");
            parent.console().result("  deepsentry encode --config " + config);
            parent.console().result("  deepsentry eval --config " + config);
        }
        return ExitCode.OK;
    }

    private static void measure(List<Quantization.Written> written, Program parent) {
        Table table = new Table("model", "runtime", "rows/s one by one", "rows/s by 256", "mean difference");
        List<String> faster = new ArrayList<>();
        for (Quantization.Written each : written) {
            ModelSpeed.Comparison speeds = each.measure();
            addSpeed(table, each.from(), speeds.tensorflow());
            addSpeed(table, each.from(), speeds.onnx());
            addSpeed(table, each.to(), speeds.made());
            faster.add(String.format(
                    Locale.ROOT,
                    "faster here: one by one %s, by 256 %s",
                    faster(each, speeds.onnx().rowsOneByOne(), speeds.made().rowsOneByOne()),
                    faster(each, speeds.onnx().rowsInBatches(), speeds.made().rowsInBatches())));
        }
        table.print(parent.console());
        parent.console().result("");
        faster.forEach(parent.console()::result);
    }

    /** Which of two models of the same runtime, and by how much. */
    private static String faster(Quantization.Written models, double before, double after) {
        return String.format(
                Locale.ROOT,
                "%s (%.2f times)",
                (after > before ? models.to() : models.from()).getFileName(),
                Math.max(before, after) / Math.min(before, after));
    }

    private static void addSpeed(Table table, Path model, ModelSpeed speed) {
        table.row(
                String.valueOf(model.getFileName()),
                speed.runtime().name().toLowerCase(Locale.ROOT),
                String.format(Locale.ROOT, "%,.0f", speed.rowsOneByOne()),
                String.format(Locale.ROOT, "%,.0f", speed.rowsInBatches()),
                String.format(Locale.ROOT, "%.2g", speed.difference()));
    }

    private static Precision precisionOf(String name) {
        return switch (name) {
            case "int8" -> Precision.INT8;
            case "float32" -> Precision.FLOAT32;
            default -> throw new ConfigException("--precision must be int8 or float32, but was " + name);
        };
    }
}
