package io.deepsentry.cli.output;

import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.NumberRange;
import io.deepsentry.text.pattern.PatternVariable;
import io.deepsentry.text.pattern.ValueCount;
import io.deepsentry.text.token.MaskType;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parts of what is shown of a message: one line each. */
final class PatternText {
    /** Values with less than this share of their place say nothing. */
    private static final double SHOWN_SHARE = 0.01;

    private static final int SHOWN_VALUES = 5;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private PatternText() {}

    static String time(Instant time, ZoneId zone) {
        return TIME.format(time.atZone(zone));
    }

    static String span(@Nullable Instant first, @Nullable Instant last, ZoneId zone) {
        if (first == null || last == null) {
            return "";
        }
        String begin = time(first, zone);
        String end = time(last, zone);
        if (begin.equals(end)) {
            return begin;
        }
        boolean sameDay = begin.regionMatches(0, end, 0, "uuuu-MM-dd".length());
        return begin + " to " + (sameDay ? end.substring("uuuu-MM-dd ".length()) : end);
    }

    /** A share as a percentage that is never 0.0% of something. */
    static String share(double share) {
        return share > 0 && share < 0.0005 ? "<0.1%" : String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    /** Where the first line is: the name of the file without its folders, and the line. */
    static String origin(LogPattern pattern) {
        String file = pattern.firstOrigin().file();
        int folder = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
        return "first at " + TerminalSafe.text(file.substring(folder + 1)) + ":"
                + pattern.firstOrigin().lineNumber();
    }

    static String example(LogPattern pattern) {
        return "e.g. " + TerminalSafe.text(pattern.example());
    }

    /** What stood at a variable place, or an empty text if that says nothing. */
    static String variable(PatternVariable variable) {
        String name = TerminalSafe.text(
                isField(variable) ? variable.place() : variable.type().token());
        if (variable.isComplete() && variable.top().size() == 1) {
            return name + " always " + TerminalSafe.text(variable.top().get(0).value());
        }
        NumberRange numbers = variable.numbers();
        if (numbers != null && !(variable.isComplete() && variable.top().size() <= 3)) {
            return name + " " + range(numbers, variable.type());
        }
        return name + " " + values(variable);
    }

    private static boolean isField(PatternVariable variable) {
        char first = variable.place().isEmpty() ? 'x' : variable.place().charAt(0);
        return first < '0' || first > '9';
    }

    static String range(NumberRange numbers, MaskType type) {
        return Quantity.of(numbers.min(), type) + " to " + Quantity.of(numbers.max(), type)
                + ", half up to " + Quantity.of(numbers.median(), type)
                + ", 99% up to " + Quantity.of(numbers.p99(), type);
    }

    private static String values(PatternVariable variable) {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (ValueCount value : variable.top()) {
            double share = (double) value.count() / variable.count();
            boolean isFew = variable.isComplete() && variable.top().size() <= SHOWN_VALUES;
            if (shown == SHOWN_VALUES || (!isFew && (share < SHOWN_SHARE || value.count() < 2))) {
                break;
            }
            text.append(shown++ == 0 ? "" : ", ").append(Lines.cut(TerminalSafe.text(value.value()), 30));
            if (variable.count() > 1) {
                text.append(' ').append(share(share));
            }
        }
        if (shown == 0) {
            return (variable.isComplete() ? KeyValueTable.count(variable.top().size()) : "more than 32")
                    + " values, none of them often";
        }
        if (variable.isComplete() && shown == variable.top().size()) {
            return text.toString();
        }
        return text + ", and "
                + (variable.isComplete() ? KeyValueTable.count(variable.top().size() - shown) + " more" : "many more");
    }
}
