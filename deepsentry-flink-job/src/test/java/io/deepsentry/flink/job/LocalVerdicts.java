package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What {@link Sentry} says of the sessions of a log of HDFS, line by line, without Flink. */
final class LocalVerdicts {
    static final String KEY = "(blk_-?\\d+)";
    static final Duration IDLE = Duration.ofMinutes(10);
    static final Path CLI = Path.of("..", "deepsentry-cli", "src");
    static final Path MODELS = CLI.resolve("test/resources/io/deepsentry/cli/golden/sessions");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> verdicts = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    private static final class Open {
        final SentrySession session;
        final long first;
        long last;
        long lines;
        boolean reported;

        Open(SentrySession session, long first) {
            this.session = session;
            this.first = first;
        }
    }

    LocalVerdicts(List<String> lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        try (LogReader reader = LogReader.builder()
                .input("hdfs.log", new ByteArrayInputStream(text))
                .format("hdfs")
                .onMalformed(OnMalformed.SKIP)
                .sessionKey(KEY)
                .open()) {
            judge(reader);
        }
    }

    /** Of events that were read otherwise. */
    static LocalVerdicts of(Iterable<LogEvent> events) {
        LocalVerdicts verdicts = new LocalVerdicts();
        verdicts.judge(events);
        return verdicts;
    }

    private LocalVerdicts() {}

    private void judge(Iterable<LogEvent> events) {
        Map<String, Open> open = new HashMap<>();
        try (Sentry sentry = Sentry.open(MODELS)) {
            for (LogEvent event : events) {
                long time = Objects.requireNonNull(event.time()).toEpochMilli();
                for (String key : event.sessionKeys()) {
                    Open session = open.get(key);
                    if (session != null && time - session.last >= IDLE.toMillis()) {
                        end(key, session);
                        session = null;
                    }
                    if (session == null) {
                        session = new Open(sentry.begin(), time);
                        open.put(key, session);
                    }
                    Verdict verdict = session.session.add(event);
                    session.last = time;
                    session.lines++;
                    if (verdict.isAnomalous() && !session.reported) {
                        session.reported = true;
                        findings.add(text(key, session, verdict));
                    }
                }
            }
            open.forEach(this::end);
        }
    }

    private void end(String key, Open session) {
        Verdict verdict = session.session.end();
        String text = text(key, session, verdict);
        verdicts.add(text);
        if (verdict.isAnomalous() && !session.reported) {
            findings.add(text);
        }
    }

    private static String text(String key, Open session, Verdict verdict) {
        return text(
                key,
                session.first,
                session.last,
                session.lines,
                verdict.score(),
                verdict.threshold(),
                verdict.isAnomalous(),
                verdict.reason());
    }

    private static String text(Object... parts) {
        List<String> texts = new ArrayList<>();
        for (Object part : parts) {
            texts.add(part instanceof Double number ? Double.toHexString(number) : String.valueOf(part));
        }
        return String.join(" ", texts);
    }

    /** Fails unless the records of two topics are these sessions, each once. */
    void assertSame(
            List<ConsumerRecord<String, String>> verdictTopic, List<ConsumerRecord<String, String>> alertTopic) {
        assertThat(findings).isNotEmpty();
        assertThat(sessions(verdictTopic)).containsExactlyInAnyOrderElementsOf(verdicts);
        assertThat(sessions(alertTopic)).containsExactlyInAnyOrderElementsOf(findings);
        assertThat(alertTopic.stream()
                        .map(record ->
                                new String(record.headers().lastHeader("id").value(), StandardCharsets.UTF_8)))
                .doesNotHaveDuplicates();
    }

    private static List<String> sessions(List<ConsumerRecord<String, String>> records) {
        List<String> texts = new ArrayList<>();
        for (ConsumerRecord<String, String> record : records) {
            JsonNode row = row(record.value());
            if (row.get("unit").asText().equals("session")) {
                texts.add(text(
                        row.get("key").asText(),
                        row.get("firstTime").asLong(),
                        row.get("lastTime").asLong(),
                        row.get("lines").asLong(),
                        row.get("score").asDouble(),
                        row.get("threshold").asDouble(),
                        row.get("anomalous").asBoolean(),
                        row.get("reason").asText()));
            }
        }
        return texts;
    }

    private static JsonNode row(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    /** Lines of the bundled sample, from 1, the last one included. */
    static List<String> bundled(int first, int last) throws IOException {
        return lines(CLI.resolve("main/resources/io/deepsentry/cli/sample/hdfs-sample.log.gz"), first, last);
    }

    static List<String> lines(Path log, int first, int last) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(log));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().limit(last).skip(first - 1L).toList();
        }
    }
}
