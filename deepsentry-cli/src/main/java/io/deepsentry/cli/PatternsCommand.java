package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.PatternJson;
import io.deepsentry.cli.output.PatternReport;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.LogPatterns;
import io.deepsentry.text.pattern.PatternFilter;
import io.deepsentry.text.pattern.PatternOrder;
import io.deepsentry.text.pattern.PatternSummary;
import io.deepsentry.text.prepare.PrepareSettings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "count (default), first, last, level, or new (the most recently appeared first).")
    private PatternOrder sort = PatternOrder.COUNT;

    @Mixin
    private MessageSelection selection = new MessageSelection();

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
        PatternFilter filter = selection.filter();
        List<LogPattern> chosen =
                summary.patterns().stream().filter(filter::matches).sorted(sort).toList();
        Console console = program.console();
        List<LogPattern> shown = selection.first(chosen);
        if (selection.isJson()) {
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
        console.say("patterns: " + Counted.of(summary.totals().messages(), "message") + " in "
                + Counted.of(summary.totals().events(), "event")
                + (chosen.size() < summary.patterns().size()
                        ? ", " + Counted.of(chosen.size(), "of them matches", "of them match")
                        : "")
                + (shown.size() < chosen.size()
                        ? ", " + KeyValueTable.count(shown.size()) + " of them shown; --top 0 shows all"
                        : ""));
        if (summary.totals().rest() > 0) {
            console.say("patterns: " + Counted.of(summary.totals().rest(), "event is", "events are")
                    + " of other messages, too many to keep in memory");
        }
        if (summary.isSampled()) {
            console.say("patterns: too many distinct lines; variables were learned from the first ones");
        }
    }
}
