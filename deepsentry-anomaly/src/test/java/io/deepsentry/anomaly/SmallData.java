package io.deepsentry.anomaly;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A few sessions or lines as prepared and encoded data; each message gets a vector of its own, with no network. */
public final class SmallData {
    public static final int DIMENSION = 8;

    private final Path folder;
    private final Map<String, Object> flags = new HashMap<>();
    private int second;

    public SmallData(Path folder) {
        this.folder = folder;
        flags.put("log_format", "utah");
    }

    SmallData flag(String name, Object value) {
        flags.put(name, value);
        return this;
    }

    /**
     * Sessions to learn from and to test, each a text of one-word messages; they are named blk_1, blk_2 and so on, and
     * blk_1001 on in the test part.
     */
    public SmallData sessions(List<String> learn, List<String> test) throws IOException {
        flags.put("session_key", "(blk_\\d+)");
        write("learn.log", sessionLines(learn, 1));
        write("test.log", sessionLines(test, 1001));
        return prepare();
    }

    /** A stream to learn from and one to test, each a text of one-word messages. */
    public SmallData streams(String learn, String test) throws IOException {
        write("learn.log", List.of(learn.split(" ", -1)));
        write("test.log", List.of(test.split(" ", -1)));
        return prepare();
    }

    private static List<String> sessionLines(List<String> sessions, int first) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            for (String message : sessions.get(i).split(" ", -1)) {
                lines.add("blk_" + (first + i) + " " + message);
            }
        }
        return lines;
    }

    private void write(String name, List<String> messages) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String message : messages) {
            lines.add(String.format("081109 %02d%02d%02d %s", second / 3600, second / 60 % 60, second % 60, message));
            second++;
        }
        Files.write(folder.resolve(name), lines);
    }

    private SmallData prepare() throws IOException {
        flags.put("raw_log_file", List.of(folder.resolve("learn.log").toString()));
        flags.put("test_log_file", folder.resolve("test.log").toString());
        Prepare.run(
                PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, new Sources(flags, Map.of(), folder))),
                RunContext.quiet());
        for (Split split : Split.values()) {
            List<String> messages = Files.readAllLines(prepared().text(split));
            try (VectorFileWriter writer = VectorFileWriter.create(encoded(split), messages.size(), DIMENSION)) {
                messages.forEach(message -> writer.write(vector(message)));
            }
        }
        return this;
    }

    private static float[] vector(String message) {
        Random random = new Random(message.hashCode());
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    public PreparedData prepared() {
        return PreparedData.open(folder.resolve("prepared_data"));
    }

    public Path encoded(Split split) {
        return folder.resolve("encoded_dataset").resolve(split.encodedFile());
    }

    /** Settings of a stage with everything in this folder. */
    public Config config(ConfigSchema schema, Map<String, ?> given) {
        return Config.defaults(schema, new Sources(given, Map.of("DEEPSENTRY_GPU", "0"), folder));
    }
}
