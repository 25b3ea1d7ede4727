package io.deepsentry.appender;

/** Where a {@link LogWatch} logs what it finds: in the logging library of the program. Called by its thread alone. */
public interface FindingsLog {
    /** Logs what was found. */
    void log(FindingLine line);

    /** Says that the log is not watched any more, and why. */
    void failed(String message, Throwable cause);
}
