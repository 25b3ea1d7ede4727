package io.deepsentry.text.identity;

import org.jspecify.annotations.Nullable;

/**
 * A variable place of a masked line.
 *
 * @param token its token in the {@link OpenMessage}, from 0
 * @param variable the number of the variable in its message, from 0; several tokens in a row may be one variable
 * @param word the value if it is a word, or null if the token is a typed one, whose values are {@link OpenValue}s
 */
public record OpenPlace(int token, int variable, @Nullable String word) {}
