package io.deepsentry.appender;

/**
 * Logs the findings of a {@link LogWatch} through the program's logging library. Called by the watch's thread alone.
 */
public interface FindingsLog {
    /**
     * Logs a finding.
     *
     * @param line the line to log
     */
    void log(FindingLine line);

    /**
     * Logs that the watch has failed and judges nothing any more.
     *
     * @param message what happened
     * @param cause what led to it
     */
    void failed(String message, Throwable cause);
}
