package io.deepsentry.anomaly.internal.detector;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.threshold.ThresholdRule;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ModelException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the metadata of a trained detector says that scoring needs.
 *
 * @param members how many networks each view has
 * @param sessions whether it was trained on sessions; else on streams
 * @param noveltyRate the share of validation messages that training did not have, with one added so that it is above 0
 * @param scale that of the known messages; empty if their vectors are not those of training
 * @param falseAlarmRate the share of validation scores that a threshold may leave above it
 */
public record DetectorMetadata(
        int sequenceLength,
        int dimension,
        int members,
        boolean sessions,
        double noveltyRate,
        OptionalDouble scale,
        SurpriseRule.Seen seen,
        Threshold threshold,
        ScoreStatistics validation,
        String description,
        double falseAlarmRate) {
    /** Networks that one view may have. */
    public static final int MOST_MEMBERS = 64;

    private static final double USUAL_RATE = 0.02;

    /** Takes the figures from the metadata of a model folder. */
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
                members(json, directory),
                json.path("unit").asText().equals("session"),
                noveltyRate(json, directory),
                scale(json),
                new SurpriseRule.Seen(
                        json.path("seen_units").asLong(),
                        json.path("seen_steps").asLong()),
                new Threshold(
                        threshold.path("threshold").asDouble(),
                        threshold.path("method").asText(),
                        threshold.path("validation_count").asLong()),
                ScoreStatistics.of(json.path("validation_scores")),
                json.path("score").asText(),
                json.path("false_alarm_rate").asDouble(USUAL_RATE));
    }

    private static int members(JsonNode json, Path directory) {
        int members = json.path("members").asInt(1);
        if (members < 1 || members > MOST_MEMBERS) {
            throw new ModelException("members must be 1 to " + MOST_MEMBERS + ", but was " + members
                    + " in the metadata in " + directory + "; train again");
        }
        return members;
    }

    private static double noveltyRate(JsonNode json, Path directory) {
        double rate = json.path("novelty_rate").asDouble();
        if (!(rate > 0 && rate <= 1)) {
            throw new ModelException("novelty_rate must be above 0 and at most 1, but was "
                    + json.path("novelty_rate").asText("absent") + " in the metadata in " + directory
                    + "; train again");
        }
        return rate;
    }

    /** A detector in eight bits has other vectors than training, whose scale it names. */
    private static OptionalDouble scale(JsonNode json) {
        double scale = json.path("scale").asDouble();
        return scale > 0 && Double.isFinite(scale) && !json.has("quantized_from")
                ? OptionalDouble.of(scale)
                : OptionalDouble.empty();
    }

    /** How a threshold follows from validation scores. */
    public ThresholdRule rule() {
        return new ThresholdRule(seen.threshold(sessions), SurpriseRule.Seen.method(sessions), falseAlarmRate);
    }

    /** The figures under their names in {@code metadata.json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sequence_length", sequenceLength);
        map.put("dimension", dimension);
        map.put("members", members);
        map.put("unit", sessions ? "session" : "line");
        map.put("novelty_rate", noveltyRate);
        scale.ifPresent(known -> map.put("scale", (float) known));
        map.put("seen_units", seen.units());
        map.put("seen_steps", seen.steps());
        map.put("score", description);
        map.put("false_alarm_rate", falseAlarmRate);
        map.put("threshold", threshold.toMap());
        map.put("validation_scores", validation.toMap());
        return map;
    }
}
