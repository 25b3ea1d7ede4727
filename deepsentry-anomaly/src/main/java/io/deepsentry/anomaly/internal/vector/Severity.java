package io.deepsentry.anomaly.internal.vector;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the author of a program thought of a message, as far as its level says. */
public enum Severity {
    /** Said in the normal course of things. */
    LOW(0),
    /** A warning, a level that is not known, or none. */
    PLAIN(1),
    /** Something failed. */
    HIGH(2);

    private final int code;

    Severity(int code) {
        this.code = code;
    }

    /** A number from 0 on. */
    public int code() {
        return code;
    }

    /** The severity of a number. */
    static Severity ofCode(int code) {
        return code == LOW.code ? LOW : code == HIGH.code ? HIGH : PLAIN;
    }

    /** The severity that a level means, however it is written. */
    public static Severity of(@Nullable String level) {
        if (level == null) {
            return PLAIN;
        }
        return switch (level.strip().toLowerCase(Locale.ROOT)) {
            case "t",
                    "trace",
                    "v",
                    "verbose",
                    "d",
                    "debug",
                    "fine",
                    "finer",
                    "finest",
                    "config",
                    "i",
                    "info",
                    "information",
                    "informational",
                    "n",
                    "notice" -> LOW;
            case "e",
                    "err",
                    "error",
                    "f",
                    "fatal",
                    "severe",
                    "fail",
                    "failed",
                    "failure",
                    "c",
                    "crit",
                    "critical",
                    "a",
                    "alert",
                    "emerg",
                    "emergency",
                    "panic",
                    "dpanic",
                    "disaster" -> HIGH;
            default -> PLAIN;
        };
    }
}
