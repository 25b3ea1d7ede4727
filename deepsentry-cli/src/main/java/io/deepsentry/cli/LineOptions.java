package io.deepsentry.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that read lines themselves: in which zone, and what becomes of lines that do not fit. */
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class LineOptions {
    @Option(
            names = "--time-zone",
            paramLabel = "ZONE",
            description = "Zone of times that name none, such as Europe/Berlin; UTC unless given.")
    private @Nullable String timeZone;

    @Option(
            names = "--on-malformed",
            paramLabel = "attach|skip|fail",
            description =
                    "What becomes of lines that do not fit: part of the event before them (default), left out, or an"
                            + " error.")
    private @Nullable String onMalformed;
}
