package io.deepsentry.live.internal.tail;

/** What one look at a source has found. */
public enum PollResult {
    /** Something was read, or the place to read from has changed: look again at once. */
    READ,
    /** Nothing new at the moment. */
    IDLE,
    /** The end; nothing will ever follow. */
    ENDED
}
