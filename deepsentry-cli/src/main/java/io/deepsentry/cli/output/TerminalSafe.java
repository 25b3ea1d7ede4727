package io.deepsentry.cli.output;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Text from a log made safe to show: on one line, and without the control characters by which a log line could drive a
 * terminal.
 */
public final class TerminalSafe {
    private TerminalSafe() {}

    public static String text(@Nullable String text) {
        if (text == null) {
            return "";
        }
        if (text.chars().noneMatch(TerminalSafe::isUnsafe)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                safe.append("\\n");
            } else if (c == '\t') {
                safe.append("\\t");
            } else if (isUnsafe(c)) {
                safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }

    private static boolean isUnsafe(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isDirection(c);
    }

    /** Whether a character turns the direction of writing around, so that a line reads as another one. */
    private static boolean isDirection(int c) {
        return (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069')
                || c == '\u200e'
                || c == '\u200f'
                || c == '\u061c';
    }
}
