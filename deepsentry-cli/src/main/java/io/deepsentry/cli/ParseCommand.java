package io.deepsentry.cli;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.ReadStats;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry parse}: how a log is read, shown event by event. */
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
final class ParseCommand extends LogCommand {
    private enum Output {
        TABLE,
        JSON
    }

    @Option(names = "--output", paramLabel = "json|table", description = "JSON lines, or a table (default).")
    private @Nullable Output output;

    @Override
    ConfigSchema schema() {
        return ParseSettings.SCHEMA;
    }

    @Override
    void run(Config config, Program program) {
        Console console = program.console();
        EventWriter writer = output == Output.JSON ? new JsonEvents(console) : new TableEvents(console);
        try (LogReader reader = reader(config)) {
            reader.detection().ifPresent(why -> console.say("parse: " + why));
            for (LogEvent event : reader) {
                program.cancellation().check();
                writer.write(event);
            }
            writer.end();
            console.flush();
            report(reader.stats(), config.has("session_key"), console);
        }
    }

    private static LogReader reader(Config config) {
        return LogReader.builder()
                .inputs(config.getPaths("raw_log_file"))
                .format(config.getString("log_format"))
                .timeFormat(config.findString("time_format").orElse(null))
                .zone(ParseSettings.zone(config))
                .sessionKey(config.findString("session_key").orElse(null))
                .onMalformed(config.getEnum("on_malformed", OnMalformed.class))
                .open();
    }

    private static void report(ReadStats stats, boolean sessions, Console console) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "parse: %,d lines, %,d events, %,d malformed",
                stats.lines(),
                stats.events(),
                stats.malformed()));
        if (stats.attached() > 0) {
            line.append(String.format(Locale.ROOT, " (%,d of them attached)", stats.attached()));
        }
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
