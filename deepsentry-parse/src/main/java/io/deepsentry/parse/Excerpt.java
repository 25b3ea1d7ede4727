package io.deepsentry.parse;

import io.deepsentry.parse.redact.Redaction;
import java.util.Locale;

/** Makes text safe to show: one line, control characters escaped, bounded in length. Stateless. */
public final class Excerpt {
    /** The most characters of an excerpt in messages. */
    public static final int DEFAULT_LENGTH = 120;

    /** How much of a text is looked at for secrets, so that one that begins in an excerpt is known by its end. */
    private static final int LONGEST_LOOK = 4096;

    private Excerpt() {}

    /**
     * Returns the first {@value #DEFAULT_LENGTH} characters of a text, safe to show and without secrets. Messages
     * quote logs this way.
     *
     * @param text any text
     * @return the excerpt; {@code ...} marks that something was left out
     */
    public static String of(String text) {
        String begin = text.length() <= LONGEST_LOOK ? text : text.substring(0, cutAt(text, LONGEST_LOOK));
        String safe = Redaction.SECRETS.apply(begin);
        return of(
                safe.length() <= DEFAULT_LENGTH && begin.length() < text.length() ? safe + "..." : safe,
                DEFAULT_LENGTH);
    }

    /**
     * Returns the first characters of a text, safe to show. Secrets stay.
     *
     * <p>Control and format characters, lone surrogates and the Unicode line separators become {@code \n},
     * {@code \t}, {@code \r} or a {@code \}{@code u} escape; a backslash stays. {@code ...} marks that something was
     * left out.
     *
     * @param text any text
     * @param maxLength the most characters of the text to show; at least 1
     * @return the excerpt
     * @throws IllegalArgumentException if the length is less than 1
     */
    public static String of(String text, int maxLength) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("maxLength must be at least 1, but was " + maxLength);
        }
        int end = cutAt(text, maxLength);
        StringBuilder out = new StringBuilder(end + 3);
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isUnsafe(c)) {
                        out.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\u{%x}" : "\\u%04x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        }
        return end < text.length() ? out.append("...").toString() : out.toString();
    }

    /** The position at which to cut a text to at most a length without splitting a surrogate pair. */
    static int cutAt(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text.length();
        }
        boolean splits = maxLength > 0
                && Character.isHighSurrogate(text.charAt(maxLength - 1))
                && Character.isLowSurrogate(text.charAt(maxLength));
        return splits ? maxLength - 1 : maxLength;
    }

    private static boolean isUnsafe(int c) {
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
