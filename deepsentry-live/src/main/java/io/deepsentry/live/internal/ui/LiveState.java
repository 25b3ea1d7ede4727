package io.deepsentry.live.internal.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.FindingStatus;
import io.deepsentry.anomaly.report.LevelBand;
import io.deepsentry.anomaly.report.ReportPage;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.redact.Redaction;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a run, in bounded memory: the lines of the last day by their level, the findings, the last
 * lines. Safe for use by many threads.
 */
public final class LiveState implements PageServer.Feed {
    /** The most findings that are shown; of the others their number. */
    public static final int MOST_FINDINGS = 100;
    /** Lines that are shown as they came. */
    public static final int LAST_LINES = 50;

    /** Characters of a line that are shown. */
    private static final int LONGEST_TEXT = 400;
    /** Characters of a line that are looked at, so that a secret at the end of what is shown is seen whole. */
    private static final int LONGEST_LINE = 4_000;

    private static final int MOST_LEVELS = 100;
    private static final long SECOND = 1_000_000_000;
    private static final double RATE_SECONDS = 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Redaction redaction;
    private final Map<String, Object> log;
    private final Supplier<Status> status;
    private final Supplier<List<Finding>> latest;
    private final String run;

    private final RollingTimeline hour = new RollingTimeline("hour", 10_000, 360);
    private final RollingTimeline day = new RollingTimeline("day", 300_000, 288);
    private final Map<String, LevelBand> bands = new HashMap<>();
    private final FindingMarks marks = new FindingMarks();
    private final Map<String, Integer> acknowledged = new LinkedHashMap<>();
    private final Deque<Line> lines = new ArrayDeque<>();
    /** Pairs of a moment and how many lines came at it, of the last seconds. */
    private final Deque<long[]> rates = new ArrayDeque<>();

    private final long began = System.nanoTime();
    private List<Finding> findings = List.of();
    private long count;
    private long lastLine = Long.MIN_VALUE;
    private boolean findingsChanged = true;
    private long linesGiven;

    /** A line as it came. */
    private record Line(
            long number, @Nullable Instant time, @Nullable String level, String source, String text) {}

    /**
     * How the run is doing.
     *
     * @param phase in a word
     * @param problem why alerts do not arrive, or null
     * @param messages messages judged
     * @param lagMillis how long ago everything there was had been read
     * @param lagBytes bytes that have not been read
     * @param threshold the threshold that stands, or null
     */
    public record Status(
            String phase,
            @Nullable String problem,
            long messages,
            long lagMillis,
            long lagBytes,
            @Nullable Double threshold) {}

    /**
     * @param run the name of this run alone
     * @param redaction what is done to lines before they are shown
     * @param log what the page says of the log
     * @param status how the run is doing now
     * @param latest the findings now, the most important first and redacted: the same list as long as nothing changed
     */
    public LiveState(
            String run,
            Redaction redaction,
            Map<String, Object> log,
            Supplier<Status> status,
            Supplier<List<Finding>> latest) {
        this.run = run;
        this.redaction = redaction;
        this.log = Map.copyOf(log);
        this.status = status;
        this.latest = latest;
    }

    /**
     * Takes events that were judged.
     *
     * @param verdicts one for each event; another number says nothing about any of them
     */
    public synchronized void judged(List<LogEvent> events, List<Verdict> verdicts) {
        if (events.isEmpty()) {
            return;
        }
        long now = System.currentTimeMillis();
        boolean scored = verdicts.size() == events.size();
        for (int i = 0; i < events.size(); i++) {
            LogEvent event = events.get(i);
            Instant time = event.time();
            // A clock that is ahead must not push everything else out of the picture.
            long at = time == null ? now : Math.min(now, time.toEpochMilli());
            LevelBand band = band(event.level());
            double score = scored ? verdicts.get(i).score() : Double.NaN;
            hour.add(at, band, score);
            day.add(at, band, score);
            count++;
            if (i >= events.size() - LAST_LINES) {
                if (lines.size() == LAST_LINES) {
                    lines.removeFirst();
                }
                lines.addLast(new Line(
                        count,
                        time,
                        event.level() == null ? null : cut(event.level(), LONGEST_TEXT),
                        event.origin().file(),
                        cut(event.message(), LONGEST_LINE)));
            }
        }
        lastLine = System.nanoTime();
        rates.addLast(new long[] {lastLine, events.size()});
        forget(lastLine);
        takeFindings();
    }

    private LevelBand band(@Nullable String level) {
        if (level == null) {
            return LevelBand.NONE;
        }
        if (bands.size() > MOST_LEVELS) {
            bands.clear();
        }
        return bands.computeIfAbsent(level, LevelBand::of);
    }

    private void forget(long now) {
        while (!rates.isEmpty() && now - rates.getFirst()[0] > RATE_SECONDS * SECOND) {
            rates.removeFirst();
        }
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    @SuppressWarnings("ReferenceEquality") // The same list says that nothing changed.
    private void takeFindings() {
        List<Finding> newer = latest.get();
        if (newer != findings) {
            findings = newer;
            marks.update(newer, System.currentTimeMillis());
            findingsChanged = true;
        }
    }

    /** Whether there is a finding of this id. */
    public synchronized boolean knows(String id) {
        takeFindings();
        return findings.stream().anyMatch(finding -> finding.id().equals(id));
    }

    /** Notes that a finding was acknowledged. */
    public synchronized void acknowledged(String finding, int number) {
        acknowledged.put(finding, number);
        findingsChanged = true;
    }

    /** Returns what the page reads first. */
    public synchronized Map<String, Object> toMap() {
        Map<String, Object> map = changing();
        map.put("version", 1);
        map.put("live", true);
        map.put("timed", true);
        map.put("run", run);
        map.put("log", log);
        map.put("findings", findingsToMap());
        map.put("lines", linesAfter(0));
        return map;
    }

    @Override
    public String whole() {
        return json(toMap());
    }

    @Override
    public synchronized String news() {
        Map<String, Object> map = changing();
        if (findingsChanged) {
            map.put("findings", findingsToMap());
            findingsChanged = false;
        }
        map.put("lines", linesAfter(linesGiven));
        linesGiven = count;
        return json(map);
    }

    private static String json(Map<String, Object> map) {
        try {
            return JSON.writeValueAsString(map);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, texts and numbers have a JSON form", e);
        }
    }

    private Map<String, Object> changing() {
        takeFindings();
        long now = System.currentTimeMillis();
        Status said = status.get();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("written", Instant.ofEpochMilli(now).toString());
        map.put("timelines", List.of(hour.toMap(now), day.toMap(now)));
        Map<String, @Nullable Object> threshold = new LinkedHashMap<>();
        threshold.put("threshold", said.threshold());
        if (said.threshold() != null) {
            map.put("threshold", threshold);
        }
        map.put("strip", strip(said));
        return map;
    }

    private Map<String, @Nullable Object> strip(Status said) {
        long now = System.nanoTime();
        forget(now);
        double seconds = Math.min(RATE_SECONDS, Math.max(1, (now - began) / (double) SECOND));
        Line last = lines.peekLast();
        Map<String, @Nullable Object> strip = new LinkedHashMap<>();
        strip.put("phase", said.phase());
        strip.put("problem", said.problem() == null ? null : Excerpt.of(said.problem(), LONGEST_TEXT));
        strip.put("messages", said.messages());
        strip.put("rate", rates.stream().mapToLong(each -> each[1]).sum() / seconds);
        strip.put("lag_ms", said.lagMillis());
        strip.put("lag_bytes", said.lagBytes());
        strip.put("last_ms", last == null ? null : (now - lastLine) / 1_000_000);
        strip.put(
                "last_time",
                last == null || last.time() == null ? null : last.time().toEpochMilli());
        return strip;
    }

    private Map<String, Object> findingsToMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("total", findings.size());
        map.put("critical", count(FindingLevel.CRITICAL, false));
        map.put(
                "firing",
                Map.of("critical", count(FindingLevel.CRITICAL, true), "warning", count(FindingLevel.WARNING, true)));
        map.put("items", findings.stream().limit(MOST_FINDINGS).map(this::item).toList());
        return map;
    }

    private long count(FindingLevel level, boolean firing) {
        return findings.stream()
                .filter(finding -> finding.level() == level && (!firing || finding.status() != FindingStatus.ENDED))
                .count();
    }

    private Map<String, Object> item(Finding finding) {
        Map<String, Object> item = ReportPage.item(finding);
        item.put("times", marks.of(finding.id()));
        Integer number = acknowledged.get(finding.id());
        if (number != null) {
            item.put("acknowledged", number);
        }
        return item;
    }

    private List<Map<String, @Nullable Object>> linesAfter(long number) {
        return lines.stream()
                .filter(line -> line.number() > number)
                .map(this::shown)
                .toList();
    }

    private Map<String, @Nullable Object> shown(Line line) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("n", line.number());
        map.put(
                "at",
                line.time() == null ? null : Objects.requireNonNull(line.time()).toEpochMilli());
        map.put("level", line.level() == null ? null : Excerpt.of(Objects.requireNonNull(line.level()), 20));
        map.put("source", Excerpt.of(line.source(), LONGEST_TEXT));
        map.put("text", Excerpt.of(redaction.apply(line.text()), LONGEST_TEXT));
        return map;
    }
}
