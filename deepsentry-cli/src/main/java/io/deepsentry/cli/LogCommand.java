package io.deepsentry.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that reads raw logs, with the options that say which and how. */
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
abstract class LogCommand extends StageCommand {
    @Option(
            names = "--input",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Log files, plain or gzip; - for standard input.")
    private @Nullable List<String> input;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "auto (default), a preset (utah, hdfs, bgl, thunderbird, openstack, hadoop, syslog, apache, logback, json, header, level, plain), a"
                            + " layout such as '<Date> <Time> <Level> <Component>: <Content>', or regex: with named groups.")
    private @Nullable String format;

    @Option(
            names = "--session-key",
            paramLabel = "REGEX",
            description = "Regular expression with one group: what it finds names the session, for HDFS (blk_-?\\d+).")
    private @Nullable String sessionKey;

    @Option(
            names = "--time-format",
            paramLabel = "PATTERN",
            description = "How the format's times are written: a java.time pattern, iso, epoch or epoch-millis.")
    private @Nullable String timeFormat;
}
