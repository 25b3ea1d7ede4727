package io.deepsentry.cli.output;

import io.deepsentry.text.token.MaskType;
import java.util.Locale;

/** Numbers of log lines as people write them: durations and sizes with the unit that suits them. */
final class Quantity {
    private static final double[] SECONDS = {86_400, 3600, 60, 1, 1e-3, 1e-6, 1e-9};
    private static final String[] TIMES = {"d", "h", "min", "s", "ms", "us", "ns"};
    private static final double[] BYTES = {1L << 40, 1 << 30, 1 << 20, 1 << 10, 1};
    private static final String[] SIZES = {"TB", "GB", "MB", "kB", "B"};

    private Quantity() {}

    /** Returns a number in the base unit of its type with a fitting one. */
    static String of(double number, MaskType type) {
        return switch (type) {
            case DURATION -> number == 0 ? "0 s" : scaled(number, SECONDS, TIMES);
            case SIZE -> scaled(number, BYTES, SIZES);
            default -> plain(number);
        };
    }

    private static String scaled(double number, double[] units, String[] names) {
        int unit = 0;
        while (unit < units.length - 1 && Math.abs(number) < units[unit]) {
            unit++;
        }
        return plain(number / units[unit]) + " " + names[unit];
    }

    /** At most three digits of a fraction, thousands apart. */
    private static String plain(double number) {
        double size = Math.abs(number);
        if (size >= 1e15 || (size > 0 && size < 1e-3)) {
            return String.format(Locale.ROOT, "%.3g", number);
        }
        if (number == Math.rint(number)) {
            return String.format(Locale.ROOT, "%,.0f", number);
        }
        String text = String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f", number);
        return text.indexOf('.') < 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
