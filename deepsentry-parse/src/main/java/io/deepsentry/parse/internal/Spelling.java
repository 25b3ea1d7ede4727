package io.deepsentry.parse.internal;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name somebody probably meant. */
public final class Spelling {
    private Spelling() {}

    /** The known name with the smallest edit distance, if at most half of the word would have to change. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Math.max(2, Math.min(lower.length(), 40) / 2) + 1;
        if (lower.length() > 40) {
            return Optional.empty();
        }
        for (String name : known) {
            if (lower.length() >= 3 && name.startsWith(lower)) {
                return Optional.of(name);
            }
            int distance = distance(lower, name);
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
