package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
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
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code deepsentry sample}: whole sessions, or stretches, of a log too large to train on, for {@code prepare} and {@code
 * run}.
 */
@Command(
        name = "sample",
        description =
                "Keeps whole sessions, or stretches, of a large log, as many as fit, for training on one machine.",
        footer = {
            "",
            "Samples of the parts of a log together are the sample of the whole log:",
            "pass them all as --input to run or prepare.",
            "",
            "Examples:",
            "  deepsentry sample --input monday.log --output monday.sample --session-key 'order=(\\d+)'",
            "  deepsentry sample --input syslog --output syslog.sample",
            "  deepsentry run --input monday.sample tuesday.sample"
        })
final class SampleCommand extends StageCommand {
    private static final long MEBI = 1L << 20;
    private static final double LEAST_SIZE = .01;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "The file to write.")
    private @Nullable Path output;

    @Option(
            names = "--size",
            paramLabel = "MB",
            description = "Millions of characters to keep, .01 to 1024; the same for all parts (default: 64).")
    private double size = (double) LogSample.DEFAULT_SIZE / MEBI;

    @Option(
            names = "--stretch",
            paramLabel = "LINES",
            description =
                    "Without --session-key, how many consecutive lines of an input to keep or leave out together, 1"
                            + " to 1000000; the same for all parts (default: 1000).")
    private @Nullable Integer stretch;

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
        if (SessionKey.AUTO.equals(key)) {
            throw new ConfigException("each part of a log must have the same --session-key, so name it, or leave it out"
                    + " for a log without sessions; 'parse' proposes one");
        }
        if (key != null && stretch != null) {
            throw new ConfigException("--stretch is for logs without sessions; leave it out, or --session-key");
        }
        settings.inputs().stream().filter(LogSample::isSample).findFirst().ifPresent(input -> {
            throw new ConfigException(input + " is already a sample; pass it, and the others, as --input to run");
        });
        double most = (double) LogSample.LARGEST_SIZE / MEBI;
        if (!(size >= LEAST_SIZE && size <= most)) {
            throw new ConfigException(String.format(
                    Locale.ROOT, "--size must be from %s to %.0f, but was %s", LEAST_SIZE, most, shownSize()));
        }
        if (stretch != null && (stretch < 1 || stretch > LogSample.LONGEST_STRETCH)) {
            throw new ConfigException(
                    "--stretch must be from 1 to " + LogSample.LONGEST_STRETCH + ", but was " + stretch);
        }
        LogSample sample = read(program, settings, key);
        sample.write(file);
        new KeyValueTable()
                .add("sample", file + ", " + Counted.of(size(file), "byte"))
                .add(
                        "kept",
                        (sample.isOfStreams()
                                        ? Counted.of(sample.keptStretches(), "stretch", "stretches")
                                        : Counted.of(sample.keptSessions(), "session") + " ("
                                                + KeyValueTable.share(sample.share()) + " of all)")
                                + " in " + KeyValueTable.count(sample.keptLines()) + " of "
                                + Counted.of(sample.lines(), "line"))
                .print(program.console());
        sayIfEmpty(sample, program.console());
    }

    /** A part of which nothing is kept spoils the sample of all parts, too: what does not fit in one fits in none. */
    private void sayIfEmpty(LogSample sample, Console console) {
        boolean isEmpty = sample.isOfStreams() ? sample.keptStretches() == 0 : sample.keptSessions() == 0;
        if (!isEmpty || sample.lines() == 0) {
            return;
        }
        if (sample.isOfStreams()) {
            console.say("warning: nothing is kept, as no stretch of "
                    + Counted.of(sample.reading().stretch(), "line") + " fits into --size " + shownSize()
                    + "; take a larger --size, or a smaller --stretch");
        } else if (sample.linesWithoutKey() == sample.lines()) {
            console.say("warning: no line has the session key "
                    + sample.reading().sessionKey() + "; name another, which 'parse' proposes, or none");
        } else {
            console.say("warning: nothing is kept, as no session fits into --size " + shownSize()
                    + "; take a larger --size, or a --session-key of shorter sessions");
        }
    }

    private String shownSize() {
        return size == Math.rint(size) ? String.format(Locale.ROOT, "%.0f", size) : String.valueOf(size);
    }

    private LogSample read(Program program, PrepareSettings settings, @Nullable String key) {
        SessionKey sessionKey = key == null ? null : SessionKey.of(key);
        try (LogReader reader = LogReading.open(program, settings, settings.inputs(), sessionKey)) {
            int said = LogReading.sayFormats(reader, "sample", 0, program.console());
            LogSample.Reading reading = new LogSample.Reading(
                    reader.formatName(),
                    settings.timeFormat(),
                    settings.customParser(),
                    settings.zone(),
                    settings.onMalformed(),
                    key,
                    key != null ? 0 : stretch == null ? LogSample.DEFAULT_STRETCH : stretch);
            LogSample sample = LogSample.of(reading, settings.normalizer().redaction(), Math.round(size * MEBI));
            LogReading.each(program, reader, sample::add);
            LogReading.sayFormats(reader, "sample", said, program.console());
            program.console().say("sample: " + LineAccount.of(reader.stats(), key != null));
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
