package io.deepsentry.anomaly.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.LinkedHashMultiset;
import com.google.common.collect.Multiset;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds alerts by their ids in the files that {@code eval} and {@code live} write: one JSON object a line, with an
 * {@code explanation}.
 */
public final class AlertRecords {
    private static final JsonMapper JSON = new JsonMapper();

    /** The fewest digits that an id is found by. */
    public static final int LEAST_DIGITS = 4;

    private static final int MOST_STEPS = 1_000;
    private static final int SHOWN = 5;

    private AlertRecords() {}

    /**
     * Finds an alert, or all alerts of a finding.
     *
     * @param id the id of an alert or of a finding, or the first {@value #LEAST_DIGITS} or more digits of one
     * @param files the files to search, in order; missing ones are skipped
     * @return the alert; of a finding one that has the steps of all its alerts, and the id of the finding
     * @throws MissingDataException if no file has it
     * @throws DataException if a file cannot be read, or several have an id that begins so
     */
    public static AlertRecord find(String id, List<Path> files) {
        for (Path file : files) {
            AlertRecord found = Files.isRegularFile(file) ? find(id, file) : null;
            if (found != null) {
                return found;
            }
        }
        String searched = files.stream().map(Path::toString).collect(Collectors.joining(" or "));
        boolean none = files.stream().noneMatch(Files::exists);
        throw new MissingDataException("there is no alert " + id + " in " + searched
                + (none ? ", which " + (files.size() == 1 ? "does" : "do") + " not exist" : "")
                + "; check the id, which eval_results/anomalies.jsonl and each alert of live have; name the folder of the"
                + " run that reported it with --data-dir, or the file that has it with --alerts");
    }

    private static @Nullable AlertRecord find(String id, Path file) {
        String wanted = id.toLowerCase(Locale.ROOT);
        boolean prefix = wanted.length() >= LEAST_DIGITS && wanted.matches("[0-9a-f]+");
        // The last record of each alert, which knows most of the session.
        Map<String, AlertRecord> alerts = new LinkedHashMap<>();
        Map<String, AlertRecord> findings = new LinkedHashMap<>();
        long number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.contains('"' + (prefix ? wanted : id))) {
                    continue;
                }
                JsonNode json = JSON.readTree(line);
                String alert = json.path("id").asText();
                String finding = json.path("finding").asText();
                if (alert.equals(id) || (prefix && alert.startsWith(wanted))) {
                    alerts.put(alert, record(json));
                } else if (finding.equals(id) || (prefix && finding.startsWith(wanted))) {
                    findings.merge(finding, record(json), AlertRecords::together);
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
        return only(id, alerts, findings, file);
    }

    private static @Nullable AlertRecord only(
            String id, Map<String, AlertRecord> alerts, Map<String, AlertRecord> findings, Path file) {
        if (alerts.containsKey(id)) {
            return alerts.get(id);
        }
        List<String> ids = Stream.concat(findings.keySet().stream(), alerts.keySet().stream())
                .toList();
        if (ids.size() > 1 && !findings.containsKey(id)) {
            throw new DataException(id + " must be the beginning of one id, but is of " + ids.size() + " in " + file
                    + ": " + ids.stream().limit(SHOWN).collect(Collectors.joining(", ")) + "; give more digits");
        }
        for (Map.Entry<String, AlertRecord> finding : findings.entrySet()) {
            if (ids.size() == 1 || finding.getKey().equals(id)) {
                return finding.getValue().ofFinding(finding.getKey());
            }
        }
        return alerts.isEmpty() ? null : alerts.values().iterator().next();
    }

    /** An alert with the steps of two, each as often as in the one that has it more often. */
    private static AlertRecord together(AlertRecord one, AlertRecord other) {
        Multiset<AnomalousStep> steps = LinkedHashMultiset.create(one.steps());
        Multiset<AnomalousStep> more = LinkedHashMultiset.create(other.steps());
        for (AnomalousStep step : more.elementSet()) {
            if (steps.size() < MOST_STEPS) {
                steps.setCount(step, Math.max(steps.count(step), more.count(step)));
            }
        }
        return new AlertRecord(
                one.id(),
                one.session(),
                Math.max(one.score(), other.score()),
                one.reason(),
                List.copyOf(steps),
                one.finding());
    }

    private static AlertRecord record(JsonNode json) {
        JsonNode session = json.path("session");
        JsonNode finding = json.path("finding");
        return new AlertRecord(
                json.path("id").asText(),
                session.isTextual() ? session.asText() : null,
                json.path("score").asDouble(),
                json.path("explanation").path("reason").asText(),
                AnomalousStep.list(json.path("explanation").path("odd_steps")),
                finding.isTextual() ? finding.asText() : null);
    }
}
