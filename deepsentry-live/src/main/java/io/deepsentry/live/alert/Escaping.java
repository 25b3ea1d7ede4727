package io.deepsentry.live.alert;

/** Text from a log made one harmless line that any JSON reader turns back into the same text. */
final class Escaping {
    private Escaping() {}

    static String quote(String text) {
        return '"' + escape(text) + '"';
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))
                    && !isUnsafe(text.codePointAt(i))) {
                out.append(c).append(text.charAt(++i));
                continue;
            }
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isUnsafe(c)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }

    /**
     * What is JSON already, with the characters escaped that JSON allows in texts, but a terminal or an editor obeys.
     */
    static String json(String json) {
        StringBuilder out = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            if (!isUnsafe(c)) {
                out.appendCodePoint(c);
            } else {
                for (char each : Character.toChars(c)) {
                    out.append(String.format("\\u%04x", (int) each));
                }
            }
        });
        return out.toString();
    }

    /** Whether a text can stand unquoted between two spaces. */
    static boolean isPlain(String text) {
        return !text.isEmpty()
                && text.codePoints().noneMatch(c -> c == '"' || c == '\\' || Character.isSpaceChar(c) || isUnsafe(c));
    }

    /** What moves a cursor, ends a line, turns the reading direction, hides itself, or is no character alone. */
    static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
