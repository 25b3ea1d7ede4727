package io.deepsentry.anomaly.internal.alert;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives findings their ids: the same for the same input and the same models, whether a file is evaluated or watched,
 * plain or compressed, and wherever it lies. Immutable.
 */
public final class AlertId {
    private static final int DIGITS = 16;
    private static final String COMPRESSED = ".gz";

    private final List<String> models;

    private AlertId(List<String> models) {
        this.models = List.copyOf(models);
    }

    /** Ids that depend on these digests of models. */
    public static AlertId of(List<String> digests) {
        return new AlertId(digests);
    }

    /** The digests of the models. */
    public List<String> models() {
        return models;
    }

    /**
     * Ids of what these models find.
     *
     * @throws MissingDataException if the encoder cannot be read
     */
    public static AlertId of(Path textEncoder, Path detector) {
        List<String> digests = new ArrayList<>();
        try {
            digests.add(ModelDirectory.digestOf(textEncoder));
        } catch (IOException e) {
            throw new MissingDataException(
                    "the text encoder " + textEncoder + " cannot be read: " + e.getMessage() + "; check the path", e);
        }
        Path folder = Objects.requireNonNull(detector.toAbsolutePath().getParent(), "a file lies in a folder");
        for (Map.Entry<String, JsonNode> file :
                ModelDirectory.read(folder).path("files").properties()) {
            // Other files, such as the training log, change no score.
            if (file.getKey().endsWith(".h5")
                    || file.getKey().endsWith(".onnx")
                    || file.getKey().endsWith(".npy")) {
                digests.add(file.getKey() + "=" + file.getValue().asText());
            }
        }
        return new AlertId(digests);
    }

    /**
     * The id of a session, or of a line of a stream.
     *
     * @param session its key, or null for a line of a stream
     * @param time when its first line was logged, or null if lines have no time
     * @param file of its first line; only the last part of the name counts, without {@code .gz}
     * @param offset the byte at which its first line begins: a rotated file has the same ones again, but with other
     *     times
     */
    public String of(@Nullable String session, @Nullable Instant time, String file, long offset) {
        Hasher hasher = Hashing.sha256().newHasher();
        hasher.putBoolean(session != null);
        put(hasher, session);
        put(hasher, time == null ? null : time.toString());
        put(hasher, name(file));
        hasher.putLong(offset);
        models.forEach(model -> put(hasher, model));
        return digits(hasher);
    }

    /** Gives the ids of what is odd about a log as a whole, which may begin at the line of another finding. */
    public AlertId ofWholeLog() {
        List<String> with = new ArrayList<>(models);
        with.add("whole log");
        return new AlertId(with);
    }

    /** The id of what was judged without a place in a log: that of its steps, whatever they surprised. */
    public static String ofSteps(List<AnomalousStep> steps) {
        Hasher hasher = Hashing.sha256().newHasher();
        for (AnomalousStep step : steps) {
            put(hasher, step.view().name());
            put(hasher, step.message());
            put(hasher, step.required());
            put(hasher, step.after());
            hasher.putInt(step.occurrence()).putInt(step.requiredOccurrence());
        }
        return digits(hasher);
    }

    private static String digits(Hasher hasher) {
        return hasher.hash().toString().substring(0, DIGITS);
    }

    private static String name(String file) {
        String name = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        return name.endsWith(COMPRESSED) ? name.substring(0, name.length() - COMPRESSED.length()) : name;
    }

    /** With its length, so that no two lists of texts look alike; null as an empty text. */
    private static void put(Hasher hasher, @Nullable String text) {
        byte[] bytes = (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
        hasher.putInt(bytes.length).putBytes(bytes);
    }
}
