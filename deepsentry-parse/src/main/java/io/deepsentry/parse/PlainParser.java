package io.deepsentry.parse;

import java.util.Optional;

/** Every line is a message and nothing else. */
final class PlainParser implements LogParser {
    @Override
    public Optional<ParsedLine> parse(String line) {
        return Optional.of(ParsedLine.of(null, line.stripTrailing()));
    }

    @Override
    public String toString() {
        return "plain";
    }
}
