package io.deepsentry.cli.output;

import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.PatternSummary;
import io.deepsentry.text.pattern.PatternVariable;
import java.time.ZoneId;
import java.util.List;

/** The messages of a log as a table for people. Every line fits the width of the console. */
public final class PatternReport {
    private static final int MOST_LINES = 3;
    private static final int MOST_VARIABLES = 6;

    private final Console console;
    private final ZoneId zone;
    private final int width;

    /**
     * A report.
     *
     * @param zone the zone in which times are shown
     */
    public PatternReport(Console console, ZoneId zone) {
        this.console = console;
        this.zone = zone;
        width = console.screen().width();
    }

    /**
     * Prints messages in their order.
     *
     * @param summary what they are part of
     * @param shown the messages to print
     */
    public void print(PatternSummary summary, List<LogPattern> shown) {
        long events = Math.max(1, summary.totals().events());
        int levels = shown.stream()
                .mapToInt(pattern -> level(pattern).length())
                .max()
                .orElse(0);
        int level = levels == 0 ? 0 : Math.max("LEVEL".length(), levels);
        int count = Math.max(
                "COUNT".length(),
                shown.stream()
                        .mapToInt(
                                pattern -> KeyValueTable.count(pattern.count()).length())
                        .max()
                        .orElse(0));
        String format = "%" + count + "s  %6s  " + (level == 0 ? "%s" : "%-" + level + "s  ");
        String title = String.format(format, "COUNT", "SHARE", level == 0 ? "" : "LEVEL");
        if (!shown.isEmpty()) {
            console.result(title + "MESSAGE");
        }
        for (LogPattern pattern : shown) {
            String head = String.format(
                    format,
                    KeyValueTable.count(pattern.count()),
                    PatternText.share((double) pattern.count() / events),
                    level == 0 ? "" : level(pattern));
            console.wrapped(head, TerminalSafe.text(pattern.message()), MOST_LINES);
            details(pattern, " ".repeat(count + 2));
        }
    }

    private static String level(LogPattern pattern) {
        return Lines.cut(TerminalSafe.text(pattern.level()), 10);
    }

    private void details(LogPattern pattern, String indent) {
        String span = PatternText.span(pattern.first(), pattern.last(), zone);
        String origin = PatternText.origin(pattern);
        detail(indent, span.isEmpty() ? origin : span + ", " + origin);
        detail(indent, PatternText.example(pattern));
        List<PatternVariable> variables = pattern.variables();
        if (pattern.count() > 1) {
            variables.stream().limit(MOST_VARIABLES).forEach(each -> detail(indent, PatternText.variable(each)));
            if (variables.size() > MOST_VARIABLES) {
                detail(indent, "and " + Counted.of(variables.size() - MOST_VARIABLES, "more variable"));
            }
        }
    }

    private void detail(String indent, String text) {
        console.result(indent + Lines.cut(text, width - indent.length()));
    }
}
