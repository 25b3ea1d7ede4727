package io.deepsentry.text.identity;

import io.deepsentry.text.token.MaskType;

/**
 * A value of a message: what stood at a variable place.
 *
 * @param place where in its message: the number of the variable from 0, or the name of a field
 * @param type its kind; that of a word is {@link MaskType#ID}
 * @param text as written, at most 64 characters
 * @param number in the base unit of its kind (seconds, bytes, a plain number; 91% is 91), or NaN if it is no number
 */
public record MessageValue(String place, MaskType type, String text, double number) {}
