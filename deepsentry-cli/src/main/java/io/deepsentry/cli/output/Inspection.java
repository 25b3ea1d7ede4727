package io.deepsentry.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npz;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.OnnxShape;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import io.deepsentry.core.tensorflow.SavedModelSummary;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.prepare.LogSample;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds out what a file is, by its content. */
public final class Inspection {
    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final byte[] NUMPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final int PICKLE = 0x80;
    private static final int NEWEST_PICKLE = 5;

    private Inspection() {}

    public static KeyValueTable of(Path file) {
        if (!Files.exists(file)) {
            throw new MissingDataException("the file " + file + " does not exist; check the path");
        }
        KeyValueTable rows = new KeyValueTable().add("path", file);
        if (Files.isDirectory(file)) {
            return folder(file, rows);
        }
        byte[] start = start(file);
        rows.add("bytes", size(file));
        if (begins(start, HDF5)) {
            return model(file, rows);
        }
        if (begins(start, NUMPY)) {
            return vectors(file, "numpy array", rows);
        }
        if (LogSample.isSample(file)) {
            return sample(file, rows);
        }
        if (OpenModel.isOnnx(file)) {
            return onnx(file, rows);
        }
        if (begins(start, ZIP)) {
            return zip(file, rows);
        }
        if (start.length > 1 && (start[0] & 0xff) == PICKLE && start[1] <= NEWEST_PICKLE) {
            return pickle(file, rows);
        }
        if (ModelDirectory.METADATA.equals(String.valueOf(file.getFileName()))) {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
            return provenance(folder, rows.add("kind", "metadata of a trained model"));
        }
        return log(file, rows);
    }

    private static KeyValueTable folder(Path folder, KeyValueTable rows) {
        if (SavedModelFolder.is(folder)) {
            savedModel(folder, rows);
        } else if (Files.exists(folder.resolve("prepared.json"))) {
            rows.add("kind", "prepared data");
        } else if (Files.exists(folder.resolve("metadata.json"))) {
            rows.add("kind", "trained model");
        } else {
            rows.add("kind", "folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
            rows.add("files", String.join(" ", names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Files.exists(folder.resolve(ModelDirectory.METADATA)) ? provenance(folder, rows) : rows;
    }

    /** What the metadata of a folder says, and whether its files are those that it describes. */
    private static KeyValueTable provenance(Path folder, KeyValueTable rows) {
        described(folder, rows);
        ModelDirectory.read(folder)
                .path("files")
                .fieldNames()
                .forEachRemaining(name -> rows.add(TerminalSafe.text(name), digest(folder, folder.resolve(name))));
        return rows;
    }

    private static KeyValueTable model(Path file, KeyValueTable rows) {
        KerasFile keras = KerasFile.read(file);
        Network network = keras.model().network();
        rows.add("kind", "Keras model")
                .add("name", network.name())
                .add("input", network.shapeOf(network.input().name()))
                .add("outputs", network.outputs().stream().map(network::shapeOf).toList())
                .add("weights", keras.model().weights().parameterCount());
        layers(network, rows);
        if (!keras.extras().isEmpty()) {
            rows.add("carries", String.join(", ", keras.extras().keySet()));
        }
        return origin(file, rows);
    }

    private static void layers(Network network, KeyValueTable rows) {
        int number = 0;
        for (Network.Node node : network.nodes()) {
            number++;
            String name = node.layer().name();
            long parameters = network.weightShapes().getOrDefault(name, Map.of()).values().stream()
                    .mapToLong(shape -> shape.stream().mapToLong(size -> size).reduce(1, (x, y) -> x * y))
                    .sum();
            rows.add(
                    "layer " + number,
                    node.layer() + " -> " + network.shapeOf(name) + ", " + parameters + " parameters");
        }
    }

    private static void savedModel(Path folder, KeyValueTable rows) {
        rows.add("kind", "TensorFlow SavedModel");
        try {
            SavedModelSummary summary = SavedModelFolder.inspect(folder);
            rows.add("written by", TerminalSafe.text("TensorFlow " + summary.tensorFlowVersion()))
                    .add("signatures", TerminalSafe.text(String.join(", ", summary.signatures())))
                    .add("input", (summary.takesIds() ? "ids " : "values ") + summary.inputShape());
            ModelConversion.layers(folder).ifPresent(network -> layers(network, rows));
            if (!summary.extras().isEmpty()) {
                rows.add(
                        "carries",
                        TerminalSafe.text(String.join(
                                ", ",
                                summary.extras().keySet().stream().sorted().toList())));
            }
        } catch (ModelException e) {
            rows.add("runs", "not here: " + TerminalSafe.text(String.valueOf(e.getMessage())));
        }
    }

    private static KeyValueTable onnx(Path file, KeyValueTable rows) {
        OnnxFile onnx = OnnxFile.read(file);
        rows.add("kind", "ONNX model").add("stated producer", TerminalSafe.text(onnx.producer()));
        try {
            OnnxShape shape = OnnxFile.check(file);
            rows.add("input", (shape.takesIds() ? "ids " : "values ") + shape.input())
                    .add("output", shape.output());
        } catch (ModelException e) {
            rows.add("runs", "only if you trust it: " + TerminalSafe.text(String.valueOf(e.getMessage())));
        }
        rows.add("weights", onnx.parameters());
        List<String> sets = new ArrayList<>();
        onnx.operatorSets()
                .forEach((domain, version) -> sets.add((domain.isEmpty() ? "ai.onnx" : domain) + " " + version));
        rows.add("operator sets", TerminalSafe.text(String.join(", ", sets)));
        List<String> operators = new ArrayList<>();
        onnx.operators().forEach((operator, count) -> operators.add(count + " " + operator));
        rows.add("operators", TerminalSafe.text(String.join(", ", operators)));
        onnx.metadata().forEach((name, text) -> {
            if (!onnx.extras().containsKey(name.substring(name.lastIndexOf('.') + 1))) {
                rows.add(TerminalSafe.text(name), TerminalSafe.text(text));
            }
        });
        if (!onnx.extras().isEmpty()) {
            rows.add("carries", String.join(", ", onnx.extras().keySet()));
        }
        return origin(file, rows);
    }

    /** The file's digest, and what the metadata beside it says of it. */
    private static KeyValueTable origin(Path file, KeyValueTable rows) {
        try {
            rows.add("sha-256", ModelDirectory.digestOf(file));
        } catch (IOException e) {
            throw new DataException("the file " + file + " cannot be read: " + e.getMessage(), e);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && Files.exists(folder.resolve(ModelDirectory.METADATA))) {
            rows.add("digest", digest(folder, file));
            described(folder, rows);
        }
        return rows;
    }

    private static void described(Path folder, KeyValueTable rows) {
        for (Map.Entry<String, JsonNode> entry : ModelDirectory.read(folder).properties()) {
            JsonNode value = entry.getValue();
            if (value.isObject() && !entry.getKey().equals("files")) {
                List<String> parts = new ArrayList<>();
                value.properties().forEach(part -> parts.add(part.getKey() + "=" + shown(part.getValue())));
                rows.add(TerminalSafe.text(entry.getKey()), TerminalSafe.text(String.join(", ", parts)));
            } else if (value.isValueNode()) {
                rows.add(TerminalSafe.text(entry.getKey()), TerminalSafe.text(value.asText()));
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static String digest(Path folder, Path file) {
        try {
            ModelDirectory.verify(file);
            return ModelDirectory.read(folder).path("files").has(String.valueOf(file.getFileName()))
                    ? "as metadata.json says"
                    : "not named in metadata.json";
        } catch (ModelException e) {
            return TerminalSafe.text(String.valueOf(e.getMessage()));
        }
    }

    private static KeyValueTable vectors(Path file, String kind, KeyValueTable rows) {
        try (VectorFile vectors = VectorFile.open(file)) {
            rows.add("kind", kind)
                    .add("rows", vectors.rows())
                    .add("columns", vectors.columns())
                    .add("first row", firstValues(vectors));
            return origin(file, rows);
        }
    }

    private static KeyValueTable zip(Path file, KeyValueTable rows) {
        String lower = file.toString().toLowerCase(Locale.ROOT);
        if (lower.endsWith(".keras")) {
            return model(file, rows);
        }
        if (!lower.endsWith(".npz")) {
            return rows.add("kind", "zip archive");
        }
        rows.add("kind", "numpy arrays");
        Npz.read(file).forEach((name, array) -> rows.add(TerminalSafe.text(name), Arrays.toString(array.shape())));
        return origin(file, rows);
    }

    private static String firstValues(VectorFile vectors) {
        if (vectors.rows() == 0) {
            return "none";
        }
        float[] row = new float[vectors.columns()];
        vectors.read(0, row, 0);
        int shown = Math.min(row.length, 6);
        return Arrays.toString(Arrays.copyOf(row, shown)) + (shown < row.length ? " ..." : "");
    }

    private static KeyValueTable pickle(Path file, KeyValueTable rows) {
        Object value = Pickle.read(file);
        if (value instanceof FloatArray array) {
            int dimensions = array.dimensions();
            return dimensions == 1 || dimensions == 2
                    ? vectors(file, "pickled numpy array", rows)
                    : origin(
                            file, rows.add("kind", "pickled numpy array").add("shape", Arrays.toString(array.shape())));
        }
        if (value instanceof Map<?, ?> map) {
            rows.add("kind", isWordIds(map) ? "pickled vocabulary" : "pickled dict")
                    .add("entries", map.size())
                    .add("first", first(map));
            return origin(file, rows);
        }
        if (value instanceof List<?> list) {
            return origin(file, rows.add("kind", "pickled list").add("entries", list.size()));
        }
        String kind = value == null ? "None" : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return origin(file, rows.add("kind", "pickled " + kind));
    }

    private static boolean isWordIds(Map<?, ?> map) {
        return !map.isEmpty()
                && map.entrySet().stream()
                        .allMatch(entry -> entry.getKey() instanceof String && entry.getValue() instanceof Long);
    }

    private static String first(Map<?, ?> map) {
        StringBuilder text = new StringBuilder();
        map.entrySet().stream().limit(6).forEach(entry -> text.append(text.isEmpty() ? "" : ", ")
                .append(entry.getKey() + "=" + entry.getValue()));
        return TerminalSafe.text(text.toString());
    }

    private static KeyValueTable sample(Path file, KeyValueTable rows) {
        LogSample sample = LogSample.read(file);
        LogSample.Reading reading = sample.reading();
        String lines = Counted.of(sample.keptLines(), "line");
        String all = KeyValueTable.count(sample.lines());
        rows.add("kind", "sample of a log, for run, prepare and parse");
        if (sample.isOfStreams()) {
            rows.add(
                            "stretches",
                            Counted.of(sample.keptStretches(), "stretch", "stretches") + " of up to "
                                    + Counted.of(reading.stretch(), "line"))
                    .add("lines", lines + " in them, of " + all + " (" + KeyValueTable.share(sample.share()) + ")")
                    .add("first lines", Counted.of(sample.keptFirstLines(), "message") + " of the whole log")
                    .add("sums", "lines of each message in " + Counted.of(sample.countedHours(), "hour"));
        } else {
            rows.add(
                            "sessions",
                            Counted.of(sample.keptSessions(), "session") + " (" + KeyValueTable.share(sample.share())
                                    + " of all)")
                    .add("lines", lines + " in them, of " + all)
                    .add("session key", TerminalSafe.text(String.valueOf(reading.sessionKey())));
        }
        rows.add("size", "up to " + Counted.of(sample.size(), "character"))
                .add("format", TerminalSafe.text(read(reading)))
                .add("time zone", reading.zone());
        if (sample.keptLines() > 0) {
            LogEvent first = sample.events().get(0);
            rows.add("first event", first.time() + " " + TerminalSafe.text(first.message()));
        }
        return rows;
    }

    private static String read(LogSample.Reading reading) {
        String format = reading.customParser() == null ? reading.format() : reading.customParser();
        return reading.timeFormat() == null ? format : format + ", times as " + reading.timeFormat();
    }

    private static KeyValueTable log(Path file, KeyValueTable rows) {
        try (LogReader reader = LogReader.builder().input(file).open()) {
            rows.add("kind", "log").add("format", reader.detection().orElse(reader.formatName()));
            Iterator<LogEvent> events = reader.iterator();
            @Nullable LogEvent first = events.hasNext() ? events.next() : null;
            if (first != null) {
                rows.add(
                        "first event",
                        first.time() + " " + TerminalSafe.text(Redaction.SECRETS.apply(first.message())));
            }
            reader.stats().warning().ifPresent(warning -> rows.add("warning", warning));
            return rows;
        }
    }

    private static boolean begins(byte[] start, byte[] magic) {
        return start.length >= magic.length && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
    }

    private static byte[] start(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HDF5.length);
        } catch (IOException e) {
            throw new DataException("the file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
