package io.deepsentry.anomaly;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes a small log of jobs, prepares it, gives every message a vector drawn by its text, and trains a small detector
 * on it.
 */
public final class TrainedOnSmallData {
    public static final int DIMENSION = 16;
    public static final List<String> NORMAL =
            List.of("job opened", "reading input", "reading input", "writing output", "job closed");

    private TrainedOnSmallData() {}

    /** The vector of a masked message. */
    public static float[] vector(String message) {
        Random random = new Random(message.hashCode());
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) Math.tanh(random.nextGaussian());
        }
        return vector;
    }

    public static List<float[]> vectors(List<String> messages) {
        return messages.stream().map(TrainedOnSmallData::vector).toList();
    }

    /** Jobs side by side, so that their lines alternate; each job has the steps given. */
    public static List<String> lines(int jobs, List<String> steps) {
        List<String> lines = new ArrayList<>();
        for (int job = 0; job < jobs; job += 2) {
            for (String step : steps) {
                lines.add(step + " job-" + letters(job));
                lines.add(step + " job-" + letters(job + 1));
            }
        }
        return lines;
    }

    /** A key without digits, which masking would take out of the message. */
    private static String letters(int number) {
        return Integer.toString(number, 36)
                .replaceAll("[0-9]", "q$0")
                .chars()
                .mapToObj(c -> Character.isDigit(c) ? String.valueOf((char) ('a' + c - '0')) : String.valueOf((char) c))
                .reduce("x", String::concat);
    }

    public static PreparedData prepare(Path root, List<String> lines, boolean keyed) throws IOException {
        Path log = root.resolve("app.log");
        Files.write(log, lines);
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("raw_log_file", log.toString());
        flags.put("log_format", "plain");
        if (keyed) {
            flags.put("session_key", "(job-[a-z]+)");
            flags.put("mask_rules", "job=job-[a-z]+");
        }
        Prepare.run(
                PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, new Sources(flags, Map.of(), root))),
                RunContext.quiet());
        PreparedData prepared = PreparedData.open(root.resolve("prepared_data"));
        Path encoded = Files.createDirectories(root.resolve("encoded_dataset"));
        for (Split split : Split.values()) {
            try (VectorFileWriter writer = VectorFileWriter.create(
                            encoded.resolve(split.encodedFile()), prepared.rows(split), DIMENSION);
                    PreparedData.Rows<String> messages = prepared.messages(split)) {
                for (String message = messages.next(); message != null; message = messages.next()) {
                    writer.write(vector(message));
                }
            }
        }
        return prepared;
    }

    public static DetectorTrainSettings settings(Path root, Map<String, String> more) {
        Map<String, String> flags = new LinkedHashMap<>(Map.of(
                "lstm_hidden_size",
                "12",
                "sequence_length",
                "4",
                "epochs",
                "6",
                "learning_rate",
                "0.01",
                "gpu",
                "false"));
        flags.putAll(more);
        return DetectorTrainSettings.from(
                Config.defaults(DetectorTrainSettings.SCHEMA, new Sources(flags, Map.of(), root)));
    }

    public static Path train(Path root) {
        DetectorTrainSettings settings = settings(root, Map.of());
        DetectorTrainingResult unused = DetectorTraining.run(settings, RunContext.quiet());
        return settings.outputModelDir().resolve(DetectorTraining.DETECTOR);
    }

    /** A message as the log has it, masked as preparation masks it. */
    static String masked(String step) {
        return step + " <job>";
    }

    public static List<float[]> session(List<String> steps) {
        return vectors(steps.stream().map(TrainedOnSmallData::masked).toList());
    }
}
