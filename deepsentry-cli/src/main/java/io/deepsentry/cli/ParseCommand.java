package io.deepsentry.cli;

import io.deepsentry.cli.output.AccountFile;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.EventWriter;
import io.deepsentry.cli.output.JsonEvents;
import io.deepsentry.cli.output.KeyTips;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.cli.output.TableEvents;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.InputOrder;
import io.deepsentry.text.prepare.LogSample;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.session.KeyFinder;
import io.deepsentry.text.session.KeyProposal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code deepsentry parse}: how {@code prepare} would read a log, shown event by event. Its settings are those of
 * {@code prepare}.
 */
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
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--output", paramLabel = "json|table", description = "JSON lines, or a table (default).")
    private @Nullable Output output;

    @Option(
            names = "--account",
            paramLabel = "FILE",
            description = "Write an account of every line to a file, as JSON.")
    private @Nullable Path account;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of(
                "--input",
                "--format",
                "--session-key",
                "--time-format",
                "--time-zone",
                "--on-malformed",
                "--custom-parser",
                "--parser-path"));
    }

    @Override
    void run(Program program) {
        requireInput(program);
        Config config = config(program);
        Console console = program.console();
        PrepareSettings settings = PrepareSettings.from(config);
        if (settings.inputs().stream().allMatch(LogSample::isSample)) {
            lines(settings, writer(console), program);
            return;
        }
        SessionKey key = key(program, settings);
        KeyFinder finder = new KeyFinder();
        EventWriter writer = writer(console);
        try (LogReader reader =
                LogReading.open(program, settings, settings.inputs(), key == null ? SessionKey.ofLine() : key)) {
            int said = LogReading.sayFormats(reader, "parse", 0, console);
            InputOrder order = new InputOrder(
                    false, settings.inputs().stream().filter(Files::isDirectory).toList(), settings);
            try {
                for (LogEvent event : reader) {
                    program.cancellation().check();
                    if (key == null) {
                        finder.add(event);
                        Instant time = event.time();
                        if (time != null) {
                            order.add(event, time);
                        }
                    }
                    writer.write(key == null ? event.withSessionKeys(List.of()) : event);
                }
            } catch (LogParseException e) {
                ReadStats read = reader.stats();
                boolean anythingFits = read.malformed() < read.lines() - read.blank();
                if (anythingFits) {
                    finish(writer, reader, key, console);
                }
                throw e;
            }
            finish(writer, reader, key, console);
            LogReading.sayFormats(reader, "parse", said, console);
            if (settings.sessionKey() == null) {
                KeyTips.say(finder.proposals(), "parse", console);
            }
            ReadStats read = reader.stats();
            if (key != null && read.events() > 0 && read.withoutKey() == read.events()) {
                console.say("warning: session_key '" + settings.sessionKey() + "' matches none of "
                        + Counted.of(read.events(), "event") + ", which were read as " + reader.formatName()
                        + "; correct it, or leave it out to see which keys are possible");
            }
            read.warning().ifPresent(warning -> console.say("warning: " + warning));
            order.warning().ifPresent(warning -> console.say("warning: " + warning));
            if (account != null) {
                AccountFile.write(account, reader.stats(), reader.formatName());
            }
        }
    }

    private EventWriter writer(Console console) {
        return output == Output.JSON ? new JsonEvents(console) : new TableEvents(console);
    }

    /** Shows the lines of samples, which were read when they were taken. */
    private void lines(PrepareSettings settings, EventWriter writer, Program program) {
        if (account != null) {
            throw new ConfigException(
                    "--account is for logs: a sample has the lines that it keeps, not what became of" + " the others");
        }
        LogSample sample = LogSample.read(settings.inputs().get(0));
        settings.inputs().stream().skip(1).map(LogSample::read).forEach(sample::merge);
        PrepareSettings unused = settings.ofSample(sample.reading());
        for (LogEvent event : sample.events()) {
            program.cancellation().check();
            writer.write(event);
        }
        writer.end();
        program.console().flush();
        program.console()
                .say("parse: a sample, " + KeyValueTable.count(sample.keptLines()) + " of "
                        + Counted.of(sample.lines(), "line") + ", read as '"
                        + sample.reading().format() + "'");
    }

    /** The session key to read with; for {@code auto} the best that the first lines offer. */
    private static @Nullable SessionKey key(Program program, PrepareSettings settings) {
        String named = settings.sessionKey();
        if (!SessionKey.AUTO.equals(named)) {
            return named == null ? null : SessionKey.of(named);
        }
        if (settings.inputs().stream().anyMatch(input -> !Files.isRegularFile(input) && !Files.isDirectory(input))) {
            throw new ConfigException("session_key auto needs inputs that can be read twice, but parse was given "
                    + settings.inputs() + "; name files, or the key");
        }
        KeyFinder finder = new KeyFinder();
        try (LogReader reader = LogReading.open(program, settings, settings.inputs(), SessionKey.ofLine())) {
            finder.addAll(reader.iterator());
        }
        KeyProposal best = finder.best().orElse(null);
        KeyTips.sayChosen(best, "parse", program.console());
        return best == null ? null : SessionKey.of(best.key());
    }

    /** Shows what is left and the account of all lines, also of an input that is refused in the end. */
    private static void finish(EventWriter writer, LogReader reader, @Nullable SessionKey key, Console console) {
        writer.end();
        console.flush();
        ReadStats read = reader.stats();
        console.say("parse: " + LineAccount.of(read, key != null));
        read.firstMalformed().forEach(bad -> console.say("parse: malformed: " + bad));
    }
}
