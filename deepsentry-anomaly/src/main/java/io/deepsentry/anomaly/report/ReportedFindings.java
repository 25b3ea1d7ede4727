package io.deepsentry.anomaly.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.text.identity.MessageValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The findings of an evaluation, each with when it occurred and who took part. For one thread. */
final class ReportedFindings {
    /** The most findings with all that is known of them; of the others the report has the number. */
    static final int MOST = 300;

    private static final int MOST_OCCURRENCES = 200_000;
    private static final int MOST_MESSAGES = 60;
    /** Things that are odd side by side begin near each other. */
    private static final int MOST_RUNS_AT_ONCE = 16;

    private static final JsonMapper JSON = new JsonMapper();

    private final List<Item> items = new ArrayList<>();
    private final Map<String, Item> byId = new HashMap<>();
    private final Map<String, List<Item>> byMessage = new HashMap<>();
    private final Map<String, Set<Item>> bySession = new HashMap<>();
    private final Map<String, TreeMap<Long, List<Occurrence>>> byLine = new HashMap<>();
    private final FieldCounts learned = new FieldCounts();
    private final boolean severalFiles;
    private int total;
    private int critical;
    private int occurrences;

    /** A finding. */
    private static final class Item {
        private final ObjectNode json;
        private final String id;
        private final String kind;
        private final @Nullable String message;
        private final @Nullable String subject;
        private final TreeMap<Integer, Integer> at = new TreeMap<>();
        private final FieldCounts here = new FieldCounts();
        private final FieldCounts before = new FieldCounts();
        /** The messages of its first session. */
        private final Map<String, Integer> messages = new LinkedHashMap<>();

        private @Nullable String session;
        private @Nullable String odd;

        Item(ObjectNode json) {
            this.json = json;
            id = json.path("id").asText();
            kind = json.path("kind").asText();
            message = text(json, "message");
            subject = text(json, "subject");
        }

        void occurred(int bucket) {
            at.merge(Math.max(0, bucket), 1, Integer::sum);
        }
    }

    /** A row of the report of anomalies: the lines from first to last, the odd one among them. */
    private record Occurrence(
            Item item,
            @Nullable String session,
            long odd,
            long last,
            @Nullable String message) {}

    private ReportedFindings(boolean severalFiles) {
        this.severalFiles = severalFiles;
    }

    /**
     * Reads what an evaluation found.
     *
     * @throws MissingDataException if its files are not there
     * @throws DataException if they cannot be understood
     */
    static ReportedFindings read(Path results, boolean severalFiles) {
        ReportedFindings findings = new ReportedFindings(severalFiles);
        Path file = results.resolve(EvalResult.FINDINGS);
        try {
            findings.addFindings(
                    JSON.readTree(Files.readAllBytes(require(file))).path("findings"));
            Path rows = require(results.resolve(EvalResult.ANOMALIES));
            try (MappingIterator<JsonNode> all = JSON.readerFor(JsonNode.class).readValues(rows.toFile())) {
                while (all.hasNext()) {
                    findings.addOccurrence(all.next());
                }
            }
        } catch (IOException e) {
            throw new DataException(
                    results + ": what was found cannot be read: " + e.getMessage() + "; run eval again", e);
        }
        return findings;
    }

    private static Path require(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException(
                    "a report needs " + file + ", but it does not exist; run eval, analyze or run first");
        }
        return file;
    }

    private void addFindings(JsonNode all) {
        for (JsonNode each : all) {
            total++;
            critical += each.path("level").asText().equals("critical") ? 1 : 0;
            if (items.size() >= MOST || !(each instanceof ObjectNode json)) {
                continue;
            }
            Item item = new Item(json.deepCopy());
            items.add(item);
            byId.put(item.id, item);
            if (item.message != null) {
                byMessage
                        .computeIfAbsent(item.message, unused -> new ArrayList<>())
                        .add(item);
            }
        }
    }

    private void addOccurrence(JsonNode row) {
        Item item = byId.get(row.path("finding").asText());
        JsonNode explanation = row.path("explanation");
        if (item == null || occurrences >= MOST_OCCURRENCES) {
            return;
        }
        occurrences++;
        String session = text(row, "session");
        long odd = explanation.path("step").path("line").asLong();
        Occurrence occurrence = new Occurrence(
                item, session, odd, explanation.path("last_line").asLong(), text(explanation, "message"));
        if (session != null) {
            item.session = item.session == null ? session : item.session;
            bySession.computeIfAbsent(session, unused -> new HashSet<>()).add(item);
        }
        String file = explanation.path("step").path("file").asText();
        TreeMap<Long, List<Occurrence>> lines = byLine.computeIfAbsent(file, unused -> new TreeMap<>());
        long first =
                session == null ? Math.min(odd, explanation.path("first_line").asLong()) : odd;
        lines.computeIfAbsent(first, unused -> new ArrayList<>()).add(occurrence);
        if (first != odd) {
            lines.computeIfAbsent(odd, unused -> new ArrayList<>()).add(occurrence);
        }
    }

    /** Takes a row of the log. */
    void add(LogRows.Row row, Buckets judged) {
        if (row.learned()) {
            if (!row.repeated()) {
                learned.add(row, severalFiles);
                byMessage.getOrDefault(row.message(), List.of()).forEach(item -> item.before.add(row, severalFiles));
            }
            return;
        }
        String session = row.origin().session();
        if (session != null) {
            for (Item item : bySession.getOrDefault(session, Set.of())) {
                item.here.add(row, severalFiles);
                if (session.equals(item.session)
                        && (item.messages.size() < MOST_MESSAGES || item.messages.containsKey(row.message()))) {
                    item.messages.merge(row.message(), 1, Integer::sum);
                }
            }
        }
        TreeMap<Long, List<Occurrence>> lines = byLine.get(row.origin().file());
        if (lines == null) {
            return;
        }
        long line = row.origin().line();
        for (Occurrence each : lines.getOrDefault(line, List.of())) {
            if (each.odd() == line && Objects.equals(each.session(), session)) {
                each.item().odd = each.item().odd == null ? oddValue(each.item(), row) : each.item().odd;
                if (session != null) {
                    each.item().occurred(judged.of(row.at()));
                }
            }
        }
        if (session == null) {
            addToRuns(row, lines, line, judged.of(row.at()));
        }
    }

    /** A line belongs to a run if it is what is odd there, or says the same. */
    private void addToRuns(LogRows.Row row, NavigableMap<Long, List<Occurrence>> lines, long line, int bucket) {
        Set<Item> added = new HashSet<>();
        int runs = 0;
        for (List<Occurrence> run : lines.headMap(line, true).descendingMap().values()) {
            if (++runs > MOST_RUNS_AT_ONCE) {
                return;
            }
            for (Occurrence each : run) {
                boolean inside = line <= Math.max(each.last(), each.odd()) && each.session() == null;
                boolean odd = line == each.odd() || row.message().equals(each.message());
                if (inside && odd && added.add(each.item())) {
                    each.item().here.add(row, severalFiles);
                    each.item().occurred(bucket);
                }
            }
        }
    }

    /** The value at the place of which a finding speaks. */
    private static @Nullable String oddValue(Item item, LogRows.Row row) {
        if (item.subject == null || !(item.kind.equals("value") || item.kind.equals("parameter"))) {
            return null;
        }
        return row.values().stream()
                .filter(value -> value.place().equals(item.subject))
                .map(MessageValue::text)
                .findFirst()
                .orElse(null);
    }

    /** Returns the findings as the page reads them. */
    Map<String, Object> toMap(Patterns patterns) {
        ArrayNode all = JSON.createArrayNode();
        for (Item item : items) {
            shorten(item.json);
            ArrayNode at = item.json.putArray("at");
            item.at.forEach((bucket, count) -> at.add(bucket).add(count));
            item.json.set("involved", JSON.valueToTree(involved(item)));
            ArrayNode odd = item.json.putArray("odd");
            oddWords(item, patterns).forEach(odd::add);
            if (!item.messages.isEmpty()) {
                item.json.set(
                        "session_messages",
                        JSON.valueToTree(item.messages.entrySet().stream()
                                .sorted(Comparator.comparingInt(
                                        (Map.Entry<String, Integer> entry) -> -entry.getValue()))
                                .map(entry -> List.of(ReportData.shown(entry.getKey()), entry.getValue()))
                                .toList()));
            }
            all.add(item.json);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("total", total);
        map.put("critical", critical);
        map.put("items", all);
        return map;
    }

    private List<Map<String, Object>> involved(Item item) {
        return item.here.against(item.session == null && item.before.lines() > 0 ? item.before : learned);
    }

    private static List<String> oddWords(Item item, Patterns patterns) {
        if (item.odd != null) {
            return List.of(item.odd);
        }
        return item.message != null && item.kind.equals("new_message") ? patterns.newWords(item.message) : List.of();
    }

    /** Leaves out what feedback alone reads, and bounds every text. */
    static void shorten(ObjectNode json) {
        if (json.path("explanation") instanceof ObjectNode explanation) {
            explanation.remove("odd_steps");
        }
        bound(json);
    }

    private static void bound(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                if (entry.getValue().isTextual()) {
                    entry.setValue(
                            TextNode.valueOf(ReportData.shown(entry.getValue().asText())));
                } else {
                    bound(entry.getValue());
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual()) {
                    array.set(i, TextNode.valueOf(ReportData.shown(array.get(i).asText())));
                } else {
                    bound(array.get(i));
                }
            }
        }
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.asText() : null;
    }
}
