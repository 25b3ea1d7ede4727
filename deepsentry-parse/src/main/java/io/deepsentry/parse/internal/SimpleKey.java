package io.deepsentry.parse.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression of a plain text, perhaps one more character, and a run of characters of ASCII, all of it in one
 * group, as in {@code (blk_-?\\d+)}: found without the machinery of regular expressions. Immutable.
 */
public final class SimpleKey {
    /** The text, the character that may follow, and the class. */
    private static final Pattern SIMPLE =
            Pattern.compile("\\(([\\w:/=@#% -]+?)(?:([\\w:/=@#% -])\\?)?(\\\\[dw]|\\[[\\w:/=@#%.-]+])\\+\\)");

    private static final int ASCII = 128;

    private final String text;
    /** What may follow the text; NUL for nothing. */
    private final char perhaps;

    private final boolean[] run;

    private SimpleKey(String text, char perhaps, boolean[] run) {
        this.text = text;
        this.perhaps = perhaps;
        this.run = run;
    }

    /** Returns the expression as such a key; null if it is none. */
    public static @Nullable SimpleKey of(String regex) {
        Matcher parts = SIMPLE.matcher(regex);
        if (!parts.matches()) {
            return null;
        }
        Pattern one = Pattern.compile(parts.group(3));
        boolean[] run = new boolean[ASCII];
        for (char c = 0; c < ASCII; c++) {
            run[c] = one.matcher(String.valueOf(c)).matches();
        }
        char perhaps = parts.group(2) == null ? 0 : parts.group(2).charAt(0);
        // Otherwise it might belong to the run as well.
        return run[perhaps] ? null : new SimpleKey(parts.group(1), perhaps, run);
    }

    /** Returns the end of the match that begins with the text at a position, or -1 if none does. */
    public int end(String line, int from) {
        int begin = from + text.length();
        if (begin < line.length() && perhaps != 0 && line.charAt(begin) == perhaps) {
            begin++;
        }
        int end = begin;
        int length = line.length();
        while (end < length) {
            char c = line.charAt(end);
            if (c >= ASCII || !run[c]) {
                break;
            }
            end++;
        }
        return end == begin ? -1 : end;
    }
}
