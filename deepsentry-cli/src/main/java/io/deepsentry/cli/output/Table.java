package io.deepsentry.cli.output;

import java.util.ArrayList;
import java.util.List;

/** A small table: the first column to the left, the others, which are figures, to the right. */
public final class Table {
    private static final int GAP = 2;

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... titles) {
        rows.add(List.of(titles));
    }

    public Table row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row must have " + rows.get(0).size() + " cells, but has " + cells.length);
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Prints the table; one wider than the screen continues below, its first column repeated. */
    public void print(Console console) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], Lines.width(row.get(column)));
            }
        }
        int from = 1;
        do {
            int to = from;
            int width = widths[0];
            while (to < columns
                    && (to == from
                            || width + GAP + widths[to] <= console.screen().width())) {
                width += GAP + widths[to++];
            }
            if (from > 1) {
                console.result("");
            }
            print(console, widths, from, to);
            from = to;
        } while (from < columns);
    }

    private void print(Console console, int[] widths, int from, int to) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(Lines.pad(row.get(0), widths[0]));
            for (int column = from; column < to; column++) {
                String cell = row.get(column);
                line.append(" ".repeat(GAP + widths[column] - Lines.width(cell)))
                        .append(cell);
            }
            console.result(line.toString().stripTrailing());
        }
    }
}
