package io.deepsentry.parse;

/** What happens to a line that does not fit the format. It is counted in any case, and never given an invented time. */
public enum OnMalformed {
    /** Left out. */
    SKIP,
    /** Appended to the message of the event before it, as the lines of a stack trace are. */
    ATTACH,
    /** Ends the reading with a {@link LogParseException} of kind {@link LogParseException.Kind#MALFORMED_LINE}. */
    FAIL
}
