package io.deepsentry.cli.output;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.FindingStatus;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.internal.Counted;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A finding in at most four lines: what, when and how often; the message; why, with what is usual; where, and the
 * command that says it was normal, in a line of its own where it does not fit. Text of the log is made inert.
 */
final class FindingText {
    private static final String INDENT = "  ";
    private static final int LEVEL = 10;
    private static final int KIND = 13;
    /** The least room for a quoted message; with less the sentence goes without. */
    private static final int LEAST_QUOTE = 12;

    /** What comes less often than this is not what is usual. */
    private static final double LEAST_SHARE = 0.25;

    private static final int GAP = 3;

    private final int width;
    private final DateTimeFormatter time;
    private final DateTimeFormatter end;
    private final boolean verbose;
    private final boolean live;
    private final String acknowledge;

    /**
     * Lays findings out.
     *
     * @param width the width of lines in columns
     * @param dated whether times are shown with their day
     * @param live whether findings are shown as they come, so that one may have ended since
     * @param acknowledge the command that acknowledges a finding, without the finding's id
     */
    FindingText(int width, boolean dated, ZoneId zone, boolean verbose, boolean live, String acknowledge) {
        this.width = width;
        this.verbose = verbose;
        this.live = live;
        this.acknowledge = acknowledge;
        end = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
        time = dated
                ? DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ROOT).withZone(zone)
                : end;
    }

    /** Returns the lines of a finding. */
    List<String> lines(Finding finding) {
        int room = width - INDENT.length();
        List<String> lines = what(finding, room);
        where(finding, room).forEach(line -> lines.add(INDENT + line));
        return lines;
    }

    /** Returns the lines of a finding without the place. */
    private List<String> what(Finding finding, int room) {
        List<String> lines = new ArrayList<>();
        lines.add(head(finding));
        if (hasLine(finding)) {
            lines.add(INDENT + Lines.cut(TerminalSafe.text(message(finding)), room));
        }
        if (verbose) {
            Lines.wrap(TerminalSafe.text(finding.reason()), room).forEach(line -> lines.add(INDENT + line));
            lines.add(INDENT
                    + String.format(
                            Locale.ROOT, "score %.4g, threshold %.4g", finding.highestScore(), finding.threshold()));
        } else {
            int most = hasLine(finding) ? 1 : 2;
            Lines.wrap(why(finding, room), room, most).forEach(line -> lines.add(INDENT + line));
        }
        return lines;
    }

    /** Returns the lines of what came close to being a finding. */
    List<String> near(Finding finding, double threshold) {
        int room = width - INDENT.length();
        List<String> lines = what(finding, room);
        String head = lines.get(0);
        lines.set(0, Lines.pad("NEAR", LEVEL) + head.substring(Math.min(head.length(), LEVEL)));
        String share = threshold > 0
                ? String.format(Locale.ROOT, "   %.0f%% of the threshold", 100 * finding.highestScore() / threshold)
                : "";
        lines.add(INDENT + Lines.cut(place(finding.first().source()) + share, room));
        return lines;
    }

    /** Returns the lines of an alert of which no more is known. */
    List<String> unexplained(Instant at, String message, Origin source, String id) {
        int room = width - INDENT.length();
        String place = place(source);
        List<String> lines = new ArrayList<>();
        lines.add(Lines.cut(Lines.pad("WARNING", LEVEL) + time.format(at), width));
        lines.add(INDENT + Lines.cut(TerminalSafe.text(message), room));
        lines.add(INDENT + Lines.cut(place, room - GAP - id.length()) + " ".repeat(GAP) + id);
        return lines;
    }

    /** Returns the lines that tell people of a finding: all of it the first time, then what has changed. */
    List<String> lines(Notification notification) {
        Finding finding = notification.finding();
        if (notification.reason() == Notification.Reason.NEW) {
            return lines(finding);
        }
        int room = width - INDENT.length();
        List<String> lines = new ArrayList<>();
        lines.add(head(finding));
        boolean isOfLog = !hasLine(finding) && finding.key().message() == null;
        if (!isOfLog || notification.reason() != Notification.Reason.ENDED) {
            lines.add(INDENT + Lines.cut(changed(notification.reason()), room));
        }
        if (isOfLog) {
            Lines.wrap(TerminalSafe.text(finding.reason()), room, 2).forEach(line -> lines.add(INDENT + line));
        }
        if (hasLine(finding) || finding.key().message() != null) {
            lines.add(INDENT + Lines.cut(TerminalSafe.text(message(finding)), room));
        }
        where(finding, room).forEach(line -> lines.add(INDENT + line));
        return lines;
    }

    private static String changed(Notification.Reason reason) {
        return switch (reason) {
            case NEW -> "New.";
            case AGAIN -> "Came again after it had ended.";
            case WORSE -> "Worse than before.";
            case TENFOLD -> "Ten times as often as when it was last shown.";
            case STILL -> "Still happening.";
            case ENDED -> "Ended: it has not come for a while.";
        };
    }

    /** Returns the name of a kind for people. */
    static String kind(EvidenceKind kind) {
        return switch (kind) {
            case NEW_MESSAGE -> "new message";
            case LEVEL -> "more errors";
            default -> kind.key().replace('_', ' ');
        };
    }

    private String head(Finding finding) {
        Instant first = finding.firstSeen();
        String level = finding.status() == FindingStatus.ENDED && live
                ? "ENDED"
                : finding.level() == FindingLevel.CRITICAL ? "CRITICAL" : "WARNING";
        String begin = Lines.pad(level, LEVEL)
                + (first == null ? "" : time.format(first) + "  ")
                + Lines.pad(kind(finding.key().kind()), KIND);
        String often = often(finding);
        String until = until(finding);
        String hosts = hosts(finding);
        for (String text : List.of(often + until + hosts, often + until, often + hosts)) {
            if (Lines.width(begin + text) <= width) {
                return (begin + text).stripTrailing();
            }
        }
        return Lines.cut((begin + often).stripTrailing(), width);
    }

    private static String often(Finding finding) {
        long sessions = finding.sessions().number();
        if (sessions > 0) {
            return sessions == 1
                    ? "session " + TerminalSafe.text(finding.sessions().some().get(0))
                    : Counted.of(sessions, "session");
        }
        return finding.count() == 1 ? "once" : Counted.of(finding.count(), "time");
    }

    private String until(Finding finding) {
        Instant first = finding.firstSeen();
        Instant last = finding.lastSeen();
        return first == null || last == null || time.format(first).equals(time.format(last))
                ? ""
                : " until " + (sameDay(first, last) ? end : time).format(last);
    }

    private boolean sameDay(Instant first, Instant last) {
        DateTimeFormatter day = DateTimeFormatter.ISO_LOCAL_DATE.withZone(end.getZone());
        return day.format(first).equals(day.format(last));
    }

    private static String hosts(Finding finding) {
        long number = finding.hosts().number();
        return number == 0
                ? ""
                : number == 1
                        ? ", on " + TerminalSafe.text(finding.hosts().some().get(0))
                        : ", " + Counted.of(number, "host");
    }

    /** Whether it is a line that is odd, and not lines that did not come. */
    private static boolean hasLine(Finding finding) {
        return switch (finding.key().kind()) {
            case SILENCE, DROP -> false;
            default -> true;
        };
    }

    /** The message of one as it was logged; what many have in common, as it is masked. */
    private static String message(Finding finding) {
        String masked = finding.key().message();
        return finding.count() == 1 || masked == null || masked.isBlank()
                ? finding.first().message()
                : masked;
    }

    private static String why(Finding finding, int room) {
        Explanation why = finding.first().explanation();
        if (why == null || why.byEvidenceAlone()) {
            return TerminalSafe.text(finding.reason());
        }
        return switch (why.kind()) {
            case UNKNOWN_MESSAGE -> usual("Never seen in training.", "Usual here: ", why, room);
            case RARE_MESSAGE ->
                usual(
                        "Rare: " + Counted.of(Math.max(0, why.trainingSessions()), "session") + " of training had it.",
                        "Usual here: ",
                        why,
                        room);
            case TOO_MANY ->
                "Number " + KeyValueTable.count(why.occurrence())
                        + " of this message in its session; normal sessions have fewer.";
            case MISSING -> quoting("Came without ", why.missing(), " before it.", room);
            case MISSING_AT_END ->
                why.missing() == null
                        ? quoting("The session ended after ", why.after(), ".", room)
                        : quoting("The session ended without ", why.missing(), ".", room);
            case UNEXPECTED_ORDER ->
                why.after() == null
                        ? usual("Came at the beginning.", "Usual there: ", why, room)
                        : usual(quoting("Came after ", why.after(), ".", room / 2), "Usual then: ", why, room);
            default -> TerminalSafe.text(finding.reason());
        };
    }

    /** A sentence, and what is usual instead if that fits; never the message itself. */
    private static String usual(String begin, String lead, Explanation why, int room) {
        Explanation.Expected usual = why.expected().stream()
                .filter(each -> each.message() == null || !each.message().equals(why.message()))
                .findFirst()
                .orElse(null);
        if (usual == null || usual.probability() < LEAST_SHARE) {
            return begin;
        }
        String before = begin + " " + lead;
        String share = " (" + Math.round(100 * usual.probability()) + "%).";
        String message = usual.message();
        if (message != null) {
            int space = room - Lines.width(before) - Lines.width(share) - 2;
            return space < LEAST_QUOTE ? begin : quoting(before, message, share, room);
        }
        String whole = before + "the end of the session";
        return Lines.width(whole + share) <= room ? whole + share : Lines.width(whole) < room ? whole + "." : begin;
    }

    /** A sentence with a message in quotes, which is cut so that the sentence fits. */
    private static String quoting(String before, @Nullable String message, String after, int room) {
        String safe = TerminalSafe.text(message);
        int space = room - Lines.width(before) - Lines.width(after) - 2;
        return before + '"' + Lines.cut(safe, Math.max(LEAST_QUOTE, space)) + '"' + after;
    }

    /** The place, and the command that acknowledges: beside it, or below it if there is more room. */
    private List<String> where(Finding finding, int room) {
        String place = place(finding.first().source());
        String command = acknowledge + finding.id();
        int beside = Math.max(LEVEL + KIND, Lines.width(place) + GAP);
        if (Lines.width(place) + GAP + Lines.width(command) <= room) {
            return List.of(Lines.pad(place, Math.min(beside, room - Lines.width(command))) + command);
        }
        if (Lines.width(command) <= room) {
            return List.of(Lines.cut(place, room), command);
        }
        String option = "--normal " + finding.id();
        String id = Lines.width(place) + GAP + Lines.width(option) <= room ? option : finding.id();
        return List.of(Lines.cut(place, room - GAP - id.length()) + " ".repeat(GAP) + id);
    }

    private static String place(Origin source) {
        return TerminalSafe.text(fileName(source.file())) + ":" + source.lineNumber();
    }

    /** A file's name without its folders. */
    static String fileName(String file) {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    }
}
