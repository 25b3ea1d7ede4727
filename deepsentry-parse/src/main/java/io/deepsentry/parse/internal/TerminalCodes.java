package io.deepsentry.parse.internal;

/** Takes colours and other terminal codes out of lines, also where syslog wrote their escape as {@code #033}. */
public final class TerminalCodes {
    private static final char ESCAPE = '\u001b';
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
            boolean octal = line.startsWith(OCTAL, i);
            if (line.charAt(i) != ESCAPE && !octal) {
                out.append(line.charAt(i++));
                continue;
            }
            int code = octal ? i + 4 : i + 1;
            i = end(line, code);
        }
        return out.toString();
    }

    private static int end(String line, int code) {
        if (code >= line.length()) {
            return code;
        }
        char kind = line.charAt(code);
        int i = code + 1;
        if (kind == '[') {
            while (i < line.length() && line.charAt(i) >= ' ' && line.charAt(i) < '@') {
                i++;
            }
            return Math.min(i + 1, line.length());
        }
        if (kind == ']') {
            // An operating system command ends with BEL or an escape and a backslash.
            while (i < line.length() && line.charAt(i) != '\u0007' && line.charAt(i) != ESCAPE) {
                i++;
            }
            return Math.min(i < line.length() && line.charAt(i) == ESCAPE ? i + 2 : i + 1, line.length());
        }
        return i;
    }
}
