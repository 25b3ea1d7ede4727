package io.deepsentry.live.tail;

/**
 * The choices of where reading of a log begins, and whether it ends. Pipes and feeds have neither: they are read as
 * long as they last.
 */
public enum TailMode {
    /** Follows the log from its end: only what is added is read. */
    FROM_END,
    /** Reads what the log holds already, then follows it. */
    FROM_START,
    /** Reads what the log holds already, then ends. */
    UNTIL_END
}
