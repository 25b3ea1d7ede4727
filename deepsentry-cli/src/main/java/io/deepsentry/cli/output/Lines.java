package io.deepsentry.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Text broken into lines of a width. */
final class Lines {
    private static final String CUT = "...";

    private Lines() {}

    /** Returns the text on one line, its end left out if it is longer. */
    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - CUT.length())) + CUT;
    }

    /** Returns the text on at most so many lines, broken at spaces where there are any. */
    static List<String> wrap(String text, int width, int most) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width && lines.size() < most - 1) {
            int space = rest.lastIndexOf(' ', width);
            int end = space <= 0 ? width : space;
            lines.add(rest.substring(0, end));
            rest = rest.substring(space <= 0 ? end : end + 1);
        }
        lines.add(cut(rest, width));
        return lines;
    }
}
