package io.deepsentry.cli.output;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.live.alert.Alert;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** Alerts of {@code live} for people, as blocks of a few lines. */
public final class AlertText {
    private static final String RED = "\033[31m";
    private static final String YELLOW = "\033[33m";
    private static final String PLAIN = "\033[0m";

    private final FindingText text;
    private final boolean colours;

    /**
     * Lays alerts out.
     *
     * @param colours whether levels are coloured
     * @param acknowledge the command that acknowledges a finding, without the finding's id
     */
    public AlertText(Screen screen, ZoneId zone, boolean verbose, boolean colours, String acknowledge) {
        text = new FindingText(screen.width(), true, zone, verbose, true, acknowledge);
        this.colours = colours;
    }

    /** Returns the lines of an alert. */
    List<String> lines(Alert alert) {
        List<String> lines = plain(alert);
        if (!colours) {
            return lines;
        }
        String head = lines.get(0);
        int end = Math.max(0, head.indexOf(' '));
        String colour = head.startsWith("CRITICAL") ? RED : head.startsWith("WARNING") ? YELLOW : "";
        if (!colour.isEmpty()) {
            lines.set(0, colour + head.substring(0, end) + PLAIN + head.substring(end));
        }
        return lines;
    }

    private List<String> plain(Alert alert) {
        Notification notification = alert.notification();
        if (notification != null) {
            return text.lines(notification);
        }
        Explanation why = alert.explanation();
        if (why == null) {
            return text.unexplained(alert.time(), alert.message(), alert.source(), alert.id());
        }
        FindingBook one = FindingBook.ofLog();
        one.add(new Occurrence(
                alert.id(),
                FindingKey.all(why),
                alert.time(),
                alert.score(),
                alert.threshold(),
                alert.session(),
                alert.source(),
                alert.message(),
                null,
                null,
                null,
                Map.of(),
                false,
                why));
        return text.lines(one.findings().get(0));
    }
}
