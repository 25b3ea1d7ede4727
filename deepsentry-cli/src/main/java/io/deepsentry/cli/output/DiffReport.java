package io.deepsentry.cli.output;

import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.LogTotals;
import io.deepsentry.text.pattern.PatternChange;
import io.deepsentry.text.pattern.PatternDiff;
import io.deepsentry.text.pattern.ValueShift;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** How two logs differ as a table for people. Every line fits the width of the console. */
public final class DiffReport {
    private static final int MOST_LINES = 3;
    private static final String FORMAT = "%-6s  %9s  %9s  %7s  ";

    private final Console console;
    private final ZoneId zone;
    private final int width;

    /**
     * A report.
     *
     * @param zone the zone in which times are shown
     */
    public DiffReport(Console console, ZoneId zone) {
        this.console = console;
        this.zone = zone;
        width = console.screen().width();
    }

    /**
     * Prints the two logs and the changes shown.
     *
     * @param good what the first log is called
     * @param bad what the second log is called
     */
    public void print(PatternDiff diff, List<PatternChange> shown, String good, String bad) {
        String goodName = TerminalSafe.text(good);
        String badName = TerminalSafe.text(bad);
        int name = Math.min(30, Math.max(goodName.length(), badName.length()));
        print(diff.good(), "good", Lines.cut(goodName, name), name);
        print(diff.bad(), "bad", Lines.cut(badName, name), name);
        levels(diff);
        if (shown.isEmpty()) {
            return;
        }
        console.result("");
        console.result(String.format(FORMAT, "CHANGE", "GOOD", "BAD", "TIMES") + "MESSAGE");
        shown.forEach(this::print);
    }

    private void print(LogTotals totals, String side, String name, int length) {
        String span = PatternText.span(totals.first(), totals.last(), zone);
        double rate = totals.perMinute();
        wrapped(
                String.format(Locale.ROOT, "%-4s  %-" + length + "s  ", side, name),
                Counted.of(totals.events(), "event")
                        + (Double.isNaN(rate) ? "" : ", " + times(rate) + " a minute")
                        + (span.isEmpty() ? "" : ", " + span));
    }

    private void wrapped(String head, String text) {
        console.wrapped(head, text, MOST_LINES);
    }

    private void levels(PatternDiff diff) {
        Set<String> levels = new TreeSet<>(diff.good().levels().keySet());
        levels.addAll(diff.bad().levels().keySet());
        if (levels.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (String level : levels) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(Lines.cut(TerminalSafe.text(level), 12))
                    .append(' ')
                    .append(KeyValueTable.count(diff.good().levels().getOrDefault(level, 0L)))
                    .append(" -> ")
                    .append(KeyValueTable.count(diff.bad().levels().getOrDefault(level, 0L)));
        }
        wrapped("levels  ", text.toString());
    }

    private void print(PatternChange change) {
        String times =
                switch (change.kind()) {
                    case NEW, GONE -> "";
                    default -> times(change.times()) + "x";
                };
        String head = String.format(
                FORMAT,
                change.kind().name().toLowerCase(Locale.ROOT),
                KeyValueTable.count(change.goodCount()),
                KeyValueTable.count(change.badCount()),
                times);
        wrapped(head, TerminalSafe.text(change.message()));
        LogPattern shown = change.shown();
        String level = shown.level() == null ? "" : Lines.cut(TerminalSafe.text(shown.level()), 12) + ", ";
        String span = PatternText.span(shown.first(), shown.last(), zone);
        detail(level + (span.isEmpty() ? "" : span + ", ") + PatternText.origin(shown));
        detail(PatternText.example(shown));
        for (ValueShift shift : change.shifts()) {
            String name =
                    shift.place().isEmpty() || Character.isDigit(shift.place().charAt(0))
                            ? shift.type().token()
                            : TerminalSafe.text(shift.place());
            detail(name + " was " + Quantity.of(shift.good().min(), shift.type()) + " to "
                    + Quantity.of(shift.good().max(), shift.type()) + ", is up to "
                    + Quantity.of(
                            shift.above() > 0 ? shift.bad().max() : shift.bad().min(), shift.type()) + ", "
                    + Counted.of(shift.above() + shift.below(), "value") + " beyond");
        }
    }

    private static String times(double number) {
        return String.format(Locale.ROOT, number >= 10 ? "%,.0f" : number >= 0.1 ? "%.1f" : "%.2f", number);
    }

    private void detail(String text) {
        String indent = " ".repeat("CHANGE  ".length());
        console.result(indent + Lines.cut(text, width - indent.length()));
    }
}
