package io.deepsentry.parse;

import java.util.Optional;

/**
 * A format around another: the message that one format leaves is read again by a second. Where that one fits, what it
 * finds counts; where not, the outer message stays.
 */
record Nested(LogParser outer, LogParser inner) implements LogParser {
    @Override
    public Optional<ParsedLine> parse(String line) {
        Optional<ParsedLine> around = outer.parse(line);
        if (around.isEmpty()) {
            return around;
        }
        ParsedLine a = around.get();
        ParsedLine b = inner.parse(a.message()).orElse(null);
        if (b == null || (b.level() == null && b.time() == null)) {
            return around;
        }
        return Optional.of(b.inside(a.time(), a.level(), a.component()));
    }
}
