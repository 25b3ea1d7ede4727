package io.deepsentry.parse;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one exception of this module: says what is wrong with an input, a format or an argument, where, and what to do. */
public class LogParseException extends RuntimeException {
    /** What went wrong, in the terms a caller acts on. */
    public enum Kind {
        /** An input does not fit the format it was read with, or is no text. */
        BAD_FORMAT(2),
        /** An argument is wrong: an unknown preset, a broken layout or regex, a class that is no parser. */
        BAD_ARGUMENT(2),
        /** An input does not exist. */
        MISSING(3),
        /** An input holds no line. */
        EMPTY(3),
        /** An input is a directory, is not permitted to be read, or breaks off. */
        UNREADABLE(3),
        /** A line does not fit and {@link OnMalformed#FAIL} was asked for. */
        MALFORMED_LINE(1);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public LogParseException(Kind kind, String message) {
        this(kind, message, null);
    }

    public LogParseException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The process exit code this failure stands for: 1, 2 or 3. */
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
