package io.deepsentry.text.token;

/** Character classes of log messages, cheap for ASCII. */
final class Characters {
    static final int LETTER = 1;
    static final int DIGIT = 1 << 1;
    static final int HEX = 1 << 2;
    static final int SIGN = 1 << 3;
    static final int CAPITAL = 1 << 4;
    static final int UNDERSCORE = 1 << 5;
    private static final byte[] ASCII = new byte[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            ASCII[c] = LETTER;
            ASCII[c - 'a' + 'A'] = LETTER | CAPITAL;
        }
        for (char c = 'a'; c <= 'f'; c++) {
            ASCII[c] |= HEX;
            ASCII[c - 'a' + 'A'] |= HEX;
        }
        for (char c = '0'; c <= '9'; c++) {
            ASCII[c] = DIGIT | HEX;
        }
        ASCII['_'] = SIGN | UNDERSCORE;
        ASCII['$'] = SIGN;
    }

    private Characters() {}

    /** Whether a text stands at {@code i}. */
    static boolean startsWith(char[] s, int i, String text) {
        if (i + text.length() > s.length) {
            return false;
        }
        for (int k = 0; k < text.length(); k++) {
            if (s[i + k] != text.charAt(k)) {
                return false;
            }
        }
        return true;
    }

    static boolean isLetter(char c) {
        return c < 128 ? (ASCII[c] & LETTER) != 0 : Character.isLetter(c);
    }

    static boolean isDigit(char c) {
        return c < 128 ? (ASCII[c] & DIGIT) != 0 : Character.isDigit(c);
    }

    static boolean isAsciiDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isHex(char c) {
        return c < 128 && (ASCII[c] & HEX) != 0;
    }

    static boolean isAlphanumeric(char c) {
        return c < 128 ? (ASCII[c] & (LETTER | DIGIT)) != 0 : Character.isLetterOrDigit(c);
    }

    /** What a word is made of; scripts without spaces are cut elsewhere. */
    static boolean isWord(char c) {
        return c < 128 ? ASCII[c] != 0 : isOtherWord(c);
    }

    private static boolean isOtherWord(char c) {
        if (Character.isLetterOrDigit(c)) {
            return !isIdeograph(c);
        }
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    /** What a character of a word is, as bits; 0 if it is none. */
    static int wordKind(char c) {
        if (c < 128) {
            return ASCII[c];
        }
        return !isOtherWord(c) ? 0 : SIGN | (Character.isDigit(c) ? DIGIT : 0);
    }

    /** A character that is a word by itself. */
    static boolean isIdeograph(char c) {
        return c >= 0x2E80 && (Character.isIdeographic(c) || (c >= 0x3040 && c <= 0x30FF));
    }

    /** What a path continues with: anything but white space, quotes, brackets, separators and colons. */
    static boolean isPath(char c) {
        return switch (c) {
            case '"', '\'', '`', '<', '>', '|', ',', ';', ':', '(', ')', '[', ']', '{', '}', '?' -> false;
            default -> c > ' ' && c != 127 && !(c >= 128 && isSpace(c));
        };
    }

    /** What a URL continues with. */
    static boolean isUrl(char c) {
        return switch (c) {
            case '"', '\'', '`', '<', '>', '|', '(', ')', '[', ']', '{', '}' -> false;
            default -> c > ' ' && c != 127 && !(c >= 128 && isSpace(c));
        };
    }

    /** What the target of an HTTP request is made of: anything up to white space or a double quote. */
    static boolean isTarget(char c) {
        return c != '"' && !isSpace(c);
    }

    static boolean isBase64(char c) {
        return c < 128 && ((ASCII[c] & (LETTER | DIGIT)) != 0 || c == '+' || c == '/');
    }

    static boolean isSpace(char c) {
        return c < 128
                ? c <= ' ' || c == 127
                : Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
    }
}
