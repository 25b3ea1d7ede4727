package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.DiffJson;
import io.deepsentry.cli.output.DiffReport;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.pattern.LogComparison;
import io.deepsentry.text.pattern.PatternChange;
import io.deepsentry.text.pattern.PatternDiff;
import io.deepsentry.text.pattern.PatternFilter;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code deepsentry diff}: how a log differs from a good one, without training. It reads the logs as {@code parse}
 * does.
 */
@Command(
        name = "diff",
        description = "Shows how a log differs from a good one: messages that are new, gone, or more or less frequent.",
        footer = {
            "",
            "Examples:",
            "  deepsentry diff yesterday.log today.log",
            "  deepsentry diff app.log --before '2026-11-14 14:00'",
            "  deepsentry diff app.log --good 2026-11-13/2026-11-14 --bad '2026-11-14 14:00/2026-11-14 15:00'",
            "  deepsentry diff main.log branch.log --level warn --fail-on-new"
        })
final class DiffCommand extends StageCommand {
    @Parameters(index = "0", paramLabel = "GOOD", description = "The good log, or the only one.")
    private Path first = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BAD",
            description = "The log to compare with it. Without BAD, --before or --good and --bad select parts of GOOD.")
    private @Nullable Path second;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            description = "Compare a log from this time on with the same log before it.")
    private @Nullable String before;

    @Option(
            names = "--good",
            paramLabel = "FROM/TO",
            description = "The good period of a log; either end may be omitted.")
    private @Nullable String good;

    @Option(names = "--bad", paramLabel = "FROM/TO", description = "The period to compare with the good one.")
    private @Nullable String bad;

    @Mixin
    private MessageSelection selection = new MessageSelection();

    @Option(
            names = "--fail-on-new",
            description = "Exit with code " + ExitCode.DIFFERENT + " if a new message is selected.")
    private boolean failOnNew;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(new OptionGroup("Options", LogReading.FLAGS));
    }

    @Override
    void run(Program program) {
        runToCode(program);
    }

    @Override
    int runToCode(Program program) {
        PrepareSettings settings = PrepareSettings.from(config(program));
        LogComparison comparison = LogComparison.of(settings.normalizer());
        ZoneId zone = settings.zone();
        String goodName = first.toString();
        String badName = String.valueOf(second);
        if (second != null) {
            requireNoPeriods();
            LogReading.each(program, "diff", settings, List.of(first), comparison::addGood);
            LogReading.each(program, "diff", settings, List.of(second), comparison::addBad);
        } else {
            Period goodPeriod =
                    before == null ? Period.of("--good", good, zone) : Period.of("--before", "/" + before, zone);
            Period badPeriod =
                    before == null ? Period.of("--bad", bad, zone) : Period.of("--before", before + "/", zone);
            goodName = goodPeriod.text();
            badName = badPeriod.text();
            // An event without a time is of the time of the one before it.
            Instant[] time = {Instant.MIN};
            LogReading.each(program, "diff", settings, List.of(first), event -> {
                time[0] = event.time() == null ? time[0] : event.time();
                if (goodPeriod.contains(time[0])) {
                    comparison.addGood(event);
                }
                if (badPeriod.contains(time[0])) {
                    comparison.addBad(event);
                }
            });
        }
        PatternDiff diff = comparison.diff();
        requireEvents(diff, goodName, badName);
        PatternFilter filter = selection.filter();
        List<PatternChange> chosen = diff.changes().stream()
                .filter(change -> filter.matches(change.shown()))
                .toList();
        Console console = program.console();
        List<PatternChange> shown = selection.first(chosen);
        if (selection.isJson()) {
            new DiffJson(console).write(diff, shown);
        } else {
            new DiffReport(console, zone).print(diff, shown, goodName, badName);
        }
        console.flush();
        account(diff, chosen, shown, console);
        boolean anyNew = chosen.stream().anyMatch(change -> change.kind() == PatternChange.Kind.NEW);
        return failOnNew && anyNew ? ExitCode.DIFFERENT : ExitCode.OK;
    }

    private void requireNoPeriods() {
        if (before != null || good != null || bad != null) {
            throw new ConfigException(
                    "--before, --good and --bad name parts of one log, but two are given; leave them or " + second
                            + " out");
        }
    }

    private static void requireEvents(PatternDiff diff, String good, String bad) {
        if (diff.good().events() == 0 || diff.bad().events() == 0) {
            throw new ConfigException(
                    "both sides must have events, but " + (diff.good().events() == 0 ? good : bad)
                            + " has none; 'deepsentry parse' shows the times of a log");
        }
    }

    private static void account(
            PatternDiff diff, List<PatternChange> chosen, List<PatternChange> shown, Console console) {
        console.say("diff: " + Counted.of(diff.changes().size(), "message differs", "messages differ") + ", "
                + Counted.of(diff.unchanged(), "does not", "do not")
                + (chosen.size() < diff.changes().size() ? "; " + Counted.of(chosen.size(), "matches", "match") : "")
                + (shown.size() < chosen.size()
                        ? "; " + Counted.of(shown.size(), "is shown", "are shown") + ", --top 0 shows all"
                        : ""));
        long rest = diff.good().rest() + diff.bad().rest();
        if (rest > 0) {
            console.say("diff: " + Counted.of(rest, "event is", "events are")
                    + " of other messages, too many to keep in memory");
        }
    }
}
