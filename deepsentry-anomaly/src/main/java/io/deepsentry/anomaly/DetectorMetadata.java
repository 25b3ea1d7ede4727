package io.deepsentry.anomaly;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.ModelException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the metadata of a trained detector says that scoring needs.
 *
 * @param keyed whether it was trained on sessions
 */
record DetectorMetadata(
        int sequenceLength,
        int dimension,
        boolean keyed,
        SessionScorer.Allowance allowance,
        Threshold threshold,
        ScoreStatistics validation,
        String description) {

    static DetectorMetadata of(JsonNode json, Path directory) {
        JsonNode threshold = json.path("threshold");
        if (!json.path("sequence_length").isInt()
                || !json.path("dimension").isInt()
                || !threshold.path("threshold").isNumber()) {
            throw new ModelException("the metadata in " + directory
                    + " is not that of a detector: sequence_length, dimension or threshold is missing; name the folder"
                    + " that train-detector wrote");
        }
        return new DetectorMetadata(
                json.path("sequence_length").asInt(),
                json.path("dimension").asInt(),
                json.path("unit").asText().equals("session"),
                new SessionScorer.Allowance(
                        json.path("training_units").asLong(),
                        json.path("training_steps").asLong()),
                new Threshold(
                        threshold.path("threshold").asDouble(),
                        threshold.path("method").asText(),
                        threshold.path("validation_count").asLong()),
                ScoreStatistics.of(json.path("validation_scores")),
                json.path("score").asText());
    }

    /** The figures under their names in {@code metadata.json}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sequence_length", sequenceLength);
        map.put("dimension", dimension);
        map.put("unit", keyed ? "session" : "line");
        map.put("training_units", allowance.units());
        map.put("training_steps", allowance.steps());
        map.put("score", description);
        map.put("threshold", threshold.toMap());
        map.put("validation_scores", validation.toMap());
        return map;
    }
}
