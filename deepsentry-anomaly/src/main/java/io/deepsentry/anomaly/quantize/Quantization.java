package io.deepsentry.anomaly.quantize;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.vector.VectorRows;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.Precision;
import io.deepsentry.text.encode.TextEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes small, fast models of trained ones: ONNX files, in eight bits or in floats, which the handles open like the
 * originals.
 *
 * <p>A model file becomes one file. A data folder becomes a folder with both models, their other files, and a
 * configuration that names them. There the messages that the detector knows get the vectors of the new encoder.
 *
 * <pre>{@code
 * Quantization.run(Path.of("deepsentry-data"), Path.of("edge"), Precision.INT8, RunContext.quiet());
 * }</pre>
 */
public final class Quantization {
    /** The configuration written into the new folder. */
    public static final String CONFIG = "deepsentry.yml";

    private static final String TEXT_FOLDER = "text_autoencoder_model";
    private static final String DETECTOR_FOLDER = "anomaly_trained_model";
    private static final String ENCODER = "encoder.h5";
    private static final String TRAINING_LOG = "training_log.txt";
    private static final String RESULTS = "eval_results";
    /**
     * The files of a detector's folder with vectors of messages, and the part of the prepared data with these messages.
     */
    private static final Map<String, Split> VECTORS =
            Map.of(TrainedDetector.KNOWN_VECTORS, Split.TRAIN, LineScores.FILE, Split.VAL);

    private static final int BATCH = 1024;
    private static final int REMEMBERED = 200_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path source;
    private final Path target;
    private final Precision precision;
    private final RunContext context;
    private final List<Written> written = new ArrayList<>();

    private Quantization(Path source, Path target, Precision precision, RunContext context) {
        this.source = source;
        this.target = target;
        this.precision = precision;
        this.context = context;
    }

    /**
     * A model that was written.
     *
     * @param from the original
     * @param to the new file
     * @param bytesBefore the size of the original
     * @param bytes the size of the new file
     */
    public record Written(Path from, Path to, long bytesBefore, long bytes) {
        /**
         * Measures both models on this machine, for about ten seconds.
         *
         * @return the speeds and how far results differ
         */
        public ModelSpeed.Comparison measure() {
            return ModelSpeed.compare(from, to);
        }
    }

    /**
     * Converts a model, or all models of a folder.
     *
     * @param source a model file, the folder of a text encoder or of a detector, or a data folder with both and the
     *     prepared data
     * @param target the file or folder to write
     * @param precision how weights are kept
     * @param context takes reports of progress, and may cancel
     * @return the models that were written
     * @throws MissingDataException if something is missing
     * @throws ModelException if a model is corrupt, is not what its metadata says, or has a layer that cannot be
     *     written
     * @throws DataException if the result cannot be written
     */
    public static List<Written> run(Path source, Path target, Precision precision, RunContext context) {
        Quantization quantization = new Quantization(source, target, precision, context);
        if (Files.isDirectory(source)) {
            if (Files.exists(target) && sameFile(source, target)) {
                throw new ConfigException("the output must be another folder than the model's, but was " + target);
            }
            quantization.folder();
        } else {
            quantization.file();
        }
        return List.copyOf(quantization.written);
    }

    private static boolean sameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            throw new MissingDataException(other + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void file() {
        if (!OpenModel.isOnnx(target)) {
            throw new ConfigException("the output for a model file must end in .onnx, but was " + target);
        }
        ModelDirectory.verify(source);
        write(source, target);
        record(source, target);
    }

    private void folder() {
        Path text = source.resolve(TEXT_FOLDER);
        Path detector = source.resolve(DETECTOR_FOLDER);
        if (Files.exists(source.resolve(ENCODER))) {
            encoderFolder(source, target);
        } else if (Files.exists(source.resolve(TrainedDetector.DETECTOR))) {
            detectorFolder(source, target, null);
        } else if (Files.exists(text.resolve(ENCODER)) && Files.exists(detector.resolve(TrainedDetector.DETECTOR))) {
            Path newText = target.resolve(TEXT_FOLDER);
            Path newDetector = target.resolve(DETECTOR_FOLDER);
            encoderFolder(text, newText);
            Path newEncoder = newText.resolve(onnxName(ENCODER));
            requireTrainedOn(detector, text.resolve(ENCODER));
            detectorFolder(detector, newDetector, newEncoder);
            copyFeedback();
            AtomicFile.writeText(
                    target.resolve(CONFIG),
                    config(newEncoder, newDetector.resolve(onnxName(TrainedDetector.DETECTOR))));
        } else {
            throw new MissingDataException("there are no models in " + source + ": neither " + ENCODER + " nor "
                    + TrainedDetector.DETECTOR + ", nor the folders " + TEXT_FOLDER + " and " + DETECTOR_FOLDER
                    + " with them; name a model, its folder or a data folder");
        }
    }

    /** Copies acknowledgements, which name messages and not vectors. */
    private void copyFeedback() {
        Path from = source.resolve(Feedback.FILE);
        Path to = target.resolve(Feedback.FILE);
        if (Files.exists(from) && !Files.exists(to)) {
            AtomicFile.write(to, out -> Files.copy(from, out));
        }
    }

    /** Returns the name of the new file: {@code encoder_quantized.onnx} of {@code encoder.h5}. */
    private String onnxName(String name) {
        return name.substring(0, name.lastIndexOf('.')) + (precision == Precision.INT8 ? "_quantized.onnx" : ".onnx");
    }

    private void encoderFolder(Path from, Path to) {
        Path encoder = from.resolve(ENCODER);
        ModelDirectory.verify(encoder);
        Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
        files.put(onnxName(ENCODER), path -> write(encoder, path));
        ModelDirectory.write(to, files, metadata(from));
        record(encoder, to.resolve(onnxName(ENCODER)));
    }

    private void detectorFolder(Path from, Path to, @Nullable Path newEncoder) {
        Map<String, Object> metadata = metadata(from);
        Map<String, AtomicFile.PathWriter> files = new LinkedHashMap<>();
        Map<Path, Path> models = new LinkedHashMap<>();
        if (newEncoder != null) {
            metadata.put(EncoderMatch.DIGEST, digest(newEncoder));
        }
        for (String name : ModelDirectory.read(from).path("files").properties().stream()
                .map(Map.Entry::getKey)
                .toList()) {
            Path file = inside(from, name);
            ModelDirectory.verify(file);
            if (name.endsWith(".h5")) {
                // detector_2.h5 becomes detector_quantized_2.onnx, so that members are named alike
                String onnx = memberName(name);
                files.put(onnx, path -> write(file, path));
                models.put(file, to.resolve(onnx));
            } else if (newEncoder != null && VECTORS.containsKey(name)) {
                Matrix vectors = encodedAgain(file, VECTORS.get(name), newEncoder);
                files.put(name, path -> Npy.write(path, FloatArray.of(vectors)));
            } else if (!name.equals(TRAINING_LOG)) {
                files.put(name, path -> Files.copy(file, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING));
            }
        }
        ModelDirectory.write(to, files, metadata);
        models.forEach(this::record);
    }

    private String memberName(String name) {
        for (String first : List.of(TrainedDetector.DETECTOR, TrainedDetector.SESSION_DETECTOR)) {
            for (int member = 1; member <= DetectorTrainSettings.MOST_MEMBERS; member++) {
                if (name.equals(TrainedDetector.memberFile(first, member))) {
                    return TrainedDetector.memberFile(onnxName(first), member);
                }
            }
        }
        return onnxName(name);
    }

    private static Path inside(Path folder, String name) {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder.normalize())) {
            throw new ModelException("the metadata in " + folder + " names a file outside of the folder: " + name);
        }
        return file;
    }

    /** Returns the metadata of the original, marked as converted. */
    private Map<String, Object> metadata(Path from) {
        JsonNode original = ModelDirectory.read(from);
        Map<String, Object> metadata =
                JSON.convertValue(original, new TypeReference<LinkedHashMap<String, Object>>() {});
        Object files = metadata.remove("files");
        metadata.remove("libraries");
        metadata.remove("platform");
        metadata.put("precision", precision == Precision.INT8 ? "int8" : "float32");
        metadata.put("quantized_from", files == null ? Map.of() : files);
        return metadata;
    }

    private void record(Path from, Path to) {
        try {
            written.add(new Written(from, to, Files.size(from), Files.size(to)));
        } catch (IOException e) {
            throw new MissingDataException(from + " or " + to + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void write(Path from, Path to) {
        context.cancellation().check();
        KerasFile keras = KerasFile.read(from);
        OnnxFile.write(to, keras.model(), precision, inputBound(from, keras.model()), keras.extras(), digest(from));
    }

    /** Returns the largest value in the vectors that a detector knows, or null if they are not known. */
    private static @Nullable Float inputBound(Path file, Model model) {
        Path vectors = file.toAbsolutePath().resolveSibling(TrainedDetector.KNOWN_VECTORS);
        if (model.network().input().integer() || !Files.exists(vectors)) {
            return null;
        }
        ModelDirectory.verify(vectors);
        float bound = 0;
        for (float value : Npy.read(vectors).toArray()) {
            bound = Math.max(bound, Math.abs(value));
        }
        return bound > 0 ? (Float) bound : null;
    }

    private static String digest(Path file) {
        try {
            return ModelDirectory.digestOf(file);
        } catch (IOException e) {
            throw new MissingDataException("the model " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireTrainedOn(Path detectorFolder, Path encoder) {
        String expected =
                ModelDirectory.read(detectorFolder).path(EncoderMatch.DIGEST).asText("");
        String found = digest(encoder);
        if (!expected.isEmpty() && !expected.equals(found)) {
            throw new ModelException("the detector in " + detectorFolder
                    + " must be used with the text encoder it was trained on, whose SHA-256 is " + expected + ", but "
                    + encoder + " has " + found + "; run encode and train-detector again");
        }
    }

    /** Returns the new encoder's vectors of messages, found in a part of the prepared data by their old vectors. */
    private Matrix encodedAgain(Path file, Split split, Path newEncoder) {
        VectorRows old = VectorRows.of(Npy.read(file).toMatrix());
        if (old.count() == 0) {
            return old.matrix();
        }
        PreparedData prepared = PreparedData.open(source.resolve("prepared_data"));
        String[] messages = new String[old.count()];
        Path oldEncoder = source.resolve(TEXT_FOLDER).resolve(ENCODER);
        try (TextEncoderHandle before = TextEncoderHandle.open(oldEncoder);
                TextEncoderHandle after = TextEncoderHandle.open(newEncoder);
                BufferedReader lines = Files.newBufferedReader(prepared.text(split), StandardCharsets.UTF_8)) {
            int missing = messages.length;
            Set<String> seen = new HashSet<>();
            List<String> batch = new ArrayList<>();
            for (String line = lines.readLine(); missing > 0 && line != null; line = lines.readLine()) {
                if (seen.size() < REMEMBERED ? seen.add(line) : !seen.contains(line)) {
                    batch.add(line);
                }
                if (batch.size() == BATCH) {
                    missing -= match(batch, before, old, messages);
                }
            }
            missing -= match(batch, before, old, messages);
            if (missing > 0) {
                throw new DataException(
                        missing + " of the " + messages.length + " messages whose vectors are in " + file
                                + " are not in " + prepared.text(split)
                                + "; the detector was trained on other data: run encode and train-detector again");
            }
            return distinct(after.encodeIdentities(List.of(messages)), messages);
        } catch (IOException e) {
            throw new MissingDataException(
                    prepared.text(split) + " cannot be read: " + e.getMessage() + "; run prepare again", e);
        }
    }

    private int match(List<String> batch, TextEncoder encoder, VectorRows old, @Nullable String[] messages) {
        context.cancellation().check();
        int found = 0;
        Matrix vectors = encoder.encodeIdentities(batch);
        for (int i = 0; i < batch.size(); i++) {
            int row = old.find(vectors.row(i));
            if (row >= 0 && messages[row] == null) {
                messages[row] = batch.get(i);
                found++;
            }
        }
        batch.clear();
        return found;
    }

    private static Matrix distinct(Matrix vectors, String[] messages) {
        Map<List<Float>, String> owners = new LinkedHashMap<>();
        for (int row = 0; row < vectors.rows(); row++) {
            List<Float> vector = new ArrayList<>();
            for (float value : vectors.row(row)) {
                vector.add(value);
            }
            String other = owners.putIfAbsent(vector, messages[row]);
            if (other != null) {
                throw new ModelException("in eight bits the encoder cannot tell \"" + other + "\" from \""
                        + messages[row] + "\"; keep it in floats");
            }
        }
        return vectors;
    }

    /** Names every file that would otherwise be taken from the usual data folder. */
    private String config(Path encoder, Path detector) {
        Path data = source.toAbsolutePath().normalize();
        Path out = target.toAbsolutePath().normalize();
        String prepared = entry("prepared_data_dir", data.resolve("prepared_data"));
        String vocabulary = entry("vocabulary", data.resolve("prepared_data").resolve("vocab.pkl"));
        String models = entry("text_encoder_model", encoder) + entry("anomaly_model", detector);
        String feedback = entry("feedback_file", out.resolve(Feedback.FILE));
        String records = entry("alert_records", out.resolve(FeedbackSettings.LIVE_ALERTS));
        String scoring = models
                + entry("encoded_test_data", out.resolve("encoded_dataset").resolve(Split.TEST.encodedFile()))
                + prepared
                + entry("output_dir", out.resolve(RESULTS))
                + feedback;
        return "# The models beside this file, made of those in " + data + ".\n"
                + "encode:\n"
                + entry("text_encoder_model", encoder)
                + vocabulary
                + prepared
                + entry("encoded_data_dir", out.resolve("encoded_dataset"))
                + "eval:\n"
                + scoring
                + "analyze:\n"
                + scoring
                + "live:\n"
                + models
                + vocabulary
                + feedback
                + records
                + entry("spool_dir", out.resolve("spool"))
                + entry("daemon_log", out.resolve("live.log"))
                + "feedback:\n"
                + feedback
                + entry("eval_anomalies", out.resolve(RESULTS).resolve(EvalResult.ANOMALIES))
                + records;
    }

    /** Returns a path as a JSON text, which YAML reads. */
    private static String entry(String key, Path path) {
        return "  " + key + ": "
                + JSON.valueToTree(path.toAbsolutePath().normalize().toString()) + "\n";
    }
}
