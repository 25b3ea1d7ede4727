package io.deepsentry.text.identity;

import io.deepsentry.text.token.MaskType;
import org.jspecify.annotations.Nullable;

/**
 * A value of a masked line, before it is learned whether and where it is one of its message.
 *
 * @param token its token in the {@link OpenMessage}, from 0; the values of a run of one typed token share theirs. The
 *     largest number for the value of a field
 * @param field the name of the field, or null for a value of the message itself
 * @param type its kind
 * @param text as written, at most 64 characters
 * @param number in the base unit of its kind, or NaN if it is no number
 */
public record OpenValue(int token, @Nullable String field, MaskType type, String text, double number) {}
