package io.deepsentry.parse.internal;

import java.util.HashMap;
import java.util.Map;

/**
 * The abbreviations of time zones that stand after times, with the offsets they name.
 *
 * <p>An abbreviation names an offset and not a region: {@code PDT} is seven hours behind UTC on every day of the year.
 * The names and offsets are those of {@code java.time}, but for {@code BST} and {@code IST}, which are the summer time
 * of Britain and the time of India.
 */
public final class TimeZones {
    /** Stands for "no such zone". */
    public static final int NONE = Integer.MIN_VALUE;

    private static final String TABLE =
            "UTC 0 GMT 0 UT 0 Z 0 WET 0 WEST 60 BST 60 CET 60 CEST 120 MEZ 60 MESZ 120 EET 120"
                    + " EEST 180 MSK 180 TRT 180 IST 330 PKT 300 SGT 480 HKT 480 AWST 480 JST 540 KST 540 ACST 570 ACDT 630"
                    + " AEST 600 AEDT 660 NZST 720 NZDT 780 SAST 120 CAT 120 EAT 180 WAT 60 BRT -180 ART -180 NST -210 NDT -150"
                    + " AST -240 ADT -180 EST -300 EDT -240 CST -360 CDT -300 MST -420 MDT -360 PST -480 PDT -420 AKST -540"
                    + " AKDT -480 HST -600";
    private static final Map<String, Integer> SECONDS = new HashMap<>();

    static {
        String[] words = TABLE.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            SECONDS.put(words[i], 60 * Integer.parseInt(words[i + 1]));
        }
    }

    private TimeZones() {}

    /** The offset of an abbreviation in seconds, or {@link #NONE}. */
    public static int offset(String abbreviation) {
        return SECONDS.getOrDefault(abbreviation, NONE);
    }
}
