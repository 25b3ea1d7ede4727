package io.deepsentry.live.tail;

/**
 * What happens to lines that come through a pipe or a call faster than they can be judged. A file waits on its disk.
 */
public enum Overload {
    /** The writer waits. */
    WAIT,
    /** Lines are dropped and counted. */
    DROP
}
