package io.deepsentry.text.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.common.base.Splitter;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.text.internal.token.MaskingForm;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code prepared.json} says of a prepared data set.
 *
 * @param sessionKey the regular expression that tells sessions, or null: each input is one stream
 * @param format how the log was read: a format that can be named again
 * @param timeFormat how its times were written, or null
 * @param customParser the class that read it in place of a format, or null
 * @param timeZone the zone of its times
 * @param onMalformed what became of lines that did not fit
 * @param trainOn what became of labelled anomalies
 * @param inputs the logs, as they were named; empty where a program gave the events
 * @param workingDir the folder that relative names of inputs start from; null in data that an earlier version prepared
 * @param test the test log of its own, or null
 * @param rows rows in each part
 * @param sessions sessions in each part
 * @param spans the time of each part; a part whose lines have no time has none, and neither has data prepared before
 *     these were kept
 * @param vocabularySize {@code <pad>} and {@code <unk>} included
 * @param distinctMessages distinct masked messages in all parts
 * @param labelled whether rows carry labels
 * @param fingerprint a digest of the text of all parts
 * @param normalizer what was masked
 * @param share the share of the log's sessions, or of the lines of its streams, that are here: below 1 where the inputs
 *     are a {@link LogSample} that is not whole. Then the rate of the log's lines is not that of these rows, nor, but
 *     for the stretches of streams, their order
 * @param read counts of what was read of the inputs: lines, events, malformed, attached,
 *     unread, dropped, blank, ignored_bytes, without_key
 */
public record PreparedMeta(
        @Nullable String sessionKey,
        String format,
        @Nullable String timeFormat,
        @Nullable String customParser,
        String timeZone,
        String onMalformed,
        String trainOn,
        List<String> inputs,
        @Nullable String workingDir,
        @Nullable String test,
        Map<Split, Long> rows,
        Map<Split, Long> sessions,
        Map<Split, TimeSpan> spans,
        int vocabularySize,
        int distinctMessages,
        boolean labelled,
        String fingerprint,
        NormalizerSettings normalizer,
        double share,
        Map<String, Long> read) {
    private static final int VERSION = 2;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public PreparedMeta {
        inputs = List.copyOf(inputs);
        rows = Map.copyOf(rows);
        sessions = Map.copyOf(sessions);
        spans = Map.copyOf(spans);
        read = Collections.unmodifiableMap(new LinkedHashMap<>(read));
    }

    /**
     * Creates the description of data that holds the whole log.
     *
     * @deprecated use the constructor that takes {@code share}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    @SuppressWarnings("InlineMeSuggester")
    public PreparedMeta(
            @Nullable String sessionKey,
            String format,
            @Nullable String timeFormat,
            @Nullable String customParser,
            String timeZone,
            String onMalformed,
            String trainOn,
            List<String> inputs,
            @Nullable String workingDir,
            @Nullable String test,
            Map<Split, Long> rows,
            Map<Split, Long> sessions,
            Map<Split, TimeSpan> spans,
            int vocabularySize,
            int distinctMessages,
            boolean labelled,
            String fingerprint,
            NormalizerSettings normalizer,
            Map<String, Long> read) {
        this(
                sessionKey,
                format,
                timeFormat,
                customParser,
                timeZone,
                onMalformed,
                trainOn,
                inputs,
                workingDir,
                test,
                rows,
                sessions,
                spans,
                vocabularySize,
                distinctMessages,
                labelled,
                fingerprint,
                normalizer,
                1,
                read);
    }

    /**
     * {@return the format with which the inputs are read again: {@link LogFormat#AUTO} where {@code format} names several,
     * as each input was found to have its own}
     */
    public String formatToRead() {
        List<String> names = Splitter.on(" and ").splitToList(format);
        return names.size() > 1 && names.stream().allMatch(LogFormat::isNamed) ? LogFormat.AUTO : format;
    }

    static PreparedMeta of(
            PrepareSettings settings, PrepareResult result, String fingerprint, boolean labelled, double share) {
        Path test = settings.test();
        return new PreparedMeta(
                settings.sessionKey(),
                result.format(),
                settings.timeFormat(),
                settings.customParser(),
                settings.zone().getId(),
                settings.onMalformed().name().toLowerCase(Locale.ROOT),
                settings.trainOn().name().toLowerCase(Locale.ROOT),
                result.format().equals(GivenEvents.FORMAT)
                        ? List.of()
                        : settings.inputs().stream().map(Path::toString).toList(),
                Path.of("").toAbsolutePath().toString(),
                test == null ? null : test.toString(),
                result.rows(),
                result.sessions(),
                result.spans(),
                result.vocabularySize(),
                result.distinctMessages(),
                labelled,
                fingerprint,
                settings.normalizer(),
                share,
                counts(result.read()));
    }

    /** The same of the lines that have no session key: streams, one an input. */
    PreparedMeta ofKeyless(RowWriter lines, long streams) {
        Map<Split, Long> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            counts.put(split, lines.rows(split));
        }
        return new PreparedMeta(
                null,
                format,
                timeFormat,
                customParser,
                timeZone,
                onMalformed,
                trainOn,
                inputs,
                workingDir,
                test,
                counts,
                Map.of(Split.TRAIN, streams, Split.VAL, streams, Split.TEST, streams),
                lines.spans(),
                vocabularySize,
                lines.distinctMessages(),
                lines.labelled(),
                lines.fingerprint(),
                normalizer,
                share,
                read);
    }

    /** The same with all parts in the test part. */
    PreparedMeta joined() {
        Map<Split, Long> noSessions = Map.of(Split.TRAIN, 0L, Split.VAL, 0L);
        Map<Split, Long> allSessions = new EnumMap<>(noSessions);
        allSessions.put(
                Split.TEST,
                sessionKey == null
                        ? sessions.getOrDefault(Split.TEST, 0L)
                        : sessions.values().stream().mapToLong(Long::longValue).sum());
        Map<Split, Long> allRows = new EnumMap<>(noSessions);
        allRows.put(
                Split.TEST, rows.values().stream().mapToLong(Long::longValue).sum());
        TimeSpan span = spans.values().stream().reduce(TimeSpan::plus).orElse(null);
        return new PreparedMeta(
                sessionKey,
                format,
                timeFormat,
                customParser,
                timeZone,
                onMalformed,
                trainOn,
                inputs,
                workingDir,
                // The test part begins where a log begins, as a test log's does.
                test == null && inputs.size() == 1 ? inputs.get(0) : test,
                allRows,
                allSessions,
                span == null ? Map.of() : Map.of(Split.TEST, span),
                vocabularySize,
                distinctMessages,
                labelled,
                fingerprint,
                normalizer,
                share,
                read);
    }

    private static Map<String, Long> counts(ReadStats read) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("lines", read.lines());
        counts.put("events", read.events());
        counts.put("malformed", read.malformed());
        counts.put("attached", read.attached());
        counts.put("unread", read.unread());
        counts.put("dropped", read.dropped());
        counts.put("blank", read.blank());
        counts.put("ignored_bytes", read.ignoredBytes());
        counts.put("without_key", read.withoutKey());
        return counts;
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    void write(Path file) throws IOException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("values_version", ValuesWriter.VERSION);
        json.put("session_key", sessionKey);
        json.put("log_format", format);
        json.put("time_format", timeFormat);
        json.put("custom_parser", customParser);
        json.put("time_zone", timeZone);
        json.put("on_malformed", onMalformed);
        json.put("train_on", trainOn);
        json.put("inputs", inputs);
        json.put("working_dir", workingDir);
        json.put("test", test);
        json.put("rows", byKey(rows));
        json.put("sessions", byKey(sessions));
        Map<String, List<String>> times = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            TimeSpan span = spans.get(split);
            if (span != null) {
                times.put(
                        split.key(),
                        List.of(span.first().toString(), span.last().toString()));
            }
        }
        json.put("spans", times);
        json.put("vocabulary_size", vocabularySize);
        json.put("distinct_messages", distinctMessages);
        json.put("labelled", labelled);
        if (share < 1) {
            json.put("share", share);
        }
        json.put("read", read);
        json.put("fingerprint", fingerprint);
        json.putAll(MaskingForm.of(normalizer));
        Files.writeString(file, JSON.writeValueAsString(json) + "\n");
    }

    private static Map<String, Long> byKey(Map<Split, Long> counts) {
        Map<String, Long> keyed = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            keyed.put(split.key(), counts.getOrDefault(split, 0L));
        }
        return keyed;
    }

    static PreparedMeta read(Path file) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new DataException(file + ": is not JSON (" + e.getOriginalMessage() + "); run prepare again", e);
        }
        if (json.path("version").asInt() == 1) {
            throw new DataException(file + ": was prepared with an earlier identity of messages; run prepare again");
        }
        if (json.path("version").asInt() != VERSION) {
            throw new DataException(file + ": version must be " + VERSION + ", but was "
                    + json.path("version").asText("absent") + "; run prepare again");
        }
        if (json.path("values_version").asInt(ValuesWriter.VERSION) != ValuesWriter.VERSION) {
            throw new DataException(file + ": values_version must be " + ValuesWriter.VERSION + ", but was "
                    + json.path("values_version").asText() + "; run prepare again");
        }
        Map<String, Long> read = new LinkedHashMap<>();
        json.path("read")
                .properties()
                .forEach(entry -> read.put(entry.getKey(), entry.getValue().asLong()));
        return new PreparedMeta(
                text(json, "session_key"),
                json.path("log_format").asText(),
                text(json, "time_format"),
                text(json, "custom_parser"),
                json.path("time_zone").asText("UTC"),
                json.path("on_malformed").asText("skip"),
                json.path("train_on").asText("normal"),
                texts(json.path("inputs")),
                text(json, "working_dir"),
                text(json, "test"),
                counts(json.path("rows")),
                counts(json.path("sessions")),
                spans(json.path("spans"), file),
                json.path("vocabulary_size").asInt(),
                json.path("distinct_messages").asInt(),
                json.path("labelled").asBoolean(),
                json.path("fingerprint").asText(),
                MaskingForm.settings(json),
                json.path("share").asDouble(1),
                read);
    }

    private static Map<Split, TimeSpan> spans(JsonNode node, Path file) {
        Map<Split, TimeSpan> spans = new EnumMap<>(Split.class);
        try {
            for (Split split : Split.values()) {
                JsonNode times = node.path(split.key());
                if (times.size() == 2) {
                    spans.put(
                            split,
                            new TimeSpan(
                                    Instant.parse(times.get(0).asText()),
                                    Instant.parse(times.get(1).asText())));
                }
            }
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new DataException(file + ": has a wrong time (" + e.getMessage() + "); run prepare again", e);
        }
        return spans;
    }

    private static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.asText() : null;
    }

    private static Map<Split, Long> counts(JsonNode node) {
        Map<Split, Long> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            counts.put(split, node.path(split.key()).asLong());
        }
        return counts;
    }
}
