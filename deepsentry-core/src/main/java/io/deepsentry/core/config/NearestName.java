package io.deepsentry.core.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what somebody may have meant by a name that does not exist. */
public final class NearestName {
    /** Longer names are no slip of the keyboard, and comparing them would take long. */
    private static final int LONGEST = 200;

    private NearestName() {}

    /**
     * {@return the candidate that the fewest edits turn the name into, the first of several; {@code null} without
     * candidates}
     *
     * @param name the name that is not known
     * @param candidates the names there are
     */
    public static @Nullable String of(String name, Collection<String> candidates) {
        return within(Integer.MAX_VALUE, name, candidates);
    }

    /**
     * {@return the candidate that one edit for every three characters turns the name into; {@code null} if there is
     * none}
     *
     * @param name the name that is not known
     * @param candidates the names there are
     */
    public static @Nullable String close(String name, Collection<String> candidates) {
        return within(Math.max(2, name.length() / 3 + 1), name, candidates);
    }

    private static @Nullable String within(int limit, String name, Collection<String> candidates) {
        String cut = name.substring(0, Math.min(name.length(), LONGEST)).replace('-', '_');
        String nearest = null;
        int fewest = limit;
        for (String candidate : candidates) {
            int edits = edits(cut, candidate.replace('-', '_'));
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /**
     * Returns the number of characters to insert, delete or replace, or of neighbours to swap: the optimal string
     * alignment of Damerau (1964) and Levenshtein (1966).
     */
    private static int edits(String from, String to) {
        int[] twoAbove = new int[to.length() + 1];
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
                }
            }
            twoAbove = above;
            above = row;
        }
        return above[to.length()];
    }
}
