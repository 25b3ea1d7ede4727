package io.deepsentry.text.session;

/** What an identifier is made of, from the narrowest to the widest. */
enum Shape {
    DIGITS("\\d+"),
    SIGNED("-?\\d+"),
    UUID("[0-9a-fA-F-]{36}"),
    HEX("[0-9a-fA-F]+"),
    WORD("[\\w-]+");

    private final String regex;

    Shape(String regex) {
        this.regex = regex;
    }

    String regex() {
        return regex;
    }

    /** The narrowest shape that has both. */
    Shape with(Shape other) {
        if (this == other) {
            return this;
        }
        if (compareTo(SIGNED) <= 0 && other.compareTo(SIGNED) <= 0) {
            return SIGNED;
        }
        boolean hex = (this == HEX || this == DIGITS) && (other == HEX || other == DIGITS);
        return hex ? HEX : WORD;
    }

    static Shape of(String text) {
        boolean digits = true;
        boolean hex = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            digits &= c >= '0' && c <= '9';
            hex &= Character.digit(c, 16) >= 0;
        }
        if (digits) {
            return DIGITS;
        }
        if (hex) {
            return HEX;
        }
        if (isUuid(text)) {
            return UUID;
        }
        return text.length() > 1 && text.charAt(0) == '-' && of(text.substring(1)) == DIGITS ? SIGNED : WORD;
    }

    static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            char c = text.charAt(i);
            if (dash ? c != '-' : Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
