package io.deepsentry.cli.output;

import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogEvent;
import java.util.ArrayList;
import java.util.List;

/** Events as a table whose columns are those that the first events have; the message comes last and is shown whole. */
public final class TableEvents implements EventWriter {
    /** So many events decide which columns there are and how wide; a log of any size is shown in constant memory. */
    private static final int DECIDING = 200;

    private static final int WIDEST = 40;
    private static final List<String> TITLES = List.of("TIME", "LEVEL", "COMPONENT", "SESSIONS", "LABEL", "MESSAGE");

    private final Console console;
    private final List<List<String>> first = new ArrayList<>();
    private final int[] widths = new int[TITLES.size()];
    private boolean decided;

    public TableEvents(Console console) {
        this.console = console;
    }

    @Override
    public void write(LogEvent event) {
        List<String> cells = List.of(
                event.time() == null ? "" : event.time().toString(),
                TerminalSafe.text(event.level()),
                TerminalSafe.text(event.component()),
                TerminalSafe.text(String.join(",", event.sessionKeys())),
                event.label() == null ? "" : event.label() == Label.ANOMALY ? "anomaly" : "normal",
                TerminalSafe.text(event.message()));
        if (decided) {
            print(cells);
            return;
        }
        first.add(cells);
        if (first.size() == DECIDING) {
            decide();
        }
    }

    @Override
    public void end() {
        if (!decided) {
            decide();
        }
    }

    private void decide() {
        decided = true;
        for (int column = 0; column < widths.length; column++) {
            int widest = 0;
            for (List<String> cells : first) {
                widest = Math.max(widest, cells.get(column).length());
            }
            // A column that nobody fills is left out.
            widths[column] = widest == 0
                    ? 0
                    : Math.min(Math.max(widest, TITLES.get(column).length()), WIDEST);
        }
        print(TITLES);
        first.forEach(this::print);
        first.clear();
    }

    private void print(List<String> cells) {
        StringBuilder line = new StringBuilder();
        int last = widths.length - 1;
        for (int column = 0; column < last; column++) {
            if (widths[column] > 0) {
                line.append(fit(cells.get(column), widths[column])).append("  ");
            }
        }
        console.result(line.append(cells.get(last)).toString());
    }

    private static String fit(String cell, int width) {
        return cell.length() > width ? cell.substring(0, width - 1) + "~" : cell + " ".repeat(width - cell.length());
    }
}
