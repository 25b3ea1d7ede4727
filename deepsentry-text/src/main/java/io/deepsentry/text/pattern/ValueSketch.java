package io.deepsentry.text.pattern;

import io.deepsentry.text.token.MaskType;
import org.jspecify.annotations.Nullable;

/** What stood at one variable place, in bounded memory. One thread at a time. */
final class ValueSketch {
    /** The correlation with the lines from which numbers count something. */
    private static final double COUNTING = 0.7;

    private final TopValues top = new TopValues();
    private final NumberSketch numbers = new NumberSketch();
    private @Nullable MaskType type;
    private long count;

    /** Adds a value that came so often, first at this line. */
    void add(MaskType valueType, String text, double number, long times, long line, TopValues.Budget budget) {
        see(valueType);
        count += times;
        top.add(text, times, budget);
        if (!Double.isNaN(number)) {
            numbers.add(number, times, line);
        }
    }

    void addAll(ValueSketch other, TopValues.Budget budget) {
        if (other.type != null) {
            see(other.type);
        }
        count += other.count;
        top.addAll(other.top, budget);
        numbers.addAll(other.numbers);
    }

    /** Values of several types are names, whatever they look like. */
    private void see(MaskType seen) {
        type = type == null || type == seen ? seen : MaskType.ID;
    }

    /** The numbers if all values are numbers of one type, or null. */
    @Nullable
    NumberSketch numbers() {
        return numbers.count() == count && count > 0 && type != MaskType.ID ? numbers : null;
    }

    /** Whether the numbers grow or fall with the log, so that they leave every range. */
    boolean isCounter() {
        return Math.abs(numbers.trend()) > COUNTING;
    }

    PatternVariable summary(String place) {
        NumberSketch all = numbers();
        return new PatternVariable(
                place,
                type == null ? MaskType.ID : type,
                count,
                all == null ? null : all.range(),
                top.top(),
                top.isComplete());
    }
}
