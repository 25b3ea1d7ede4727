package io.deepsentry.parse.internal;

/**
 * Takes colours out of lines, also where syslog wrote their escape as {@code #033}. Other terminal codes stay: they may
 * carry text, such as the title of a window, and who writes such things into a log does not hide them from it.
 */
public final class TerminalCodes {
    private static final char ESCAPE = '\u001b';
    private static final String CODE = ESCAPE + "[";
    private static final String OCTAL = "#033[";

    private TerminalCodes() {}

    /** The line without its codes: the same object if it has none. */
    public static String removed(String line) {
        if (line.indexOf(ESCAPE) < 0 && (line.indexOf('#') < 0 || !line.contains(OCTAL))) {
            return line;
        }
        StringBuilder out = new StringBuilder(line.length());
        int i = 0;
        while (i < line.length()) {
            int after = i;
            if (line.startsWith(OCTAL, i)) {
                after = end(line, i, i + OCTAL.length());
            } else if (line.startsWith(CODE, i)) {
                after = end(line, i, i + CODE.length());
            }
            if (after == i) {
                out.append(line.charAt(i++));
            } else {
                i = after;
            }
        }
        return out.toString();
    }

    /**
     * The end of a code for colours or for clearing a line; {@code from} if it is another one, which may carry text.
     */
    private static int end(String line, int from, int parameters) {
        int i = parameters;
        while (i < line.length() && (line.charAt(i) == ';' || (line.charAt(i) >= '0' && line.charAt(i) <= '9'))) {
            i++;
        }
        boolean known = i < line.length() && (line.charAt(i) == 'm' || line.charAt(i) == 'K');
        return known ? i + 1 : from;
    }
}
