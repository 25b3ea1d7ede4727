package io.deepsentry.parse;

import io.deepsentry.parse.internal.TerminalCodes;
import java.util.Optional;

/** Takes a wrapper off each line, as Kubernetes or Docker puts around those of a container, and reads what is in it. */
record Unwrapping(Wrapper wrapper, LogParser inner) implements LogParser {
    @Override
    public Optional<ParsedLine> parse(String line) {
        Wrapper.Inside inside = wrapper.unwrap(line);
        if (inside == null) {
            return inner.parse(line);
        }
        String text = TerminalCodes.removed(inside.text());
        boolean undated = inside.time() != null && inner instanceof HeaderParser header && header.isUndated(text);
        return inner.parse(text).map(parsed -> (undated ? parsed.at(null) : parsed).inside(inside));
    }
}
