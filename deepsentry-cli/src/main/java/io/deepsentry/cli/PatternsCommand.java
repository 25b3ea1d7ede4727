package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.PatternJson;
import io.deepsentry.cli.output.PatternReport;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.LogPatterns;
import io.deepsentry.text.pattern.PatternFilter;
import io.deepsentry.text.pattern.PatternOrder;
import io.deepsentry.text.pattern.PatternSummary;
import io.deepsentry.text.prepare.PrepareSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry patterns}: what a log says, without training. It reads the log as {@code parse} does. */
@Command(
        name = "patterns",
        description = "Shows the messages of a log: how often, from when to when, at which level, with which values.",
        footer = {
            "",
            "Examples:",
            "  deepsentry patterns --input app.log",
            "  deepsentry patterns --input app.log --level error --sort new",
            "  kubectl logs deploy/shop | deepsentry patterns --input - --top 0 --output json"
        })
final class PatternsCommand extends StageCommand {
    /** How many messages the table shows unless asked for others. */
    static final int SHOWN = 20;

    private enum Output {
        TABLE,
        JSON
    }

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "count (default), first, last, level, or new: the one that appeared last first.")
    private PatternOrder sort = PatternOrder.COUNT;

    @Option(names = "--level", paramLabel = "LEVEL", description = "Only messages at this level or a more severe one.")
    private @Nullable String level;

    @Option(
            names = "--match",
            paramLabel = "TEXT",
            description = "Only messages that contain this text, in either case, they or their example.")
    private @Nullable String match;

    @Option(names = "--min-count", paramLabel = "N", description = "Only messages of at least so many lines.")
    private long minCount;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "So many messages at most; 0 for all. Default: " + SHOWN + " in the table, all in JSON.")
    private @Nullable Integer top;

    @Option(names = "--output", paramLabel = "json|table", description = "JSON lines, or a table (default).")
    private @Nullable Output output;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        List<String> flags = new ArrayList<>(List.of("--input"));
        flags.addAll(LogReading.FLAGS);
        return List.of(new OptionGroup("Options", flags));
    }

    @Override
    void run(Program program) {
        PrepareSettings settings = PrepareSettings.from(config(program));
        LogPatterns patterns = LogPatterns.of(settings.normalizer());
        LogReading.each(program, "patterns", settings, settings.inputs(), patterns::add);
        PatternSummary summary = patterns.summary();
        PatternFilter filter = new PatternFilter(level, match, minCount);
        List<LogPattern> chosen =
                summary.patterns().stream().filter(filter::matches).sorted(sort).toList();
        Console console = program.console();
        boolean json = output == Output.JSON;
        List<LogPattern> shown = chosen.subList(0, Limit.of(top, json ? 0 : SHOWN, chosen.size()));
        if (json) {
            PatternJson writer = new PatternJson(console);
            shown.forEach(pattern -> writer.write(pattern, summary.totals().events()));
        } else {
            new PatternReport(console, settings.zone()).print(summary, shown);
        }
        console.flush();
        account(summary, chosen, shown, console);
    }

    private static void account(
            PatternSummary summary, List<LogPattern> chosen, List<LogPattern> shown, Console console) {
        console.say("patterns: " + KeyValueTable.count(summary.totals().messages()) + " messages in "
                + KeyValueTable.count(summary.totals().events()) + " events"
                + (chosen.size() < summary.patterns().size()
                        ? ", " + KeyValueTable.count(chosen.size()) + " of them match"
                        : "")
                + (shown.size() < chosen.size()
                        ? ", " + KeyValueTable.count(shown.size()) + " of them shown; --top 0 shows all"
                        : ""));
        if (summary.totals().rest() > 0) {
            console.say("patterns: " + KeyValueTable.count(summary.totals().rest())
                    + " events are of further messages, of which there are too many to hold");
        }
        if (summary.isSampled()) {
            console.say("patterns: what varies was learned from the first distinct lines, of which there are too many"
                    + " to hold");
        }
    }
}
