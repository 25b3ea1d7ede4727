package io.deepsentry.live;

import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Small models, really trained on a small log: transfers that open, send and acknowledge a few parts, and close.
 *
 * @param folder the data folder
 * @param test the log that is the test part: it has transfers that fail, stop early, or belong to two sessions
 */
public record TrainedModels(Path folder, Path test) {
    static final String SESSION_KEY = "(tx_\\d+)";

    static TrainedModels ofSessions(Path folder) throws IOException {
        return ofSessions(folder, "7");
    }

    static TrainedModels ofSessions(Path folder, String seed) throws IOException {
        return train(folder, Map.of("session_key", SESSION_KEY, "seed", seed));
    }

    static TrainedModels ofStream(Path folder) throws IOException {
        return train(folder, Map.of("seed", "8"));
    }

    private static TrainedModels train(Path folder, Map<String, Object> prepare) throws IOException {
        Path train = folder.resolve("train.log");
        Path test = folder.resolve("test.log");
        Files.write(train, log(new Random(1), 300, false));
        Files.write(test, log(new Random(2), 120, true));
        return train(folder, train, test, prepare);
    }

    /** Models of a log of one's own, as small as the others and so no better than they need to be. */
    static TrainedModels train(Path folder, Path train, Path test, Map<String, Object> prepare) {
        Map<String, Object> flags = new HashMap<>(prepare);
        flags.put("raw_log_file", List.of(train.toString()));
        flags.put("test_log_file", test.toString());
        flags.put("epochs", "3");
        flags.put("learning_rate", "0.01");
        flags.put("min_steps_per_epoch", "40");
        flags.put("embedding_size", "8");
        flags.put("encoder_hidden_size", "16");
        flags.put("lstm_hidden_size", "16");
        Prepare.run(PrepareSettings.from(config(PrepareSettings.SCHEMA, flags, folder)), RunContext.quiet());
        TextTraining.run(TextTrainSettings.from(config(TextTrainSettings.SCHEMA, flags, folder)), RunContext.quiet());
        DatasetEncoding.run(EncodeSettings.from(config(EncodeSettings.SCHEMA, flags, folder)), RunContext.quiet());
        flags.put("epochs", "20");
        DetectorTraining.run(
                DetectorTrainSettings.from(config(DetectorTrainSettings.SCHEMA, flags, folder)), RunContext.quiet());
        return new TrainedModels(folder, test);
    }

    public static Config config(ConfigSchema schema, Map<String, ?> flags, Path folder) {
        return Config.defaults(schema, new Sources(flags, Map.of(), folder));
    }

    Path encoder() {
        return folder.resolve("text_autoencoder_model/encoder.h5");
    }

    Path detector() {
        return folder.resolve("anomaly_trained_model/detector.h5");
    }

    /** The scores of the test part's sessions as files are scored, by their keys. */
    Map<String, Double> sessionScores(SessionKey key) {
        double[] scores = batchScores();
        Set<String> names = new LinkedHashSet<>();
        try (LogReader reader = LogReader.builder().input(test).sessionKey(key).open()) {
            for (LogEvent event : reader) {
                names.addAll(event.sessionKeys());
            }
        }
        Map<String, Double> expected = new HashMap<>();
        int i = 0;
        for (String name : names) {
            expected.put(name, scores[i++]);
        }
        return expected;
    }

    /**
     * The scores of the test part as files are scored: of its sessions in the order of their first lines, or of its
     * lines.
     */
    double[] batchScores() {
        try (TrainedDetector detector = TrainedDetector.open(detector(), Device.AUTO, ModelRuntime.AUTO);
                VectorTable table = new VectorTable(detector.known().dimension());
                EncodedSessions encoded = EncodedSessions.read(
                        folder.resolve("encoded_dataset").resolve(Split.TEST.encodedFile()),
                        PreparedData.open(folder.resolve("prepared_data")),
                        Split.TEST,
                        table,
                        RunContext.quiet())) {
            return detector.views().scoreAll(encoded, table, RunContext.quiet());
        }
    }

    LiveSettings settings(Map<String, ?> flags) {
        return LiveSettings.from(config(LiveSettings.SCHEMA, flags, folder));
    }

    /** Several transfers at once, so that their lines are interleaved. */
    private static List<String> log(Random random, int transfers, boolean faulty) {
        List<List<String>> open = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        int next = 0;
        int second = 0;
        while (next < transfers || !open.isEmpty()) {
            if (next < transfers && (open.size() < 4 || random.nextInt(3) == 0)) {
                open.add(transfer(random, ++next, faulty));
            }
            List<String> transfer = open.get(random.nextInt(open.size()));
            second++;
            lines.add(String.format(
                    "2026-01-02T%02d:%02d:%02dZ %s", second / 3600, second / 60 % 60, second % 60, transfer.remove(0)));
            open.removeIf(List::isEmpty);
        }
        return lines;
    }

    private static List<String> transfer(Random random, int number, boolean faulty) {
        String key = "tx_" + number;
        List<String> lines = new ArrayList<>();
        lines.add("open transfer " + key + " from 10.0.0." + random.nextInt(200));
        for (int part = 1 + random.nextInt(3); part > 0; part--) {
            lines.add("send part " + part + " of " + key);
            lines.add("part of " + key + " acknowledged");
        }
        lines.add("close transfer " + key);
        if (faulty && number % 10 == 0) {
            lines.add(2, "checksum of " + key + " does not match, disk sector unreadable");
        }
        if (faulty && number % 14 == 0) {
            lines.remove(lines.size() - 1);
        }
        if (faulty && number % 33 == 0) {
            lines.add("merge " + key + " into tx_" + (number - 1));
        }
        return lines;
    }
}
