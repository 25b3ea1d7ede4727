package io.deepsentry.text.identity;

/**
 * A masked line before anything learned is applied to it: the message with its codes still open, its level, and what
 * its fields say. Two lines of equal open form have the same identity whatever is learned. Made by {@link
 * MessageIdentity#open}.
 *
 * @param text one line of text, which a file may keep; its form is that of this version alone
 */
public record OpenMessage(String text) {
    static final char PART = '\t';
    /** Between the name of a field and its value. */
    static final char NAMED = '\u0001';
    /** Between a candidate's typed token and its words. */
    static final char KEPT = '\u0003';

    /** Whether this token is a candidate: a typed token and the words that may replace it. */
    static boolean isCandidate(String token) {
        return token.indexOf(KEPT) > 0;
    }
}
