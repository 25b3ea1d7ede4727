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
        String cut = name.substring(0, Math.min(name.length(), LONGEST)).replace('-', '_');
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = edits(cut, candidate.replace('-', '_'));
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** The number of characters to insert, delete or replace (Levenshtein 1966). */
    private static int edits(String from, String to) {
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
            }
            above = row;
        }
        return above[to.length()];
    }
}
