package io.deepsentry.cli.output;

import java.util.ArrayList;
import java.util.List;

/** A small table: the first column to the left, the others, which are figures, to the right. */
public final class Table {
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

    public void print(Console console) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? cell + padding : "  " + padding + cell);
            }
            console.result(line.toString().stripTrailing());
        }
    }
}
