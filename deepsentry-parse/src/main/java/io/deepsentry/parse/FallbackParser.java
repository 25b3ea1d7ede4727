package io.deepsentry.parse;

import java.util.List;
import java.util.Optional;

/** The ways one format is written: a line is what the first that fits says. */
record FallbackParser(List<LogParser> ways) implements LogParser {
    FallbackParser {
        ways = List.copyOf(ways);
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        for (LogParser way : ways) {
            Optional<ParsedLine> parsed = way.parse(line);
            if (parsed.isPresent()) {
                return parsed;
            }
        }
        return Optional.empty();
    }
}
