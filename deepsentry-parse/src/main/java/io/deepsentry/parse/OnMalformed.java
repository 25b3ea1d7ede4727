package io.deepsentry.parse;

/** The choices for a line that does not fit the format. It is counted in any case, and never given an invented time. */
public enum OnMalformed {
    /** The line is left out. */
    SKIP,
    /** The line is appended to the message of the event before it, as the lines of a stack trace are. */
    ATTACH,
    /**
     * The line ends the reading with a {@link LogParseException} of kind
     * {@link LogParseException.Kind#MALFORMED_LINE}.
     */
    FAIL
}
