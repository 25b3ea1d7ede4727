package io.deepsentry.parse;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an input, a format or an argument cannot be used. The message says what is wrong, where, and what to
 * do.
 */
public class LogParseException extends RuntimeException {
    /** The kinds of failure, as far as a caller acts on them differently. */
    public enum Kind {
        /** An input does not fit the format it was read with, or is not text. */
        BAD_FORMAT(2),
        /**
         * An argument is wrong: an unknown preset, a broken layout or regular expression, a class that is not a
         * parser.
         */
        BAD_ARGUMENT(2),
        /** An input does not exist. */
        MISSING(3),
        /** An input holds no line. */
        EMPTY(3),
        /** An input is a directory, is not permitted to be read, or breaks off. */
        UNREADABLE(3),
        /** A line does not fit and {@link OnMalformed#FAIL} was set. */
        MALFORMED_LINE(1);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /**
     * Creates an exception without a cause.
     *
     * @param kind the kind of failure
     * @param message what is wrong, where, and what to do
     */
    public LogParseException(Kind kind, String message) {
        this(kind, message, null);
    }

    /**
     * Creates an exception.
     *
     * @param kind the kind of failure
     * @param message what is wrong, where, and what to do
     * @param cause what led to it, or null
     */
    public LogParseException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /**
     * Returns the kind of failure.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the exit code of a process that ends with this failure.
     *
     * @return 1, 2 or 3
     */
    public int exitCode() {
        return kind.exitCode;
    }

    static LogParseException badArgument(String message) {
        return new LogParseException(Kind.BAD_ARGUMENT, message);
    }

    static LogParseException badArgument(String message, Throwable cause) {
        return new LogParseException(Kind.BAD_ARGUMENT, message, cause);
    }
}
