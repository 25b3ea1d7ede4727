package io.deepsentry.live.tail;

/** What becomes of lines that are handed over, through a pipe or by a call, faster than they can be judged. A file waits on its disk. */
public enum Overload {
    /** Who hands them over waits. */
    WAIT,
    /** They are dropped and counted. */
    DROP
}
