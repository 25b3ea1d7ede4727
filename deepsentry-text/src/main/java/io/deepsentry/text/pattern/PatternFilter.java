package io.deepsentry.text.pattern;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which messages to show.
 *
 * @param level the least severe level, or null for all; one that is not known stands for itself alone
 * @param text what the message or its example must contain, in either case of letters, or null
 * @param minCount the least number of lines
 */
public record PatternFilter(
        @Nullable String level, @Nullable String text, long minCount) {
    /** All messages. */
    public static final PatternFilter ALL = new PatternFilter(null, null, 0);

    /**
     * {@return whether a message is to be shown}
     *
     * @param pattern the pattern
     */
    public boolean matches(LogPattern pattern) {
        return pattern.count() >= minCount
                && hasLevel(pattern.levels().keySet())
                && (contains(pattern.message()) || contains(pattern.example()));
    }

    private boolean hasLevel(Collection<String> levels) {
        String least = level;
        if (least == null) {
            return true;
        }
        return Levels.isKnown(least)
                ? levels.stream().anyMatch(each -> Levels.rank(each) >= Levels.rank(least))
                : levels.contains(Levels.name(least));
    }

    private boolean contains(String where) {
        return text == null || where.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
}
