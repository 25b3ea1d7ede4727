package io.deepsentry.parse.internal;

import java.util.Locale;

/** The order of day, month and year in a date of three numbers. */
public enum DateOrder {
    DMY,
    MDY,
    YMD;

    /** The date of a {@code java.time} pattern, such as {@code d/M/yyyy}. */
    public String date(String separator, String year) {
        return switch (this) {
            case DMY -> "d" + separator + "M" + separator + year;
            case MDY -> "M" + separator + "d" + separator + year;
            case YMD -> "yy" + separator + "M" + separator + "d";
        };
    }

    /** The name in {@code header:dmy}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
