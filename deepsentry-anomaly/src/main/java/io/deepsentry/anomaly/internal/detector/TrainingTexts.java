package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The masked texts of the known messages, by which people know them. Where two texts have one vector, the first one met
 * stands for both. Immutable.
 */
public final class TrainingTexts {
    /** The file's name in the model folder: one text a line, in the order of the known vectors. */
    public static final String FILE = "known_messages.txt";
    /** No texts: a model folder without the file. */
    public static final TrainingTexts NONE = new TrainingTexts(List.of());

    static final int LONGEST = 1_000;
    private static final long LARGEST_FILE = 64L << 20;

    private final List<String> texts;

    private TrainingTexts(List<String> texts) {
        this.texts = texts;
    }

    /** Finds the texts in the training part, whose messages and vectors are parallel. */
    public static TrainingTexts find(PreparedData prepared, Path trainVectors, TrainingMessages known) {
        String[] texts = new String[known.count()];
        int missing = texts.length;
        try (VectorFile vectors = VectorFile.open(trainVectors);
                PreparedData.Rows<String> messages = prepared.messages(Split.TRAIN)) {
            float[] vector = new float[vectors.columns()];
            for (long row = 0; row < vectors.rows() && missing > 0; row++) {
                String message = messages.next();
                if (message == null) {
                    break;
                }
                vectors.read(row, vector, 0);
                int found = known.find(vector);
                if (found >= 0 && texts[found] == null) {
                    texts[found] = shortened(message);
                    missing--;
                }
            }
        }
        return new TrainingTexts(
                Arrays.stream(texts).map(text -> text == null ? "" : text).toList());
    }

    /** A message as it is remembered and compared: a long one by its beginning. */
    public static String shortened(String message) {
        if (message.length() <= LONGEST) {
            return message;
        }
        int end = Character.isHighSurrogate(message.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return message.substring(0, end) + "...";
    }

    /**
     * Reads the texts of a model folder.
     *
     * @return {@link #NONE} if the folder has none
     * @throws ModelException if the file is corrupt or belongs to other messages
     */
    public static TrainingTexts read(Path folder, int known) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        ModelDirectory.verify(file);
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw corrupt(file, "it has more than " + LARGEST_FILE + " bytes", null);
            }
            String content = Files.readString(file, StandardCharsets.UTF_8);
            List<String> texts = new ArrayList<>(List.of(content.split("\n", -1)));
            texts.remove(texts.size() - 1);
            if (texts.size() != known) {
                throw corrupt(file, "it has " + texts.size() + " texts for " + known + " known messages", null);
            }
            return new TrainingTexts(List.copyOf(texts));
        } catch (IOException e) {
            throw corrupt(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static ModelException corrupt(Path file, String why, @Nullable IOException cause) {
        return new ModelException(
                file + " cannot be read: " + why + "; copy the whole folder again, or train again", cause);
    }

    public AtomicFile.PathWriter writer() {
        return path -> {
            StringBuilder content = new StringBuilder();
            texts.forEach(text -> content.append(text.replace('\n', ' ')).append('\n'));
            Files.writeString(path, content, StandardCharsets.UTF_8);
        };
    }

    /** The text of a known message; its number where there is no text. */
    public String of(int row) {
        String text = row < texts.size() ? texts.get(row) : "";
        return text.isEmpty() ? "message " + row + " of the detector" : text;
    }
}
