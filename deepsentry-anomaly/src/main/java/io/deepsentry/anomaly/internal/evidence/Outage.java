package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A time without a line of the log, longer than training allows.
 *
 * @param kind the kind that says so
 * @param strength how far it is beyond what the kind allows
 * @param from when the last line before it was logged, in seconds
 * @param usual what is usual, without a full stop
 */
record Outage(EvidenceKind kind, double strength, double from, String usual) {
    /** The subject of what is odd about all lines of the log. */
    static final String LOG = "log";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ENGLISH);

    /** What is odd while it lasts. */
    Evidence lasting() {
        return evidence("No lines since " + TIME.format(at(from)) + " UTC (" + usual + ").");
    }

    /** What was odd, once a line has come. */
    Evidence until(double seconds) {
        DateTimeFormatter form = day(from).equals(day(seconds)) ? TIME : DAY_AND_TIME;
        return evidence("No lines from " + form.format(at(from)) + " to " + form.format(at(seconds)) + " UTC ("
                + Spans.said(seconds - from) + "; " + usual + ").");
    }

    private Evidence evidence(String reason) {
        return new Evidence(kind, strength, "", LOG, reason);
    }

    private static OffsetDateTime at(double seconds) {
        return Instant.ofEpochSecond((long) Math.floor(seconds)).atOffset(ZoneOffset.UTC);
    }

    private static LocalDate day(double seconds) {
        return at(seconds).toLocalDate();
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(kind.key());
        out.writeDouble(strength);
        out.writeDouble(from);
        out.writeUTF(usual);
    }

    static Outage read(DataInput in) throws IOException {
        return new Outage(
                EvidenceKind.valueOf(in.readUTF().toUpperCase(Locale.ROOT)),
                in.readDouble(),
                in.readDouble(),
                in.readUTF());
    }
}
