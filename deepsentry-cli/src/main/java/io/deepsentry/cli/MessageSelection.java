package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import io.deepsentry.text.pattern.PatternFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code patterns} and {@code diff} that choose which messages are shown, and how. */
final class MessageSelection {
    /** How many messages the table shows unless asked for others. */
    private static final int SHOWN = 20;

    private enum Output {
        TABLE,
        JSON
    }

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "Only messages at this level or a more severe level.")
    private @Nullable String level;

    @Option(
            names = "--match",
            paramLabel = "TEXT",
            description = "Only messages that contain this text, themselves or in their example; ignores case.")
    private @Nullable String match;

    @Option(names = "--min-count", paramLabel = "N", description = "Only messages with at least this many lines.")
    private long minCount;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "At most this many messages; 0 for all. Default: " + SHOWN + " in the table, all in JSON.")
    private @Nullable Integer top;

    @Option(names = "--output", paramLabel = "json|table", description = "JSON lines, or a table (default).")
    private @Nullable Output output;

    PatternFilter filter() {
        return new PatternFilter(level, match, minCount);
    }

    boolean isJson() {
        return output == Output.JSON;
    }

    /** Returns as many of the rows, from the first on, as are to be shown. */
    <T> List<T> first(List<T> rows) {
        int most = top == null ? (isJson() ? 0 : SHOWN) : top;
        if (most < 0) {
            throw new ConfigException("--top must be at least 0, but was " + most);
        }
        return most == 0 ? rows : rows.subList(0, Math.min(most, rows.size()));
    }
}
