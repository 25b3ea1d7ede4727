package io.deepsentry.live.internal.tail;

/**
 * One line as it was read.
 *
 * @param text without its line terminator
 * @param number counted from 1
 * @param offset the byte it begins at
 * @param cut whether a part of it was left out because it was too long
 */
record RawLine(String text, long number, long offset, boolean cut) {}
