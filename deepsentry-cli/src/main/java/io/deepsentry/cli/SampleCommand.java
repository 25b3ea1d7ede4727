package io.deepsentry.cli;

import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.LogSample;
import io.deepsentry.text.prepare.PrepareSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry sample}: whole sessions of a log too large to train on, for {@code prepare} and {@code run}. */
@Command(
        name = "sample",
        description = "Keeps whole sessions of a large log, as many as fit, for training on one machine.",
        footer = {
            "",
            "Samples of parts of a log, taken anywhere, are together the sample of the whole log:",
            "name them all as --input of run or prepare.",
            "",
            "Examples:",
            "  deepsentry sample --input monday.log --output monday.sample --session-key 'order=(\\d+)'",
            "  deepsentry run --input monday.sample tuesday.sample"
        })
final class SampleCommand extends StageCommand {
    private static final long MEBI = 1L << 20;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "The file to write.")
    private @Nullable Path output;

    @Option(
            names = "--size",
            paramLabel = "MB",
            description = "Millions of characters to keep, 1 to 1024; the same for all parts (default: 64).")
    private long size = LogSample.DEFAULT_SIZE / MEBI;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        List<String> flags = new ArrayList<>(List.of("--input", "--session-key"));
        flags.addAll(LogReading.FLAGS);
        return List.of(new OptionGroup("The log", flags));
    }

    @Override
    void run(Program program) {
        requireInput(program);
        Path file = Objects.requireNonNull(output, "output");
        PrepareSettings settings = PrepareSettings.from(config(program));
        String key = settings.sessionKey();
        if (key == null || key.equals(SessionKey.AUTO)) {
            throw new ConfigException(
                    "sample keeps whole sessions and needs their --session-key; 'parse' proposes one");
        }
        settings.inputs().stream().filter(LogSample::isSample).findFirst().ifPresent(input -> {
            throw new ConfigException(input + " is a sample already; name it, and the others, as --input of run");
        });
        if (size < 1 || size > LogSample.LARGEST_SIZE / MEBI) {
            throw new ConfigException(
                    "--size must be from 1 to " + LogSample.LARGEST_SIZE / MEBI + ", but was " + size);
        }
        LogSample sample = read(program, settings, key);
        sample.write(file);
        new KeyValueTable()
                .add("sample", file + ", " + Counted.of(size(file), "byte"))
                .add(
                        "kept",
                        Counted.of(sample.keptSessions(), "session") + " ("
                                + KeyValueTable.share(sample.share()) + " of all) in "
                                + KeyValueTable.count(sample.keptLines()) + " of "
                                + Counted.of(sample.lines(), "line"))
                .print(program.console());
    }

    private LogSample read(Program program, PrepareSettings settings, String key) {
        try (LogReader reader = LogReading.open(program, settings, settings.inputs(), SessionKey.of(key))) {
            int said = LogReading.sayFormats(reader, "sample", 0, program.console());
            LogSample.Reading reading = new LogSample.Reading(
                    reader.formatName(),
                    settings.timeFormat(),
                    settings.customParser(),
                    settings.zone(),
                    settings.onMalformed(),
                    key);
            LogSample sample = LogSample.of(reading, settings.normalizer().redaction(), size * MEBI);
            LogReading.each(program, reader, sample::add);
            LogReading.sayFormats(reader, "sample", said, program.console());
            program.console().say("sample: " + LineAccount.of(reader.stats(), true));
            reader.stats().warning().ifPresent(warning -> program.console().say("warning: " + warning));
            return sample;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e, e);
        }
    }
}
