package io.deepsentry.cli.output;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.KeylessResult;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.prepare.TimeSpan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was judged, and what was found in it: the most important findings, or what came closest to one. */
public final class FindingReport {
    /** The findings that are shown; the others are counted by kind. */
    private static final int SHOWN = 10;

    private static final Duration LEAST_FOR_RATE = Duration.ofHours(1);
    private static final Pattern RATE = Pattern.compile("false alarm rate (0?\\.\\d+)");
    private static final Pattern BUDGET = Pattern.compile("^at most ([\\d.]+) false alarms a day");

    private final EvalResult result;
    private final PreparedMeta data;
    private final boolean all;
    private final Console console;
    private final boolean verbose;
    private final ZoneId zone;
    private final Times times;

    /**
     * A report.
     *
     * @param data what the judged part is of
     * @param all whether all of the data was judged
     * @param verbose whether scores and thresholds are shown
     */
    public FindingReport(EvalResult result, PreparedMeta data, boolean all, Console console, boolean verbose) {
        this.result = result;
        this.data = data;
        this.all = all;
        this.console = console;
        this.verbose = verbose;
        zone = ZoneId.of(data.timeZone());
        times = new Times(zone);
    }

    /** Returns which part was learned from, and how much of it was for validation, where the networks do not learn. */
    public String learned() {
        return part("; of these " + size(Split.VAL) + " for validation", Split.TRAIN, Split.VAL);
    }

    /** Returns which part was judged. */
    public String judged() {
        return all ? part("", Split.values()) + ", including the training part" : part("", Split.TEST);
    }

    /** Returns when the lines of the log were written, after a comma; nothing where lines have no time. */
    public String period() {
        TimeSpan span = span(Split.values());
        return span == null ? "" : ", " + times.span(span);
    }

    /** Returns when the lines of parts were written, how many they are, and more of them. */
    private String part(String more, Split... splits) {
        TimeSpan span = span(splits);
        String size = size(splits) + more;
        return span == null ? size : times.span(span) + " (" + size + ")";
    }

    private String size(Split... splits) {
        long lines = 0;
        long sessions = 0;
        for (Split split : splits) {
            lines += data.rows().getOrDefault(split, 0L);
            sessions += data.sessions().getOrDefault(split, 0L);
        }
        return (data.sessionKey() == null ? "" : Counted.of(sessions, "session") + ", ") + Counted.of(lines, "line");
    }

    private @Nullable TimeSpan span(Split... splits) {
        TimeSpan span = null;
        for (Split split : splits) {
            TimeSpan own = data.spans().get(split);
            span = span == null ? own : own == null ? span : span.plus(own);
        }
        return span;
    }

    /**
     * Prints the findings.
     *
     * @param acknowledge the command that acknowledges a finding, without the finding's id
     */
    public void print(String acknowledge) {
        List<Finding> findings = result.findings().stream()
                .filter(finding -> finding.partOf() == null)
                .toList();
        List<Finding> explained = result.findings().stream()
                .filter(finding -> finding.partOf() != null)
                .toList();
        TimeSpan judged = all ? span(Split.values()) : data.spans().get(Split.TEST);
        title(findings.size(), judged);
        List<Finding> shown =
                findings.isEmpty() ? result.closest() : findings.subList(0, Math.min(SHOWN, findings.size()));
        FindingText text =
                new FindingText(console.screen().width(), isDated(shown, judged), zone, verbose, false, acknowledge);
        boolean commands = true;
        for (Finding finding : shown) {
            console.result("");
            List<String> lines =
                    findings.isEmpty() ? text.near(finding, result.threshold().value()) : text.lines(finding);
            lines.forEach(console::result);
            commands &= findings.isEmpty() || lines.get(lines.size() - 1).contains(acknowledge);
        }
        if (findings.size() > SHOWN) {
            console.result("");
            console.wrapped("", more("more", findings.subList(SHOWN, findings.size())));
        }
        if (!explained.isEmpty()) {
            console.result("");
            console.wrapped("", more(partOf(explained), explained));
        }
        if (!findings.isEmpty()) {
            console.result("");
            if (!commands) {
                console.wrapped("normal after all: ", acknowledge + "ID");
            }
            console.wrapped("a real fault:     ", acknowledge.replace("--normal ", "--this-was-real ") + "ID");
        }
        keyless(result.keyless());
        if (result.acknowledged() > 0) {
            console.result("");
            console.wrapped(
                    "",
                    Counted.of(result.acknowledged(), "more was", "more were")
                            + " marked as normal with deepsentry feedback");
        }
    }

    /** Whether times need their day. */
    private boolean isDated(List<Finding> shown, @Nullable TimeSpan judged) {
        TimeSpan all = judged;
        for (Finding finding : shown) {
            Instant first = finding.firstSeen();
            Instant last = finding.lastSeen();
            if (first != null && last != null) {
                TimeSpan own = new TimeSpan(first, last);
                all = all == null ? own : all.plus(own);
            }
        }
        return all != null && !times.isOneDay(all);
    }

    private void title(int findings, @Nullable TimeSpan judged) {
        if (findings == 0) {
            console.wrapped(
                    "",
                    "nothing unusual (" + inWords(result.threshold(), result.unit()) + ")"
                            + (result.closest().isEmpty() ? "" : "; closest:"));
            return;
        }
        String count = Counted.of(findings, "finding");
        String rule = count + ", " + inWords(result.threshold(), result.unit());
        String rate = rate(findings, judged);
        int room = console.screen().columns();
        if (rate.isEmpty()) {
            console.wrapped("", rule);
        } else if (Lines.width(rule) + Lines.width(rate) + 3 <= room) {
            console.result(rule + " ".repeat(room - Lines.width(rule) - Lines.width(rate)) + rate);
        } else {
            console.wrapped("", rule);
            console.result(rate);
        }
        if (verbose) {
            console.wrapped(
                    "",
                    String.format(
                            Locale.ROOT,
                            "%,d of %s above the threshold of %.4g (%s)",
                            result.flagged(),
                            Counted.of(result.cases(), result.unit()),
                            result.threshold().value(),
                            result.threshold().method()));
        }
    }

    /** How many findings a day there would be, if all time were like the part that was judged. */
    private static String rate(int findings, @Nullable TimeSpan judged) {
        if (judged == null) {
            return "";
        }
        Duration took = Duration.between(judged.first(), judged.last());
        if (took.compareTo(LEAST_FOR_RATE) < 0) {
            return "";
        }
        double days = took.toSeconds() / (double) Duration.ofDays(1).toSeconds();
        double daily = findings / days;
        return "about "
                + (daily >= 1
                        ? Counted.of(Math.round(daily), "alarm") + " a day"
                        : Counted.of(Math.max(1, Math.round(7 * daily)), "alarm") + " a week");
    }

    /** Returns what a threshold means. */
    static String inWords(Threshold threshold, String unit) {
        Matcher budget = BUDGET.matcher(threshold.method());
        if (budget.find()) {
            return "at most " + budget.group(1) + (budget.group(1).equals("1") ? " alarm" : " alarms") + " a day";
        }
        Matcher rate = RATE.matcher(threshold.method());
        if (rate.find()) {
            return String.format(
                    Locale.ROOT, "rarer than once in %,.0f normal %ss", 1 / Double.parseDouble(rate.group(1)), unit);
        }
        if (threshold.validationCount() == 0 && threshold.method().equals("given")) {
            return String.format(Locale.ROOT, "scores above %.4g, as requested", threshold.value());
        }
        return unit.equals("line")
                ? "rarer than once in " + rounded(Math.exp(threshold.value())) + " lines"
                : "more unusual than normal sessions are";
    }

    /** A number with two digits that count. */
    private static String rounded(double number) {
        double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(number)) - 1));
        return String.format(Locale.ROOT, "%,.0f", Math.rint(number / unit) * unit);
    }

    private static String partOf(List<Finding> explained) {
        List<String> storms = explained.stream()
                .flatMap(finding -> Stream.ofNullable(finding.partOf()))
                .distinct()
                .toList();
        return storms.size() == 1
                ? "more came with the storm of errors " + storms.get(0)
                : "more came with storms of errors";
    }

    private String more(String what, List<Finding> rest) {
        Map<EvidenceKind, Integer> kinds = new LinkedHashMap<>();
        rest.forEach(finding -> kinds.merge(finding.key().kind(), 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        kinds.entrySet().stream()
                .sorted(Map.Entry.<EvidenceKind, Integer>comparingByValue().reversed())
                .forEach(each -> parts.add(each.getValue() + " " + FindingText.kind(each.getKey())));
        return KeyValueTable.count(rest.size()) + " " + what + ": "
                + parts.stream().collect(Collectors.joining(", ")) + "; all in "
                + shown(result.outputDir().resolve(EvalResult.FINDINGS));
    }

    private void keyless(KeylessResult keyless) {
        if (keyless.lines() == 0) {
            return;
        }
        console.result("");
        boolean one = keyless.lines() == 1;
        String lines = Counted.of(keyless.lines(), "line has", "lines have") + " no session key";
        console.wrapped(
                "",
                keyless.judged()
                        ? lines
                                + (one ? " and was judged by itself: " : " and were judged by themselves: ")
                                + Counted.of(keyless.flagged(), "is anomalous", "are anomalous")
                        : lines + (one ? " and was" : " and were") + " not judged: the training part has none");
    }

    /** Returns the name of a file without its folders, made inert. */
    public static String fileName(String file) {
        return TerminalSafe.text(FindingText.fileName(file));
    }

    /** Returns a path as short as it can be written. */
    public static String shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(here) && !absolute.equals(here)
                ? here.relativize(absolute).toString()
                : path.toString();
    }
}
