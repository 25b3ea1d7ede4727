package io.deepsentry.parse;

import java.util.List;
import java.util.Optional;

/**
 * A format around others: the message that one format leaves is read again. What the first of the others finds that
 * fits counts; where none does, the outer message stays.
 */
record Nested(LogParser outer, List<LogParser> inner) implements LogParser {
    Nested {
        inner = List.copyOf(inner);
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        Optional<ParsedLine> around = outer.parse(line);
        if (around.isEmpty()) {
            return around;
        }
        ParsedLine a = around.get();
        for (LogParser way : inner) {
            ParsedLine b = way.parse(a.message()).orElse(null);
            if (b != null && (b.level() != null || b.time() != null)) {
                boolean undated = way instanceof HeaderParser header && header.isUndated(a.message());
                return Optional.of((undated ? b.at(null) : b).inside(a));
            }
        }
        return around;
    }
}
