package io.deepsentry.parse.redact;

/** Finds numbers of payment cards: a network's first digits, its length, and a right check digit (ISO/IEC 7812-1). */
final class CardNumbers {
    private static final int SHORTEST = 13;
    private static final int LONGEST = 19;
    private static final int FIRST_GROUP = 4;

    private CardNumbers() {}

    /** Returns the end of the card number that begins here, or -1. What is before it is looked at, too. */
    static int end(CharSequence text, int from) {
        if (from > 0 && !mayStandBefore(text.charAt(from - 1))) {
            return -1;
        }
        int run = from;
        while (run < text.length() && run - from <= LONGEST && isDigit(text.charAt(run))) {
            run++;
        }
        if (run - from < SHORTEST && (run - from != FIRST_GROUP || from + SHORTEST > text.length())) {
            return -1;
        }
        int[] groups = new int[6];
        int count = 0;
        StringBuilder digits = new StringBuilder(LONGEST);
        char between = 0;
        int at = from;
        while (count < groups.length) {
            int begin = at;
            while (at < text.length() && isDigit(text.charAt(at)) && digits.length() <= LONGEST) {
                digits.append(text.charAt(at++));
            }
            groups[count++] = at - begin;
            boolean more = at + 1 < text.length()
                    && (text.charAt(at) == ' ' || text.charAt(at) == '-')
                    && isDigit(text.charAt(at + 1))
                    && (between == 0 || between == text.charAt(at))
                    && digits.length() < LONGEST
                    && begin + 6 >= at;
            if (!more) {
                break;
            }
            between = text.charAt(at++);
        }
        boolean grouped = count == 1
                || (count >= 4 && groups[0] == 4 && groups[1] == 4 && groups[2] == 4 && count <= 5)
                || (count == 3 && groups[0] == 4 && groups[1] == 6);
        boolean ends = at == text.length() || !isPartOfWord(text.charAt(at));
        return grouped && ends && isCard(digits) ? at : -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean mayStandBefore(char c) {
        return !isPartOfWord(c) && c != '.' && c != '+';
    }

    private static boolean isPartOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }

    private static boolean isCard(CharSequence digits) {
        return digits.length() >= SHORTEST && digits.length() <= LONGEST && isIssued(digits) && hasCheckDigit(digits);
    }

    /**
     * The ranges and lengths that the networks give out; a tenth of all other numbers would pass the check digit alone.
     */
    private static boolean isIssued(CharSequence digits) {
        int length = digits.length();
        int two = Integer.parseInt(digits, 0, 2, 10);
        int four = Integer.parseInt(digits, 0, 4, 10);
        boolean visa = digits.charAt(0) == '4' && (length == 13 || length == 16 || length == 19);
        boolean mastercard = length == 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720));
        boolean amex = length == 15 && (two == 34 || two == 37);
        boolean diners = length == 14 && (two == 36 || two == 38 || (four >= 3000 && four <= 3059));
        boolean discover = length >= 16 && (two == 65 || four == 6011 || (four >= 6440 && four <= 6499));
        boolean jcb = length >= 16 && four >= 3528 && four <= 3589;
        boolean unionPay = length >= 16 && two == 62;
        return visa || mastercard || amex || diners || discover || jcb || unionPay;
    }

    /** Luhn's sum: from the right, every second digit counts double, and the whole is a multiple of ten. */
    private static boolean hasCheckDigit(CharSequence digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int counted = i % 2 == 0 ? digit : 2 * digit;
            sum += counted > 9 ? counted - 9 : counted;
        }
        return sum % 10 == 0;
    }
}
