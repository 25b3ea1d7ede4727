package io.deepsentry.text.pattern;

import io.deepsentry.text.token.MaskType;

/**
 * Numbers at a variable place that left their range.
 *
 * @param place the variable, as in {@link PatternVariable#place}
 * @param type the kind of its values
 * @param good the range before
 * @param bad the range after
 * @param above how many numbers after are larger than all before
 * @param below how many numbers after are less than all before
 */
public record ValueShift(String place, MaskType type, NumberRange good, NumberRange bad, long above, long below) {}
