package io.deepsentry.parse.redact;

import org.jspecify.annotations.Nullable;

/**
 * How a value is enclosed.
 *
 * @param opening what stands before it
 * @param closing what ends it
 * @param backslashes before each quote, as in JSON within JSON; what has more of them is part of the value
 */
record Quote(String opening, String closing, int backslashes) {
    /** Of JSON in JSON in JSON. */
    private static final int MOST_BACKSLASHES = 7;

    private static final Quote[] PLAIN = {of("\""), of("'"), of("`")};
    private static final Quote[] WRITTEN_OUT = {
        of("&quot;"),
        of("&#34;"),
        of("&#39;"),
        of("&apos;"),
        of("&#x27;"),
        of("&#x22;"),
        of("%22"),
        of("%27"),
        of("\\u0022"),
        of("\\u0027"),
        of("\\x22"),
        of("\\x27")
    };
    private static final Quote DOUBLED = of("\"\"");

    private static Quote of(String mark) {
        return new Quote(mark, mark, 0);
    }

    /** The quote that opens here, or null. */
    static @Nullable Quote at(String text, int from) {
        if (from >= text.length()) {
            return null;
        }
        char c = text.charAt(from);
        if (c == '"' && text.startsWith("\"\"", from) && from + 2 < text.length() && isInside(text.charAt(from + 2))) {
            return DOUBLED;
        }
        for (Quote quote : PLAIN) {
            if (c == quote.opening().charAt(0)) {
                return quote;
            }
        }
        if (c != '\\' && c != '&' && c != '%') {
            return null;
        }
        for (Quote quote : WRITTEN_OUT) {
            if (text.startsWith(quote.opening(), from)) {
                return quote;
            }
        }
        return c == '\\' ? escaped(text, from) : null;
    }

    private static boolean isInside(char c) {
        return Character.isLetterOrDigit(c) || "$!#@%^*_+/.".indexOf(c) >= 0;
    }

    private static @Nullable Quote escaped(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == '\\' && at - from <= MOST_BACKSLASHES) {
            at++;
        }
        int count = at - from;
        boolean level = (count & (count + 1)) == 0;
        if (!level || at >= text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\'')) {
            return null;
        }
        String mark = text.substring(from, at + 1);
        return new Quote(mark, mark, count);
    }

    /** Where the closing quote of a value begins, or -1. */
    int end(String text, int from) {
        char last = closing.charAt(closing.length() - 1);
        if (last != '"' && last != '\'' && last != '`') {
            return text.indexOf(closing, from);
        }
        if (equals(DOUBLED)) {
            return text.indexOf(closing, from);
        }
        for (int at = text.indexOf(last, from); at >= 0; at = text.indexOf(last, at + 1)) {
            int count = 0;
            while (at - count > from && text.charAt(at - count - 1) == '\\') {
                count++;
            }
            boolean closes = count % (2 * (backslashes + 1)) == backslashes;
            boolean doubled =
                    closes && backslashes == 0 && at + 1 < text.length() && text.charAt(at + 1) == last && at > from;
            if (doubled) {
                at++;
            } else if (closes) {
                return at - backslashes;
            }
        }
        return -1;
    }
}
