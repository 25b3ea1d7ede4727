package io.deepsentry.cli.output;

import io.deepsentry.benchmark.inject.InjectionResult;
import io.deepsentry.benchmark.inject.InjectionRow;
import io.deepsentry.benchmark.inject.Untouched;
import io.deepsentry.parse.internal.Counted;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a user sees at the end of a trial with injected faults: the data, what would be found, and what it costs in
 * false alarms.
 */
public final class InjectionReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;

    private final InjectionResult result;

    public InjectionReport(InjectionResult result) {
        this.result = result;
    }

    public void print(Console console) {
        data().print(console);
        console.result("");
        table().print(console);
        List<InjectionRow> none =
                result.rows().stream().filter(row -> row.possible() == 0).toList();
        for (InjectionRow row : none) {
            console.result(row.kind().title() + ": not possible here: " + row.notPossible());
        }
        console.result("");
        KeyValueTable untouched = new KeyValueTable().add("untouched", untouched(result.untouched()));
        Untouched wholeLog = result.wholeLog();
        if (wholeLog != null) {
            untouched = untouched.add("whole log", untouched(wholeLog));
        }
        untouched.add("", "these include real faults, if the log has any").print(console);
        console.result("");
        new KeyValueTable()
                .add("figures", result.json())
                .add("picture", result.picture())
                .add("time", KeyValueTable.seconds(result.seconds()) + " s")
                .print(console);
    }

    private KeyValueTable data() {
        Untouched untouched = result.untouched();
        Path reused = result.reused();
        String judged = KeyValueTable.count(untouched.lines())
                + (untouched.lines() < result.laterLines() ? " of the " + KeyValueTable.count(result.laterLines()) : "")
                + " lines after them" + span(untouched.from(), untouched.to());
        KeyValueTable data = new KeyValueTable()
                .add("log", result.inputs().stream().map(TerminalSafe::text).collect(Collectors.joining(", ")))
                .add(
                        "learned from",
                        Counted.of(result.learnedLines(), "line") + span(result.learnedFrom(), result.learnedTo()))
                .add("injected into", judged);
        return reused == null ? data : data.add("models", "those of " + reused);
    }

    private static String span(@Nullable Instant from, @Nullable Instant to) {
        if (from == null || to == null) {
            return "";
        }
        boolean oneDay = from.truncatedTo(ChronoUnit.DAYS).equals(to.truncatedTo(ChronoUnit.DAYS));
        return ", " + TIME.format(from) + " to " + (oneDay ? TIME_OF_DAY : TIME).format(to);
    }

    private Table table() {
        boolean timed =
                result.rows().stream().anyMatch(row -> row.medianDelaySeconds().isPresent());
        Table table = timed
                ? new Table("fault", "possible", "injected", "found", "share", "median delay", "")
                : new Table("fault", "possible", "injected", "found", "share", "median delay");
        for (InjectionRow row : result.rows()) {
            if (row.possible() == 0) {
                continue;
            }
            String[] cells = {
                row.kind().title(),
                KeyValueTable.count(row.possible()),
                KeyValueTable.count(row.outcomes().size()),
                KeyValueTable.count(row.found()),
                row.share().isPresent()
                        ? String.format(Locale.ROOT, "%.0f%%", 100 * row.share().getAsDouble())
                        : "-",
                row.medianDelayLines().isPresent()
                        ? Counted.of(Math.round(row.medianDelayLines().getAsDouble()), "line")
                        : "-",
                row.medianDelaySeconds().isPresent() ? duration(row.medianDelaySeconds()) : "-"
            };
            table.row(timed ? cells : Arrays.copyOf(cells, cells.length - 1));
        }
        return table;
    }

    private static String duration(OptionalDouble seconds) {
        double value = seconds.getAsDouble();
        return value < 2 * MINUTE
                ? String.format(Locale.ROOT, "%.0f s", value)
                : value < 2 * HOUR
                        ? String.format(Locale.ROOT, "%.0f min", value / MINUTE)
                        : String.format(Locale.ROOT, "%.1f h", value / HOUR);
    }

    private static String untouched(Untouched untouched) {
        String alarms = KeyValueTable.count(untouched.flagged()) + " of "
                + Counted.of(untouched.cases(), untouched.unit()) + " flagged: "
                + String.format(Locale.ROOT, "%.1f per 1,000 lines", untouched.perThousandLines());
        OptionalDouble daily = untouched.perDay();
        return alarms
                + (daily.isPresent() ? String.format(Locale.ROOT, ", %,.1f a day", daily.getAsDouble()) : "")
                + ", " + KeyValueTable.count(untouched.findings()) + " different";
    }
}
