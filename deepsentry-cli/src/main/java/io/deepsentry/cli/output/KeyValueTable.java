package io.deepsentry.cli.output;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Names and values, shown one pair a line with the values aligned. */
public final class KeyValueTable {
    private final Map<String, String> rows = new LinkedHashMap<>();

    public KeyValueTable add(String name, Object value) {
        rows.put(
                name,
                value instanceof Long || value instanceof Integer
                        ? count(((Number) value).longValue())
                        : value.toString());
        return this;
    }

    /** A count with its thousands apart. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** A share as a percentage. */
    public static String share(double share) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }

    public static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }

    public void print(Console console) {
        int width = rows.keySet().stream().mapToInt(Lines::width).max().orElse(0);
        rows.forEach((name, value) -> console.wrapped(Lines.pad(name, width + 2), value));
    }
}
