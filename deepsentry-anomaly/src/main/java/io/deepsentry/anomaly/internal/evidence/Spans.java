package io.deepsentry.anomaly.internal.evidence;

import java.util.Locale;

/** Spans of time as reasons say them. */
final class Spans {
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;
    private static final double DAY = 24 * HOUR;

    private static final String[] BYTES = {"bytes", "KB", "MB", "GB", "TB"};

    private Spans() {}

    /** Two figures at least: {@code 41 s}, {@code 7 min}, {@code 2.5 h}, {@code 3 days}. */
    static String said(double seconds) {
        if (seconds < 2 * MINUTE) {
            return number(seconds) + " s";
        }
        if (seconds < 2 * HOUR) {
            return number(seconds / MINUTE) + " min";
        }
        return seconds < 2 * DAY ? number(seconds / HOUR) + " h" : number(seconds / DAY) + " days";
    }

    /** {@code 340 bytes}, {@code 1.5 MB}. */
    static String bytes(double bytes) {
        double size = bytes;
        int unit = 0;
        while (Math.abs(size) >= 1024 && unit < BYTES.length - 1) {
            size /= 1024;
            unit++;
        }
        return number(size) + " " + BYTES[unit];
    }

    /** {@code once}, {@code 1,200 times}. */
    static String times(int count) {
        return count == 1 ? "once" : String.format(Locale.ROOT, "%,d times", count);
    }

    /** A number with as many places as people read. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e15) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int places = value == Math.rint(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        String text = String.format(Locale.ROOT, "%,." + places + "f", value);
        return places == 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
