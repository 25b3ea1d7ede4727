package io.deepsentry.text.token;

/** The numbers that values are written as, in base units. */
final class Numbers {
    private static final int MAX_DIGITS = 32;
    /**
     * Whole numbers of so many digits are exact as double precision numbers, and so are the powers of ten up to them.
     */
    private static final int EXACT_DIGITS = 15;

    private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14
    };

    private Numbers() {}

    static double value(String s, int from, int to, MaskType type) {
        return switch (type) {
            case NUM -> signed(s, from, plain(s, from, to));
            case DURATION -> signed(s, from, duration(s, from, to));
            case SIZE -> size(s, from, to);
            default -> Double.NaN;
        };
    }

    private static double signed(String s, int from, double value) {
        boolean negative = from > 0
                && s.charAt(from - 1) == '-'
                && (from == 1 || !(Characters.isWord(s.charAt(from - 2)) || s.charAt(from - 2) == '-'));
        return negative ? -value : value;
    }

    /** A number with any thousands separators, an exponent, a percent sign or a currency. */
    private static double plain(String s, int from, int to) {
        int end = numberEnd(s, from, to);
        return parse(s, from, end);
    }

    private static int numberEnd(String s, int from, int to) {
        int k = from;
        while (k < to) {
            char c = s.charAt(k);
            boolean exponent = (c | 0x20) == 'e' && k > from && k + 1 < to && startsExponent(s, k + 1, to);
            boolean sign = (c == '-' || c == '+') && (k == from || (s.charAt(k - 1) | 0x20) == 'e');
            if (!(Characters.isAsciiDigit(c) || c == '.' || c == ',' || c == '_' || exponent || sign)) {
                break;
            }
            k++;
        }
        return k;
    }

    private static boolean startsExponent(String s, int k, int to) {
        char c = s.charAt(k);
        return Characters.isAsciiDigit(c)
                || ((c == '-' || c == '+') && k + 1 < to && Characters.isAsciiDigit(s.charAt(k + 1)));
    }

    private static double parse(String s, int from, int to) {
        if (to - from > MAX_DIGITS || to <= from) {
            return Double.NaN;
        }
        double exact = exact(s, from, to);
        if (!Double.isNaN(exact)) {
            return exact;
        }
        StringBuilder digits = new StringBuilder(to - from);
        int dots = 0;
        for (int k = from; k < to; k++) {
            char c = s.charAt(k);
            if (c == '.') {
                dots++;
            }
            if (c != ',' && c != '_') {
                digits.append(c);
            }
        }
        if (dots > 1) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(digits.toString());
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** The value of a few digits with at most one dot, as {@link Double#parseDouble} gives it, or NaN. */
    private static double exact(String s, int from, int to) {
        if (to - from > EXACT_DIGITS) {
            return Double.NaN;
        }
        long value = 0;
        int digits = 0;
        int dots = 0;
        int decimals = 0;
        for (int k = from; k < to; k++) {
            char c = s.charAt(k);
            if (c == '.') {
                dots++;
            } else if (Characters.isAsciiDigit(c)) {
                value = 10 * value + c - '0';
                digits++;
                decimals += dots;
            } else {
                return Double.NaN;
            }
        }
        return digits == 0 || dots > 1 ? Double.NaN : value / POWERS[decimals];
    }

    /** {@code 1h30m}, {@code 1.5s}, {@code 3 weeks}, {@code 00:01:12}. */
    private static double duration(String s, int from, int to) {
        if (s.substring(from, to).indexOf(':') > 0) {
            return clock(s, from, to);
        }
        double sum = 0;
        int k = from;
        while (k < to) {
            int number = numberEnd(s, k, to);
            double value = parse(s, k, number);
            int unit = number;
            while (unit < to && !Characters.isLetter(s.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < to && Characters.isLetter(s.charAt(end))) {
                end++;
            }
            sum += value * Words.seconds(s.substring(unit, end));
            k = end;
            while (k < to && !Characters.isAsciiDigit(s.charAt(k))) {
                k++;
            }
        }
        return sum;
    }

    private static double clock(String s, int from, int to) {
        double sum = 0;
        int part = from;
        for (int k = from; k <= to; k++) {
            if (k == to || s.charAt(k) == ':') {
                sum = sum * 60 + parse(s, part, k);
                part = k + 1;
            }
        }
        return sum;
    }

    private static double size(String s, int from, int to) {
        int number = numberEnd(s, from, to);
        int unit = number;
        while (unit < to && !Characters.isLetter(s.charAt(unit))) {
            unit++;
        }
        return parse(s, from, number) * Words.bytes(s.substring(unit, to));
    }
}
