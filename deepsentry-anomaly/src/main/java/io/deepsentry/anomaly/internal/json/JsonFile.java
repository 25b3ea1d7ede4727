package io.deepsentry.anomaly.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.internal.AtomicFile;
import java.nio.file.Path;
import java.util.Map;

/** Writes results as indented JSON, for people as well as programs. */
public final class JsonFile {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();

    private JsonFile() {}

    /**
     * Writes a file, whole or not at all.
     *
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public static void write(Path file, Map<String, Object> content) {
        AtomicFile.write(file, out -> {
            JSON.writeValue(out, content);
            out.write('\n');
        });
    }
}
