package io.deepsentry.live.alert;

/** Text from a log made fit for a page that people read. */
final class Texts {
    private static final String MORE = "\u2026";

    private Texts() {}

    /**
     * The same text without what moves a cursor, turns the reading direction or hides: such characters are replaced by
     * U+FFFD; line ends stay.
     */
    static String harmless(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.replace("\r\n", "\n").codePoints().forEach(c -> {
            if (c == '\n') {
                out.append('\n');
            } else if (c == '\t') {
                out.append(' ');
            } else {
                out.appendCodePoint(Escaping.isUnsafe(c) ? 0xFFFD : c);
            }
        });
        return out.toString();
    }

    /**
     * A beginning of at most so many characters that ends with a whole one, and with an ellipsis if something was left
     * out.
     */
    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - MORE.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + MORE;
    }

    /** One line of at most so many characters. */
    static String line(String text, int most) {
        return cut(harmless(text).replace('\n', ' ').strip(), most);
    }
}
