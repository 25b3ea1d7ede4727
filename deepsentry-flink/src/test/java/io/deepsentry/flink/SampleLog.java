package io.deepsentry.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.SentryStream;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.nn.Device;
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
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A log of HDFS, the models of its kind, and what they say of it without Flink. */
final class SampleLog {
    static final String KEY = "(blk_-?\\d+)";
    static final Duration IDLE = Duration.ofMinutes(10);

    private static final Path CLI = Path.of("..", "deepsentry-cli", "src");

    private SampleLog() {}

    /** The folder of models that {@code tools/golden/record} recorded. */
    static Path models(String name) {
        return CLI.resolve("test/resources/io/deepsentry/cli/golden").resolve(name);
    }

    /** Lines of the bundled sample, from 1, the last one included. */
    static List<TextLine> bundled(int first, int last) throws IOException {
        return lines(CLI.resolve("main/resources/io/deepsentry/cli/sample/hdfs-sample.log.gz"), first, last);
    }

    static List<TextLine> lines(Path log, int first, int last) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(log));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String> texts = reader.lines().limit(last).skip(first - 1L).toList();
            List<TextLine> lines = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                lines.add(new TextLine("hdfs.log", i + 1L, texts.get(i)));
            }
            return lines;
        }
    }

    private static void read(List<TextLine> lines, @Nullable String key, BiConsumer<LogEvent, TextLine> visitor) {
        String text = String.join("\n", lines.stream().map(TextLine::text).toList());
        try (LogReader reader = LogReader.builder()
                .input("hdfs.log", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .format("hdfs")
                .onMalformed(OnMalformed.SKIP)
                .sessionKey(key)
                .open()) {
            reader.forEach(event ->
                    visitor.accept(event, lines.get((int) event.origin().lineNumber() - 1)));
        }
    }

    /** Every session, and every line without one, as a text: its key, begin, length, score and reason. */
    static List<String> judgedSessions(Path models, List<TextLine> lines) {
        List<String> judged = new ArrayList<>();
        record Open(SentrySession session, long first, long last, long lines) {
            String judged(String key) {
                return text(key, first, lines, session.end());
            }
        }
        try (Sentry sentry = Sentry.builder(models).device(Device.AUTO).open()) {
            Map<String, Open> open = new HashMap<>();
            read(lines, KEY, (event, line) -> {
                long time = Objects.requireNonNull(event.time()).toEpochMilli();
                if (event.sessionKeys().isEmpty() && sentry.judgesLines()) {
                    judged.add(text(line.source(), time, 1, sentry.judgeLine(event)));
                }
                for (String key : event.sessionKeys()) {
                    Open before = open.get(key);
                    if (before != null && time - before.last >= IDLE.toMillis()) {
                        judged.add(before.judged(key));
                        before = null;
                    }
                    Open now = before == null
                            ? new Open(sentry.begin(), time, time, 1)
                            : new Open(before.session, before.first, time, before.lines + 1);
                    Verdict unused = now.session.add(event);
                    open.put(key, now);
                }
            });
            open.forEach((key, session) -> judged.add(session.judged(key)));
        }
        return judged.stream().sorted().toList();
    }

    /** Every line of a stream, likewise. */
    static List<String> judgedLines(Path models, List<TextLine> lines) {
        List<String> judged = new ArrayList<>();
        try (Sentry sentry = Sentry.open(models)) {
            Map<String, SentryStream> streams = new HashMap<>();
            read(lines, null, (event, line) -> {
                Verdict verdict = streams.computeIfAbsent(line.source(), unused -> sentry.beginStream())
                        .add(event);
                long time = Objects.requireNonNull(event.time()).toEpochMilli();
                judged.add(text(line.source(), time, 1, verdict));
            });
        }
        return judged.stream().sorted().toList();
    }

    private static String text(String key, long first, long lines, Verdict verdict) {
        return String.join(
                " ",
                key,
                Long.toString(first),
                Long.toString(lines),
                Double.toHexString(verdict.score()),
                Double.toHexString(verdict.threshold()),
                Boolean.toString(verdict.isAnomalous()),
                verdict.reason());
    }

    /** Equal, or only what differs is said. */
    static void assertSame(List<String> actual, List<String> expected) {
        List<String> extra = new ArrayList<>(actual);
        expected.forEach(extra::remove);
        List<String> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        assertThat(extra.stream().limit(5))
                .as("%s beyond what was expected", extra.size())
                .isEmpty();
        assertThat(missing.stream().limit(5)).as("%s missing", missing.size()).isEmpty();
    }

    static String text(JudgedCase judged) {
        return String.join(
                " ",
                judged.key(),
                Long.toString(judged.firstTime()),
                Long.toString(judged.lines()),
                Double.toHexString(judged.score()),
                Double.toHexString(judged.threshold()),
                Boolean.toString(judged.anomalous()),
                judged.reason());
    }
}
