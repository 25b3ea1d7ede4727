package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.Progress;
import io.deepsentry.parse.InputFiles;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.text.prepare.LogSample;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reading a log as {@code parse} does, for the commands that need no training. */
final class LogReading {
    /** What says how a log is read, by flag; the inputs are not among them. */
    static final List<String> FLAGS =
            List.of("--format", "--time-format", "--time-zone", "--on-malformed", "--custom-parser", "--parser-path");

    private static final int REPORT_EVERY = 4096;

    private LogReading() {}

    /** Opens inputs as the settings say they are read, with a session key or without. */
    static LogReader open(Program program, PrepareSettings settings, List<Path> inputs, @Nullable SessionKey key) {
        InputFiles files = InputFiles.of(inputs);
        files.files().stream().filter(LogSample::isSample).findFirst().ifPresent(file -> {
            throw new ConfigException(
                    file + " is a sample of a log: run and prepare learn from samples, parse shows their"
                            + " lines; name samples or logs, not both, or the log itself here");
        });
        files.note().ifPresent(note -> program.console().say("note: " + note));
        return LogReader.builder()
                .inputs(files.files())
                .format(settings.format())
                .parserClass(settings.customParser())
                .parserPath(settings.parserPath())
                .timeFormat(settings.timeFormat())
                .zone(settings.zone())
                .sessionKey(key)
                .onMalformed(settings.onMalformed())
                .open();
    }

    /** Reads all events, and says on standard error how they were read and what became of every line. */
    static void each(
            Program program, String command, PrepareSettings settings, List<Path> inputs, Consumer<LogEvent> action) {
        try (LogReader reader = open(program, settings, inputs, null)) {
            int said = sayFormats(reader, command, 0, program.console());
            each(program, reader, action);
            sayFormats(reader, command, said, program.console());
            program.console().say(command + ": " + LineAccount.of(reader.stats(), false));
            reader.stats().warning().ifPresent(warning -> program.console().say("warning: " + warning));
        }
    }

    /** Says which formats were chosen since the first so many, and returns how many there are now. */
    static int sayFormats(LogReader reader, String command, int said, Console console) {
        List<String> chosen = reader.detections();
        chosen.subList(said, chosen.size()).forEach(why -> console.say(command + ": " + why));
        return chosen.size();
    }

    /** Hands over all events of a reader. */
    static void each(Program program, LogReader reader, Consumer<LogEvent> action) {
        long total = reader.totalBytes().orElse(Progress.UNKNOWN);
        try (Progress.Stage stage = program.context().progress().begin("reading", total, "bytes")) {
            long read = 0;
            long reported = 0;
            for (LogEvent event : reader) {
                action.accept(event);
                if (++read % REPORT_EVERY == 0) {
                    program.cancellation().check();
                    stage.advance(reader.bytesRead() - reported);
                    reported = reader.bytesRead();
                }
            }
            stage.advance(reader.bytesRead() - reported);
        }
    }
}
