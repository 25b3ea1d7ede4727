package io.deepsentry.cli.output;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * Text laid out on lines of a width, counted in columns of a terminal: a Chinese character takes two, an accent none.
 */
public final class Lines {
    private static final String CUT = "...";
    /** Where a word that is longer than a line may break, after the character. */
    private static final String SEAMS = "/\\,;:=&?|)]}>";

    private Lines() {}

    /** Returns the columns that a text takes. */
    public static int width(String text) {
        int columns = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            columns += columns(text.codePointAt(i));
        }
        return columns;
    }

    /** Returns the text followed by spaces, so that it takes at least so many columns. */
    public static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - width(text)));
    }

    /** Returns the text on one line; if it is longer, its end is left out, if possible between two words. */
    static String cut(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        int end = fitting(text, 0, Math.max(0, width - CUT.length()));
        int space = text.lastIndexOf(' ', end);
        boolean near = space > 0 && width(text.substring(space, end)) <= width / 4;
        return text.substring(0, near ? space : end).stripTrailing() + CUT;
    }

    /** Returns the text on lines of a width, broken at spaces where there are any. */
    public static List<String> wrap(String text, int width) {
        return wrap(text, width, Integer.MAX_VALUE);
    }

    /** Returns the text on at most so many lines, broken at spaces where there are any; the last one may be cut. */
    static List<String> wrap(String text, int width, int most) {
        int room = Math.max(1, width);
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (lines.size() < most - 1 && width(text.substring(from)) > room) {
            int end = breaking(text, from, room);
            lines.add(text.substring(from, end).stripTrailing());
            from = end;
            while (from < text.length() && text.charAt(from) == ' ') {
                from++;
            }
        }
        lines.add(cut(text.substring(from), room));
        return lines;
    }

    /** Where a line that begins at an index ends: before a space, otherwise at a seam, otherwise where it is full. */
    private static int breaking(String text, int from, int width) {
        int full = Math.max(fitting(text, from, width), text.offsetByCodePoints(from, 1));
        int space = text.lastIndexOf(' ', full);
        if (space > from && !text.substring(from, space).isBlank()) {
            return space;
        }
        for (int i = full; i > from + (full - from) / 2; i--) {
            if (SEAMS.indexOf(text.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return full;
    }

    /** The index after the last character that fits. */
    private static int fitting(String text, int from, int width) {
        int columns = 0;
        int i = from;
        while (i < text.length()) {
            int character = text.codePointAt(i);
            columns += columns(character);
            if (columns > width) {
                return i;
            }
            i += Character.charCount(character);
        }
        return i;
    }

    private static int columns(int character) {
        return Math.max(0, WCWidth.wcwidth(character));
    }
}
