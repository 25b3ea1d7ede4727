package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ParsedLine;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what is reported of a test part as findings, and writes them. For one thread. */
final class TestFindings {
    private final FindingBook book = FindingBook.ofLog();
    private final Feedback feedback;
    /** Takes a line read back from the log apart; null where that is not possible. */
    private final @Nullable LogParser parser;

    TestFindings(PreparedData prepared, Feedback feedback) {
        this.feedback = feedback;
        PreparedMeta meta = prepared.meta();
        parser = meta.customParser() != null
                        || meta.inputs().isEmpty()
                        || meta.formatToRead().equals(LogFormat.AUTO)
                ? null
                : LogFormat.of(
                        meta.formatToRead(), new LogFormat.Options(meta.timeFormat(), ZoneId.of(meta.timeZone())));
    }

    /**
     * What decided that something is reported.
     *
     * @param id the id of its alert
     * @param row the line
     * @param text the line as it was logged; null if it cannot be read back
     * @param score its score
     * @param threshold the trained threshold
     */
    record Decisive(String id, IndexRow row, @Nullable String text, double score, double threshold) {}

    /** Returns the occurrence that an explained session or line is. */
    Occurrence occurrence(Decisive of, Explanation why) {
        return occurrence(of, FindingKey.all(why), why);
    }

    /** Returns the occurrence that the log as a whole is at a line, whatever session the line is of. */
    Occurrence ofWholeLog(Decisive of, Explanation why) {
        return occurrence(of, null, FindingKey.all(why), why);
    }

    /** Returns the occurrence that a line is which is like an explained one. */
    Occurrence occurrence(Decisive of, List<FindingKey> keys, @Nullable Explanation why) {
        return occurrence(of, of.row().session(), keys, why);
    }

    private Occurrence occurrence(
            Decisive of, @Nullable String session, List<FindingKey> keys, @Nullable Explanation why) {
        IndexRow row = of.row();
        String text = of.text();
        Optional<ParsedLine> parsed = text == null || parser == null ? Optional.empty() : parser.parse(text);
        Map<String, String> fields = parsed.map(ParsedLine::fields).orElse(Map.of());
        String masked = keys.get(0).message();
        return new Occurrence(
                of.id(),
                keys,
                row.time(),
                of.score(),
                of.threshold(),
                session,
                new Origin(row.file(), row.line(), row.offset()),
                parsed.map(ParsedLine::message).orElse(text == null ? masked == null ? "" : masked : text),
                row.level(),
                row.component(),
                Occurrence.hostOf(fields),
                fields,
                feedback.confirms(keys.get(0)),
                why);
    }

    /** Whether the finding that an occurrence of these keys is counted under was begun. */
    boolean knows(List<FindingKey> keys) {
        return book.knows(book.keyOf(keys));
    }

    /** Counts an occurrence; returns the id of the finding. */
    String add(Occurrence occurrence) {
        String id = book.keyOf(occurrence.keys()).id();
        Optional<Notification> unused = book.add(occurrence);
        return id;
    }

    /** Adds what rows of the report say of their finding. */
    static void describe(Map<String, @Nullable Object> row, String finding, Occurrence occurrence) {
        row.put("finding", finding);
        row.put("level", FindingLevel.of(occurrence).key());
    }

    /** Returns the findings, the most important first, when all were added. */
    List<Finding> findings(TestPart cases) {
        Instant last = cases.last();
        if (last != null) {
            book.advance(last);
        }
        return book.findings();
    }

    /**
     * Writes the findings.
     *
     * @param data what was judged
     */
    static void write(Path file, List<Finding> findings, Map<String, @Nullable Object> data) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("data", data);
        content.put("findings", findings.stream().map(Finding::toMap).toList());
        JsonFile.write(file, content);
    }
}
