package io.deepsentry.anomaly.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.prepare.Split;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers what a report shows, in two passes over the prepared data and in bounded memory. For one thread. */
final class ReportData {
    /** The most characters of a text in the page: it must not grow with one line. */
    private static final int LONGEST_TEXT = 400;

    private static final int MOST_BUCKETS = 500;
    private static final long SECOND = 1_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final EvalSettings settings;
    private final PreparedData prepared;
    private final Extent learned = new Extent();
    private final Extent judged = new Extent();

    /** A range of places, and the lines in it. */
    private static final class Extent {
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private long lines;
        /** Whether every time is a whole second: then a shorter bucket shows nothing but gaps. */
        private boolean wholeSeconds = true;

        void add(LogRows.Row row) {
            wholeSeconds &= row.at() % SECOND == 0;
            first = Math.min(first, row.at());
            last = Math.max(last, row.at());
            lines += row.repeated() ? 0 : 1;
        }

        Map<String, @Nullable Object> toMap() {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("first", lines == 0 ? null : first);
            map.put("last", lines == 0 ? null : last);
            map.put("lines", lines);
            return map;
        }
    }

    private ReportData(EvalSettings settings) {
        this.settings = settings;
        prepared = PreparedData.open(settings.preparedDataDir());
    }

    static Map<String, @Nullable Object> read(EvalSettings settings, RunContext context) {
        return new ReportData(settings).read(context);
    }

    /** A text of the log as it is shown: one line, bounded, with control characters as escapes. */
    static String shown(String text) {
        return Excerpt.of(text, LONGEST_TEXT);
    }

    private Map<String, @Nullable Object> read(RunContext context) {
        PreparedMeta meta = prepared.meta();
        ReportedFindings findings =
                ReportedFindings.read(settings.outputDir(), meta.inputs().size() + (meta.test() == null ? 0 : 1) > 1);
        LogRows rows = LogRows.of(prepared);
        rows.forEachOrigin(context, row -> (row.learned() ? learned : judged).add(row));
        if (judged.lines == 0) {
            throw new MissingDataException("the test part of " + prepared.directory()
                    + " has no line to report on; run prepare again with a longer log");
        }
        long first = Math.min(learned.first, judged.first);
        long last = Math.max(learned.last, judged.last);
        Buckets.Scale scale = !rows.timed()
                ? Buckets.Scale.LINES
                : judged.wholeSeconds && learned.wholeSeconds ? Buckets.Scale.SECONDS : Buckets.Scale.TIMES;
        Timeline ofJudged = new Timeline("judged", Buckets.of(judged.first, judged.last, scale, MOST_BUCKETS));
        Timeline ofAll = new Timeline("all", Buckets.of(first, last, scale, MOST_BUCKETS));
        Patterns patterns = new Patterns(first, last);
        try (Scores scores = Scores.open(settings.outputDir().resolve(EvalResult.SCORES_TABLE))) {
            rows.forEach(context, row -> {
                if (!row.learned() && !row.keyless()) {
                    Double score = scores.of(row.origin().session());
                    if (score != null) {
                        ofJudged.score(row.at(), score);
                        ofAll.score(row.at(), score);
                    }
                }
                findings.add(row, ofJudged.buckets());
                if (!row.repeated()) {
                    LevelBand band = LevelBand.of(row.origin().level());
                    ofAll.add(row.at(), band);
                    if (!row.learned()) {
                        ofJudged.add(row.at(), band);
                    }
                    patterns.add(row);
                }
            });
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("version", 1);
        data.put("written", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        data.put("timed", rows.timed());
        data.put("log", log(meta));
        data.put("timelines", List.of(ofJudged.toMap(), ofAll.toMap()));
        data.put("findings", findings.toMap(patterns));
        data.put("patterns", patterns.toMap(prepared::locate, prepared.redaction()));
        data.put("threshold", results(EvalResult.THRESHOLD));
        data.put("statistics", results(EvalResult.STATISTICS));
        data.put("quality", quality());
        data.put("about", about());
        return data;
    }

    private Map<String, @Nullable Object> log(PreparedMeta meta) {
        Map<String, @Nullable Object> log = new LinkedHashMap<>();
        log.put(
                "inputs",
                meta.inputs().stream().limit(20).map(ReportData::shown).toList());
        log.put("number_of_inputs", meta.inputs().size());
        log.put("test", meta.test());
        log.put("format", meta.format());
        log.put("session_key", meta.sessionKey());
        log.put("unit", meta.sessionKey() == null ? "line" : "session");
        log.put("time_zone", meta.timeZone());
        log.put("train_on", meta.trainOn());
        log.put("labelled", meta.labelled());
        log.put("read", meta.read());
        log.put("learned", learned.toMap());
        log.put("judged", judged.toMap());
        log.put("sessions", meta.sessions().getOrDefault(Split.TEST, 0L));
        Path folder = settings.feedbackFile().toAbsolutePath().getParent();
        log.put("data_dir", folder == null ? "." : folder.toString());
        return log;
    }

    private JsonNode results(String name) {
        return json(settings.outputDir().resolve(name));
    }

    /** The figures and curves, if there are labels. */
    private @Nullable JsonNode quality() {
        Path metrics = settings.outputDir().resolve(AnalysisResult.METRICS);
        Path curves = settings.outputDir().resolve(AnalysisResult.CURVES);
        if (!Files.isRegularFile(metrics)) {
            return null;
        }
        JsonNode quality = json(metrics);
        if (quality instanceof ObjectNode object && Files.isRegularFile(curves)) {
            object.set("curves", json(curves));
        }
        return quality;
    }

    private Map<String, @Nullable Object> about() {
        Map<String, @Nullable Object> about = new LinkedHashMap<>();
        about.put("version", ReportPage.versionOf("io.deepsentry/deepsentry-anomaly"));
        about.put("charts", "uPlot " + ReportPage.versionOf("org.webjars.npm/uplot"));
        about.put("detector", metadata(settings.anomalyModel()));
        about.put("text_encoder", metadata(settings.textEncoderModel()));
        about.put("prepared_data", prepared.directory().toString());
        about.put("data_fingerprint", prepared.meta().fingerprint());
        about.put(
                "masking",
                prepared.meta().normalizer().types().stream()
                        .map(type -> type.key())
                        .toList());
        return about;
    }

    /** What is known of a model; null of one from elsewhere. */
    private static @Nullable JsonNode metadata(Path model) {
        Path file = model.resolveSibling(ModelDirectory.METADATA);
        return Files.isRegularFile(file) ? json(file) : null;
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException(
                    "a report needs " + file + ", but it does not exist; run eval, analyze or run first");
        }
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage() + "; run eval again", e);
        }
    }

    /** The table of scores, read beside the index: a line each, or a session each by its first line. */
    private static final class Scores implements AutoCloseable {
        private final Path file;
        private final BufferedReader reader;
        private @Nullable String name;
        private double score;

        private Scores(Path file, BufferedReader reader) throws IOException {
            this.file = file;
            this.reader = reader;
            reader.readLine();
            advance();
        }

        static Scores open(Path file) {
            if (!Files.isRegularFile(file)) {
                throw new MissingDataException(
                        "a report needs " + file + ", but it does not exist; run eval, analyze or run first");
            }
            try {
                return new Scores(file, Files.newBufferedReader(file, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        private static DataException unreadable(Path file, IOException e) {
            return new DataException(file + " cannot be read: " + e.getMessage() + "; run eval again", e);
        }

        /** Returns the score of the next line, or of a session at its first line; null within a session. */
        @Nullable
        Double of(@Nullable String session) {
            if (name == null || (session != null && !session.equals(name))) {
                return null;
            }
            double found = score;
            try {
                advance();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
            return found;
        }

        private void advance() throws IOException {
            String line = record();
            if (line == null) {
                name = null;
                return;
            }
            int end = line.startsWith("\"") ? closingQuote(line) + 1 : line.indexOf(',');
            int next = line.indexOf(',', end + 1);
            if (end < 0 || next < 0) {
                throw new DataException(file + " is not a table of scores; run eval again");
            }
            name = line.startsWith("\"") ? line.substring(1, end - 1).replace("\"\"", "\"") : line.substring(0, end);
            score = Double.parseDouble(line.substring(end + 1, next));
        }

        /** A record may go over several lines, if the name of its session or file does. */
        private @Nullable String record() throws IOException {
            String line = reader.readLine();
            while (line != null && line.chars().filter(c -> c == '"').count() % 2 == 1) {
                String more = reader.readLine();
                if (more == null) {
                    return line;
                }
                line = line + "\n" + more;
            }
            return line;
        }

        private static int closingQuote(String line) {
            int at = line.indexOf('"', 1);
            while (at >= 0 && at + 1 < line.length() && line.charAt(at + 1) == '"') {
                at = line.indexOf('"', at + 2);
            }
            return at;
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }
}
