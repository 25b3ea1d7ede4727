package io.deepsentry.text.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.redact.RedactionRules;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The file of {@link HourRow}s: packed JSON lines, source by source in the order of their time. */
final class HourFile {
    static final String NAME = "hours.jsonl.gz";

    private static final ObjectMapper JSON = new ObjectMapper();

    private HourFile() {}

    /**
     * Writes the sums of a sample.
     *
     * @param identity says which message a line is
     * @param ends the first hour of the test part, by source; none of it on is written
     */
    static void write(Path file, LogSample sample, MessageIdentity identity, Map<String, Long> ends)
            throws IOException {
        Map<String, List<HourSum>> bySource = new TreeMap<>();
        sample.hours().kept().values().forEach(sum -> bySource.computeIfAbsent(
                        sum.source(), source -> new ArrayList<>())
                .add(sum));
        Map<Long, String> texts = texts(sample, identity);
        try (BufferedWriter out = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
            for (String source : Stretches.sources(sample)) {
                List<HourSum> sums = bySource.getOrDefault(source, new ArrayList<>());
                sums.sort(Comparator.comparingLong(HourSum::hour));
                HourSum before = null;
                for (HourSum sum : sums) {
                    if (sum.hour() < ends.getOrDefault(source, Long.MAX_VALUE)) {
                        out.write(JSON.writeValueAsString(row(sample, before, sum, texts)));
                        out.write('\n');
                    }
                    before = sum;
                }
            }
        }
    }

    /** Messages by their hashes. Where more is told apart than in the sample, nobody can say what was counted. */
    private static Map<Long, String> texts(LogSample sample, MessageIdentity identity) {
        Map<Long, String> texts = new HashMap<>();
        String masking = identity.masking().withSecrets(RedactionRules.NONE).canonical();
        if (masking.equals(NormalizerSettings.DEFAULTS.canonical())) {
            sample.firsts()
                    .kept()
                    .forEach((message, first) ->
                            texts.put(message, identity.of(first.line().event())));
        }
        return texts;
    }

    private static Map<String, Object> row(
            LogSample sample, @Nullable HourSum before, HourSum sum, Map<Long, String> texts) {
        boolean follows = true;
        for (long hour = before == null ? sum.hour() : before.hour() + 1; hour < sum.hour() && follows; hour++) {
            follows = sample.hours().fits(LogSample.ofHour(sum.source(), hour));
        }
        Map<String, Long> messages = new TreeMap<>();
        sum.messages().forEach((message, lines) -> {
            String text = texts.get(message);
            if (text != null) {
                messages.merge(text, lines, Long::sum);
            }
        });
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("source", sum.source());
        row.put("hour", sum.hour());
        row.put("follows", follows);
        row.put("minutes", sum.minutes());
        row.put("messages", messages);
        return row;
    }

    /**
     * Reads a row.
     *
     * @param where what to name in an error
     */
    static HourRow read(String line, String where) {
        try {
            JsonNode json = JSON.readTree(line);
            List<Long> minutes = new ArrayList<>();
            json.path("minutes").forEach(count -> minutes.add(count.asLong()));
            Map<String, Long> messages = new LinkedHashMap<>();
            json.path("messages")
                    .properties()
                    .forEach(message ->
                            messages.put(message.getKey(), message.getValue().asLong()));
            return new HourRow(
                    json.path("source").asText(),
                    json.path("hour").asLong(),
                    json.path("follows").asBoolean(),
                    minutes,
                    messages);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DataException(where + " is no row of hours: " + e.getMessage() + "; run prepare again", e);
        }
    }
}
