package io.deepsentry.cli;

import io.deepsentry.cli.output.AccountFile;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.EventWriter;
import io.deepsentry.cli.output.JsonEvents;
import io.deepsentry.cli.output.TableEvents;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry parse}: how {@code prepare} would read a log, shown event by event. Its settings are those of {@code prepare}. */
@Command(
        name = "parse",
        description = "Shows how a log is read: time, level, component, sessions and message of each event.",
        footer = {
            "",
            "Examples:",
            "  deepsentry parse --input app.log | head",
            "  deepsentry parse --input HDFS.log.gz --format hdfs --session-key '(blk_-?\\d+)'",
            "  deepsentry parse --input app.log --format '[<Date> <Time>] <Level>: <Content>' --output json"
        })
final class ParseCommand extends StageCommand {
    private enum Output {
        TABLE,
        JSON
    }

    @Option(names = "--output", paramLabel = "json|table", description = "JSON lines, or a table (default).")
    private @Nullable Output output;

    @Option(
            names = "--account",
            paramLabel = "FILE",
            description = "Write what became of every line to a file, as JSON.")
    private @Nullable Path account;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of(
                "--input", "--format", "--session-key", "--time-format", "--time-zone", "--on-malformed"));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        Console console = program.console();
        PrepareSettings settings = PrepareSettings.from(config);
        EventWriter writer = output == Output.JSON ? new JsonEvents(console) : new TableEvents(console);
        try (LogReader reader = reader(settings)) {
            reader.detection().ifPresent(why -> console.say("parse: " + why));
            for (LogEvent event : reader) {
                program.cancellation().check();
                writer.write(event);
            }
            writer.end();
            console.flush();
            if (reader.ignoredBytes() > 0) {
                console.say("parse: " + reader.ignoredBytes()
                        + " bytes after the end of the compressed content were ignored");
            }
            report(reader.stats(), settings.sessionKey() != null, console);
            if (account != null) {
                AccountFile.write(account, reader.stats(), reader.formatName());
            }
        }
    }

    private static LogReader reader(PrepareSettings settings) {
        return LogReader.builder()
                .inputs(settings.inputs())
                .format(settings.format())
                .parserClass(settings.customParser())
                .timeFormat(settings.timeFormat())
                .zone(settings.zone())
                .sessionKey(settings.sessionKey())
                .onMalformed(settings.onMalformed())
                .open();
    }

    private static void report(ReadStats stats, boolean sessions, Console console) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "parse: %,d lines: %,d events, %,d attached, %,d blank",
                stats.lines(),
                stats.events(),
                stats.attached(),
                stats.blank()));
        if (stats.dropped() > 0) {
            line.append(String.format(Locale.ROOT, ", %,d left out", stats.dropped()));
        }
        if (stats.unaccounted() > 0) {
            line.append(String.format(Locale.ROOT, ", %,d unaccounted for", stats.unaccounted()));
        }
        line.append(String.format(Locale.ROOT, "; %,d fit no format", stats.malformed()));
        if (stats.cut() > 0) {
            line.append(String.format(Locale.ROOT, ", %,d cut for their length", stats.cut()));
        }
        if (sessions) {
            line.append(String.format(Locale.ROOT, ", %,d events without a session key", stats.withoutKey()));
        }
        console.say(line.toString());
        stats.firstMalformed().forEach(bad -> console.say("parse: malformed: " + bad));
    }
}
