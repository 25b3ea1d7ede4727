package io.deepsentry.anomaly.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads and writes JSON files: results indented, for people as well as programs. */
public final class JsonFile {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();

    private static final JsonMapper COMPACT = new JsonMapper();
    private static final long LARGEST_MODEL_FILE = 64L << 20;

    private JsonFile() {}

    /**
     * Reads a file of a model.
     *
     * @throws ModelException if it is no JSON, or larger than any that is written
     */
    public static JsonNode read(Path file) {
        try {
            if (Files.size(file) > LARGEST_MODEL_FILE) {
                throw new ModelException(file + " has more than " + LARGEST_MODEL_FILE
                        + " bytes, and is not what was written; train again");
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not valid JSON: " + e.getOriginalMessage() + "; train again", e);
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /** Writes a file in one line, for programs. */
    public static AtomicFile.PathWriter compact(Map<String, Object> content) {
        return path -> Files.write(path, COMPACT.writeValueAsBytes(content));
    }

    /**
     * Writes a file, whole or not at all.
     *
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public static void write(Path file, Map<String, ?> content) {
        AtomicFile.write(file, out -> {
            JSON.writeValue(out, content);
            out.write('\n');
        });
    }
}
