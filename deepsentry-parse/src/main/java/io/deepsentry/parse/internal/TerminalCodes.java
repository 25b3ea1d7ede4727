package io.deepsentry.parse.internal;

/**
 * Takes terminal codes out of lines, as ECMA-48 and ECMA-35 define them: control sequences such as colours, and short
 * escapes. A code that the line does not end stays. Strings such as the title of a window stay too, as nobody should
 * hide text from the reader of a log by them, and codes of one byte (0x80 to 0x9F): in Windows' code pages they are
 * letters and quotes.
 *
 * <p>Syslog writes an escape as {@code #033}. Since that may also be text, only control sequences that a terminal
 * knows are codes there.
 */
public final class TerminalCodes {
    private static final char ESCAPE = '\u001b';
    private static final String OCTAL = "#033";
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
        return octal || STRINGS.indexOf(c) >= 0 ? from : endOfEscape(line, from, introducer);
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

    private static int pass(String line, int from, char first, char last) {
        int i = from;
        while (i < line.length() && line.charAt(i) >= first && line.charAt(i) <= last) {
            i++;
        }
        return i;
    }
}
