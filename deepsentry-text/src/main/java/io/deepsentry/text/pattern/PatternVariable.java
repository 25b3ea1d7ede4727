package io.deepsentry.text.pattern;

import io.deepsentry.text.token.MaskType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A variable place of a message, and what stood there.
 *
 * @param place the number of the variable in its message from 0, with a part after a dot if it takes several tokens, or
 *     the name of a field
 * @param type the kind of its values; {@link MaskType#ID} if they are of several
 * @param count how many values there were
 * @param numbers their range, or null unless all of them are numbers of one type
 * @param top the most frequent values, the most frequent first, at most 32
 * @param isComplete whether {@code top} holds every value
 */
public record PatternVariable(
        String place,
        MaskType type,
        long count,
        @Nullable NumberRange numbers,
        List<ValueCount> top,
        boolean isComplete) {
    public PatternVariable {
        top = List.copyOf(top);
    }
}
