package io.deepsentry.parse.internal;

import java.util.Locale;

/** The order of day, month and year in a date of three numbers. */
public enum DateOrder {
    DMY("d/M/yyyy H:mm:ss"),
    MDY("M/d/yyyy H:mm:ss"),
    YMD("yy/M/d H:mm:ss");

    private final String example;

    DateOrder(String example) {
        this.example = example;
    }

    /** A time format of this order, for messages. */
    public String example() {
        return example;
    }

    /** The name in {@code header:dmy}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
