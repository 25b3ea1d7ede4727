package io.deepsentry.parse.internal;

/**
 * Takes terminal codes out of lines, as ECMA-48 and ECMA-35 define them: control sequences such as colours, strings
 * such as the title of a window, and short escapes. A code that the line does not end stays, with its text. Codes of
 * one byte (0x80 to 0x9F) stay too: in Windows' code pages they are letters and quotes.
 *
 * <p>Syslog writes an escape as {@code #033}. Since that may also be text, only control sequences that a terminal
 * knows, and strings that end, are codes there.
 */
public final class TerminalCodes {
    private static final char ESCAPE = '\u001b';
    private static final char BELL = '\u0007';
    private static final String OCTAL = "#033";
    private static final String OCTAL_BELL = "#007";
    /** Begin a string: device control, start of string, operating system, privacy and application program command. */
    private static final String STRINGS = "PX]^_";
    /** What syslog's escape may end with without a parameter: colour, erasing a line or the screen, home. */
    private static final String WITHOUT_PARAMETERS = "mKJH";

    private TerminalCodes() {}

    /** The line without its codes: the same object if it has none. */
    public static String removed(String line) {
        int escape = line.indexOf(ESCAPE);
        int octal = line.indexOf('#') < 0 ? -1 : line.indexOf(OCTAL);
        if (escape < 0 && octal < 0) {
            return line;
        }
        int i = escape < 0 ? octal : octal < 0 ? escape : Math.min(escape, octal);
        StringBuilder out = new StringBuilder(line.length()).append(line, 0, i);
        while (i < line.length()) {
            int after = i;
            char c = line.charAt(i);
            if (c == ESCAPE) {
                after = end(line, i, i + 1, false);
            } else if (c == '#' && line.startsWith(OCTAL, i)) {
                after = end(line, i, i + OCTAL.length(), true);
            }
            if (after == i) {
                out.append(c);
                i++;
            } else {
                i = after;
            }
        }
        return out.length() == line.length() ? line : out.toString();
    }

    /** The end of the code that begins at {@code from}; {@code from} if it is none, or does not end. */
    private static int end(String line, int from, int introducer, boolean octal) {
        if (introducer >= line.length()) {
            return from;
        }
        char c = line.charAt(introducer);
        if (c == '[') {
            return endOfSequence(line, from, introducer + 1, octal);
        }
        if (STRINGS.indexOf(c) >= 0) {
            return endOfString(line, from, introducer + 1, octal);
        }
        return octal ? from : endOfEscape(line, from, introducer);
    }

    /** Parameters (0x30 to 0x3F), intermediates (0x20 to 0x2F), and the final (0x40 to 0x7E). */
    private static int endOfSequence(String line, int from, int parameters, boolean octal) {
        int i = pass(line, parameters, '0', '?');
        boolean hasParameters = i > parameters;
        i = octal ? i : pass(line, i, ' ', '/');
        if (i >= line.length() || line.charAt(i) < '@' || line.charAt(i) > '~') {
            return from;
        }
        boolean known = !octal || hasParameters || WITHOUT_PARAMETERS.indexOf(line.charAt(i)) >= 0;
        return known ? i + 1 : from;
    }

    /** Intermediates (0x20 to 0x2F), and the final (0x30 to 0x7E). */
    private static int endOfEscape(String line, int from, int intermediates) {
        int i = pass(line, intermediates, ' ', '/');
        return i < line.length() && line.charAt(i) >= '0' && line.charAt(i) <= '~' ? i + 1 : from;
    }

    /** Ends at a bell or a string terminator. Any other escape cancels it, so that no part of a line is read twice. */
    private static int endOfString(String line, int from, int text, boolean octal) {
        for (int i = text; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == BELL) {
                return i + 1;
            }
            if (c == ESCAPE) {
                return i + 1 < line.length() && line.charAt(i + 1) == '\\' ? i + 2 : from;
            }
            if (octal && c == '#') {
                if (line.startsWith(OCTAL_BELL, i)) {
                    return i + OCTAL_BELL.length();
                }
                if (line.startsWith(OCTAL, i)) {
                    int after = i + OCTAL.length();
                    return after < line.length() && line.charAt(after) == '\\' ? after + 1 : from;
                }
            }
        }
        return from;
    }

    private static int pass(String line, int from, char first, char last) {
        int i = from;
        while (i < line.length() && line.charAt(i) >= first && line.charAt(i) <= last) {
            i++;
        }
        return i;
    }
}
