package io.deepsentry.appender;

import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The line that a finding gives in a log. It is always one line, whatever the judged log holds. Immutable.
 *
 * @param severity how urgent it is
 * @param text the line
 * @param fields its values by name: {@code finding}, {@code kind}, {@code notification}, {@code count},
 *     {@code score}, {@code session} and {@code alert}, as far as they are known
 */
public record FindingLine(Severity severity, String text, Map<String, String> fields) {
    /** The name of the line's marker, by which appenders skip it. */
    public static final String MARKER = "DEEPSENTRY_FINDING";

    private static final int LONGEST_MESSAGE = 300;
    private static final int LONGEST_REASON = 500;

    /** The urgency of a finding. */
    public enum Severity {
        /** The finding has ended, or the alert is of no finding. */
        INFO,
        /** The finding is a warning. */
        WARN,
        /** The finding is critical. */
        ERROR
    }

    public FindingLine {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(text, "text");
        fields = Map.copyOf(fields);
    }

    /**
     * Returns the line of an alert.
     *
     * @param alert the alert
     * @return its line
     */
    public static FindingLine of(Alert alert) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("alert", alert.id());
        if (alert.session() != null) {
            fields.put("session", Excerpt.of(alert.session()));
        }
        Notification told = alert.notification();
        if (told == null) {
            return new FindingLine(Severity.INFO, Excerpt.of(alert.message(), LONGEST_MESSAGE), fields);
        }
        Finding finding = told.finding();
        boolean ended = told.reason() == Notification.Reason.ENDED;
        fields.put("finding", finding.id());
        fields.put("kind", finding.key().kind().key());
        fields.put("notification", told.reason().key());
        fields.put("count", Long.toString(finding.count()));
        fields.put("score", String.format(Locale.ROOT, "%.2f", alert.score()));
        return new FindingLine(
                ended ? Severity.INFO : finding.level() == FindingLevel.CRITICAL ? Severity.ERROR : Severity.WARN,
                text(alert, finding, told.reason()),
                fields);
    }

    private static String text(Alert alert, Finding finding, Notification.Reason why) {
        String kind = finding.key().kind().key().replace('_', ' ');
        String how =
                switch (why) {
                    case NEW, TENFOLD -> "";
                    case AGAIN -> " again";
                    case WORSE -> " worse";
                    case STILL -> " still there";
                    case ENDED -> " ended";
                };
        String times = finding.count() == 1 ? "" : ", " + Counted.of(finding.count(), "time");
        String session = alert.session() == null ? "" : " in " + Excerpt.of(alert.session());
        return kind + how + times + session + ": \"" + Excerpt.of(alert.message(), LONGEST_MESSAGE) + "\""
                + (why == Notification.Reason.ENDED ? "" : ". " + Excerpt.of(finding.reason(), LONGEST_REASON))
                + " [" + finding.id() + "]";
    }
}
