package io.deepsentry.anomaly.internal.evidence;

/**
 * The line of a stream that is being looked at: what was observed, and where it is. One object serves a whole stream.
 */
final class Line {
    /** The number of a message that was not learnt. */
    static final int UNKNOWN = -1;

    Observation said = Position.NOTHING;
    /** The number of its message, or {@link #UNKNOWN}. */
    int message = UNKNOWN;
    /** Its ordinal in the stream, from 1. */
    long number;
    /** When it was logged in seconds, never before the line before but at a restart; NaN without a time. */
    double seconds = Double.NaN;
    /** When it says that it was logged, in seconds of the clock that counts; NaN without a time. */
    double logged = Double.NaN;
    /** Whether its time is so far before the one of the line before that it begins another stretch of time. */
    boolean isRestart;
    /** The session it is of, as a number; 0 in a stream. */
    long session;
    /** Whether the stream is a stretch cut out of a log: how it began or went on, nobody knows. */
    boolean isCut;
    /** When the first line of the stream, or of its stretch of time, was logged; NaN without a time. */
    double begin = Double.NaN;
    /** How many lines with this message came in a row. */
    int run;
    /** How many lines with this message and these values came in a row. */
    int repeat;

    /** Whether the stream was followed for so many seconds before the line. */
    boolean isFollowedFor(double span) {
        return !isCut || seconds - begin >= span;
    }

    /** Whether the stream was followed for so many lines, with this one. */
    boolean isFollowedFor(int lines) {
        return !isCut || number >= lines;
    }

    boolean isTimed() {
        return !Double.isNaN(seconds);
    }
}
