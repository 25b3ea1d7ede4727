package io.deepsentry.anomaly.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds alerts by their ids in the files that {@code eval} and {@code live} write: one JSON object a line, with an
 * {@code explanation}.
 */
public final class AlertRecords {
    private static final JsonMapper JSON = new JsonMapper();

    private AlertRecords() {}

    /**
     * Finds an alert by its id, or the first one of a finding by the finding's.
     *
     * @param files the files to search, in order; missing ones are skipped
     * @throws MissingDataException if no file has it
     * @throws DataException if a file cannot be read
     */
    public static AlertRecord find(String id, List<Path> files) {
        for (Path file : files) {
            AlertRecord found = Files.isRegularFile(file) ? find(id, file) : null;
            if (found != null) {
                return found;
            }
        }
        throw new MissingDataException("there is no alert " + id + " in "
                + files.stream()
                        .map(file -> file + (Files.exists(file) ? "" : " (which does not exist)"))
                        .collect(Collectors.joining(" or "))
                + "; an alert's id stands in eval_results/anomalies.jsonl and in each alert of live: check it, or name the file"
                + " that has it with --alerts");
    }

    /** Returns the last record with this id, which knows most of the session. */
    private static @Nullable AlertRecord find(String id, Path file) {
        AlertRecord found = null;
        long number = 0;
        String quoted = '"' + id + '"';
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.contains(quoted)) {
                    JsonNode json = JSON.readTree(line);
                    if (json.path("id").asText().equals(id)) {
                        found = record(json);
                    } else if (found == null && isOf(json.path("finding"), id)) {
                        // All of a finding are alike: the first speaks for them.
                        found = record(json);
                    }
                }
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DataException(
                    file + ":" + number + ": this is not an alert that eval or live wrote as JSON; run eval again, or"
                            + " remove the line",
                    e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
        return found;
    }

    /** Whether an alert is part of a finding, which the report names by its id and live gives whole. */
    private static boolean isOf(JsonNode finding, String id) {
        return (finding.isObject() ? finding.path("id") : finding).asText().equals(id);
    }

    private static AlertRecord record(JsonNode json) {
        JsonNode session = json.path("session");
        return new AlertRecord(
                json.path("id").asText(),
                session.isTextual() ? session.asText() : null,
                json.path("score").asDouble(),
                json.path("explanation").path("reason").asText(),
                AnomalousStep.list(json.path("explanation").path("odd_steps")));
    }
}
